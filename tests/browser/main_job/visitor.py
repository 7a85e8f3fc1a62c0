"""Somebody with a window: finds fields and buttons by their names and addresses, so that one walk serves every language."""

import re
from typing import Any

from playwright.sync_api import expect

from app.features.accounts import totp
from app.kernel import clock
from tests.browser.main_job.city import PASSWORD, TOTP
from tests.support.browser import DESK, PHONE

ON_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


class Visitor:
    """One person and their browser window; every page they come to must be in their language and fit the window."""

    def __init__(self, windows: Any, options: dict[str, Any], *, phone: bool = False) -> None:
        self.locale = options["locale"]
        self.scripts = options.get("java_script_enabled", True)
        self.touch = phone
        self.page = windows(**{**options, **(ON_A_PHONE if phone else {"viewport": DESK})})

    def open(self, path: str, status: int = 200) -> "Visitor":
        """Go to an address."""
        response = self.page.goto(path)
        self._arrived(response, status)
        return self

    def _arrived(self, response: Any, status: int) -> None:
        where = f"{response.request.method} {response.url}"
        assert response.status == status, f"{where} answers {response.status}: {self.page.locator('main').inner_text()}"
        html = self.page.locator("html")
        assert html.get_attribute("lang") == self.locale, where
        assert html.get_attribute("dir") == ("rtl" if self.locale == "ar" else "ltr"), where
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} is {wide} px wider than the window"

    def fill(self, **fields: str) -> "Visitor":
        """Type into fields, by their names; what is folded is opened first."""
        for name, text in fields.items():
            field = self.page.locator(f"main [name={name}]:not([type=hidden])")
            inside = self.page.locator(f"[name={name}]")
            if folded := self.page.locator("main details:not([open])").filter(has=inside).all():
                folded[0].locator("summary").first.click()
            field.fill(text)
        return self

    def choose(self, name: str, *values: str) -> "Visitor":
        """Tick boxes or buttons, by name and value."""
        for value in values:
            self.page.locator(f'main input[name={name}][value="{value}"]').check()
        return self

    def use(self, selector: str) -> None:
        """Click, or tap on a phone."""
        target = self.page.locator(selector)
        target.tap() if self.touch else target.click()

    def press(self, selector: str, status: int = 200) -> "Visitor":
        """Press what leads to another page, and look at that page."""
        with self.page.expect_navigation() as navigation:
            self.use(selector)
        self._arrived(navigation.value, status)
        return self

    def send(self, value: str = "", status: int = 200) -> "Visitor":
        """Press the button of the page's form; `value` tells it from others."""
        return self.press(f'main form[method=post] button[type=submit][value="{value}"]' if value else MAIN_BUTTON, status)

    def at(self, pattern: str) -> re.Match[str]:
        """The address must look like this."""
        found = re.search(pattern, self.page.url)
        assert found, f"{self.page.url} does not match {pattern}"
        return found

    def reads(self, *words: str) -> "Visitor":
        """Everything of this must stand on the page."""
        for text in words:
            expect(self.page.locator("main")).to_contain_text(text)
        return self

    def waits_for(self, selector: str, seconds: int = 40) -> "Visitor":
        """Look at the page again until this is on it: work that goes on in the background."""
        for _ in range(seconds):
            if self.page.locator(selector).count():
                return self
            self.page.wait_for_timeout(1000)
            self._arrived(self.page.reload(), 200)
        return self.sees(selector)

    def sees(self, selector: str, times: int = 1) -> "Visitor":
        """So many of these must be on the page."""
        expect(self.page.locator(selector)).to_have_count(times)
        return self

    def sign_in(self, name: str, *, staff: bool = False, then: str = "/") -> "Visitor":
        """Sign in through the pages: with a password, and the code of the second factor for staff."""
        self.open(f"/account/sign-in?next={then}")
        self.fill(email=f"{name}@example.org", password=PASSWORD).press(MAIN_BUTTON)
        if staff:
            self.at("/account/second-factor")
            self.fill(code=totp.code_at(TOTP, clock.now())).press(MAIN_BUTTON)
        self.at(f"{re.escape(then)}$")
        return self

    def download(self, selector: str) -> Any:
        """Press what hands over a file; returns where it was kept."""
        with self.page.expect_download() as found:
            self.use(selector)
        return found.value.path()


# The first button of a form is its main one, save for those that only keyboards reach.
MAIN_BUTTON = "main form[method=post] button.button--primary, main form.confirm button[type=submit]"
