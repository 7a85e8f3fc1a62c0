/* Read the shipped files. Coordinates become Web Mercator between 0 and 1, so that drawing is one multiplication. */

async function fetchJson(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** A reader of whole-number coordinates that are counted from the south-west corner. */
function projector(bounds, unit) {
  const [west, south] = bounds;
  return (x, y) => {
    const sine = Math.sin(((south + y * unit) * Math.PI) / 180);
    return [(west + x * unit) / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  };
}

/** A flat list of differences as flat mercator coordinates, with the box around them. */
function path(flat, project, box) {
  const points = new Float64Array(flat.length);
  let x = 0;
  let y = 0;
  for (let i = 0; i < flat.length; i += 2) {
    x += flat[i];
    y += flat[i + 1];
    const [px, py] = project(x, y);
    points[i] = px;
    points[i + 1] = py;
    if (px < box[0]) box[0] = px;
    if (py < box[1]) box[1] = py;
    if (px > box[2]) box[2] = px;
    if (py > box[3]) box[3] = py;
  }
  return points;
}

const emptyBox = () => [Infinity, Infinity, -Infinity, -Infinity];

function areas(kinds, project) {
  const found = {};
  for (const [kind, shapes] of Object.entries(kinds)) {
    found[kind] = shapes.map((rings) => {
      const box = emptyBox();
      return { rings: rings.map((ring) => path(ring, project, box)), box };
    });
  }
  return found;
}

function lines(kinds, project) {
  const found = {};
  for (const [kind, rows] of Object.entries(kinds)) {
    found[kind] = rows.map(([name, flat]) => {
      const box = emptyBox();
      return { name, points: path(flat, project, box), box };
    });
  }
  return found;
}

/** The name in the reader's language; most names are the same in all but Swedish. */
export function nameIn(row, locale) {
  if (!row) return "";
  const column = { sv: 1, en: 2 }[locale.slice(0, 2)] ?? 0;
  return row[column] || row[0];
}

const METRES = 40_075_016;

class Ground {
  constructor(raw) {
    this.project = projector(raw.bounds, raw.scale);
    const [west, south, east, north] = raw.bounds;
    const [left, bottom] = this.project(0, 0);
    const [right, top] = this.project((east - west) / raw.scale, (north - south) / raw.scale);
    this.sheet = [left, top, right, bottom];
    this.metre = 1 / (METRES * Math.cos((((south + north) / 2) * Math.PI) / 180));
    this.names = raw.names;
    this.areas = areas(raw.areas, this.project);
    this.lines = lines(raw.lines, this.project);
    this.labels = raw.labels.map(([kind, name, x, y, size]) => ({ kind, name, at: this.project(x, y), size }));
  }

  nearestName({ lat, lng }, metres, locale) {
    const sine = Math.sin((lat * Math.PI) / 180);
    const x = lng / 360 + 0.5;
    const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    const reach = metres * this.metre;
    let best = reach * reach;
    let name = -1;
    for (const rows of Object.values(this.lines)) {
      for (const line of rows) {
        if (line.name < 0 || x < line.box[0] - reach || x > line.box[2] + reach || y < line.box[1] - reach || y > line.box[3] + reach) continue;
        const distance = squareDistance(line.points, x, y);
        if (distance < best) { best = distance; name = line.name; }
      }
    }
    return name < 0 ? "" : nameIn(this.names[name], locale);
  }
}

function squareDistance(points, x, y) {
  let best = Infinity;
  for (let i = 2; i < points.length; i += 2) {
    const ax = points[i - 2], ay = points[i - 1], dx = points[i] - ax, dy = points[i + 1] - ay;
    const length = dx * dx + dy * dy;
    const along = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
    best = Math.min(best, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2);
  }
  return best;
}

/** Everything but houses and their numbers. */
export async function loadGround(address) {
  return new Ground(await fetchJson(address));
}

/** Footprints of houses. */
export async function loadHouses(address, ground) {
  return areas((await fetchJson(address)).areas, ground.project);
}

/** House numbers: text and place. */
export async function loadNumbers(address, ground) {
  return (await fetchJson(address)).numbers.map(([text, x, y]) => ({ text, at: ground.project(x, y) }));
}
