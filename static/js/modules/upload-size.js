/* On a form with files: says at once when they are too large together, before they travel. The server refuses them as well. */
export default function uploadSize(form) {
  const note = document.createElement("p");
  note.className = "field__error";
  note.setAttribute("role", "alert");
  form.append(note);

  const size = () => [...form.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files]).reduce((sum, file) => sum + file.size, 0);
  const check = () => {
    const bytes = size();
    const fits = bytes <= Number(form.dataset.most);
    note.textContent = fits ? "" : form.dataset.tooLarge.replace("{n}", Math.round(bytes / 1e6).toLocaleString(document.documentElement.lang));
    return fits;
  };
  form.addEventListener("change", check);
  form.addEventListener("submit", (event) => { if (!check()) event.preventDefault(); });
}
