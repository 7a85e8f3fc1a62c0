/* Takes the reader to what is wrong: focus on the summary, and from its links into the field with its label in sight. */
export default function errorSummary(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
    const control = field.matches("input, select, textarea, button") ? field : field.querySelector("input, select, textarea, button");
    (control ?? field).focus({ preventScroll: true });
  });
}
