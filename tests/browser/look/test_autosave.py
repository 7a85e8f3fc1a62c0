"""What somebody typed is still there after the bus went into the tunnel; and gone once it is sent."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser
# The module is tried on a form of the styleguide, which asks for nothing and sends nothing.
START = """async (options) => {
  const module = await import("/static/js/modules/autosave.js");
  const form = document.querySelector('form[aria-label="A form as it opens"]');
  Object.assign(form.dataset, {key: "trial", restored: "We kept what you typed earlier.", forget: "Start again"});
  if (options.kiosk) document.documentElement.dataset.kiosk = "";
  if (options.forget) { form.remove(); module.forgetSent(); } else module.default(form);
}"""


def start(page: Any, **options: bool) -> None:
    page.goto("/styleguide")
    page.evaluate(START, options)


def kept(page: Any) -> str | None:
    return page.evaluate("localStorage.getItem('plaza.draft.trial')")


def type_a_proposal(page: Any) -> None:
    page.fill("#title", "A bench")
    page.check("#place-1")
    page.fill("#secret", "my password")
    page.wait_for_timeout(500)


def test_what_was_typed_is_there_again_and_can_be_thrown_away(page: Any) -> None:
    start(page)
    type_a_proposal(page)
    start(page)
    assert page.input_value("#title") == "A bench"
    assert page.is_checked("#place-1")
    page.get_by_role("button", name="Start again").click()
    assert page.input_value("#title") == ""
    assert kept(page) is None


def test_a_password_is_never_kept(page: Any) -> None:
    start(page)
    type_a_proposal(page)
    assert "A bench" in (kept(page) or "")
    assert "my password" not in (kept(page) or "")


def test_what_was_sent_is_forgotten_on_the_next_page(page: Any) -> None:
    start(page)
    type_a_proposal(page)
    page.evaluate("sessionStorage.setItem('plaza.sent', 'plaza.draft.trial')")
    start(page, forget=True)
    assert kept(page) is None


def test_a_public_screen_keeps_nothing(page: Any) -> None:
    start(page, kiosk=True)
    type_a_proposal(page)
    assert kept(page) is None
