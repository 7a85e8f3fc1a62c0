/* Copies a text: <button type="button" class="needs-script" data-module="copy" data-text="…" data-done="Copied">. The button is hidden
   without JavaScript; the text itself always stands beside it. */
export default function copy(button) {
  if (!navigator.clipboard) {
    button.hidden = true;
    return;
  }
  const label = button.querySelector(".button__label") ?? button;
  const words = label.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.text);
    } catch {
      return;
    }
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = words; }, 2500);
  });
}
