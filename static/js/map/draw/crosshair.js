/* Drawing without a mouse: arrows move a crosshair over the map, Enter marks, Backspace takes back, Escape gives up. */

import { make } from "../texts.js";

const STEP = 12;
const LEAP = 60;
const MARGIN = 36;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `act`: mark(latlng), back(), cancel(), moved(latlng). Returns nothing; it lives as long as the map. */
export function addCrosshair(handle, act) {
  const { leaflet, element } = handle;
  const cross = make("div", { className: "map__crosshair", "aria-hidden": "true" });
  cross.hidden = true;
  element.append(cross);
  leaflet.keyboard.disable();
  element.tabIndex = 0;
  element.setAttribute("role", "application");
  let at = null;

  const show = (point) => {
    at = point;
    cross.hidden = false;
    cross.style.transform = `translate(${at.x}px, ${at.y}px)`;
  };
  const middle = () => leaflet.getSize().divideBy(2);
  const where = () => leaflet.containerPointToLatLng(at);

  const move = ([x, y], step) => {
    const room = leaflet.getSize();
    let next = (at ?? middle()).add([x * step, y * step]);
    const held = L.point(clamp(next.x, MARGIN, room.x - MARGIN), clamp(next.y, MARGIN, room.y - MARGIN));
    if (!held.equals(next)) leaflet.panBy(next.subtract(held).multiplyBy(3), { animate: false });
    next = held.equals(next) ? next : held.subtract(next.subtract(held).multiplyBy(2));
    show(L.point(clamp(next.x, MARGIN, room.x - MARGIN), clamp(next.y, MARGIN, room.y - MARGIN)));
    act.moved(where());
  };

  const keys = {
    Enter: () => act.mark(where()),
    " ": () => act.mark(where()),
    Backspace: act.back,
    Delete: act.back,
    Escape: act.cancel,
    "+": () => leaflet.setZoomAround(where(), leaflet.getZoom() + 1, { animate: false }),
    "=": () => leaflet.setZoomAround(where(), leaflet.getZoom() + 1, { animate: false }),
    "-": () => leaflet.setZoomAround(where(), leaflet.getZoom() - 1, { animate: false }),
  };

  element.addEventListener("keydown", (event) => {
    if (event.target !== element || event.altKey || event.metaKey) return;
    if (event.ctrlKey && event.key !== "z") return;
    const arrow = ARROWS[event.key];
    const key = event.ctrlKey ? keys.Backspace : keys[event.key];
    if (!arrow && !key) return;
    event.preventDefault();
    if (!at) show(middle());
    if (arrow) move(arrow, event.shiftKey ? LEAP : STEP);
    else key();
  });
  element.addEventListener("focus", () => { if (element.matches(":focus-visible")) show(at ?? middle()); });
  element.addEventListener("blur", () => { cross.hidden = true; });
  element.addEventListener("pointerdown", () => { cross.hidden = true; at = null; });
}

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));
