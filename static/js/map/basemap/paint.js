/* Paint one tile: ground, streets, tracks, houses, then letters. Widths are metres on the ground, kept between limits in
   pixels, so that streets grow with the map as on a drawn plan. */

const AREAS = ["railyard", "grass", "park", "pitch", "sand", "parking", "water", "pier", "square", "platform"];

/** kind, width in metres, least and most pixels, from which zoom, colour, colour of its edge. */
const STREETS = [
  { kind: "lane", metres: 4, least: 0.8, most: 14, from: 16, fill: "lane", edge: "road-line" },
  { kind: "walk", metres: 6, least: 1.2, most: 22, from: 15, fill: "road", edge: "road-line" },
  { kind: "street", metres: 8, least: 1.6, most: 30, from: 13, fill: "road", edge: "road-line" },
  { kind: "middle", metres: 10, least: 2, most: 34, from: 13, fill: "road", edge: "road-line" },
  { kind: "major", metres: 11, least: 2.4, most: 38, from: 13, fill: "major", edge: "major-line" },
];
const THIN = [
  { kind: "path", metres: 2, least: 0.7, most: 4, from: 16, fill: "path", dash: [3, 2.5] },
  { kind: "steps", metres: 3, least: 1.5, most: 8, from: 16, fill: "path", dash: [1.2, 1.6] },
  { kind: "cycle", metres: 2, least: 0.8, most: 4, from: 16, fill: "cycle", dash: [7, 2.5] },
];

/** Draw the part of the ground that lies in `tile` (its corner and scale in world pixels). */
export function paintTile(pen, tile, layer, labels) {
  const { colours, ground, buildings } = layer;
  pen.fillStyle = colours.outside;
  pen.fillRect(0, 0, tile.size, tile.size);
  if (!ground) return;
  const view = { ...tile, metre: ground.metre * tile.scale, box: visible(tile) };
  pen.save();
  paintSheet(pen, view, ground.sheet, colours);
  for (const kind of AREAS) fillAreas(pen, view, ground.areas[kind], colours[kind], kind === "water" ? colours["water-line"] : null);
  paintStreets(pen, view, ground.lines, colours);
  paintTracks(pen, view, ground.lines, colours);
  if (buildings && tile.zoom >= 15) paintHouses(pen, view, buildings, colours);
  pen.restore();
  paintEdge(pen, view, ground.sheet, colours);
  paintLabels(pen, view, labels, colours, layer);
}

/** The tile's rectangle in mercator, with room for wide lines. */
function visible(tile) {
  const room = 40;
  return [(tile.left - room) / tile.scale, (tile.top - room) / tile.scale,
    (tile.left + tile.size + room) / tile.scale, (tile.top + tile.size + room) / tile.scale];
}

const apart = (one, other) => one[2] < other[0] || one[0] > other[2] || one[3] < other[1] || one[1] > other[3];

function sheetInPixels(view, [left, top, right, bottom]) {
  const x = left * view.scale - view.left;
  const y = top * view.scale - view.top;
  return [x, y, (right - left) * view.scale, (bottom - top) * view.scale];
}

function paintSheet(pen, view, sheet, colours) {
  const area = sheetInPixels(view, sheet);
  pen.fillStyle = colours.land;
  pen.fillRect(...area);
  pen.beginPath();
  pen.rect(...area);
  pen.clip();
}

/** Where our data ends the map ends with a neat line, like a printed sheet. */
function paintEdge(pen, view, sheet, colours) {
  const [x, y, width, height] = sheetInPixels(view, sheet);
  pen.strokeStyle = colours["sheet-line"];
  pen.lineWidth = 1.5;
  pen.strokeRect(x, y, width, height);
  pen.lineWidth = 0.75;
  pen.strokeRect(x - 5, y - 5, width + 10, height + 10);
}

function trace(pen, points, view, closed) {
  const { scale, left, top } = view;
  let lastX = points[0] * scale - left;
  let lastY = points[1] * scale - top;
  pen.moveTo(lastX, lastY);
  for (let i = 2; i < points.length; i += 2) {
    const x = points[i] * scale - left;
    const y = points[i + 1] * scale - top;
    if (i + 2 < points.length && Math.abs(x - lastX) + Math.abs(y - lastY) < 0.7) continue;
    pen.lineTo(x, y);
    lastX = x;
    lastY = y;
  }
  if (closed) pen.closePath();
}

