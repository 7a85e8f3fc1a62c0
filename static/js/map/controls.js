/* Buttons on the map: closer, farther, everything; and the credit. Ours, because they need 44 px and words. */

import { locate, mayLocate } from "./locate.js";
import { make, picture } from "./texts.js";

const PLUS = ["M12 5v14M5 12h14"];
const MINUS = ["M5 12h14"];
const WHOLE = ["M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"];
const POSITION = ["M12 2v4M12 18v4M2 12h4M18 12h4", "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z", "M12 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z"];

/** Put the buttons at the side where reading begins, and the credit at the bottom. */
export function addControls(handle) {
  const { leaflet, element } = handle;
  const side = handle.direction === "rtl" ? "right" : "left";
  const home = { centre: leaflet.getCenter(), zoom: leaflet.getZoom() };
  const closer = button(handle, "zoomIn", PLUS, () => leaflet.zoomIn());
  const farther = button(handle, "zoomOut", MINUS, () => leaflet.zoomOut());
  const all = button(handle, "wholeCity", WHOLE, () => (handle.showAll ? handle.showAll() : leaflet.setView(home.centre, home.zoom)));
  const here = button(handle, "locate", POSITION, () => locate(handle));
  const groups = [make("div", { className: "map__group" }, closer, farther), make("div", { className: "map__group" }, all)];
  if (mayLocate()) groups.push((handle.locateGroup = make("div", { className: "map__group" }, here)));
  place(leaflet, `top${side}`, make("div", { className: "map__controls", dir: handle.direction }, ...groups));
  const limits = () => {
    closer.disabled = leaflet.getZoom() >= leaflet.getMaxZoom();
    farther.disabled = leaflet.getZoom() <= Math.max(leaflet.getMinZoom(), leaflet.plazaLeast ?? 0) + 0.01;
  };
  leaflet.on("zoomend", limits);
  limits();
  handle.credit = (text) => place(leaflet, side === "left" ? "bottomright" : "bottomleft", credit(text));
  element.dataset.ready = "true";
}

function button(handle, key, paths, act) {
  const name = handle.text(key);
  const element = make("button", { type: "button", className: "map__button", "aria-label": name, title: name }, picture(paths));
  element.addEventListener("click", act);
  return element;
}

function credit(text) {
  const line = make("p", { className: "map__credit" });
  const [before, after] = text.split("OpenStreetMap");
  if (after === undefined) line.textContent = text;
  else if ("kiosk" in document.documentElement.dataset) line.append(text); // words there: nothing leads away
  else line.append(before, make("a", { href: "https://www.openstreetmap.org/copyright", rel: "noopener", text: "OpenStreetMap" }), after);
  return line;
}

function place(leaflet, position, content) {
  const Control = L.Control.extend({
    onAdd() {
      L.DomEvent.disableClickPropagation(content);
      L.DomEvent.disableScrollPropagation(content);
      return content;
    },
  });
  new Control({ position }).addTo(leaflet);
}
