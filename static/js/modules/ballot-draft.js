/* What the voter's own device keeps of a ballot until it is cast: in localStorage, encrypted. Name and key come with this voter's page
   alone and are kept nowhere, so the next person in the same browser finds nothing that can be read; equally long, whatever was chosen.
   Never on a public screen, nor where the browser cannot encrypt. Cast, signed out or "forget" takes it away; so do two weeks, or
   `data-lasts` seconds without a choice. */
const PREFIX = "plaza.ballot.";
const LASTS = 14 * 24 * 3600 * 1000;
const WIDTH = 7;
const NONCE = 12;

export default function draft(page) {
  const { form, words } = page;
  const state = { forgotten: false };
  const storage = "kiosk" in document.documentElement.dataset ? null : available();
  const { draft: part, secret } = form.dataset;
  delete form.dataset.secret;
  const name = PREFIX + part;
  const notice = form.querySelector("[data-keep]");
  const crypto = globalThis.crypto?.subtle;
  if (!storage || !part || !secret || !crypto) return state;
  forgetOld();
  const lasts = Number(form.dataset.lasts) * 1000 || LASTS;
  const key = crypto.importKey("raw", bytes(secret), "AES-GCM", false, ["encrypt", "decrypt"]);
  let over;
  let touched = false;
  let turn = begin().catch(() => remove(storage, name)); // one after the other: the last choice is the one that is kept
  if (notice) notice.hidden = false;

  form.addEventListener("change", changed);
  form.addEventListener("input", changed);
  notice?.querySelector("[data-forget]")?.addEventListener("click", () => {
    state.forgotten = true; // what is being encrypted just now is not written any more
    remove(storage, name);
  });
  return state;

  async function begin() {
    const found = await opened();
    if (!found || touched || form.querySelector("[aria-invalid]")) return;
    restore(page, found);
    soonOver();
    await save();
  }

  function changed() {
    touched = true;
    state.forgotten = false;
    const mine = turn.then(save).catch(() => {}); // a full or closed store keeps nothing; the ballot works without
    turn = mine;
    if (notice) notice.dataset.keep = "";
    mine.then(() => {
      if (notice && turn === mine) notice.dataset.keep = "kept";
    });
    soonOver();
  }

  function soonOver() {
    clearTimeout(over);
    if (lasts < LASTS) over = setTimeout(() => remove(storage, name), lasts); // whoever left the page open is forgotten, too
  }

  async function save() {
    if (state.forgotten) return;
    if (!page.marked().length) {
      storage.removeItem(name);
      return;
    }
    const values = page.fields.map((field) => [project(field), page.value(field)]).sort(([one], [other]) => (one < other ? -1 : 1));
    const plain = values.map(([number, value]) => `${JSON.stringify(number)}:${String(value).padStart(WIDTH)}`).join();
    const nonce = globalThis.crypto.getRandomValues(new Uint8Array(NONCE));
    const sealed = await crypto.encrypt({ name: "AES-GCM", iv: nonce }, await key, new TextEncoder().encode(`{${plain}}`));
    if (!state.forgotten) storage.setItem(name, JSON.stringify({ until: Date.now() + lasts, sealed: text(nonce) + text(new Uint8Array(sealed)) }));
  }

  async function opened() {
    const kept = read(storage, name);
    if (!kept) return null;
    const whole = bytes(kept);
    const plain = await crypto.decrypt({ name: "AES-GCM", iv: whole.slice(0, NONCE) }, await key, whole.slice(NONCE));
    return JSON.parse(new TextDecoder().decode(plain));
  }

  function restore({ fields, value, set }, marks) {
    tellWithdrawn(marks);
    let differs = false;
    for (const field of fields) {
      const mark = Number(marks[project(field)]) || 0;
      if (value(field) === mark) continue;
      set(field, mark);
      differs = true;
    }
    if (!differs) return;
    tell(words.restored);
    document.getElementById("ballot-problem")?.remove();
    page.restored();
  }

  /* What was chosen here before it was withdrawn has no field any more. It is said once: what is kept next does not have it. */
  function tellWithdrawn(marks) {
    if (document.getElementById("ballot-withdrawn")) return;
    for (const row of form.querySelectorAll("[data-withdrawn]")) {
      const { project: number, name: title } = row.dataset;
      if (Number(marks[number])) tell(words.withdrawn.replace("{title}", `${number} ${title}`));
    }
  }

  function tell(sentence) {
    const said = document.createElement("p");
    said.className = "autosave-note";
    said.setAttribute("role", "status");
    said.textContent = sentence;
    form.prepend(said);
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

function project(field) {
  return field.closest(".ballot-project").dataset.project;
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
    if (kept && Date.now() < kept.until && typeof kept.sealed === "string") return kept.sealed;
  } catch {
    // Not ours, or broken: as if nothing were there.
  }
  remove(storage, name);
  return null;
}

function bytes(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function text(raw) {
  return Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function available() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
