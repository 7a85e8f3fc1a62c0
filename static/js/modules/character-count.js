/* Says how many characters are left: counted the way the server counts, by code points, with line breaks as one. The screen
   reader hears it only when one stops typing near the limit. */
export default function characterCount(field) {
  const area = field.querySelector("textarea, input");
  const words = field.querySelector(".field__count");
  const most = Number(field.dataset.most);
  if (!area || !words || !most) return;

  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  field.append(spoken);
  const numbers = new Intl.NumberFormat(document.documentElement.lang || "en");
  let timer = 0;

  const show = () => {
    const left = most - [...area.value].length;
    const sentence = (left < 0 ? field.dataset.over : field.dataset.left).replace("{n}", numbers.format(Math.abs(left)));
    words.textContent = sentence;
    words.classList.toggle("field__count--over", left < 0);
    clearTimeout(timer);
    if (left < most * 0.1) timer = setTimeout(() => { spoken.textContent = sentence; }, 1000);
  };
  area.addEventListener("input", show);
  show();
}
