"""A voter whose browser is twenty lines long: it keeps cookies, fills in the forms of the pages and follows where they lead."""

import re
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener


class PlainVoter:
    """One voter without account and without scripts."""

    def __init__(self, url: str) -> None:
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        self._at, self._text = url, ""

    def vote(self, pot_id: str, code: str, *choices: str) -> str:
        """From the pot's page to the receipt, by the links and forms that stand on the pages; returns the receipt."""
        self._go(f"/budgets/{pot_id}")
        self._follow(rf"/voting/{pot_id}")
        self._follow(rf"/voting/code\?pot={pot_id}")
        self._send("code", ("code", code))
        self._send("choice", *(("choice", number) for number in choices), ("step", "review"))
        self._send("envelope", ("step", "cast"))
        found = re.search(r'<p class="receipt__code"><code dir="ltr">([0-9a-f ]+)</code>', self._text)
        assert found, f"no receipt on {self._at}: {self._text}"
        return found[1].replace(" ", "")

    def _go(self, address: str, fields: list[tuple[str, str]] | None = None) -> None:
        data = None if fields is None else urlencode(fields).encode()
        with self._opener.open(Request(urljoin(self._at, address), data), timeout=30) as response:  # raises for 4xx and 5xx
            self._at, self._text = response.url, response.read().decode()

    def _follow(self, address: str) -> None:
        found = re.search(rf'href="({address})"', self._text)
        assert found, f"no link to {address} on {self._at}"
        self._go(found[1].replace("&amp;", "&"))

    def _send(self, field: str, *typed: tuple[str, str]) -> None:
        """Send the form that has this field, with what its hidden fields hold."""
        forms = _Forms()
        forms.feed(self._text)
        form = next((one for one in forms.found if field in one.names), None)
        assert form, f"no form with {field} on {self._at}"
        self._go(form.action or self._at, [*form.hidden, *typed])


class _Form:
    def __init__(self, action: str) -> None:
        self.action = action
        self.hidden: list[tuple[str, str]] = []
        self.names: set[str] = set()


class _Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form or a field of it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(_Form(given.get("action", "")))
        elif tag == "input" and "name" in given and self.found:
            self.found[-1].names.add(given["name"])
            if given.get("type") == "hidden":
                self.found[-1].hidden.append((given["name"], given.get("value", "")))
