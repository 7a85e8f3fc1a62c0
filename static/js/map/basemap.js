/* The ground of the map: a Leaflet grid whose tiles are drawn here, from data of our own host. */

import { loadGround, loadHouses, loadNumbers } from "./basemap/data.js";
import { placeLabels } from "./basemap/labels.js";
import { paintTile } from "./basemap/paint.js";
import { readColours } from "./theme.js";

const TILE = 512;
const HOUSES_FROM = 15;
const NUMBERS_FROM = 18;

/** The whole zoom whose details are drawn: what is nearly there already looks like it. */
const detail = (zoom) => Math.floor(zoom + 0.7);

const GridLayer = window.L ? L.GridLayer : class {};

/** Streets, water, parks and houses on canvas. Data for closer looks is fetched when somebody looks closer. */
export const BaseMapLayer = window.L ? GridLayer.extend({
  options: { tileSize: TILE, keepBuffer: 1, updateWhenZooming: false, className: "map__ground" },

  initialize(options) {
    L.setOptions(this, options);
    this.addresses = options.handle.data.basemap;
    this.fetched = {};
    this.labels = new Map();
    this.ready = this.fetchOnce("ground", loadGround);
  },

  onAdd(leaflet) {
    this.readStyle();
    leaflet.on("plaza:theme", this.refresh, this);
    leaflet.on("zoomend", this.lookCloser, this);
    document.fonts?.ready.then(() => this.refresh());
    GridLayer.prototype.onAdd.call(this, leaflet);
    this.lookCloser();
  },

  onRemove(leaflet) {
    leaflet.off("plaza:theme", this.refresh, this);
    leaflet.off("zoomend", this.lookCloser, this);
    GridLayer.prototype.onRemove.call(this, leaflet);
  },

  fetchOnce(name, load) {
    this.fetched[name] ??= load(this.addresses[name], this.ground)
      .then((data) => { this[name] = data; this.refresh(); })
      .catch(() => { delete this.fetched[name]; });
    return this.fetched[name];
  },

  async lookCloser() {
    const zoom = detail(this._map?.getZoom() ?? 0);
    await this.ready;
    if (!this.ground) return;
    if (zoom >= HOUSES_FROM) this.fetchOnce("buildings", loadHouses);
    if (zoom >= NUMBERS_FROM) this.fetchOnce("numbers", loadNumbers);
  },

  readStyle() {
    const element = this.options.handle.element;
    this.colours = readColours(element);
    this.font = getComputedStyle(element).fontFamily;
    this.letters = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    this.labels.clear();
  },

  /** Draw everything again: the data, the colours or the letters changed. */
  refresh() {
    if (!this._map || !this._levels) return;
    this.readStyle();
    this.redraw();
  },

  /** Leaflet asks which whole zoom to fetch pictures of. Ours are drawn, so they are sharp at the zoom that is shown. */
  _clampZoom(zoom) {
    return this._map?.getZoom() ?? zoom;
  },

  createTile(coords) {
    const ratio = Math.min(Math.ceil(window.devicePixelRatio || 1), 2);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = TILE * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const scale = 256 * 2 ** coords.z;
    const tile = { left: coords.x * TILE, top: coords.y * TILE, size: TILE, zoom: detail(coords.z), scale };
    paintTile(pen, tile, this, this.ground ? this.labelsAt(pen, coords.z) : []);
    return canvas;
  },

  detail,

  labelsAt(pen, zoom) {
    if (!this.labels.has(zoom) && this.labels.size > 8) this.labels.clear();
    if (!this.labels.has(zoom)) this.labels.set(zoom, placeLabels(pen, zoom, this, this.options.handle.locale));
    return this.labels.get(zoom);
  },

  /** The nearest named street within `metres` of a place, for people who cannot see where they are. */
  nearestStreet(latlng, metres = 60) {
    return this.ground ? this.ground.nearestName(latlng, metres, this.options.handle.locale) : "";
  },
}) : null;
