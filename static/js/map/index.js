/* What the script of a map may call: one function per part. A page without Leaflet keeps the sentence that stands in the
   map's place; everything a map shows is also in a list or a form. */

import { BaseMapLayer } from "./basemap.js";
import { addControls } from "./controls.js";
import { startDrawing } from "./draw.js";
import { showFeatures } from "./features.js";
import { fill, make } from "./texts.js";
import { reducedMotion, watchTheme } from "./theme.js";

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
  handle.leaflet = createLeaflet(element, view);
  handle.showBox = (bounds, how) => showBox(handle.leaflet, bounds, view, how);
  handle.status = createStatus(element, handle.direction);
  addSkip(handle);
  handle.say = (message) => { handle.status.textContent = message; };
  watchTheme(() => handle.leaflet.fire("plaza:theme"));
  addControls(handle);
  element.plazaMap = handle; // how tests and other modules of ours find the map behind an element
  return handle;
}

function createLeaflet(element, view) {
  const still = reducedMotion();
  const leaflet = L.map(element, {
    minZoom: view.minZoom, maxZoom: view.maxZoom, zoomControl: false, attributionControl: false,
    zoomAnimation: !still, fadeAnimation: false, markerZoomAnimation: !still, inertia: !still,
    scrollWheelZoom: false, bounceAtZoomLimits: false, maxBoundsViscosity: 0.7, zoomSnap: view.exact ? 0 : 1,
  });
  openView(leaflet, view);
  watchSize(leaflet, element, view);
  if (view.limit) leaflet.setMaxBounds(box(view.limit).pad(view.whole ? 0.12 : 0.02)); // popups need some room at the edges
  leaflet.on("zoomend", () => { if (leaflet.getZoom() < (leaflet.plazaLeast ?? 0) - 0.01) leaflet.setZoom(leaflet.plazaLeast); });
  // The wheel moves the page until somebody works with the map.
  element.addEventListener("pointerdown", () => leaflet.scrollWheelZoom.enable());
  element.addEventListener("pointerleave", () => leaflet.scrollWheelZoom.disable());
  return leaflet;
}

function openView(leaflet, view) {
  if (view.centre) {
    leaflet.setView([view.centre[1], view.centre[0]], view.zoom ?? CLOSEST);
    if (view.limit) keepToSheet(leaflet, box(view.limit), 0); // a place at the edge is not in the middle
  } else if (view.zoom) leaflet.setView(box(view.bounds).getCenter(), view.zoom);
  else showBox(leaflet, box(view.bounds), view);
}

/** A map in a part of a page that was closed at first has no size until it is opened; a window that is turned has another. */
function watchSize(leaflet, element, view) {
  let seen = element.clientWidth > 0;
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return; // a telephone hides its address line: nothing to do
    width = window.innerWidth;
    leaflet.invalidateSize({ animate: false });
    if (leaflet.plazaBox) showBox(leaflet, leaflet.plazaBox, view);
  });
  new ResizeObserver(() => {
    if (!element.clientWidth) return;
    leaflet.invalidateSize({ animate: false });
    if (!seen) openView(leaflet, view);
    if (!seen) leaflet.fire("plaza:opened");
    seen = true;
  }).observe(element);
}

const CLOSEST = 17; // one pin alone is shown with the streets around it
const PIN_ROOM = [48, 96]; // pixels kept free, so that pins at the edge are seen whole
const RIM = 24; // of calm ground around our drawing, as a sheet of paper has one
const HEAD = 48; // the same above it: a pin at the northern edge stands upright in there
const MARGIN = 0.3; // zooms below a full frame: the first view is at least four fifths drawing

/** Show a box. The frame is always as wide as its column. Where our drawing is narrower than that, the first view comes close
    enough to fill the frame with city; `all` shows everything and leaves calm ground beside it. */
function showBox(leaflet, bounds, view, { all = false } = {}) {
  leaflet.plazaBox = bounds;
  const most = Math.min(view.maxZoom - 1, CLOSEST);
  if (!view.limit) {
    leaflet.setView(bounds.getCenter(), Math.min(leaflet.getBoundsZoom(bounds, false, L.point(PIN_ROOM)), most), { animate: false });
    return;
  }
  const sheet = box(view.limit);
  const seen = within(bounds, sheet);
  const fit = Math.min(leaflet.getBoundsZoom(seen, false, L.point(PIN_ROOM)), most);
  const cover = leaflet.getBoundsZoom(sheet, true);
  const zoom = all ? fit : Math.min(Math.max(fit, cover - (view.whole ? MARGIN : 0)), most);
  // Not Leaflet's own least zoom: the groups of pins need that to be a whole number that stays the same.
  leaflet.plazaLeast = Math.min(fit, zoom, leaflet.getBoundsZoom(sheet, !view.whole, L.point(view.whole ? PIN_ROOM : [0, 0])));
  leaflet.setView(seen.getCenter(), zoom, { animate: false });
  keepToSheet(leaflet, sheet);
}

/** No more bare ground than a rim around the sheet. */
function keepToSheet(leaflet, sheet, rim = RIM) {
  const zoom = leaflet.getZoom();
  const [northWest, southEast] = [sheet.getNorthWest(), sheet.getSouthEast()].map((corner) => leaflet.project(corner, zoom));
  const room = L.latLngBounds(leaflet.unproject(northWest.subtract([rim, HEAD]), zoom), leaflet.unproject(southEast.add([rim, rim]), zoom));
  leaflet.panInsideBounds(room, { animate: false });
}

/** The part of a box that our drawing covers; the drawing itself when they do not meet. */
function within(bounds, limit) {
  if (!limit.intersects(bounds)) return limit;
  return L.latLngBounds(
    [Math.max(bounds.getSouth(), limit.getSouth()), Math.max(bounds.getWest(), limit.getWest())],
    [Math.min(bounds.getNorth(), limit.getNorth()), Math.min(bounds.getEast(), limit.getEast())],
  );
}

function box([west, south, east, north]) {
  return L.latLngBounds([south, west], [north, east]);
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
