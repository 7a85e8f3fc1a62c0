/* On a form one of whose buttons answers with a file: fetches the file, saves it, and loads the page anew, so that it shows what became
   of what was chosen. Without JavaScript the file comes all the same; the page is then loaded by hand.
   The button carries data-download with the file's name. */
export default function download(form) {
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button?.dataset.download) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/pdf")) {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(await answer.blob());
        link.download = button.dataset.download;
        link.click();
        setTimeout(() => { URL.revokeObjectURL(link.href); location.reload(); }, 500);
        return;
      }
    } catch {
      // the page says what is noted
    }
    location.reload();
  });
}
