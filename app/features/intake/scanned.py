"""What people accepted on the pages of a scanned sheet, as the first entry of that sheet. Pure.

What nobody can take from paper without a second look stays open: a street that is not in the table, a field with two marks, a
month in somebody's own hand. The second reader types it, so the two differ, and it is settled with the picture in view.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.features.intake.models import SheetKind
from app.features.maps.queries import StreetTable
from app.features.scans.queries import ReviewedPage
from app.kernel.contact import is_email, is_phone
from app.kernel.texts import clean_line

WHOLE = "whole"
DETAILS = ("name", "address", "gender")


def first_entry(kind: SheetKind, pages: Sequence[ReviewedPage], streets: StreetTable) -> dict[str, Any]:
    """What all pages of one copy say together, as two readers compare it."""
    texts: dict[str, str] = {}
    values: dict[str, str] = {}
    for page in pages:
        texts |= page.texts
        values |= {name: chosen[0] for name, chosen in page.values.items() if chosen}
    language = pages[0].look.split("/")[1]
    if kind is SheetKind.PROPOSAL:
        return _proposal(texts, values, language, streets)
    return _answer(texts, values, language)


def _proposal(texts: Mapping[str, str], values: Mapping[str, str], language: str, streets: StreetTable) -> dict[str, Any]:
    return {
        "title": clean_line(texts.get("title", "")),
        "text": texts.get("text", ""),
        "language": language,
        "category_id": values.get("category", ""),
        "where": _where(clean_line(texts.get("place", "")), values.get("area", ""), streets),
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
        if not found["email"] and is_email(piece):
            found["email"] = piece
        elif not found["phone"] and is_phone(piece):
            found["phone"] = piece
        else:
            rest.append(piece)
    if named and rest:
        found["author_name"] = rest[0]
        rest = rest if len(rest) > 1 else []  # a name alone is no address
    found["postal"] = "\n".join(rest)
    return found


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
