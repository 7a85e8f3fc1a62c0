/* The code for cameras carries the digits behind "#", which no server sees: put them into the field, and out of the address. */
export default function screenCode(form) {
  const digits = location.hash.slice(1);
  const field = document.getElementById(form.dataset.field);
  if (!field || !/^\d{8}$/.test(digits)) return;
  field.value = digits;
  history.replaceState(null, "", location.pathname);
}