function traceAreas(pen, view, shapes) {
  pen.beginPath();
  let some = false;
  for (const shape of shapes ?? []) {
    if (apart(shape.box, view.box)) continue;
    some = true;
    for (const ring of shape.rings) trace(pen, ring, view, true);
  }
  return some;
}

function fillAreas(pen, view, shapes, fill, edge) {
  if (!traceAreas(pen, view, shapes)) return;
  pen.fillStyle = fill;
  pen.fill("evenodd");
  if (edge) {
    pen.strokeStyle = edge;
    pen.lineWidth = 1;
    pen.stroke();
  }
}

function traceLines(pen, view, rows) {
  pen.beginPath();
  let some = false;
  for (const line of rows ?? []) {
    if (apart(line.box, view.box)) continue;
    some = true;
    trace(pen, line.points, view, false);
  }
  return some;
}

const widthOf = (rule, view) => Math.max(rule.least, Math.min(rule.most, rule.metres * view.metre));

function paintStreets(pen, view, lines, colours) {
  pen.lineJoin = "round";
  pen.lineCap = "butt";
  for (const rule of THIN) {
    if (view.zoom < rule.from || !traceLines(pen, view, lines[rule.kind])) continue;
    pen.strokeStyle = colours[rule.fill];
    pen.lineWidth = Math.min(widthOf(rule, view), 3);
    pen.setLineDash(rule.dash);
    pen.stroke();
  }
  pen.setLineDash([]);
  pen.lineCap = "round";
  const shown = STREETS.filter((rule) => view.zoom >= rule.from);
  for (const rule of shown) {
    const width = widthOf(rule, view);
    if (width < 2.2 || !traceLines(pen, view, lines[rule.kind])) continue;
    pen.strokeStyle = colours[rule.edge];
    pen.lineWidth = width + 1.6;
    pen.stroke();
  }
  for (const rule of shown) {
    if (!traceLines(pen, view, lines[rule.kind])) continue;
    const width = widthOf(rule, view);
    pen.strokeStyle = width < 2.2 ? colours[rule.edge] : colours[rule.fill];
    pen.lineWidth = width;
    pen.stroke();
  }
}

function paintTracks(pen, view, lines, colours) {
  pen.lineCap = "butt";
  if (traceLines(pen, view, lines.rail)) {
    pen.strokeStyle = colours.rail;
    pen.lineWidth = view.zoom >= 16 ? 1.2 : 0.8;
    pen.stroke();
  }
  if (view.zoom >= 15 && traceLines(pen, view, lines.tram)) {
    pen.strokeStyle = colours.tram;
    pen.lineWidth = view.zoom >= 17 ? 1.2 : 0.8;
    pen.stroke();
  }
}

/** Houses stand a little off the paper: a soft shade to the south-east, then the footprint. */
function paintHouses(pen, view, buildings, colours) {
  const lift = view.zoom >= 17 ? 2 : view.zoom >= 16 ? 1.2 : 0;
  if (lift) {
    pen.save();
    pen.translate(lift * 0.7, lift);
    fillAreas(pen, view, buildings.house, colours["house-shade"], null);
    fillAreas(pen, view, buildings.public, colours["house-shade"], null);
    pen.restore();
  }
  const edged = view.zoom >= 16;
  fillAreas(pen, view, buildings.house, colours.house, edged ? colours["house-line"] : null);
  fillAreas(pen, view, buildings.public, colours.public, edged ? colours["public-line"] : null);
}

function paintLabels(pen, view, labels, colours, layer) {
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  for (const label of labels) {
    const x = label.x - view.left;
    const y = label.y - view.top;
    if (x < -label.reach || y < -label.reach || x > view.size + label.reach || y > view.size + label.reach) continue;
    pen.save();
    pen.translate(x, y);
    if (label.angle) pen.rotate(label.angle);
    pen.font = `${label.style} ${label.size}px ${layer.font}`;
    if ("letterSpacing" in pen) pen.letterSpacing = `${label.spacing}px`;
    label.lines.forEach((text, row) => {
      const down = (row - (label.lines.length - 1) / 2) * label.size * 1.18;
      pen.strokeStyle = colours["text-halo"];
      pen.lineWidth = label.halo;
      pen.strokeText(text, 0, down);
      pen.fillStyle = colours[label.colour];
      pen.fillText(text, 0, down);
    });
    pen.restore();
  }
}
