/* Decide what is written where. One pass for the whole sheet at each zoom, so that letters never break at tile edges and
   the same place always gets the same words. */

import { nameIn } from "./data.js";

/** From which zoom a kind is written, how, and how much room its place needs (pixels per letter's width). */
const KINDS = {
  district: { from: 13, until: 17, size: 14, style: "700", colour: "text-district", spacing: 2.4, upper: true, fit: 0 },
  water: { from: 15, until: 19, size: 13, style: "italic 500", colour: "text-water", spacing: 0.6, fit: 0.5 },
  park: { from: 15, until: 19, size: 12.5, style: "600", colour: "text-park", spacing: 0.2, fit: 0.45 },
  square: { from: 16, until: 19, size: 12.5, style: "600", colour: "text-place", spacing: 0.2, fit: 0.4 },
  mall: { from: 17, until: 19, size: 12.5, style: "500", colour: "text", spacing: 0, fit: 0.4 },
  landmark: { from: 16, until: 19, size: 12.5, style: "600", colour: "text-place", spacing: 0, fit: 0.55 },
  metro: { from: 16, until: 19, size: 12, style: "700", colour: "text-place", spacing: 0, fit: 0 },
  tram: { from: 18, until: 19, size: 12, style: "500", colour: "text-number", spacing: 0, fit: 0 },
};
const ORDER = ["district", "landmark", "park", "square", "water", "metro"];
const STREETS = [
  { kind: "major", from: 15, size: 13, style: "600" },
  { kind: "middle", from: 15, size: 12.5, style: "600" },
  { kind: "street", from: 16, size: 12.5, style: "500" },
  { kind: "walk", from: 17, size: 12.5, style: "500" },
  { kind: "lane", from: 18, size: 12, style: "500" },
  { kind: "path", from: 18, size: 12, style: "500" },
  { kind: "cycle", from: 18, size: 12, style: "500" },
];
const AGAIN = 420; // pixels between two labels of one street

/** Boxes already taken, in a grid of cells so that looking is quick. */
class Taken {
  constructor() { this.cells = new Map(); }

  *keys([left, top, right, bottom]) {
    for (let x = Math.floor(left / 96); x <= Math.floor(right / 96); x++) {
      for (let y = Math.floor(top / 96); y <= Math.floor(bottom / 96); y++) yield `${x},${y}`;
    }
  }

  free(boxes) {
    return boxes.every((box) => [...this.keys(box)].every((key) => (this.cells.get(key) ?? []).every(
      (other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3])));
  }

  take(boxes) {
    for (const box of boxes) {
      for (const key of this.keys(box)) {
        if (!this.cells.has(key)) this.cells.set(key, []);
        this.cells.get(key).push(box);
      }
    }
  }
}

/** All labels of one zoom, in the order of their importance. */
export function placeLabels(pen, exactly, layer, locale) {
  const { ground, numbers } = layer;
  const zoom = layer.detail(exactly);
  const around = { pen, zoom, layer, locale, ground, scale: 256 * 2 ** exactly, taken: new Taken(), labels: [] };
  around.sheet = ground.sheet.map((value) => value * around.scale);
  for (const kind of ORDER) placePoints(around, kind);
  for (const rule of STREETS) if (zoom >= rule.from) placeStreets(around, rule);
  for (const kind of ["mall", "tram"]) placePoints(around, kind);
  if (numbers && zoom >= 18) placeNumbers(around, numbers);
  return around.labels;
}

function measure(around, text, style, size, spacing) {
  around.pen.font = `${style} ${size}px ${around.layer.font}`;
  return around.pen.measureText(text).width + spacing * text.length;
}

function placePoints(around, kind) {
  const rule = KINDS[kind];
  if (around.zoom < rule.from || around.zoom > rule.until) return;
  const rows = around.ground.labels.filter((label) => label.kind === kind).sort((one, other) => other.size - one.size);
  for (const row of rows) {
    const sign = kind === "metro" ? "M " : "";
    const name = sign + nameIn(around.ground.names[row.name], around.locale);
    const text = rule.upper ? name.toLocaleUpperCase(around.locale) : name;
    const size = rule.size * around.layer.letters;
    const room = row.size * around.ground.metre * around.scale;
    const lines = breakLines(around, text, rule, size, Math.max(room, 90));
    const width = Math.max(...lines.map((line) => measure(around, line, rule.style, size, rule.spacing)));
    if (rule.fit && room < width * rule.fit) continue;
    add(around, { lines, width, x: row.at[0] * around.scale, y: row.at[1] * around.scale, angle: 0, size, rule, colour: rule.colour, halo: 3.5 });
  }
}

