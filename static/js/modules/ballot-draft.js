/* What the voter's own device keeps of a ballot until it is cast: in localStorage, under a name that only this voter's page knows.
   Never on a public screen. Cast, signed out or "forget" takes it away; so do two weeks, or `data-lasts` seconds without a choice. */
const PREFIX = "plaza.ballot.";
const LASTS = 14 * 24 * 3600 * 1000;

export default function draft(page) {
  const { form, words } = page;
  const state = { forgotten: false };
  const storage = "kiosk" in document.documentElement.dataset ? null : available();
  const name = PREFIX + form.dataset.draft;
  const notice = form.querySelector("[data-keep]");
  if (!storage || !form.dataset.draft) return state;
  forgetOld();
  const lasts = Number(form.dataset.lasts) * 1000 || LASTS;
  let over;
  if (notice) notice.hidden = false;

  const found = read(storage, name);
  if (found && !form.querySelector("[aria-invalid]")) {
    restore(page, found);
    save();
  }

  form.addEventListener("change", save);
  form.addEventListener("input", save);
  notice?.querySelector("[data-forget]")?.addEventListener("click", () => {
    state.forgotten = true;
    remove(storage, name);
  });
  return state;

  function save() {
    const marks = Object.fromEntries(page.marked().map((field) => [field.closest(".ballot-project").dataset.project, page.value(field)]));
    try {
      if (Object.keys(marks).length) storage.setItem(name, JSON.stringify({ until: Date.now() + lasts, marks }));
      else storage.removeItem(name);
    } catch {
      // A full or closed store keeps nothing; the ballot works without.
    }
    clearTimeout(over);
    if (lasts < LASTS) over = setTimeout(() => remove(storage, name), lasts); // whoever left the page open is forgotten, too
  }

  function restore({ fields, value, set }, marks) {
    let differs = false;
    for (const field of fields) {
      const mark = Number(marks[field.closest(".ballot-project").dataset.project]) || 0;
      if (value(field) === mark) continue;
      set(field, mark);
      differs = true;
    }
    if (!differs) return;
    const said = document.createElement("p");
    said.className = "autosave-note";
    said.setAttribute("role", "status");
    said.textContent = words.restored;
    form.prepend(said);
    document.getElementById("ballot-problem")?.remove();
  }
}

/** Removes what was kept of one pot's ballot, or of all: after casting and on signing out. */
export function forget(pot = "") {
  const storage = available();
  if (!storage) return;
  for (const key of Object.keys(storage)) if (key.startsWith(PREFIX + pot)) remove(storage, key);
}

/** Removes what was kept longer than it may be, whoever's it was. */
export function forgetOld() {
  const storage = available();
  if (storage) for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) read(storage, key);
}

function remove(storage, name) {
  try {
    storage.removeItem(name);
  } catch {
    // Nothing was kept there.
  }
}

function read(storage, name) {
  try {
    const kept = JSON.parse(storage.getItem(name));
    if (kept && Date.now() < kept.until && typeof kept.marks === "object") return kept.marks;
  } catch {
    // Not ours, or broken: as if nothing were there.
  }
  remove(storage, name);
  return null;
}

function available() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
