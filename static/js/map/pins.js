/* Pins: one shape, a sign inside for the state (never colour alone), and a place to touch of at least 44 px. */

import { make } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const BODY = "M16 1.5C8 1.5 2 7.4 2 15.2c0 9.6 10.9 20.4 13 22.4a1.5 1.5 0 0 0 2 0c2.1-2 13-12.8 13-22.4C30 7.4 24 1.5 16 1.5Z";

/** What stands inside the pin. States that are not listed get a dot. */
const SIGNS = {
  open: "M16 11.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z",
  under_evaluation: "M16 9.5v6l4 2.5",
  accepted: "m10.5 15.5 4 4 7.5-8",
  rejected: "m11.5 11 9 9m0-9-9 9",
  done: "M12 22V9.5h9l-2.2 3.2L21 16h-9",
  project: "M11 20.5v-5m5 5v-9m5 9v-7",
};

/** An icon that carries its own name, so that the button Leaflet makes of it can be heard. */
const NamedIcon = window.L ? L.DivIcon.extend({
  createIcon(old) {
    const element = L.DivIcon.prototype.createIcon.call(this, old);
    if (this.options.name) {
      element.setAttribute("role", "img"); // Leaflet makes a button of it where the keyboard can press it
      element.setAttribute("aria-label", this.options.name);
    }
    if (this.options.id) element.dataset.featureId = this.options.id;
    return element;
  },
}) : null;

function svg(state, plain) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 32 40");
  drawing.setAttribute("class", "map-pin__drawing");
  drawing.setAttribute("aria-hidden", "true");
  const body = document.createElementNS(SVG, "path");
  body.setAttribute("d", BODY);
  body.setAttribute("class", "map-pin__body");
  const sign = document.createElementNS(SVG, "path");
  sign.setAttribute("d", SIGNS[state] ?? SIGNS.open);
  sign.setAttribute("class", plain ? "map-pin__dot" : "map-pin__sign");
  drawing.append(body, sign);
  return drawing;
}

/** The icon of one place: `state` chooses sign and colour. */
export function pin(state, name, id) {
  const known = Object.hasOwn(SIGNS, state) ? state : "open";
  return new NamedIcon({
    className: `map-pin map-pin--${known.replace("_", "-")}`, html: svg(known, known === "open"), name, id,
    iconSize: [44, 48], iconAnchor: [22, 46], popupAnchor: [0, -40],
  });
}

/** The icon of several places together. */
export function clusterIcon(count, shown, name) {
  const size = count < 10 ? 44 : count < 100 ? 50 : 58;
  return new NamedIcon({ className: "map-cluster", html: make("span", { text: shown }), name, iconSize: [size, size] });
}
