/* A ranking by buttons: add, up, down, take out. The places are kept in the fields that voters without scripts choose from. */
export default function ranking(page) {
  const { form, words, fields, value, set } = page;
  const panel = form.querySelector("[data-ranking]");
  const list = panel.querySelector("[data-ranking-list]");
  const empty = panel.querySelector("[data-ranking-empty]");
  const said = form.querySelector("[data-ranking-said]");
  const item = panel.querySelector("[data-ranking-item]");
  const most = Number(form.dataset.most);
  const row = (field) => field.closest(".ballot-project");
  const title = (field) => row(field).dataset.name;

  function ranked() {
    return fields.filter((field) => value(field) > 0).sort((one, other) => value(one) - value(other));
  }

  function put(order) {
    for (const field of fields) set(field, order.indexOf(field) + 1);
    draw();
    page.changed();
  }

  function announce(field, order) {
    const place = order.indexOf(field) + 1;
    const sentence = place ? words.added.replace("{place}", String(place)).replace("{n}", String(order.length)) : words.removed;
    said.textContent = sentence.replace("{title}", title(field));
  }

  function move(field, step) {
    const order = ranked();
    const at = order.indexOf(field);
    const to = at + step;
    if (step === 0) order.splice(at, 1);
    else if (to < 0 || to >= order.length) return;
    else [order[at], order[to]] = [order[to], order[at]];
    put(order);
    announce(field, order);
    focusAfter(field, step, order, at);
  }

  /* The same button of the same project; at an end the other one; after taking out, the next project, or the list's own button. */
  function focusAfter(field, step, order, at) {
    if (step === 0) {
      const next = order[Math.min(at, order.length - 1)];
      (next ? button(next, 0) : row(field).querySelector("[data-add]")).focus();
      return;
    }
    const same = button(field, step);
    (same.disabled ? button(field, -step) : same).focus();
  }

  function button(field, step) {
    return list.querySelector(`[data-of="${CSS.escape(row(field).dataset.project)}"] [data-move="${step}"]`);
  }

  function draw() {
    const order = ranked();
    list.replaceChildren(...order.map((field, at) => {
      const one = item.content.firstElementChild.cloneNode(true);
      one.dataset.of = row(field).dataset.project;
      one.querySelector("[data-place]").textContent = String(at + 1);
      one.querySelector("[data-title]").textContent = title(field);
      for (const each of one.querySelectorAll("[data-move]")) {
        const step = Number(each.dataset.move);
        each.setAttribute("aria-label", each.dataset.label.replace("{title}", title(field)));
        each.disabled = (step < 0 && at === 0) || (step > 0 && at === order.length - 1);
        each.addEventListener("click", () => move(field, step));
      }
      return one;
    }));
    empty.hidden = order.length > 0;
    for (const field of fields) {
      const add = row(field).querySelector("[data-add]");
      const place = order.indexOf(field) + 1;
      add.setAttribute("aria-pressed", String(place > 0));
      add.querySelector(".button__label").textContent = place ? add.dataset.in.replace("{place}", String(place)) : add.dataset.out;
    }
  }

  for (const field of fields) {
    row(field).querySelector("[data-add]").addEventListener("click", () => {
      const order = ranked();
      const at = order.indexOf(field);
      if (at >= 0) order.splice(at, 1);
      else if (order.length >= most) {
        said.textContent = words.full;
        return;
      } else order.push(field);
      put(order);
      announce(field, order);
    });
  }
  return {
    draw: () => {
      const order = ranked();
      for (const field of fields) set(field, order.indexOf(field) + 1); // gaps and places given twice are closed up
      draw();
    },
  };
}
