/* What unfolds and what opens.
   On <details class="menu">: as the menu of the header. On <details data-open-from="60">: open on windows at least 60 rem wide.
   On a link with data-opens="id": opens that <dialog> as a window of its own; [data-closes] within closes it. */
import navigation from "./navigation.js";

export default function disclosure(element) {
  if (element.dataset.opens) return opener(element);
  if (element.classList.contains("menu")) return navigation(element);
  const from = element.dataset.openFrom;
  if (from && window.matchMedia(`(min-width: ${from}rem)`).matches) element.open = true;
}

function opener(link) {
  const dialog = document.getElementById(link.dataset.opens);
  if (!dialog || !dialog.showModal) return;
  link.setAttribute("role", "button");
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); link.click(); }
  });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]")) { event.preventDefault(); dialog.close(); }
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => link.focus());
}
