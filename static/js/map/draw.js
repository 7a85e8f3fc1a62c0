/* Marking a place for a form: a pin, a line or an area. Whatever is valid stands in the form's field at once, so that nobody
   loses a drawing by forgetting a button. */

import { addCrosshair } from "./draw/crosshair.js";
import { LEAST, MOST, crosses, fromText, inside, length, size, toGeometry } from "./draw/shape.js";
import { createSketch } from "./draw/sketch.js";
import { createToolbar } from "./draw/toolbar.js";
import { locate, mayLocate } from "./locate.js";

/** Start drawing into the field with the id `field`. */
export function startDrawing(handle, { field, shapes }) {
  const input = document.getElementById(field);
  if (input) new Drawing(handle, input, shapes).start();
}

/** Nothing drawn yet; `base` is the finished drawing that counts until this one is ready. */
const fresh = (shape, base = null) => ({ shape, points: [], finished: false, base });

/** The drawing that counts now: this one, or while it has too few corners the one before it. */
function counting(state) {
  if (toGeometry(state)) return state;
  return state.points.length < LEAST[state.shape] ? state.base : null;
}

class Drawing {
  constructor(handle, input, shapes) {
    Object.assign(this, { handle, input, shapes, past: [] });
    this.state = fresh(shapes[0]);
  }

  start() {
    const { handle } = this;
    handle.leaflet.doubleClickZoom.disable();
    handle.locateGroup?.remove();
    handle.drawing = this;
    const canLocate = mayLocate();
    this.update = createToolbar(handle, this.shapes, {
      choose: (shape) => this.choose(shape),
      locate: canLocate ? () => locate(handle, (here) => this.state.shape === "Point" && this.add(here)) : null,
      undo: () => this.undo(), finish: () => this.finish(), clear: () => this.clear(),
    });
    this.draw = createSketch(handle, { moved: (index, at) => this.move(index, at), touched: (index) => this.touch(index) });
    addCrosshair(handle, {
      mark: (at) => this.add(at), back: () => this.undo(), cancel: () => this.cancel(), moved: (at) => this.announce(at),
    });
    handle.leaflet.on("click", ({ latlng }) => this.add(latlng));
    handle.leaflet.on("dblclick", () => this.finish());
    handle.border?.then((area) => { this.area = area; });
    this.input.addEventListener("change", () => { if (this.input.value !== this.written) this.load(true); });
    handle.leaflet.on("plaza:opened", () => this.goThere());
    this.load(false);
  }

  /** Show what the field holds already, or what another part of the page wrote into it. */
  load(move) {
    const found = fromText(this.input.value);
    if (found) {
      if (move) this.past.push(this.state);
      this.state = found;
      this.written = this.input.value;
      if (move || !this.handle.view.centre) this.goThere();
    }
    this.refresh();
  }

  /** Move the map to the drawing. */
  goThere() {
    if (!this.state.points.length) return;
    this.handle.leaflet.fitBounds(L.latLngBounds(this.state.points), { maxZoom: 18, padding: [60, 60], animate: false });
  }

  change(state) {
    this.past.push(this.state);
    this.state = state;
    this.write();
    this.refresh();
  }

  choose(shape) {
    if (shape === this.state.shape) return;
    this.change(fresh(shape, counting(this.state)));
    this.say({ Point: "helpPin", LineString: "helpLine", Polygon: "helpArea" }[shape]);
  }

  add(at) {
    const { shape, points, finished } = this.state;
    if (shape !== "Point" && finished) return;
    if (!inside(at, this.area)) { this.say("outside"); return; }
    if (shape === "Point") { this.change({ shape, points: [at], finished: true }); this.describe(); return; }
    if (points.length >= MOST) { this.say("tooMany"); return; }
    if (points.length && this.apart(points[points.length - 1], at) < 6) return;
    this.change({ ...this.state, points: [...points, at] });
    if (shape === "Polygon" && crosses(this.state.points)) this.say("crosses");
    else this.say("corner", { n: this.handle.number(this.state.points.length), place: this.place(at) });
  }

  apart(one, other) {
    const { leaflet } = this.handle;
    return leaflet.latLngToContainerPoint(one).distanceTo(leaflet.latLngToContainerPoint(other));
  }

  move(index, at) {
    if (!inside(at, this.area)) { this.say("outside"); this.refresh(); return; }
    const points = this.state.points.map((point, i) => (i === index ? at : point));
    this.change({ ...this.state, points });
    this.describe();
  }

  /** The first corner of an area or the last of a line closes the drawing. */
  touch(index) {
    const { shape, points, finished } = this.state;
    if (!finished && index === (shape === "Polygon" ? 0 : points.length - 1)) this.finish();
  }

  finish() {
    const { shape, points, finished } = this.state;
    if (shape === "Point" || finished || !points.length) return;
    if (points.length < LEAST[shape]) { this.say(shape === "Polygon" ? "tooFewArea" : "tooFewLine"); return; }
    if (!toGeometry(this.state)) { this.say("crosses"); return; }
    this.change({ ...this.state, finished: true });
    this.handle.element.focus({ preventScroll: true });
    this.describe();
  }

  undo() {
    if (!this.past.length) return;
    this.state = this.past.pop();
    this.write();
    this.refresh();
    this.say("undone", { n: this.handle.number(this.state.points.length) });
  }

  /** Give up what is not finished; the drawing before it is back. */
  cancel() {
    const { finished, points, shape, base } = this.state;
    if (finished || (!points.length && !base)) return;
    this.change(base ?? fresh(shape));
    this.say("cancelled");
  }

  clear() {
    this.change(fresh(this.state.shape));
    this.say("cleared");
    this.handle.element.focus({ preventScroll: true });
  }

  /** The field holds the drawing that counts. */
  write() {
    const drawing = counting(this.state);
    const text = drawing ? JSON.stringify(toGeometry(drawing)) : "";
    if (text === this.input.value) return;
    this.written = text;
    this.input.value = text;
    for (const kind of ["input", "change"]) this.input.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  refresh() {
    const drawing = counting(this.state);
    this.draw(this.state, drawing === this.state ? null : drawing);
    this.update(this.state, this.past.length > 0);
  }

  say(key, values) {
    clearTimeout(this.resting);
    this.handle.say(this.handle.text(key, values));
  }

  /** The moving crosshair is spoken when it rests. */
  announce(at) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.say("crosshair", { place: this.place(at) }), 400);
  }

  place({ lat, lng }) {
    const where = this.handle.text("latLon", { lat: this.handle.number(lat, 5), lon: this.handle.number(lng, 5) });
    const street = this.handle.ground?.nearestStreet({ lat, lng });
    return street ? `${street} (${where})` : where;
  }

  describe() {
    const { shape, points } = this.state;
    const { handle } = this;
    if (shape === "Point") this.say("pinSet", { place: this.place(points[0]) });
    else if (!toGeometry(this.state)) this.say("crosses");
    else if (shape === "LineString") this.say("lineSet", { length: metres(handle, length(points)) });
    else this.say("areaSet", { size: squareMetres(handle, size(points)) });
  }
}

function metres(handle, value) {
  return value < 1000 ? handle.text("metres", { n: handle.number(value) }) : handle.text("kilometres", { n: handle.number(value / 1000, 1) });
}

function squareMetres(handle, value) {
  return value < 10_000 ? handle.text("squareMetres", { n: handle.number(value) }) : handle.text("hectares", { n: handle.number(value / 10_000, 1) });
}
