/* The folded menu of the header: Escape closes it and gives focus back, a click elsewhere closes it. */
export default function navigation(details) {
  const summary = details.querySelector("summary");

  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    summary.focus();
  });
  document.addEventListener("click", (event) => {
    if (details.open && !details.contains(event.target)) details.open = false;
  });
}
