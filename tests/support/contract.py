"""The page contract (laws 11 and 12), as functions that list what is wrong with a page; an empty list is a kept contract."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as HTML5_ERRORS

REFERRING = (
    "for",
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-owns",
    "aria-details",
    "headers",
    "list",
    "form",
)
# Says that a text of the staff is shown in another language; it stands beside the heading's own words.
NOTE_CLASS = "fallback-note"
UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}
LOADING = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "track": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "input": ("src", "formaction"),
    "button": ("formaction",),
    "form": ("action",),
    "use": ("href",),
    "image": ("href",),
}
LOADING_LINKS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "modulepreload",
    "manifest",
    "preconnect",
    "dns-prefetch",
    "apple-touch-icon",
}
NAMESPACES = ("http://www.w3.org/", "https://www.w3.org/")
ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'<>)]*", re.IGNORECASE)
CSS_ADDRESS = re.compile(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


class Page:
    """A parsed page and the questions the contract asks of it."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)
        self.errors = [f"line {position[0]}: {HTML5_ERRORS[code] % data}" for position, code, data in parser.errors]
        self.elements = [element for element in self.root.iter() if isinstance(element.tag, str)]
        self.parents = {child: parent for parent in self.elements for child in parent}

    def all(self, *tags: str) -> Iterator[Element]:
        """Elements with one of these names, SVG ones too."""
        return (element for element in self.elements if local_name(element) in tags)

    def text(self, element: Element, *, notes: bool = True) -> str:
        """What a reader gets from an element: its text, alternative texts and labels, white space folded."""
        return " ".join("".join(self._words(element, notes)).split())

    def _words(self, element: Element, notes: bool) -> Iterator[str]:
        if element.get("aria-hidden") == "true" or local_name(element) in ("script", "style", "template"):
            return
        if not notes and NOTE_CLASS in (element.get("class") or "").split():
            return
        yield element.get("aria-label") or element.get("alt") or ""
        if not element.get("aria-label"):
            yield element.text or ""
            for child in element:
                if isinstance(child.tag, str):
                    yield from self._words(child, notes)
                yield child.tail or ""

    def within(self, element: Element, *tags: str) -> bool:
        """Whether an ancestor has one of these names."""
        while (element := self.parents.get(element)) is not None:  # type: ignore[assignment]
            if local_name(element) in tags:
                return True
        return False


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def problems_of(
    html: str, *, language: str | None = None, csrf: bool = False, exempt: Callable[[str], bool] = lambda _action: False
) -> list[str]:
    """Everything in which a page breaks the contract. `exempt` says of a form's address that it needs no token."""
    page = Page(html)
    found = [f"invalid HTML: {error}" for error in page.errors]
    found += heading_problems(page)
    found += identity_problems(page)
    found += label_problems(page)
    found += language_problems(page, language)
    found += policy_problems(page)
    found += third_party_problems(page)
    if csrf:
        found += token_problems(page, exempt)
    return found


def heading_problems(page: Page) -> Iterator[str]:
    """One h1; the title begins with it; no level is left out; one main part; zooming is not forbidden."""
    headings = [page.text(element, notes=False) for element in page.all("h1")]
    if len(headings) != 1:
        yield f"has {len(headings)} h1 instead of one: {headings}"
    titles = [page.text(element) for element in page.all("title") if not page.within(element, "svg")]
    if len(titles) != 1:
        yield f"has {len(titles)} titles instead of one"
    elif headings and (not headings[0] or not titles[0].startswith(headings[0])):
        yield f"the title {titles[0]!r} does not begin with the h1 {headings[0]!r}"
    level = 0
    for element in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        deeper = int(local_name(element)[1])
        if level and deeper > level + 1:
            yield f"jumps from h{level} to h{deeper} at {page.text(element)!r}"
        level = deeper
    if (mains := len(list(page.all("main")))) != 1:
        yield f"has {mains} main elements instead of one"
    for element in page.all("meta"):
        content = (element.get("content") or "").replace(" ", "")
        if element.get("name") == "viewport" and ("user-scalable=no" in content or "maximum-scale" in content):
            yield "forbids zooming in its viewport"


def identity_problems(page: Page) -> Iterator[str]:
    """Ids are unique, and whatever refers to an id finds it."""
    ids = Counter(value for element in page.elements if (value := element.get("id")) is not None)
    yield from (f"the id {name!r} is used {times} times" for name, times in ids.items() if times > 1)
    yield from (f"an id is empty or has spaces: {name!r}" for name in ids if not name or re.search(r"\s", name))
    for element in page.elements:
        for attribute in REFERRING:
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute}={name!r} of <{local_name(element)}> refers to nothing"
        href = element.get("href") or ""
        if local_name(element) == "a" and href.startswith("#") and href not in ("#", "#top") and href[1:] not in ids:
            yield f"the link to {href!r} leads nowhere"


