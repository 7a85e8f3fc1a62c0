/* A screen that is only looked at keeps up with what is open: nobody there can load a page again. Where no answer comes it goes on
   showing what it shows, for a page of the browser's own, such as "No internet", would stay for good. */
export default function signage(element) {
  const every = Number(element.dataset.every) * 1000;
  setInterval(async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main");
      if (!fresh) return;
      document.querySelector("main").replaceChildren(...fresh.childNodes);
      document.title = page.title;
    } catch {
      // No network for a moment: asked again next time.
    }
  }, every);
}
