/* Starts what a page asks for: an element with data-module="name other" gets static/js/modules/name.js and other.js, whose
   default export is called with the element. Every page works without any of them; a module that the browser cannot run,
   or that fails, leaves the page as it was. */

document.documentElement.classList.add("has-script");

/** Starts the modules of every element in `root` once; modules call it again for what they add to a page. */
export function start(root = document) {
  for (const element of root.querySelectorAll("[data-module]")) {
    const asked = element.dataset.module.split(/\s+/).filter(Boolean);
    const started = new Set((element.dataset.started ?? "").split(" "));
    for (const name of asked.filter((each) => !started.has(each))) {
      element.dataset.started = `${element.dataset.started ?? ""} ${name}`.trim();
      run(name, element);
    }
  }
}

async function run(name, element) {
  if (!/^[a-z][a-z-]*$/.test(name)) return;
  try {
    const module = await import(`./modules/${name}.js`);
    module.default(element);
  } catch (problem) {
    console.warn(`The module ${name} did not start; the page works without it.`, problem);
  }
}

async function forgetSent() {
  try {
    if (sessionStorage.getItem("plaza.sent")) (await import("./modules/autosave.js")).forgetSent();
  } catch {
    // A browser that stores nothing has nothing to forget.
  }
}

/** A way to answer that needs scripts is chosen first where there are scripts, unless somebody has begun another answer. */
function chooseWhatNeedsScripts() {
  for (const way of document.querySelectorAll("input[data-first-with-script]")) {
    const answers = way.closest("fieldset")?.querySelectorAll("input[type=text], textarea, select") ?? [];
    if ([...answers].every((answer) => !answer.value)) way.checked = true;
  }
}

/** What belongs on paper is open there, also in browsers whose style sheets cannot open a fold; afterwards it is as before. */
function openForPaper() {
  for (const fold of document.querySelectorAll(".details--printed:not([open])")) {
    fold.open = true;
    addEventListener("afterprint", () => (fold.open = false), { once: true });
  }
}

addEventListener("beforeprint", openForPaper);
chooseWhatNeedsScripts();
start();
forgetSent();
