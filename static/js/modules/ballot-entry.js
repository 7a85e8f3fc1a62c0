/* Typing one ballot after another without waiting and without looking up: Enter takes what stands in the field, and the next
   ballot can be typed while the last one is on its way. They are sent one at a time, in their order, again and again while the
   line is lost. Where one is refused the others wait behind it, whatever is typed meanwhile, until somebody mends it. Without
   scripts the form is a form. */
import { play, tone } from "../tone.js";

const AGAIN = 2000; // milliseconds until what could not be sent is tried once more

export default function ballotEntry(frame) {
  const form = frame.querySelector("form");
  const field = form?.querySelector("[name=marks]");
  if (!field || !window.fetch) return;
  const note = frame.querySelector("[data-note]");
  const mend = frame.querySelector("[data-mend]");
  const waiting = []; // typed and not answered yet, in their order
  let sending = false;
  let refused = null; // why the first of them is not taken
  let begun = null; // what stood in the field when somebody began to mend
  tone(frame.querySelector("[data-tone]"));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    if (begun === null) {
      waiting.push(text);
      field.value = "";
    } else {
      waiting[0] = text;
      field.value = begun;
      refused = begun = null;
    }
    go();
  });
  mend.addEventListener("click", beginToMend);
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && refused) beginToMend();
  });
  addEventListener("online", go);
  addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });
  frame.dataset.ready = "yes";

  function beginToMend() {
    if (!refused || begun !== null) return;
    begun = field.value;
    field.value = waiting[0];
    field.focus();
    field.select();
    say();
  }

  async function go() {
    if (sending) return say();
    sending = true;
    while (waiting.length && !refused) {
      say();
      const page = await sent(waiting[0]);
      if (page === "left") return;
      if (page) take(page, form);
      else await pause();
    }
    sending = false;
    say();
  }

  /** The page that was answered; null while there is no line. */
  async function sent(text) {
    const data = new URLSearchParams(new FormData(form));
    data.set("marks", text);
    let answer, page;
    try {
      answer = await fetch(location.href, { method: "POST", body: data, headers: { Accept: "text/html" } });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return null;
    }
    const frameThere = page.querySelector("[data-module~=ballot-entry]");
    if (answer.ok && !frameThere) {
      waiting.length = 0;
      location.assign(answer.url); // the batch is through, or belongs to somebody else now
      return "left";
    }
    if (answer.ok) {
      waiting.shift();
      play(880);
    } else {
      refused = page.querySelector(".error-summary li")?.textContent.trim() || frame.dataset.refused;
      play(220);
    }
    return page;
  }

  function pause() {
    note.dataset.kind = "wrong";
    note.textContent = lines(frame.dataset.lost, waiting);
    return new Promise((go) => setTimeout(go, AGAIN));
  }

  function say() {
    mend.hidden = !refused || begun !== null;
    note.dataset.kind = refused ? "wrong" : "";
    if (refused) note.textContent = lines(`${waiting[0]}: ${refused}`, waiting.slice(1));
    else note.textContent = waiting.length ? `${frame.dataset.sending} ${waiting.join("  ·  ")}` : "";
  }

  function lines(first, behind) {
    return behind.length ? `${first}\n${frame.dataset.behind} ${behind.join("  ·  ")}` : first;
  }
}

/** What the page says of the batch, from the page that was answered; the field stays as it is, with what is typed in it. */
function take(page, form) {
  for (const hidden of page.querySelectorAll("[data-module~=ballot-entry] form input[type=hidden]")) {
    const mine = form.querySelector(`input[type=hidden][name="${hidden.name}"]`);
    if (mine) mine.value = hidden.value;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh) part.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  }
}
