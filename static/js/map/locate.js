/* "Use my position": asked for once, on a click, kept nowhere. What goes wrong is said kindly, with what to do instead. */

import { make } from "./texts.js";

const PATIENCE = { enableHighAccuracy: true, timeout: 12_000, maximumAge: 60_000 };

/** Not on a public screen: where that stands is known, and the browser's question would hang over the page. */
export function mayLocate() {
  return Boolean(navigator.geolocation) && window.isSecureContext && !("kiosk" in document.documentElement.dataset);
}

/** Move the map to the reader's position; `found(latlng)` is called when it lies on the map. */
export function locate(handle, found) {
  const { leaflet } = handle;
  handle.say(handle.text("locating"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const here = L.latLng(coords.latitude, coords.longitude);
      const limit = handle.view.limit;
      if (limit && !L.latLngBounds([limit[1], limit[0]], [limit[3], limit[2]]).contains(here)) {
        handle.say(handle.text("locateOutside"));
        return;
      }
      leaflet.setView(here, Math.max(leaflet.getZoom(), 17));
      showHere(handle, here, coords.accuracy);
      handle.say(handle.text("located", { metres: handle.number(Math.max(coords.accuracy, 1)) }));
      found?.(here);
    },
    (problem) => handle.say(handle.text(problem.code === problem.PERMISSION_DENIED ? "locateRefused" : "locateFailed")),
    PATIENCE,
  );
}

function showHere(handle, here, accuracy) {
  handle.here?.remove();
  const dot = L.marker(here, {
    icon: L.divIcon({ className: "map__here", html: make("span"), iconSize: [20, 20] }),
    interactive: false, keyboard: false,
  });
  const circle = L.circle(here, { radius: Math.min(accuracy, 500), className: "map__accuracy", interactive: false });
  handle.here = L.layerGroup([circle, dot]).addTo(handle.leaflet);
}
