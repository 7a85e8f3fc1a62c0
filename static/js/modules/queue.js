// The moderators' queue by keyboard: j and k move (module "shortcuts"), a approves, h then a digit hides for that reason;
// x chooses, e chooses everything on the page, Shift with A, L or H decides on what is chosen.
const typing = (target) => target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog");

export default function queue(root) {
  const rows = () => [...root.querySelectorAll("[data-row]")];
  const current = () => rows().find((row) => row.contains(document.activeElement)) ?? rows()[0];
  const choosing = chooser(root);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const row = current();
    if (!row) return;
    const hide = row.querySelector("details[data-key=h]");
    if (event.key === "x") choosing.toggle(row);
    else if (event.key === "e") choosing.everything();
    else if (event.shiftKey && root.querySelector(`[data-together="${CSS.escape(event.key)}"]`)) {
      root.querySelector(`[data-together="${CSS.escape(event.key)}"]`).click();
    } else if (event.key === "a") row.querySelector("[data-key=a]")?.click();
    else if (event.key === "h" && hide) {
      hide.open = true;
      hide.querySelector("input[type=radio]")?.focus();
    } else if (/^[1-9]$/.test(event.key) && hide?.open) {
      const choice = hide.querySelector(`[data-digit="${event.key}"]`);
      if (!choice) return;
      choice.checked = true;
      if (choice.hasAttribute("data-words")) hide.querySelector("textarea").focus();
      else choice.form.requestSubmit();
    } else return;
    event.preventDefault();
  });
}

// What is chosen, how many that is, and the link that chooses everything: without this script it asks the server.
function chooser(root) {
  const boxes = () => [...root.querySelectorAll("input[name=chosen]")];
  const link = root.querySelector("[data-everything]");
  const count = root.querySelector("[data-count]");
  const show = () => {
    const number = boxes().filter((box) => box.checked).length;
    if (count) count.textContent = number ? count.dataset.some.replace("{n}", number) : count.dataset.none;
    if (link) link.querySelector(".button__label").textContent = number === boxes().length ? link.dataset.nothing : link.dataset.all;
  };
  const everything = () => {
    const checked = !boxes().every((box) => box.checked);
    for (const box of boxes()) box.checked = checked;
    show();
  };
  root.addEventListener("change", show);
  link?.addEventListener("click", (event) => {
    event.preventDefault();
    everything();
  });
  if (count) count.hidden = false;
  show();
  return {
    everything,
    toggle(row) {
      const box = row.querySelector("input[name=chosen]");
      if (!box) return;
      box.checked = !box.checked;
      row.focus();
      show();
    },
  };
}
