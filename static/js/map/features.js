/* Places from an address of ours: clustered pins, shapes on demand, popups, and a list beside the map in step with them. */

import { clusterIcon, pin } from "./pins.js";
import { make } from "./texts.js";
import { reducedMotion } from "./theme.js";

/** Fetch and show; fetch again when the filter form changes. `url`, `form`, `list` are an address and two ids. */
export function showFeatures(handle, { url, form, list, radius = 52, quiet = false }) {
  const layer = new Features(handle, url, form && document.getElementById(form), list && document.getElementById(list));
  layer.radius = radius; // pixels within which pins are grouped
  layer.quiet = quiet; // one place that the page speaks about already: nothing to open, nothing to announce
  handle.features = layer;
  layer.start();
}

class Features {
  constructor(handle, url, form, list) {
    Object.assign(this, { handle, url, form, list, markers: new Map(), shapes: L.featureGroup(), open: L.featureGroup() });
  }

  start() {
    const { leaflet } = this.handle;
    this.cluster = this.createCluster();
    if (this.quiet) this.handle.locateGroup?.remove();
    leaflet.addLayer(this.shapes);
    leaflet.addLayer(this.open);
    leaflet.addLayer(this.cluster);
    leaflet.on("popupopen", ({ popup }) => this.opened(popup));
    leaflet.on("popupclose", () => this.open.clearLayers());
    leaflet.on("plaza:opened", () => (this.handle.view.free || this.handle.view.whole) && this.bounds().isValid() && this.fit());
    if (this.list) this.followList();
    if (this.form) this.followForm();
    if (this.handle.data.features) this.show(this.handle.data.features);
    if (this.url) this.fetchFrom(this.url);
  }

  createCluster() {
    const { handle } = this;
    return L.markerClusterGroup({
      showCoverageOnHover: false, chunkedLoading: true, maxClusterRadius: this.radius, animate: !reducedMotion(),
      spiderLegPolylineOptions: { className: "map__leg", weight: 1.5 },
      iconCreateFunction: (cluster) => {
        const shown = handle.number(cluster.getChildCount());
        return clusterIcon(cluster.getChildCount(), shown, handle.text("cluster", { n: shown }));
      },
    });
  }

  async fetchFrom(address) {
    this.waiting?.abort();
    const mine = (this.waiting = new AbortController());
    try {
      const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "application/geo+json, application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(await answer.json());
      this.problem?.remove();
    } catch (error) {
      if (error.name !== "AbortError") this.failed(address);
    }
  }

  /** What went wrong, and a button to try again, in place of silence. */
  failed(address) {
    const again = make("button", { type: "button", className: "map__again", text: this.handle.text("tryAgain") });
    again.addEventListener("click", () => this.fetchFrom(address));
    this.problem?.remove();
    this.problem = make("div", { className: "map__problem", role: "alert", dir: this.handle.direction }, make("p", { text: this.handle.text("noFeatures") }), again);
    this.handle.element.append(this.problem);
  }

  show(collection) {
    this.cluster.clearLayers();
    this.shapes.clearLayers();
    this.markers.clear();
    const features = (collection.features ?? []).filter((feature) => feature.geometry);
    const shaped = features.filter((feature) => feature.geometry.type !== "Point");
    for (const feature of features) {
      const properties = (feature.properties ??= {});
      if (isRegion(feature)) this.shapes.addLayer(this.region(feature));
      else this.markers.set(String(properties.id ?? feature.id), this.marker(feature, middle(feature)));
    }
    if (shaped.length <= MOST_SHAPES) for (const feature of shaped) if (!isRegion(feature)) this.shapes.addLayer(this.shape(feature));
    if (this.shouldMove()) this.fit(); // first, so that pins are grouped once and not while the map moves
    this.cluster.addLayers([...this.markers.values()]);
    this.announce();
    this.handle.showAll = this.bounds().isValid() ? () => this.fitAll() : null;
  }

  announce() {
    const count = this.markers.size;
    if (!this.quiet && (count || !this.shapes.getLayers().length)) this.handle.say(this.handle.text("onMap", { n: this.handle.number(count) }));
    this.handle.element.dispatchEvent(new CustomEvent("plaza:features", { bubbles: true, detail: { count } }));
  }

  places() {
    return [...this.markers.values()].map((marker) => marker.getLatLng());
  }

  bounds() {
    const bounds = this.shapes.getBounds();
    for (const place of this.places()) bounds.extend(place);
    return bounds;
  }

  /** Nearly everything: a few places far from all others would make the rest too small to read. They are a button away. */
  fit() {
    const places = this.places();
    this.handle.showBox(middleOf(places) ?? this.bounds(), places);
  }

  fitAll() {
    this.handle.showBox(this.bounds(), this.places());
  }

  /** The first time to show everything; later only when nothing that was found lies in view. */
  shouldMove() {
    const first = !this.shown;
    this.shown = true;
    if (!this.bounds().isValid() || this.handle.drawing) return false;
    if (first) return Boolean(this.handle.view.whole || (this.handle.view.free && !this.handle.border));
    const view = this.handle.leaflet.getBounds();
    return this.markers.size > 0 && ![...this.markers.values()].some((marker) => view.contains(marker.getLatLng()));
  }

  /** The line or area of a place, always seen while there are few of them; a click opens what its pin opens. */
  shape(feature) {
    const layer = L.geoJSON(feature.geometry, { interactive: !this.quiet, style: { className: "map__shape map__shape--quiet", weight: 4 } });
    return layer.on("click", () => this.markers.get(String(feature.properties.id ?? feature.id))?.openPopup());
  }

