// Hiding several at once: a digit takes that reason and sends the form, or goes to the box where the reason needs words.
export default function reason(form) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, dialog")) return;
    const choice = /^[1-9]$/.test(event.key) && form.querySelectorAll("input[name=reason]")[event.key - 1];
    if (!choice) return;
    choice.checked = true;
    if (choice.value === "other") form.querySelector("textarea").focus();
    else form.requestSubmit();
    event.preventDefault();
  });
}
