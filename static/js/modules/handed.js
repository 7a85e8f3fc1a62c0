/* At a public screen: once the phone has opened what was handed over, the screen forgets its visitor. */
const EVERY = 2000;

export default function handed(element) {
  let stays = false; // whoever goes on here opens it, too
  element.addEventListener("submit", () => {
    stays = true;
    clearInterval(timer);
  });
  const timer = setInterval(async () => {
    try {
      const answer = await fetch(element.dataset.asks, { cache: "no-store", redirect: "manual" });
      if (!answer.ok || !(await answer.json()).taken || stays) return;
      clearInterval(timer);
      document.querySelector(".kiosk-reset form")?.submit();
    } catch {
      // No network for a moment: asked again in two seconds.
    }
  }, EVERY);
}
