/* The buttons above a map to draw on: which shape, and what to do with it. Words first, 48 px high. */

import { make, picture } from "../texts.js";

const PICTURES = {
  Point: ["M12 21s-7-6.2-7-11.2a7 7 0 0 1 14 0C19 14.8 12 21 12 21Z", "M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z"],
  LineString: ["M5 19 10 8l5 6 5-9"],
  Polygon: ["M5 8.5 13 4l7 6-3 9.5H7Z"],
  locate: ["M12 2v4M12 18v4M2 12h4M18 12h4", "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z"],
  undo: ["M9 14 4 9l5-5", "M4 9h10a6 6 0 0 1 0 12h-3"],
  finish: ["m5 12.5 5 5L20 7"],
  clear: ["M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13"],
};
const WORDS = { Point: "pin", LineString: "line", Polygon: "area" };

/** Build the toolbar before the map. `act` has one function per button: choose(shape), locate, undo, finish, clear. */
export function createToolbar(handle, shapes, act) {
  const button = (picked, key, run) => {
    const element = make("button", { type: "button", className: "map-tools__button" }, picture(PICTURES[picked]), make("span", { text: handle.text(key) }));
    element.addEventListener("click", run);
    return element;
  };
  const choices = shapes.length > 1 ? shapes.map((shape) => [shape, button(shape, WORDS[shape], () => act.choose(shape))]) : [];
  const locate = act.locate && button("locate", "locate", act.locate);
  const undo = button("undo", "undo", act.undo);
  const finish = button("finish", "finish", act.finish);
  const clear = button("clear", "clear", act.clear);
  finish.classList.add("map-tools__button--main");
  const help = make("p", { className: "map-tools__help", id: `${handle.id}_help` });
  const keys = make("p", { className: "map-tools__help map-tools__keys", id: `${handle.id}_keys` });
  const group = make("div", { className: "map-tools__choices" }, ...choices.map(([, element]) => element));
  const rest = make("div", { className: "map-tools__acts" }, ...[finish, locate, undo, clear].filter(Boolean));
  const bar = make("div", { className: "map-tools", role: "group", "aria-label": handle.text("tools"), dir: handle.direction }, ...(choices.length ? [group] : []), rest, help, keys);
  (handle.element.closest("figure") ?? handle.element).before(bar);
  handle.element.setAttribute("aria-describedby", `${help.id} ${keys.id}`);

  /** Show what can be done now. */
  return function update({ shape, points, finished }, canUndo) {
    for (const [name, element] of choices) element.setAttribute("aria-pressed", String(name === shape));
    help.textContent = handle.text({ Point: "helpPin", LineString: "helpLine", Polygon: "helpArea" }[shape]);
    keys.textContent = handle.text(shape === "Point" ? "keysPin" : "keysCorners");
    const drawing = shape !== "Point" && !finished && points.length > 0;
    finish.hidden = !drawing;
    undo.hidden = !canUndo;
    clear.hidden = points.length === 0 || drawing;
  };
}
