/* A public screen without a connection, or whose server starts again: it goes nowhere until there is an answer. A page of the
   browser's own, such as "No internet", would stay there for every visitor after, because nobody here can type or reload. */
const AGAIN = 3000;

/** Whether the server answers; `at` is an address that does nothing but that. */
export async function answers(at) {
  try {
    await fetch(at, { method: "POST", redirect: "manual", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

/** Comes back once the server answers. */
export async function until(at) {
  while (!(await answers(at))) await new Promise((resolve) => setTimeout(resolve, AGAIN));
}

/** What is sent waits for an answer first; where none comes, `tell` says so and everything typed stays. The foot sees to itself. */
export function askFirst(at, tell) {
  let asking = false;
  let sure = null;
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method !== "post" || form === sure || form.closest(".kiosk__foot")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking) return;
    asking = true;
    const there = await answers(at);
    asking = false;
    if (!there) {
      tell();
      return;
    }
    sure = form;
    form.requestSubmit(submitter);
    sure = null;
  }, { capture: true });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || navigator.onLine !== false || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    tell();
  }, { capture: true });
}
