/* Typing one sheet after another without the mouse: Enter goes to the next field, Shift and Enter begins a new line, Ctrl and
   Enter sends. The sheet is sent without leaving the page, so that a lost connection leaves everything where it is, and so
   that a tone may confirm it (browsers let no page sound that nobody has touched). Without scripts the form is a form. */
import { forgetSent } from "./autosave.js";
import { start } from "../main.js";
import { play, tone } from "../tone.js";

export default function sheetEntry(frame) {
  const form = frame.querySelector("form");
  if (!form || !window.fetch) return;
  const note = frame.querySelector("[data-note]");
  tone(frame.querySelector("[data-tone]"));
  begin(form);

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.altKey || event.metaKey) return;
    if (event.target.matches("button, a")) return;
    if (event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (!event.shiftKey) {
      event.preventDefault();
      next(form, event.target)?.focus();
    }
  });

  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    note.textContent = frame.dataset.sending;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
      await show(answer);
    } catch {
      note.textContent = frame.dataset.lost;
      play(220);
      form.querySelector("[type=submit]")?.focus();
    } finally {
      busy = false;
    }
  });
  frame.dataset.ready = "yes";
}

/** The next field that can be seen; of a group of choices the chosen one, or else the first. */
function next(form, from) {
  const fields = [...form.querySelectorAll("input:not([type=hidden]), textarea, select, button[type=submit]")].filter(
    (field) => !field.disabled && field.offsetParent !== null && (field.type !== "radio" || field === from || stands(form, field, from)),
  );
  return fields[fields.indexOf(from) + 1];
}

function stands(form, radio, from) {
  if (radio.name === from.name && from.type === "radio") return false;
  const group = [...form.querySelectorAll("input[type=radio]")].filter((each) => each.name === radio.name);
  return radio === (group.find((each) => each.checked) ?? group[0]);
}

/** Puts the page that was answered in the place of this one: what it says (the last sheet is read) is said once, so it is not
    asked for again. What is no page of the same kind is opened as a page. */
async function show(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("main");
  if (!main || page.body.className !== document.body.className) {
    if (answer.ok) {
      location.assign(answer.url);
      return;
    }
    if (!main) throw new Error("no page");
  }
  document.title = page.title;
  if (answer.ok) history.replaceState(null, "", answer.url);
  for (const sheet of page.querySelectorAll("link[rel=stylesheet]")) {
    const known = [...document.querySelectorAll("link[rel=stylesheet]")].some((each) => each.getAttribute("href") === sheet.getAttribute("href"));
    if (!known) document.head.append(document.importNode(sheet, true));
  }
  const here = document.querySelector("main");
  here.replaceChildren(...[...main.childNodes].map((node) => document.importNode(node, true)));
  start(here);
  if (answer.ok) forgetSent();
  play(answer.ok ? 880 : 220);
  const wrong = here.querySelector("[aria-invalid=true]");
  if (wrong) (wrong.matches("input, textarea, select") ? wrong : wrong.querySelector("input"))?.focus();
  else if (!here.querySelector("[data-module~=sheet-entry]")) here.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function begin(form) {
  if (form.querySelector("[aria-invalid=true]")) return;
  const first = form.querySelector("[data-begin]");
  first?.focus({ preventScroll: true });
}
