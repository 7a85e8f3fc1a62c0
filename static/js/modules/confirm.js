/* Asks once more before a form is sent: <form data-module="confirm" data-confirm="Delete this draft?">. What cannot be undone
   has a page of its own (components/confirm.html); this is for small things. */
export default function confirmSending(form) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}