def label_problems(page: Page) -> Iterator[str]:
    """Fields have labels, buttons and links have names, images have an alternative text, choices have a legend."""
    yield from _field_problems(page)
    for element in page.all("fieldset"):
        legend = any(local_name(child) == "legend" and page.text(child) for child in element)
        if not legend and not element.get("aria-labelledby"):
            yield "a fieldset has no legend"
    for element in page.all("button", "a", "summary"):
        if local_name(element) == "a" and element.get("href") is None:
            continue
        if not (page.text(element) or element.get("aria-labelledby") or element.get("title")):
            yield f"a <{local_name(element)}> has no name ({element.get('href') or element.get('class') or ''})"
    yield from (
        f"the image {element.get('src')!r} has no alternative text" for element in page.all("img") if element.get("alt") is None
    )
    yield from ("a table has no header cells" for element in page.all("table") if not list(element.iter("th")))


def _field_problems(page: Page) -> Iterator[str]:
    labelled = {element.get("for") for element in page.all("label") if page.text(element)}
    for element in page.all("input", "select", "textarea"):
        if local_name(element) == "input" and (element.get("type") or "text").lower() in UNLABELLED_TYPES:
            continue
        named = element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")
        if not named and not page.within(element, "label"):
            yield f"the field {element.get('name') or element.get('id')!r} has no label"
        if element.get("type") == "radio" and not page.within(element, "fieldset"):
            yield f"the choice {element.get('name')!r} stands in no fieldset"


def language_problems(page: Page, language: str | None) -> Iterator[str]:
    """`lang` and `dir` are there, and are those of the language asked for."""
    root = next(page.all("html"))
    written, direction = root.get("lang") or "", root.get("dir")
    if not written:
        yield "<html> has no lang"
    elif language and written.replace("_", "-") != language:
        yield f"lang is {written!r} instead of {language!r}"
    expected = "rtl" if written.split("-")[0] in ("ar", "he", "fa", "ur") else "ltr"
    if direction != expected:
        yield f"dir is {direction!r} instead of {expected!r}"


def policy_problems(page: Page) -> Iterator[str]:
    """Nothing that a content security policy without `unsafe-inline` would have to allow."""
    for element in page.elements:
        name = local_name(element)
        if element.get("style") is not None:
            yield f'<{name}> has an inline style="{element.get("style")}"'
        for attribute in element.keys():  # noqa: SIM118  an Element is not a dict
            if attribute.lower().startswith("on"):
                yield f"<{name}> has an inline handler {attribute}"
        for attribute in ("href", "src", "action", "formaction"):
            if (element.get(attribute) or "").strip().lower().startswith("javascript:"):
                yield f"<{name}> has a javascript: address"
        inline = name == "style" or (name == "script" and element.get("src") is None)
        if (
            inline
            and element.get("type") not in ("application/json", "application/ld+json", "importmap")
            and not element.get("nonce")
        ):
            yield f"an inline <{name}> has no nonce"


def third_party_problems(page: Page) -> Iterator[str]:
    """No part of the page is loaded from, or sent to, another host. Links that a reader follows are free."""
    for element in page.elements:
        name = local_name(element)
        yield from (f"<{name}> names another host: {address}" for address in _loaded_by(element) if _elsewhere(address))
        if name == "script" and element.get("src") is None:
            found = (match for match in ADDRESS.findall(element.text or "") if not match.startswith(NAMESPACES))
            yield from (f"an inline script names another host: {match}" for match in found)
        if name == "style":
            yield from (f"a style names another host: {match}" for match in CSS_ADDRESS.findall(element.text or ""))


def _loaded_by(element: Element) -> Iterator[str]:
    """The addresses that a browser asks for because this element is there."""
    name = local_name(element)
    if name == "link" and LOADING_LINKS & set((element.get("rel") or "").lower().split()):
        yield element.get("href") or ""
    for attribute in LOADING.get(name, ()):
        value = element.get(attribute) or element.get(f"{{http://www.w3.org/1999/xlink}}{attribute}") or ""
        yield from (part.strip() for part in (value.split(",") if attribute == "srcset" else [value]))


def token_problems(page: Page, exempt: Callable[[str], bool]) -> Iterator[str]:
    """Every form that changes something carries the token that protects it."""
    for form in page.all("form"):
        posts = (form.get("method") or "get").lower() == "post"
        token = any(field.get("name") == "csrf_token" and field.get("value") for field in form.iter("input"))
        if posts and not token and not exempt(form.get("action") or ""):
            yield f"the form for {form.get('action')!r} has no csrf_token"


def _elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) and parts.hostname not in ("localhost", "127.0.0.1")


def policy_header_problems(policy: str | None) -> Iterator[str]:
    """What is wrong with a Content-Security-Policy header."""
    if not policy:
        yield "there is no Content-Security-Policy"
        return
    rules = {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}
    for directive, sources in rules.items():
        for source in sources:
            if source in ("'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"):
                yield f"the policy allows {source} for {directive}"
            elif "." in source or "://" in source:
                yield f"the policy names another host for {directive}: {source}"
    if "default-src" not in rules:
        yield "the policy has no default-src"
    if rules.get("frame-ancestors") != ["'none'"]:
        yield "the policy lets other pages frame ours"
