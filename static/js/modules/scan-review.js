/* On the form for a scanned page: begins at the first place that needs eyes, then at handwriting that is not typed yet, and lets
   keys choose an answer. Arrows and Enter are the browser's own: Enter in a circle sends the form. In a line it leads to the next
   empty place for handwriting, and sends the form when there is none. Ctrl+Enter sends it from anywhere. */
export default function scanReview(form) {
  const first = form.querySelector(".scan-field--decide input") ?? emptyPlace(form) ?? form.querySelector("[data-accept]");
  if (!location.hash && !document.querySelector("[role=alert]")) first?.focus();

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) return form.requestSubmit();
    if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
    if (event.key === "Enter" && event.target.matches("input[type=text]") && !event.isComposing) {
      const next = emptyPlace(form, event.target);
      if (next) event.preventDefault();
      return next?.focus();
    }
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
  (next?.querySelector("input") ?? emptyPlace(form) ?? form.querySelector("[data-accept]"))?.focus();
}

/** The first place for handwriting, behind `from`, from which nothing was typed. */
function emptyPlace(form, from) {
  const places = [...form.querySelectorAll("input[type=text].control, textarea.control")];
  return places.slice(places.indexOf(from) + 1).find((place) => !place.value.trim());
}
