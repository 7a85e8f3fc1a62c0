/* A button that prints the page: <button type="button" class="needs-script" data-module="print">. */
export default function print(button) {
  button.addEventListener("click", () => window.print());
}
