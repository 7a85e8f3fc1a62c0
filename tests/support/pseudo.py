"""The pseudo-language: every marked text comes back in ⟦brackets⟧, so that whatever stands without them was forgotten."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element

import flask_babel
import pytest
from babel import Locale
from babel.support import NullTranslations
from sqlalchemy.orm import Session

from app.kernel.model import Model
from tests.support.contract import Page, local_name

ADDRESS = re.compile(r"https?://\S+|\S+@\S+|(?<!\w)/[\w/.:-]*")
IN_QUOTES = re.compile(r'"([^"\\]+)"')
WORD = re.compile(r"[^\W\d_]{3,}")
READ_ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "data-label", "data-text", "data-message")
SILENT = {"script", "style", "template", "code", "kbd", "samp", "pre"}
ENGLISH = Locale("en")
# What Babel writes into dates, durations and sums, in every language by itself.
FORMATS = {
    word.lower()
    for names in (
        *(ENGLISH.months[kind][width].values() for kind in ("format", "stand-alone") for width in ("wide", "abbreviated")),
        *(ENGLISH.days[kind][width].values() for kind in ("format", "stand-alone") for width in ("wide", "abbreviated")),
        ("second seconds minute minutes hour hours day days week weeks month months year years ago min sec", "EUR PLN HUF CHF"),
    )
    for name in names
    for word in WORD.findall(name)
}


LISTED = ("app.features.consents.shown", "app.features.budgets.ties")


class Pseudo(NullTranslations):
    """Gives every text back in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        return self.ngettext(singular, plural, num)

    ugettext, ungettext, upgettext, unpgettext = gettext, ngettext, pgettext, npgettext


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Let pages speak the pseudo-language; dates and numbers stay English."""
    pseudo = Pseudo()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flask_babel.Domain, "get_translations", lambda _self: pseudo)
        for place in LISTED:  # Babel writes the "and" between words, in every language by itself; the words are looked at
            patch.setattr(f"{place}.format_list", lambda words, **_options: "⟦ and ⟧".join(words))
        yield


def texts_in(session: Session) -> set[str]:
    """Every text that people or staff wrote: what the tables hold, also inside JSON."""
    found: set[str] = set()
    for table in Model.metadata.sorted_tables:
        for row in session.execute(table.select()):
            for value in row:
                found.update(_strings(value))
    return {" ".join(text.split()) for text in found if WORD.search(text)}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (part for part in (value, *value.split("\n")) if part.strip())
    elif isinstance(value, bytes):  # a file that somebody handed in, shown as a preview
        yield from IN_QUOTES.findall(value.decode(errors="ignore"))
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)


def unmarked(html: str, known: Iterable[str]) -> list[str]:
    """Texts of a page that are neither marked for translation nor among the `known` ones."""
    page = Page(html)
    longest_first = sorted(known, key=len, reverse=True)
    texts = [
        *_texts(page.root, Marks()),
        *((element, text) for element in page.elements for text in _attributes(page, element)),
    ]
    return [f"<{local_name(element)}> {left!r}" for element, text in texts if (left := _left_over(text, longest_first))]


class Marks:
    """Follows the brackets through a page: a marked text may have elements inside, such as a date."""

    def __init__(self) -> None:
        self.depth = 0

    def outside(self, text: str) -> str:
        """The part of the next piece of text that stands in no brackets."""
        kept = []
        for letter in text:
            self.depth += (letter == "⟦") - (letter == "⟧")
            kept.append(letter if self.depth == 0 and letter != "⟧" else " ")
        return "".join(kept)


def _silent(element: Element) -> bool:
    return local_name(element) in SILENT or element.get("translate") == "no"


def _texts(element: Element, marks: Marks) -> Iterator[tuple[Element, str]]:
    """Every piece of text in reading order, without what is marked."""
    if _silent(element):
        return
    yield element, marks.outside(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child, marks)
        yield element, marks.outside(child.tail or "")


def _attributes(page: Page, element: Element) -> Iterator[str]:
    inside: Element | None = element
    while inside is not None:
        if _silent(inside):
            return
        inside = page.parents.get(inside)
    names = [*READ_ATTRIBUTES]
    if local_name(element) == "input" and element.get("type") in ("submit", "button", "reset"):
        names.append("value")
    yield from (Marks().outside(element.get(name) or "") for name in names)


def _left_over(text: str, known: list[str]) -> str:
    text = " ".join(ADDRESS.sub(" ", text).split())
    if not WORD.search(text):
        return ""
    for data in known:
        text = text.replace(data, " ")
    return " ".join(word for word in WORD.findall(text) if word.lower() not in FORMATS)
