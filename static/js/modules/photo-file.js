/* On a field for a photo: says at once when the file cannot be sent, and makes large photos smaller before they travel over
   a slow line. The server checks and re-encodes whatever arrives; without this module the photo is sent as it is. */
const MOST_BYTES = 9_000_000;
const MOST_PIXELS_A_SIDE = 2000;
const KINDS = ["image/jpeg", "image/png", "image/webp"];

export default function photoFile(input) {
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  input.after(note);
  foldWords(input);
  input.addEventListener("change", async () => {
    say(note, "");
    const file = input.files[0];
    if (!file) return;
    if (!KINDS.includes(file.type)) {
      refuse(input, note, input.dataset.otherKind);
      return;
    }
    const smaller = await shrink(file);
    if (smaller && input.files[0] === file) replace(input, smaller);
    if ((input.files[0]?.size ?? 0) > MOST_BYTES) refuse(input, note, input.dataset.tooLarge);
  });
}

/** The words for a photo are asked for once there is one. */
function foldWords(input) {
  const words = input.closest(".photo-slot")?.querySelector("input[type='text']");
  const field = words?.closest(".field");
  if (!field) return;
  const show = () => { field.hidden = !input.files.length && !words.value && !field.classList.contains("field--wrong"); };
  input.addEventListener("change", show);
  input.form?.addEventListener("input", show);
  show();
}

function refuse(input, note, words) {
  input.value = "";
  say(note, words, true);
}

function say(note, words, problem = false) {
  note.textContent = words;
  note.className = problem ? "photo-file__problem" : "photo-file__note";
}

/** A smaller JPEG of the same photo; null when it is small enough already or the browser cannot do it. */
async function shrink(file) {
  if (file.size < 700_000 || !window.createImageBitmap || !window.DataTransfer) return null;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, MOST_PIXELS_A_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.88); });
    return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : null;
  } catch {
    return null;
  }
}

function replace(input, file) {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  input.files = transfer.files;
}
