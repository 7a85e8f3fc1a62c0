/* Takes away what this device kept of ballots: <div data-module="forget-ballots" data-pot="…"> once it is cast, and, around forms
   that sign out, when one of them is sent. */
import { forget, forgetOld } from "./ballot-draft.js";

export default function forgetBallots(element) {
  forgetOld();
  if (element.dataset.pot) forget(element.dataset.pot);
  for (const form of element.querySelectorAll("form")) form.addEventListener("submit", () => forget());
}
