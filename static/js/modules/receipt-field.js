/* The address on a receipt carries it after the #, which browsers send to nobody: it is put into the field, and the button sends it. */
export default function receiptField(form) {
  const receipt = /^#([0-9a-f]{64})$/.exec(window.location.hash)?.[1];
  const field = form.querySelector("[name=begins]");
  if (receipt && !receipt.startsWith(field.value)) return;
  if (receipt) field.value = receipt;
}
