/* What a map shows when it opens: every pin whole and beside the buttons, and as much of the city around them as fits. */

const CLOSEST = 17; // one pin alone is shown with the streets around it
const RIM = 24; // of calm ground around our drawing, as a sheet of paper has one
const HEAD = 48; // the same above it: a pin at the northern edge stands upright in there
const SIDE = 26; // kept free beside a pin's point: half of a group's circle, and its ring
const FOOT = 34; // below a pin's point: the credit of the map is there
const MOST_ROOM = 0.27; // of a small frame, however much the pins would like

/** The first view: where the page says, or everything in the page's box. */
export function openView(leaflet, view) {
  leaflet.setMaxBounds(null);
  if (view.centre) {
    leaflet.setView([view.centre[1], view.centre[0]], view.zoom ?? CLOSEST);
    if (view.limit) keepToSheet(leaflet, box(view.limit), 0); // a place at the edge is not in the middle
  } else if (view.zoom) leaflet.setView(box(view.bounds).getCenter(), view.zoom);
  else showBox(leaflet, box(view.bounds), view);
  keepNear(leaflet, view);
}

/** Show a box, and the places in it beside the buttons. On a map of many things all of it is seen, with calm ground beside our
    drawing where that is narrower than the frame. Any other map comes close enough to fill its frame with city. */
export function showBox(leaflet, bounds, view, places = []) {
  leaflet.plazaBox = [bounds, places];
  frame(leaflet, bounds, view, roomFor(leaflet));
  const buttons = buttonsOf(leaflet);
  if (buttons && places.some((place) => isUnder(buttons, leaflet.latLngToContainerPoint(place)))) frame(leaflet, bounds, view, roomFor(leaflet, buttons));
}

/** Where the buttons are, in pixels of the frame: in a row on top of a narrow one, in a column at the side of any other. */
function buttonsOf(leaflet) {
  const [outer, inner] = [leaflet.getContainer(), leaflet.getContainer().querySelector(".map__controls")].map((element) => element?.getBoundingClientRect());
  if (!inner?.width) return null;
  const [left, top] = [inner.left - outer.left, inner.top - outer.top];
  return { left, top, right: left + inner.width, bottom: top + inner.height, row: inner.width > inner.height, atRight: left > outer.width / 2 };
}

function isUnder(buttons, at) {
  return at.x > buttons.left - SIDE && at.x < buttons.right + SIDE && at.y > buttons.top - SIDE && at.y < buttons.bottom + HEAD;
}

function frame(leaflet, bounds, view, room) {
  const most = Math.min(view.maxZoom - 1, CLOSEST);
  const sheet = view.limit && box(view.limit);
  const seen = sheet ? within(bounds, sheet) : bounds;
  const fit = Math.min(leaflet.getBoundsZoom(seen, false, room.before.add(room.after)), most);
  const cover = sheet && !view.whole ? leaflet.getBoundsZoom(sheet, true) : -Infinity;
  const zoom = Math.min(Math.max(fit, cover), most);
  if (sheet) {
    // Not Leaflet's own least zoom: the groups of pins need that to be a whole number that stays the same.
    const least = view.whole ? leaflet.getBoundsZoom(sheet, false, room.before.add(room.after)) : cover;
    leaflet.plazaLeast = Math.min(fit, zoom, least);
  }
  leaflet.setMaxBounds(null);
  leaflet.setView(middle(leaflet, seen, sheet, zoom, room), zoom, { animate: false });
  keepNear(leaflet, view);
}

/** Nobody gets lost beyond the sheet: it and what was shown last, with some room for popups at the edges. */
function keepNear(leaflet, view) {
  if (view.limit) leaflet.setMaxBounds(box(view.limit).pad(view.whole ? 0.12 : 0.02).extend(leaflet.getBounds()));
}

/** Pixels to keep free before (left, top) and after (right, bottom) the points of pins, also for the buttons if they are given. */
function roomFor(leaflet, buttons) {
  const size = leaflet.getSize();
  const wish = { left: SIDE, right: SIDE, top: HEAD + 4, bottom: FOOT };
  if (buttons?.row) wish.top = buttons.bottom + HEAD;
  else if (buttons?.atRight) wish.right = size.x - buttons.left + SIDE;
  else if (buttons) wish.left = buttons.right + SIDE;
  const [x, y] = [(pixels) => Math.min(pixels, size.x * MOST_ROOM), (pixels) => Math.min(pixels, size.y * MOST_ROOM)];
  return { before: L.point(x(wish.left), y(wish.top)), after: L.point(x(wish.right), y(wish.bottom)) };
}

/** The middle of the view: the box first, then as little bare ground beside the sheet as that allows. */
function middle(leaflet, seen, sheet, zoom, room) {
  const corners = (bounds) => [leaflet.project(bounds.getNorthWest(), zoom), leaflet.project(bounds.getSouthEast(), zoom)];
  const [from, to] = corners(seen);
  const [sheetFrom, sheetTo] = sheet ? corners(sheet) : [null, null];
  const size = leaflet.getSize();
  const origin = (axis, rim) => {
    const [first, last] = [to[axis] + room.after[axis] - size[axis], from[axis] - room.before[axis]]; // all of the box between these
    const wish = (first + last) / 2;
    if (!sheet) return wish;
    const [least, most] = [sheetFrom[axis] - rim, sheetTo[axis] + RIM - size[axis]];
    const calm = least > most ? (least + most) / 2 : clamp(wish, least, most);
    return first > last ? calm : clamp(calm, first, last);
  };
  const corner = L.point(origin("x", RIM), origin("y", HEAD));
  return leaflet.unproject(corner.add(size.divideBy(2)), zoom);
}

/** No more bare ground than a rim around the sheet. */
function keepToSheet(leaflet, sheet, rim) {
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

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

export function box([west, south, east, north]) {
  return L.latLngBounds([south, west], [north, east]);
}
