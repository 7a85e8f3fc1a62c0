"""The stubs of a desk as a printed list: one number for each ballot that is handed out.

The ballots of our print runs have no stub to tear off (docs/adr/0023): a number that once hung on a ballot can be left on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale
from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from app.web.typesetting import typeset

MOST = 1000
"""Of one list: a station needs no more in a day, and it is set while somebody waits."""


@dataclass(frozen=True)
class StubList:
    """Which numbers are printed, and how. `paper`: "a4" or "letter"."""

    first: int
    number: int
    paper: str = "a4"
    large: bool = False

    def parts(self) -> Iterator[range]:
        """The numbers of each page; the first page has room for the rules, too."""
        first, last = self.first, self.first + self.number
        on_first, on_others = (12, 22) if self.large else (28, 34)
        room = on_first
        while first < last:
            yield range(first, min(first + room, last))
            first, room = first + room, on_others


def stub_list_pdf(wanted: StubList, station: str, pot: str, city: str, language: str) -> bytes:
    """The list as tagged PDF (PDF/UA-1). It says nothing of any voter, and so is kept nowhere."""
    with force_locale(language):
        return typeset(Path(__file__).parent / "stub_list.typ", _data(wanted, station, pot, city, language))


def _data(wanted: StubList, station: str, pot: str, city: str, language: str) -> dict[str, Any]:
    return {
        "lang": language,
        "rtl": Locale.parse(language).text_direction == "rtl",
        "city": city,
        "paper": "us-letter" if wanted.paper == "letter" else "a4",
        "size": 18 if wanted.large else 11,
        "small": 18 if wanted.large else 10,
        "inset": 7 if wanted.large else 5,
        "page_word": _("Page"),
        "title": _("List of stubs"),
        "station": station,
        "pot": pot,
        "rules": [
            _("One number for each ballot. Take the next one, type it at the desk, and put a cross behind it."),
            _("Write no name, no card number and no time on this list."),
            _("It stays at the desk. In the evening it helps you to add up the station."),
        ],
        "head": [_("Number"), _("Handed out"), _("Handed back"), _("Spoilt")],
        "sum": _("Together"),
        "parts": [
            {
                "heading": _("Numbers %(first)s to %(last)s", first=format_decimal(part[0]), last=format_decimal(part[-1])),
                "numbers": [format_decimal(number) for number in part],
            }
            for part in wanted.parts()
        ],
    }
