/* Searching, filtering and sorting the projects of a ballot on the page. What is left out stays on the ballot. */
export default function list({ form, words, say }) {
  const find = form.querySelector("[data-find]");
  const rows = [...form.querySelectorAll("#projects > .ballot-project")];
  const shown = form.querySelector("[data-shown]");
  if (!find || !rows.length) return;
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const orders = {
    fair: (one, other) => one.dataset.fair - other.dataset.fair,
    cheap: (one, other) => one.dataset.cost - other.dataset.cost || byNumber(one, other),
    dear: (one, other) => other.dataset.cost - one.dataset.cost || byNumber(one, other),
    name: (one, other) => collator.compare(one.dataset.name, other.dataset.name) || byNumber(one, other),
    number: byNumber,
  };

  function byNumber(one, other) {
    return collator.compare(one.dataset.project, other.dataset.project);
  }

  function asked(name) {
    return find.querySelector(`[name="${name}"]`)?.value ?? "";
  }

  function narrow() {
    const text = asked("q").toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const category = asked("category");
    const place = asked("place");
    let left = 0;
    for (const row of rows) {
      const passes = text.every((word) => row.dataset.words.includes(word))
        && (!category || row.dataset.categories.split(" ").includes(category))
        && (!place || row.dataset.place === place);
      row.hidden = !passes;
      left += passes;
    }
    if (shown) shown.textContent = left < rows.length ? say(words.shown, left) : "";
  }

  function sort() {
    const list = rows[0].parentElement;
    list.append(...[...rows].sort(orders[asked("sort")] ?? orders.fair));
  }

  find.addEventListener("input", (event) => {
    event.stopPropagation(); // looking for a project is no choice
    if (event.target.name === "sort") sort();
    else narrow();
  });
  find.addEventListener("change", (event) => event.stopPropagation());
  if (asked("sort") !== "fair") sort();
  narrow();
}