  /** An area with a name and no page of its own: an outline that says its name. */
  region(feature) {
    const layer = L.geoJSON(feature.geometry, { style: { className: "map__shape map__shape--region", weight: 2 } });
    const { title } = feature.properties;
    return title ? layer.bindTooltip(() => make("span", { text: title, dir: this.handle.direction }), { sticky: true, className: "map__name" }) : layer;
  }

  marker(feature, at) {
    const { title = "", state, state_label: label } = feature.properties;
    const name = [title, label].filter(Boolean).join(", ");
    const id = String(feature.properties.id ?? feature.id);
    const marker = L.marker(at, { icon: pin(state, name, id), riseOnHover: true, interactive: !this.quiet, keyboard: !this.quiet });
    marker.feature = feature;
    if (this.quiet) return marker;
    marker.bindPopup(() => this.popup(feature), { minWidth: 200, maxWidth: 288, autoPanPadding: [24, 24], className: "map__popup" });
    marker.on("mouseover focus", () => this.markCard(id, true));
    marker.on("mouseout blur", () => this.markCard(id, false));
    marker.on("add", () => {
      const element = marker.getElement();
      element?.addEventListener("focus", () => this.markCard(id, true));
      element?.addEventListener("blur", () => this.markCard(id, false));
    });
    return marker;
  }

  /** Built from elements, never from markup: what people typed stays text. */
  popup({ properties }) {
    const box = make("div", { className: "map-popup", dir: this.handle.direction });
    if (properties.state_label) box.append(make("p", { className: "map-popup__state", text: properties.state_label }));
    const title = properties.url
      ? make("a", { className: "map-popup__title", href: properties.url, text: properties.title })
      : make("strong", { className: "map-popup__title", text: properties.title });
    box.append(make("p", {}, title));
    for (const line of properties.lines ?? []) box.append(make("p", { className: "map-popup__line", text: line }));
    return box;
  }

  opened(popup) {
    const element = popup.getElement();
    element?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", this.handle.text("close"));
    const marker = popup._source;
    const { geometry } = marker?.feature ?? {};
    this.open.clearLayers();
    if (geometry && geometry.type !== "Point") this.open.addLayer(L.geoJSON(geometry, { interactive: false, style: { className: "map__shape", weight: 4 } }));
    if (marker?.getElement?.() === document.activeElement) this.moveInto(element, marker);
  }

  /** With the keyboard the popup is entered at once; Escape leads back to the pin. */
  moveInto(element, marker) {
    element.querySelector("a[href], button")?.focus({ preventScroll: true });
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      marker.closePopup();
      marker.getElement()?.focus({ preventScroll: true });
    });
  }

  card(id) {
    return this.list?.querySelector(`[data-feature-id="${CSS.escape(id)}"]`);
  }

  markCard(id, on) {
    this.card(id)?.classList.toggle("is-on-map", on);
  }

  /** Pointing at a card shows its pin, or the group that the pin is in. */
  followList() {
    let active = null;
    const point = (event) => {
      const id = event.target.closest?.("[data-feature-id]")?.dataset.featureId ?? null;
      active?.classList.remove("is-active");
      const marker = id && this.markers.get(id);
      active = marker ? this.cluster.getVisibleParent(marker)?.getElement() ?? null : null;
      active?.classList.add("is-active");
    };
    for (const kind of ["pointerover", "focusin"]) this.list.addEventListener(kind, point);
    for (const kind of ["pointerleave", "focusout"]) this.list.addEventListener(kind, point);
  }

  /** The map obeys the filters: the form's fields are the query of the address. */
  followForm() {
    let pause;
    const later = () => {
      clearTimeout(pause);
      pause = setTimeout(() => this.fetchFrom(this.filtered()), 250);
    };
    this.form.addEventListener("change", later);
    this.form.addEventListener("reset", later);
    this.form.addEventListener("plaza:filtered", later);
  }

  filtered() {
    const address = new URL(this.url, location.href);
    const fields = new FormData(this.form);
    for (const element of this.form.elements) if (element.name) address.searchParams.delete(element.name);
    for (const [name, value] of fields) if (typeof value === "string" && value !== "") address.searchParams.append(name, value);
    return address.pathname + address.search;
  }
}

const MOST_SHAPES = 60;
const MANY = 20; // from so many places on, a few outliers do not decide the first view
const OUTLIERS = 0.025; // of all places at each side
const FAR = 1.3; // times as large a view for the sake of a few

/** The box of most places; null where they are too few to leave any out, or none lies far from the others. */
function middleOf(places) {
  if (places.length < MANY) return null;
  const cut = Math.max(1, Math.floor(places.length * OUTLIERS));
  const [lats, lngs] = [(place) => place.lat, (place) => place.lng].map((of) => places.map(of).sort((one, other) => one - other).slice(cut, -cut));
  const most = L.latLngBounds([lats[0], lngs[0]], [lats.at(-1), lngs.at(-1)]);
  const whole = L.latLngBounds(places);
  const far = (from, to) => to(whole) - from(whole) > FAR * (to(most) - from(most));
  const outliers = far((each) => each.getSouth(), (each) => each.getNorth()) || far((each) => each.getWest(), (each) => each.getEast());
  return outliers ? most.pad(0.08) : null;
}

/** An area that is only an outline: no pin, because nobody asked for a place. */
function isRegion({ geometry, properties }) {
  return geometry.type.endsWith("Polygon") && !properties.point && !properties.state && !properties.url;
}

/** Where the pin of a feature stands: the point the server chose, else the middle of its shape. */
function middle({ geometry, properties }) {
  const at = properties.point ?? (geometry.type === "Point" ? geometry.coordinates : null);
  if (at) return [at[1], at[0]];
  if (geometry.type === "LineString") {
    const half = geometry.coordinates[Math.floor(geometry.coordinates.length / 2)];
    return [half[1], half[0]];
  }
  return L.geoJSON(geometry).getBounds().getCenter();
}
