/* Keys for staff: ? shows the list, / goes to the search box, j and k walk through the rows ([data-row]), and any button or link
   with data-shortcut="a" is pressed by that key. Never while somebody types, never together with Ctrl, Alt or Meta. */
const typing = (target) => target.isContentEditable || target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select");

export default function shortcuts(frame) {
  const dialog = frame.querySelector("dialog");

  document.addEventListener("keydown", (event) => {
    if (!frame.isConnected || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key, dialog)) event.preventDefault();
  });
  frame.dataset.ready = "yes";
}

function act(key, dialog) {
  if (key === "?") return Boolean(dialog?.showModal && (dialog.showModal(), true));
  if (key === "/") return focus(document.querySelector("[data-search]"));
  if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1);
  const row = document.activeElement?.closest("[data-row]");
  const selector = `[data-shortcut="${CSS.escape(key)}"]`;
  const button = row?.querySelector(selector) ?? document.querySelector(selector);
  if (!button || button.closest("[hidden]")) return false;
  button.click();
  return true;
}

function walk(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1)];
  if (!next) return false;
  if (!next.hasAttribute("tabindex") && !next.matches("a, button, input")) next.tabIndex = -1;
  return focus(next);
}

function focus(element) {
  element?.focus();
  return Boolean(element);
}
