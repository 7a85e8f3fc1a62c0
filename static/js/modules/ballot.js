/* The ballot: what is left is always visible, as a bar and as a sentence. The server checks everything again.
   The parts are in modules of their own: what the device keeps, the list, the ranking. */
import draft from "./ballot-draft.js";
import list from "./ballot-list.js";
import ranking from "./ballot-ranking.js";

export default function ballot(form) {
  const words = JSON.parse(form.dataset.words);
  const locale = form.dataset.locale.replace("_", "-");
  const plural = new Intl.PluralRules(locale);
  const fields = [...form.querySelectorAll("[data-mark]")];
  const limits = { cost: Number(form.dataset.limit), most: Number(form.dataset.most), points: Number(form.dataset.points) };
  const page = {
    form, words, fields,
    kind: form.dataset.kind,
    say: (forms, number) => (forms[plural.select(number)] ?? forms.other).replace("{n}", String(number)),
    value,
    set,
    marked: () => fields.filter((field) => value(field) > 0),
    changed: () => form.dispatchEvent(new Event("change", { bubbles: true })),
    restored: () => {
      rank?.draw();
      update();
    },
  };
  const sentences = {
    cost: costLeft(form, words, locale), points: form.querySelector("[data-points-left]"), count: form.querySelector("[data-count]"),
    choice: form.querySelector("[data-choice]"),
  };

  function update() {
    for (const field of fields) field.closest(".ballot-project").classList.toggle("ballot-project--chosen", value(field) > 0);
    const chosen = page.marked();
    if (limits.cost) sentences.cost?.(chosen.reduce((sum, field) => sum + Number(row(field).dataset.cost), 0), limits.cost);
    if (limits.points && sentences.points) {
      const left = limits.points - chosen.reduce((sum, field) => sum + value(field), 0);
      tell(sentences.points, left < 0 ? page.say(words.pointsOver, -left) : page.say(words.points, left), left < 0);
    }
    if (sentences.choice) {
      tell(sentences.choice, chosen.length ? words.choice.replace("{title}", () => row(chosen[0]).dataset.name) : words.noChoice, false);
    }
    if (limits.most && sentences.count) {
      const said = words.chosen.replace("{n}", String(chosen.length)).replace("{most}", String(limits.most));
      tell(sentences.count, said, chosen.length > limits.most);
    }
  }

  steppers(page);
  quietEnter(form);
  const rank = page.kind === "ranking" ? ranking(page) : null;
  list(page);
  const kept = draft(page);
  rank?.draw();
  form.addEventListener("change", update);
  form.addEventListener("input", update);
  warn(page, kept);
  update();
  form.classList.add("ballot--ready");
}

function row(field) {
  return field.closest(".ballot-project");
}

/** The mark in a field: 1 for a tick, points, a place; 0 for nothing and for what is no whole number. */
function value(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked ? 1 : 0;
  return /^\d{1,6}$/.test(plain(field.value)) ? Number(plain(field.value)) : 0;
}

/** Digits of other scripts as our own: Arabic and Persian ones are typed as well. */
function plain(text) {
  return text.trim().replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));
}

function set(field, mark) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(mark);
  else field.value = mark ? String(mark) : "";
}

function tell(line, words, over) {
  if (line.textContent !== words) line.textContent = words;
  line.classList.toggle("ballot-left__line--over", over);
}

function costLeft(form, words, locale) {
  const sentence = form.querySelector(".budget-bar__sentence");
  const bar = form.querySelector(".budget-bar__spent");
  if (!sentence) return null;
  const money = new Intl.NumberFormat(locale, { style: "currency", currency: form.dataset.currency, minimumFractionDigits: 0, numberingSystem: "latn" });
  const digits = money.resolvedOptions().maximumFractionDigits;
  const show = (amount) => money.format(amount / 10 ** digits);
  return (spent, limit) => {
    const over = spent > limit;
    sentence.textContent = over
      ? words.over.replace("{over}", show(spent - limit))
      : words.left.replace("{left}", show(limit - spent)).replace("{total}", show(limit));
    sentence.closest(".budget-bar").classList.toggle("budget-bar--over", over);
    bar?.setAttribute("width", String(Math.min(100, (100 * spent) / limit)));
  };
}

/** One point more or less with a button. */
function steppers(page) {
  for (const stepper of page.form.querySelectorAll(".stepper")) {
    const field = stepper.querySelector("[data-mark]");
    stepper.addEventListener("click", (event) => {
      const step = Number(event.target.closest("[data-step]")?.dataset.step);
      if (!step) return;
      const most = Number(field.dataset.most) || Infinity;
      page.set(field, Math.max(0, Math.min(most, page.value(field) + step)));
      page.changed();
    });
  }
}

/** Enter in a field or on a box sends nothing by accident; buttons and links are pressed by it as ever. */
function quietEnter(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input, select")) event.preventDefault();
  });
}

/* Leaving with choices that are not cast asks first. Never on a public screen, which must be able to forget its visitor. */
function warn(page, kept) {
  if ("kiosk" in document.documentElement.dataset) return;
  let sent = false;
  document.addEventListener("submit", () => { sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && page.marked().length && !kept.forgotten) event.preventDefault();
  });
}
