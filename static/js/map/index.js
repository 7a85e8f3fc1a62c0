/* What the script of a map may call: one function per part. A page without Leaflet keeps the sentence that stands in the
   map's place; everything a map shows is also in a list or a form. */

import { BaseMapLayer } from "./basemap.js";
import { addControls } from "./controls.js";
import { startDrawing } from "./draw.js";
import { showFeatures } from "./features.js";
import { fill, make } from "./texts.js";
import { reducedMotion, watchTheme } from "./theme.js";
import { box, openView, showBox } from "./view.js";

/** A map on the page, with its words and its voice (`say` speaks through a live region). */
export function map(id, view) {
  const element = document.getElementById(id);
  if (!element || !window.L) return null;
  const data = JSON.parse(document.getElementById(`${id}_data`).textContent);
  const texts = data.texts ?? {};
  const handle = { id, element, data, texts, view, locale: data.locale ?? "en" };
  handle.direction = getComputedStyle(element).direction;
  handle.text = (key, values) => fill(texts[key] ?? "", values);
  handle.number = (value, digits = 0) => new Intl.NumberFormat(handle.locale, { maximumFractionDigits: digits }).format(value);
  element.querySelector(".map__fallback")?.remove();
  element.dir = "ltr"; // Leaflet counts pixels from the left; controls and popups are turned again below.
  handle.leaflet = createLeaflet(element, view, handle.direction);
  handle.showBox = (bounds, places) => showBox(handle.leaflet, bounds, view, places);
  handle.status = createStatus(element, handle.direction);
  addSkip(handle);
  handle.say = (message) => { handle.status.textContent = message; };
  watchTheme(() => handle.leaflet.fire("plaza:theme"));
  addControls(handle);
  element.plazaMap = handle; // how tests and other modules of ours find the map behind an element
  return handle;
}

function createLeaflet(element, view, direction) {
  const still = reducedMotion();
  const leaflet = L.map(element, {
    minZoom: view.minZoom, maxZoom: view.maxZoom, zoomControl: false, attributionControl: false,
    zoomAnimation: !still, fadeAnimation: false, markerZoomAnimation: !still, inertia: !still,
    scrollWheelZoom: false, bounceAtZoomLimits: false, maxBoundsViscosity: 0.7, zoomSnap: view.exact ? 0 : 1,
  });
  leaflet.plazaSide = direction; // the side of the buttons
  openView(leaflet, view);
  watchSize(leaflet, element, view);
  leaflet.on("zoomend", () => { if (leaflet.getZoom() < (leaflet.plazaLeast ?? 0) - 0.01) leaflet.setZoom(leaflet.plazaLeast); });
  // The wheel moves the page until somebody works with the map.
  element.addEventListener("pointerdown", () => leaflet.scrollWheelZoom.enable());
  element.addEventListener("pointerleave", () => leaflet.scrollWheelZoom.disable());
  return leaflet;
}

/** A map in a part of a page that was closed at first has no size until it is opened; a window that is turned has another, and
    so has a frame whose column grows while the page is put together. What was shown is shown again, until somebody moves the map. */
function watchSize(leaflet, element, view) {
  let seen = element.clientWidth > 0;
  let width = element.clientWidth;
  let touched = false;
  for (const kind of ["pointerdown", "keydown"]) element.addEventListener(kind, () => { touched = true; });
  new ResizeObserver(() => {
    if (!element.clientWidth) return;
    const turned = element.clientWidth !== width; // a telephone that hides its address line changes the height alone
    width = element.clientWidth;
    leaflet.invalidateSize({ animate: false });
    if (!seen) openView(leaflet, view);
    if (!seen) leaflet.fire("plaza:opened");
    else if (leaflet.plazaBox && (turned || !touched)) showBox(leaflet, leaflet.plazaBox[0], view, leaflet.plazaBox[1]);
    seen = true;
  }).observe(element);
}

function createStatus(element, direction) {
  const status = make("p", { className: "map__status", role: "status", dir: direction, id: `${element.id}_status`, tabindex: "-1" });
  (element.closest("figure") ?? element).after(status);
  return status;
}

/** A way past all the pins for people who go by keyboard; shown when it has the focus. */
function addSkip({ element, status, text, direction }) {
  const skip = make("a", { className: "map__skip", href: `#${status.id}`, text: text("skip"), dir: direction });
  element.before(skip);
}

/** The shipped drawing. */
export function basemap(handle, options) {
  if (!handle) return;
  handle.ground = new BaseMapLayer({ handle, bounds: box(handle.view.limit ?? handle.view.bounds).pad(2) });
  handle.ground.addTo(handle.leaflet);
  handle.credit(options.credit);
}

/** A city's own tiles or WMS. */
export function tiles(handle, { url, credit, layers }) {
  if (!handle) return;
  const options = { maxZoom: handle.view.maxZoom, className: "map__tiles" };
  const layer = layers ? L.tileLayer.wms(url, { ...options, layers, format: "image/png", version: "1.3.0" }) : L.tileLayer(url, options);
  layer.addTo(handle.leaflet);
  handle.credit(credit);
}

/** The border of an area, from the data block or an address; drawings must lie inside it. */
export async function outline(handle, { url }) {
  if (!handle) return;
  handle.border = url ? fetch(url).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null) : Promise.resolve(handle.data.border);
  const shape = await handle.border;
  if (!shape) return;
  const border = L.geoJSON(shape, { interactive: false, style: { className: "map__border", fill: false, weight: 2.5 } }).addTo(handle.leaflet);
  if (handle.view.free && !handle.drawing?.state.points.length && !handle.features?.markers.size) handle.showBox(border.getBounds());
}

/** Markers and shapes, in step with a list. */
export function features(handle, options) {
  if (handle) showFeatures(handle, options);
}

/** Marking a place for a form. */
export function draw(handle, options) {
  if (handle) startDrawing(handle, options);
}
