/* Keeps what was typed in a form until it is sent: <form data-module="autosave" data-key="proposal-new">.
   The texts stay in this browser only, for a week, without passwords, files, hidden values and fields marked
   data-private; on a public screen (<html data-kiosk>) nothing is kept. With data-use the kept text is offered first and
   filled in only when somebody takes it: a clerk's next form is another person's. Once a page comes back without errors, the text
   is removed: the form marks what it sends, and the next page that does not hold the same form clears it. */
const PREFIX = "plaza.draft.";
const SENT = "plaza.sent";
const WEEK = 7 * 24 * 3600 * 1000;

export default function autosave(form) {
  const key = form.dataset.key && PREFIX + form.dataset.key;
  const storage = available();
  if (!key || !storage || "kiosk" in document.documentElement.dataset) return;

  const draft = read(storage, key);
  const answered = comesBackWithMistakes(form);
  let undecided = false;  // what is offered and neither taken nor thrown away is not written over
  if (draft && !answered && differs(form, draft.values)) {
    undecided = "use" in form.dataset;
    offer(form, draft.values, {
      take: () => { undecided = false; },
      forget: () => { undecided = false; storage.removeItem(key); },
    });
  }
  if (answered) sessionStorage.removeItem(SENT);

  let timer = 0;
  const save = () => undecided || storage.setItem(key, JSON.stringify({ at: Date.now(), values: values(form) }));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (undecided) return;
    save();
    sessionStorage.setItem(SENT, key);
  });
}

/** Removes the draft of a form that was sent and is not shown again: called by main.js on every page after a form was sent. */
export function forgetSent() {
  const storage = available();
  const key = storage && sessionStorage.getItem(SENT);
  if (!key) return;
  if (document.body.classList.contains("error-body")) {  // what was sent did not arrive: the text stays here
    sessionStorage.removeItem(SENT);
    return;
  }
  const name = key.slice(PREFIX.length);
  if (document.querySelector(`form[data-key="${CSS.escape(name)}"]`)) return;
  storage.removeItem(key);
  sessionStorage.removeItem(SENT);
}

/** The server shows this form again with what was typed: the draft is older than that. */
function comesBackWithMistakes(form) {
  if (form.querySelector("[aria-invalid='true']")) return true;
  const links = [...document.querySelectorAll(".error-summary a[href^='#']")];
  const summary = document.querySelector(".error-summary");
  return Boolean(summary) && (links.length === 0 || links.some((link) => form.querySelector(`[id="${CSS.escape(link.hash.slice(1))}"]`)));
}

function available() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function read(storage, key) {
  try {
    const draft = JSON.parse(storage.getItem(key));
    if (draft && Date.now() - draft.at < WEEK) return draft;
    storage.removeItem(key);
  } catch {
    storage.removeItem(key);
  }
  return null;
}

function kept(form) {
  return [...form.elements].filter(
    (field) => field.name && field.name !== "csrf_token" && !["password", "file", "hidden", "submit", "button"].includes(field.type)
      && !field.disabled && !field.closest("[data-private]"),
  );
}

function values(form) {
  return kept(form).map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? [field.value, field.checked] : field.value]);
}

function differs(form, saved) {
  return JSON.stringify(saved) !== JSON.stringify(values(form)) && saved.some(([, value]) => (Array.isArray(value) ? value[1] : value));
}

function restore(form, saved) {
  const fields = kept(form);
  saved.forEach(([name, value], index) => {
    const field = fields[index]?.name === name ? fields[index] : null;
    if (!field) return;
    if (Array.isArray(value)) field.checked = field.value === value[0] && value[1];
    else field.value = value;
  });
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, saved, { take, forget }) {
  const note = document.createElement("p");
  note.className = "autosave-note";
  note.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = form.dataset.restored;
  note.append(words);
  if ("use" in form.dataset) {
    note.append(choice(form.dataset.use, () => {
      take();
      restore(form, saved);
      note.remove();
      kept(form)[0]?.focus();
    }));
  } else restore(form, saved);
  note.append(choice(form.dataset.forget, () => {
    form.reset();
    forget();
    note.remove();
    kept(form)[0]?.focus();
  }));
  form.prepend(note);
}

function choice(words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  const label = document.createElement("span");
  label.className = "button__label";
  label.textContent = words;
  button.append(label);
  button.addEventListener("click", act);
  return button;
}