/** At most two lines, broken between words where the halves are most alike. */
function breakLines(around, text, rule, size, room) {
  const words = text.split(" ");
  if (words.length < 2 || measure(around, text, rule.style, size, rule.spacing) <= Math.min(room, 140)) return [text];
  let best = [text];
  let least = Infinity;
  for (let i = 1; i < words.length; i++) {
    const halves = [words.slice(0, i).join(" "), words.slice(i).join(" ")];
    const widest = Math.max(...halves.map((half) => half.length));
    if (widest < least) { least = widest; best = halves; }
  }
  return best;
}

function placeNumbers(around, numbers) {
  const size = 11.5 * around.layer.letters;
  const rule = { style: "500", spacing: 0 };
  for (const { text, at } of numbers) {
    const width = measure(around, text, rule.style, size, 0);
    add(around, { lines: [text], width, x: at[0] * around.scale, y: at[1] * around.scale, angle: 0, size, rule, colour: "text-number", halo: 2.5 });
  }
}

function placeStreets(around, rule) {
  const size = rule.size * around.layer.letters;
  const placed = new Map();
  const style = { style: rule.style, spacing: 0.15 };
  const rows = (around.ground.lines[rule.kind] ?? []).filter((line) => line.name >= 0);
  const stretches = rows.flatMap((line) => straightStretches(line, around.scale)).sort((one, other) => other.length - one.length);
  for (const stretch of stretches) {
    const text = nameIn(around.ground.names[stretch.name], around.locale);
    const width = measure(around, text, rule.style, size, 0.15);
    if (stretch.length < width + 8) continue;
    const times = Math.max(1, Math.floor(stretch.length / (AGAIN + width)));
    for (let i = 0; i < times; i++) {
      const along = (i + 0.5) / times;
      const x = stretch.ax + (stretch.bx - stretch.ax) * along;
      const y = stretch.ay + (stretch.by - stretch.ay) * along;
      const near = (placed.get(text) ?? []).some(([px, py]) => Math.hypot(px - x, py - y) < AGAIN * 0.7);
      if (near) continue;
      if (add(around, { lines: [text], width, x, y, angle: upright(stretch.angle), size, rule: style, colour: "text", halo: 3.5 })) {
        placed.set(text, [...(placed.get(text) ?? []), [x, y]]);
      }
    }
  }
}

/** Pieces of a line that bend less than ten degrees or so, as chords. */
function straightStretches({ points, name }, scale) {
  const found = [];
  let start = 0;
  const flush = (end) => {
    const [ax, ay, bx, by] = [points[start], points[start + 1], points[end], points[end + 1]].map((value) => value * scale);
    const length = Math.hypot(bx - ax, by - ay);
    if (length > 20) found.push({ name, ax, ay, bx, by, length, angle: Math.atan2(by - ay, bx - ax) });
    start = end;
  };
  for (let i = 2; i + 2 < points.length; i += 2) {
    const whole = Math.atan2(points[i + 1] - points[start + 1], points[i] - points[start]);
    const next = Math.atan2(points[i + 3] - points[i + 1], points[i + 2] - points[i]);
    const step = Math.hypot(points[i + 2] - points[i], points[i + 3] - points[i + 1]) * scale;
    const turn = Math.abs(Math.atan2(Math.sin(next - whole), Math.cos(next - whole)));
    if (turn > 0.16 && step > 6) flush(i);
  }
  flush(points.length - 2);
  return found;
}

/** Letters are read from left to right, or from bottom to top. */
function upright(angle) {
  if (angle > Math.PI / 2) return angle - Math.PI;
  if (angle <= -Math.PI / 2) return angle + Math.PI;
  return angle;
}

/** Keep a label if it lies on the sheet and touches no other. */
function add(around, { lines, width, x, y, angle, size, rule, colour, halo }) {
  const height = size * 1.18 * lines.length;
  const boxes = letterBoxes(x, y, width, height, angle);
  const [left, top, right, bottom] = around.sheet;
  if (boxes.some((box) => box[0] < left + 4 || box[1] < top + 4 || box[2] > right - 4 || box[3] > bottom - 4)) return false;
  if (!around.taken.free(boxes)) return false;
  around.taken.take(boxes);
  around.labels.push({ lines, x, y, angle, size, colour, halo, style: rule.style, spacing: rule.spacing, reach: width / 2 + size });
  return true;
}

/** A turned word as a row of small upright boxes. */
function letterBoxes(x, y, width, height, angle) {
  const room = 3;
  if (!angle) return [[x - width / 2 - room, y - height / 2 - room, x + width / 2 + room, y + height / 2 + room]];
  const pieces = Math.max(1, Math.ceil(width / height));
  const half = height / 2 + room;
  return Array.from({ length: pieces }, (_, i) => {
    const along = ((i + 0.5) / pieces - 0.5) * width;
    const px = x + Math.cos(angle) * along;
    const py = y + Math.sin(angle) * along;
    return [px - half, py - half, px + half, py + half];
  });
}
