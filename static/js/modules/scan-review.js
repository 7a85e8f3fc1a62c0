/* On the form for a scanned page: begins at the first place that needs eyes, and lets keys choose an answer. Arrows and Enter are
   the browser's own: Enter in a circle or a line sends the form. Ctrl+Enter sends it from a large box, too. */
export default function scanReview(form) {
  const first = form.querySelector(".scan-field--decide input") ?? form.querySelector("[data-accept]");
  if (!location.hash && !document.querySelector("[role=alert]")) first?.focus();

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) return form.requestSubmit();
    if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
    const group = event.target.closest?.("fieldset.scan-field");
    const wanted = group?.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
    if (!wanted) return undefined;
    event.preventDefault();
    wanted.checked = true;
    wanted.focus();
    return goOn(form, group);
  });
}

/** After a place that needed eyes: the next one that has no answer, else the button. */
function goOn(form, group) {
  if (!group.classList.contains("scan-field--decide")) return;
  const next = [...form.querySelectorAll(".scan-field--decide")].find((one) => !one.querySelector("input:checked"));
  (next?.querySelector("input") ?? form.querySelector("[data-accept]"))?.focus();
}
