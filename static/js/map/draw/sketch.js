/* What a drawing looks like on the map: corners to take hold of, lines between them, or a pin. */

import { pin } from "../pins.js";
import { make } from "../texts.js";
import { crosses } from "./shape.js";

/** `act`: moved(index, latlng) after a corner was dragged, touched(index) when one was clicked. */
export function createSketch(handle, act) {
  const { leaflet } = handle;
  const layer = L.layerGroup().addTo(leaflet);
  const trail = L.polyline([], { className: "map-sketch__trail", weight: 2, interactive: false }).addTo(leaflet);
  let now = null;

  leaflet.on("mousemove", ({ latlng }) => {
    const open = now && now.shape !== "Point" && !now.finished && now.points.length;
    trail.setLatLngs(open ? [now.points[now.points.length - 1], latlng] : []);
  });
  leaflet.on("mouseout", () => trail.setLatLngs([]));

  const corner = (point, index) => {
    const icon = L.divIcon({ className: "map-sketch__corner", html: make("span"), iconSize: [44, 44] });
    const marker = L.marker(point, { icon, draggable: true, keyboard: false, autoPan: true });
    marker.on("dragend", () => act.moved(index, marker.getLatLng()));
    marker.on("click", () => act.touched(index));
    return marker;
  };

  const line = (points, className, closed) => (closed ? L.polygon : L.polyline)(points, { className, weight: 4, interactive: false });

  /** Draw the state; `earlier` is what is still stored while a new drawing is not ready. */
  return function draw(state, earlier) {
    now = state;
    layer.clearLayers();
    trail.setLatLngs([]);
    if (earlier?.points.length) show(earlier, true);
    show(state, false);
  };

  function show({ shape, points, finished }, faint) {
    if (!points.length) return;
    if (shape === "Point") {
      const marker = L.marker(points[0], { icon: pin("open", handle.text("pin")), draggable: !faint, keyboard: false, autoPan: true, opacity: faint ? 0.5 : 1 });
      marker.on("dragend", () => act.moved(0, marker.getLatLng()));
      layer.addLayer(marker);
      return;
    }
    const closed = shape === "Polygon" && points.length > 2;
    const wrong = closed && crosses(points);
    layer.addLayer(line(points, `map-sketch__line${faint ? " map-sketch__line--faint" : ""}${wrong ? " map-sketch__line--wrong" : ""}${finished ? "" : " map-sketch__line--open"}`, closed));
    if (!faint) points.forEach((point, index) => layer.addLayer(corner(point, index)));
  }
}
