/* On a public screen: after a pause a countdown that anybody can stop, then everything of the visitor is forgotten.
   Whoever writes for long asks for no page meanwhile: the server is told that somebody is there, for it ends visits, too.
   Addresses that a visit leaves in the browser's history show the start page afterwards. Without a connection the page is emptied
   at once, and the start page comes when there is one. */
import { askFirst, until } from "./kiosk-away.js";

/* Which visit an entry of the history belongs to is written beside it; the mark opens nothing. The start page belongs to all. */
function isOfAnEarlierVisit(start) {
  const { visit } = document.documentElement.dataset;
  const before = history.state?.visit;
  if (!visit || before === visit) return false;
  if (before && location.pathname + location.search !== start) return true;
  history.replaceState({ ...history.state, visit }, "");
  return false;
}

export default function kioskReset(element) {
  const { start } = element.dataset;
  if (isOfAnEarlierVisit(start)) {
    document.body.hidden = true;
    location.replace(start);
    return;
  }
  window.addEventListener("hashchange", () => isOfAnEarlierVisit(start));
  const idle = Number(element.dataset.idle) * 1000;
  const countdown = Number(element.dataset.countdown);
  const form = element.querySelector("form");
  const dialog = element.querySelector("dialog[data-asks]");
  const left = element.querySelector("[data-seconds]");
  if (!form || !dialog || typeof dialog.showModal !== "function") return;
  const away = element.querySelector("[data-away]");
  let pause = 0;
  let tick = 0;
  let busy = false;
  let over = false;

  /* The server forgets a visitor of whom it heard nothing for idle + countdown seconds. */
  async function tell() {
    busy = false;
    try {
      const answer = await fetch(element.dataset.here, { method: "POST", redirect: "manual", keepalive: true });
      if (answer.type === "opaqueredirect") forget();
    } catch {
      // No network for a moment: the next word, or the next page, tells.
    }
  }

  async function forget() {
    if (over) return;
    over = true;
    clearTimeout(pause);
    clearInterval(tick);
    try {
      localStorage.clear();
      sessionStorage.clear();
    } catch {
      // A browser that stores nothing has nothing to forget.
    }
    const empty = setTimeout(emptied, 1500); // an answer comes sooner
    await until(element.dataset.here);
    clearTimeout(empty);
    form.submit();
  }

  /* No answer: the next visitor must find nothing of this one, neither on the page nor in its fields. */
  function emptied() {
    document.querySelector("main")?.replaceChildren();
    for (const link of document.querySelectorAll(".kiosk__head a, .kiosk__foot a")) link.removeAttribute("href");
    dialog.close();
    say("over");
  }

  function say(what) {
    for (const each of away.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== what;
    if (!away.open) away.showModal();
  }

  function warn() {
    let seconds = countdown;
    tell();
    left.textContent = String(seconds);
    dialog.showModal();
    tick = setInterval(() => {
      seconds -= 1;
      left.textContent = String(seconds);
      if (seconds <= 0) {
        clearInterval(tick);
        forget();
      }
    }, 1000);
  }

  function stay() {
    if (over) return;
    busy = true;
    clearInterval(tick);
    if (dialog.open) dialog.close();
    clearTimeout(pause);
    pause = setTimeout(warn, idle);
  }

  for (const kind of ["pointerdown", "keydown", "scroll", "input"]) {
    document.addEventListener(kind, () => !dialog.open && stay(), { capture: true, passive: true });
  }
  setInterval(() => busy && tell(), idle / 3);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    forget();
  });
  askFirst(element.dataset.here, () => say("now"));
  away.addEventListener("cancel", (event) => over && event.preventDefault());
  dialog.addEventListener("close", stay);
  // A touch anywhere stops it, and any key: not everybody can read the button. Enter and Space press what has the focus; after the
  // dialog has closed that would be something else, so they are left to the button.
  dialog.addEventListener("click", stay);
  dialog.addEventListener("keydown", (event) => event.key !== "Enter" && event.key !== " " && stay());
  // What a browser filled in again after "back", against the word of the page, is not for the next visitor.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
    for (const each of document.forms) each.reset();
  }
  // Scripts draw links of their own, such as the credit of a map: none leads away from here.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && new URL(link.href, location.href).host !== location.host) event.preventDefault();
  }, { capture: true });
  // A page that the browser kept for "back" belongs to somebody who has left.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  stay();
}
