"""What people accepted on the pages of a scanned sheet, as the first entry of that sheet. Pure.

What nobody can take from paper without a second look stays open: a street that is not in the table, a field with two marks, a
month in somebody's own hand. The second reader types it, so the two differ, and it is settled with the picture in view.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.features.intake import entries
from app.features.intake.models import SheetKind
from app.features.maps.queries import StreetTable
from app.features.scans.queries import ReviewedPage
from app.kernel.contact import is_email, is_phone
from app.kernel.texts import clean_line

WHOLE = "whole"
DETAILS = ("name", "address", "gender")
_AROUND = "<>()[]\"'“”„.:"
_DIGITS_OF_A_PHONE = 7
_SAYS_WHAT = frozenset(
    {"e-mail", "email", "mail", "s-posti", "sähköposti", "phone", "tel", "telephone", "mobile", "telefon", "handy"}
    | {"mobil", "puh", "puhelin", "gsm", "هاتف", "جوال", "بريد", "إيميل"}
)
"""What people write in front of an address or a number."""


def first_entry(kind: SheetKind, pages: Sequence[ReviewedPage], streets: StreetTable) -> dict[str, Any]:
    """What all pages of one copy say together, as two readers compare it."""
    texts: dict[str, str] = {}
    values: dict[str, str] = {}
    open_fields = {name for page in pages for name in page.overmarked | page.unclear}
    for page in pages:
        texts |= page.texts
        values |= {name: chosen[0] for name, chosen in page.values.items() if chosen}
    language = pages[0].look.split("/")[1]
    if kind is SheetKind.PROPOSAL:
        return _proposal(texts, values, language, streets, open_fields=open_fields)
    return _answer(texts, values, language)


def _proposal(
    texts: Mapping[str, str], values: Mapping[str, str], language: str, streets: StreetTable, *, open_fields: Collection[str]
) -> dict[str, Any]:
    place = clean_line(texts.get("place", ""))
    area = values.get("area", "")
    if not area and not place and "area" not in open_fields:
        area = WHOLE  # no place is written
    return {
        "title": clean_line(texts.get("title", "")),
        "text": texts.get("text", ""),
        "language": language,
        "category_id": entries.OPEN if "category" in open_fields else values.get("category", ""),
        "where": _where(place, area, streets),
        **_contact(texts.get("contact", ""), named=values.get("show_name") == "yes"),
    }


def _where(place: str, area: str, streets: StreetTable) -> dict[str, Any]:
    """A street that is known without doubt, else the area that is marked; without both it stays open."""
    found = streets.match(place) if place else []
    if len(found) == 1 and found[0].quality == "exact":
        return {"kind": "point", "lon": found[0].lon, "lat": found[0].lat, "label": found[0].label}
    if area == WHOLE:
        return {"kind": "city", "label": place}
    if area:
        return {"kind": "area", "area_id": area, "label": place}
    return {"kind": "", "label": place}


def _contact(text: str, *, named: bool) -> dict[str, str]:
    """One place for name, e-mail, telephone and address, taken apart. Who does not want to be named is not: then the name is a
    line of the address."""
    found = {"author_name": "", "email": "", "phone": "", "postal": ""}
    rest = []
    for piece in filter(None, map(clean_line, re.split(r"[\n,;،؛]", text))):
        if not found["phone"] and is_phone(piece):
            found["phone"] = piece
            continue
        words = piece.split()
        if not found["email"]:
            found["email"], words = _taken_out(words, _email_at(words))
        if not found["phone"]:
            found["phone"], words = _taken_out(words, _phone_at(words))
        if words:
            rest.append(" ".join(words))
    if named and rest:
        found["author_name"] = rest[0]
        rest = rest if len(rest) > 1 else []  # a name alone is no address
    found["postal"] = "\n".join(rest)
    return found


def _email_at(words: Sequence[str]) -> tuple[int, int] | None:
    """Which word is an e-mail address."""
    return next(((at, at + 1) for at, word in enumerate(words) if is_email(word.strip(_AROUND))), None)


def _phone_at(words: Sequence[str]) -> tuple[int, int] | None:
    """Which words together are a telephone number: the number of a house and of a post office are none."""
    for at, word in enumerate(words):
        if not word.strip(_AROUND).startswith(("+", "0")):
            continue
        end = at + 1
        while end < len(words) and is_phone(" ".join(words[at : end + 1])):
            end += 1
        number = " ".join(words[at:end]).strip(_AROUND)
        if is_phone(number) and sum(char.isdecimal() for char in number) >= _DIGITS_OF_A_PHONE:
            return at, end
    return None


def _taken_out(words: list[str], place: tuple[int, int] | None) -> tuple[str, list[str]]:
    """The words at a place, and the others: without a word in front that only says what they are, such as “Tel.:”."""
    if place is None:
        return "", words
    begin, end = place
    before = words[:begin]
    if before and before[-1].rstrip(".:").casefold() in _SAYS_WHAT:
        before = before[:-1]
    return " ".join(words[begin:end]).strip(_AROUND), before + words[end:]


def _answer(texts: Mapping[str, str], values: Mapping[str, str], language: str) -> dict[str, Any]:
    yes = values.get("answer") == "yes"
    given: dict[str, Any] = {
        "person": clean_line(texts.get("person", "")),
        "code": "",
        "language": language,
        "answer": values.get("answer", ""),
        "languages": [],
    }
    if not yes:
        return given
    given |= {name: clean_line(texts.get(name, "")) for name in DETAILS}
    given |= {"of_age": values.get("of_age", ""), "age_band": values.get("age_band", ""), "area": values.get("area", "")}
    given["languages"] = [word for word in map(clean_line, re.split("[,،]", texts.get("languages", ""))) if word][:10]
    if given["of_age"] == "no":
        given |= {"guardian": clean_line(texts.get("guardian", "")), "of_age_on": ""}
    return given
