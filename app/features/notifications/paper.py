"""Letters on paper as one tagged PDF (PDF/UA-1): each in its reader's language and size, its address in the window."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from babel import Locale
from flask import current_app
from flask_babel import force_locale, gettext

from app.features.notifications.models import PaperLetter
from app.web.filters import show_date
from app.web.locale import current_locale
from app.web.typesetting import typeset

TEMPLATE = Path(__file__).with_name("paper_letter.typ")


def letters_pdf(letters: Sequence[PaperLetter]) -> bytes:
    """All of them in one file, in the order given, each beginning on a new page."""
    city = current_app.config["SETTINGS"].city_name
    data = {
        "title": gettext("Letters to post"),
        "city": city,
        "lang": current_locale(),
        "letters": [_letter(one, city) for one in letters],
    }
    return typeset(TEMPLATE, data)


_SIGNATURE = "\n-- \n"
_REFERENCE = re.compile(r"(?<![/\w])([A-Z]-[A-Z0-9]{4,})\b")


def _without_signature(text: str) -> str:
    """The words alone: what stands below the dashes of a mail stands in the head and foot of the sheet."""
    words, dashes, below = text.rpartition(_SIGNATURE)
    return words if dashes else below


def _begins_from_the_right(text: str) -> bool:
    """By its first letter: each line of an address keeps its own direction, as the post reads it, whatever the letter is in."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _paragraphs(text: str) -> list[list[list[str]]]:
    """Paragraphs, their lines, and their pieces: each second piece is a reference such as P-JE5KN, which stays in one line."""
    parts = _without_signature(text).strip().split("\n\n")
    return [[_REFERENCE.split(line) for line in part.splitlines()] for part in parts if part.strip()]


def _letter(letter: PaperLetter, city: str) -> dict[str, Any]:
    with force_locale(letter.language):
        return {
            "lang": letter.language,
            "rtl": Locale.parse(letter.language).text_direction == "rtl",
            "large": letter.large,
            "address": [
                {"words": line, "rtl": _begins_from_the_right(line)} for line in letter.address.splitlines() if line.strip()
            ],
            "page_word": gettext("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
            "day": show_date(letter.created_at),
            "subject": letter.subject,
            "paragraphs": _paragraphs(letter.text),
            "foot": gettext(
                "You get this letter because you gave us your postal address with your proposal. To stop such letters, tell "
                "any desk of the city."
            ),
        }
