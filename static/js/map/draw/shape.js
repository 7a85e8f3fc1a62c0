/* Geometry of a drawing: plain functions on lists of { lat, lng }. */

export const LEAST = { Point: 1, LineString: 2, Polygon: 3 };
export const MOST = 490; // the server keeps 500 positions of a drawing

const EARTH = 6_371_009; // metres, mean radius
const radians = (degrees) => (degrees * Math.PI) / 180;
const position = ({ lat, lng }) => [Number(lng.toFixed(6)), Number(lat.toFixed(6))];

/** The GeoJSON geometry of a drawing, or null while it has too few corners or crosses itself. */
export function toGeometry({ shape, points }) {
  if (points.length < LEAST[shape]) return null;
  const positions = points.map(position);
  if (shape === "Point") return { type: shape, coordinates: positions[0] };
  if (shape === "LineString") return { type: shape, coordinates: positions };
  return crosses(points) ? null : { type: shape, coordinates: [[...positions, positions[0]]] };
}

/** A drawing from stored GeoJSON, or null when there is nothing readable. */
export function fromText(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const geometry = data?.type === "Feature" ? data.geometry : data;
  const positions = { Point: (all) => [all], LineString: (all) => all, Polygon: (all) => all[0].slice(0, -1) }[geometry?.type]?.(geometry.coordinates);
  if (!positions?.every((one) => Number.isFinite(one[0]) && Number.isFinite(one[1]))) return null;
  return { shape: geometry.type, points: positions.map(([lng, lat]) => L.latLng(lat, lng)), finished: true };
}

function turn(a, b, c) {
  return Math.sign((b.lng - a.lng) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lng - a.lng));
}

/** Whether the closed outline through `points` crosses itself. */
export function crosses(points) {
  const count = points.length;
  for (let i = 0; i < count; i++) {
    for (let j = i + 2; j < count; j++) {
      if (i === 0 && j === count - 1) continue;
      const [a, b, c, d] = [points[i], points[i + 1], points[j], points[(j + 1) % count]];
      if (turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b)) return true;
    }
  }
  return false;
}

/** Length of a line in metres. */
export function length(points) {
  let sum = 0;
  for (let i = 1; i < points.length; i++) sum += points[i - 1].distanceTo(points[i]);
  return sum;
}

/** Size of an outline in square metres, on the sphere. */
export function size(points) {
  let sum = 0;
  points.forEach((point, i) => {
    const next = points[(i + 1) % points.length];
    sum += radians(next.lng - point.lng) * (2 + Math.sin(radians(point.lat)) + Math.sin(radians(next.lat)));
  });
  return Math.abs((sum * EARTH * EARTH) / 2);
}

function polygonsOf(data) {
  if (!data) return [];
  if (data.type === "FeatureCollection") return data.features.flatMap(polygonsOf);
  if (data.type === "Feature") return polygonsOf(data.geometry);
  if (data.type === "GeometryCollection") return data.geometries.flatMap(polygonsOf);
  if (data.type === "Polygon") return [data.coordinates];
  return data.type === "MultiPolygon" ? data.coordinates : [];
}

function inRing({ lat, lng }, ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > lat !== yj > lat && lng < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Whether a point lies in an area given as GeoJSON; true when there is no area. */
export function inside(point, area) {
  const polygons = polygonsOf(area);
  if (!polygons.length) return true;
  return polygons.some(([outer, ...holes]) => inRing(point, outer) && !holes.some((hole) => inRing(point, hole)));
}
