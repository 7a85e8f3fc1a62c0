/* The map's colours come from CSS custom properties, so that light, dark, high contrast and a city's own colours all
   reach the canvas. */

const NAMES = [
  "outside", "sheet-line", "land", "water", "water-line", "park", "grass", "pitch", "sand", "square", "parking", "pier",
  "railyard", "platform", "house", "house-line", "house-shade", "public", "public-line", "road", "road-line", "major",
  "major-line", "lane", "path", "cycle", "rail", "tram", "text", "text-halo", "text-district", "text-water", "text-park",
  "text-place", "text-number",
];

/** All `--map-…` colours as the browser computes them below `element`, whose palette is chosen first. */
export function readColours(element) {
  element.dataset.palette = choosePalette();
  const probe = makeProbe(element);
  const colours = {};
  for (const name of NAMES) {
    probe.style.color = `var(--map-${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}

/** light, dark, contrast or contrast-dark: what the reader chose, else what the device asks for. */
function choosePalette() {
  const chosen = document.documentElement.dataset.theme ?? "auto";
  const dark = isDark();
  const strong = chosen === "contrast" || (chosen === "auto" && ["(prefers-contrast: more)", "(forced-colors: active)"].some((query) => matchMedia(query).matches));
  if (strong) return dark ? "contrast-dark" : "contrast";
  return dark ? "dark" : "light";
}

/** An element to ask for computed colours; a device that forces its own colours must not answer for it. */
function makeProbe(parent) {
  const probe = document.createElement("span");
  probe.style.setProperty("forced-color-adjust", "none");
  parent.append(probe);
  return probe;
}

/** Whether the page is dark just now, judged by the paper it is on. */
function isDark() {
  const probe = makeProbe(document.body);
  probe.style.color = "var(--paper, Canvas)";
  const [red, green, blue] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  probe.remove();
  return red * 0.3 + green * 0.6 + blue * 0.1 < 110;
}

/** Whether the reader asked for stillness. */
export function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Call `changed` when the device or the page changes its colours. */
export function watchTheme(changed) {
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", changed);
  }
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme", "class"] });
}
