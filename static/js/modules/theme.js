/* Changes the colours at once and remembers them in the cookie "theme", as the form would. On a public screen the form is
   sent instead: nothing is remembered in that browser beyond the visit. */
const CHOICES = ["auto", "light", "dark", "contrast"];

export default function theme(form) {
  const page = document.documentElement;
  if ("kiosk" in page.dataset) return;

  form.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!CHOICES.includes(chosen)) return;
    event.preventDefault();
    if (chosen === "auto") delete page.dataset.theme;
    else page.dataset.theme = chosen;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    for (const button of form.querySelectorAll("button[name=theme]")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
  });
}
