/* The switches at the foot of a public screen lose nothing that somebody is writing. Colours and "Lower" change in the page itself; the
   server hears of it beside. Another language needs another page: what was typed goes along, until that page has it. */
const TYPED = "plaza.kiosk.typed";
const MINUTE = 60_000;
const NOT_KEPT = ["csrf_token", "draft", "seen"];

export default function kioskSwitches(element) {
  takeBack();
  const theme = element.querySelector(".theme-switch");
  const lower = element.querySelector(".kiosk__lower");
  theme?.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    document.documentElement.dataset.theme = chosen;
    for (const button of theme.querySelectorAll("button[name=theme]")) button.setAttribute("aria-pressed", String(button.value === chosen));
    tell(theme, event.submitter);
  });
  lower?.addEventListener("submit", (event) => {
    event.preventDefault();
    const down = document.body.classList.toggle("kiosk--lowered");
    lower.querySelector("button").setAttribute("aria-pressed", String(down));
    window.scrollTo({ top: 0 });
    tell(lower, event.submitter, ["lowered", down ? "1" : "0"]);
  });
  for (const link of element.querySelectorAll(".language-links a")) {
    link.addEventListener("click", (event) => (sendAlong(link.href) ? event.preventDefault() : takeAlong(new URL(link.href))));
  }
}

/* The cookie lasts for the visit, as with the form. Where it is not reached, the next page looks as before; nothing else is lost. */
function tell(form, submitter, ...more) {
  const body = new URLSearchParams([...new FormData(form, submitter), ...more]);
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
}

/* A ballot is looked at in the other language as it is looked at in another order: its choices go to the server, sealed, and come back. */
function sendAlong(address) {
  const ballot = document.querySelector("form:has(.ballot-project)");
  if (!ballot || new URL(ballot.action).pathname !== new URL(address).pathname) return false;
  const look = Object.assign(document.createElement("button"), { type: "submit", name: "step", value: "look", hidden: true });
  ballot.append(look);
  ballot.action = address;
  ballot.requestSubmit(look);
  return true;
}

/* Every field in its place; no password, no file, and no ballot: that is kept nowhere on a public screen. */
function fields() {
  const forms = [...document.querySelectorAll("main form")].filter((form) => form.method === "post" && !form.querySelector(".ballot-project"));
  return forms.flatMap((form) => [...form.elements]).filter(
    (field) => field.name && !NOT_KEPT.includes(field.name) && !["password", "file", "hidden", "submit", "button", "fieldset"].includes(field.type),
  );
}

function takeAlong(address) {
  const typed = fields().map((field) => [field.name, isChoice(field) ? [field.value, field.checked] : field.value]);
  if (!typed.length) return;
  try {
    const kept = { at: Date.now(), visit: document.documentElement.dataset.visit, path: address.pathname, typed };
    sessionStorage.setItem(TYPED, JSON.stringify(kept));
  } catch {
    // A browser that stores nothing takes nothing along.
  }
}

/* Once, at once, by the same visitor and on the same page; whatever else lies there is thrown away. */
function takeBack() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(TYPED));
    sessionStorage.removeItem(TYPED);
  } catch {
    return;
  }
  const fits = kept && Date.now() - kept.at < MINUTE && kept.visit === document.documentElement.dataset.visit && kept.path === location.pathname;
  if (!fits) return;
  const here = fields();
  kept.typed.forEach(([name, value], index) => {
    const field = here[index];
    if (field?.name !== name) return;
    const before = isChoice(field) ? field.checked : field.value;
    if (isChoice(field)) field.checked = field.value === value[0] && value[1];
    else field.value = value;
    if (before !== (isChoice(field) ? field.checked : field.value)) {
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  });
}

function isChoice(field) {
  return field.type === "checkbox" || field.type === "radio";
}
