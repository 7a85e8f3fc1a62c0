/* What a window of this size does not show is not loaded:
   <div data-module="later" data-when="(min-width: 60rem)"><template>…</template></div>.
   When the window is wide enough, now or after it was turned, the template takes its place on the page and its scripts run
   in their order. Scripts of a template are ours and carry the page's nonce. */
export default function later(place) {
  const template = place.querySelector("template");
  const wanted = window.matchMedia(place.dataset.when ?? "all");
  const show = async () => {
    if (!wanted.matches || !template.isConnected) return;
    const piece = document.importNode(template.content, true);
    const scripts = [...piece.querySelectorAll("script")].filter((script) => script.type !== "application/json");
    for (const script of scripts) script.remove();
    template.replaceWith(piece);
    for (const script of scripts) if (!(await run(script, place))) return; // the words in the map's place stay
  };
  wanted.addEventListener("change", show);
  show();
}

/** A script that was parsed in a template starts when a copy of it is put on the page. Says whether it could be loaded. */
function run(script, place) {
  const copy = document.createElement("script");
  for (const name of ["type", "src"]) if (script.getAttribute(name)) copy.setAttribute(name, script.getAttribute(name));
  copy.nonce = script.nonce || script.getAttribute("nonce") || "";
  copy.textContent = script.textContent;
  return new Promise((done) => {
    copy.addEventListener("load", () => done(true));
    copy.addEventListener("error", () => done(false));
    place.append(copy);
    if (!copy.src) done(true);
  });
}
