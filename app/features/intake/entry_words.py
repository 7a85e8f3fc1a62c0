"""What was typed from a sheet, in words for clerks who compare two readings."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.extensions import db
from app.features.consents.queries import AGE_BANDS
from app.features.intake import entries
from app.features.spaces.queries import Category
from app.features.spaces.queries import area as area_by_id
from app.kernel.messages import Message, msg
from app.web.filters import local_text, translate
from app.web.locale import language_choices

NAMES: dict[str, Message] = {
    "title": msg("Title"),
    "text": msg("Proposal"),
    "language": msg("Language"),
    "category_id": msg("Category"),
    "where": msg("Where is it?"),
    "author_name": msg("Name"),
    "email": msg("E-mail"),
    "phone": msg("Telephone"),
    "postal": msg("Postal address"),
    "person": msg("Name of the person"),
    "code": msg("Code of an earlier slip"),
    "answer": msg("What did they say?"),
    "of_age": msg("Are they old enough to decide this alone?"),
    "of_age_on": msg("Month in which they decide alone"),
    "guardian": msg("Name of the adult"),
    "name": msg("Name that may be used"),
    "address": msg("E-mail address or telephone number"),
    "age_band": msg("Age"),
    "area": msg("Area they live in"),
    "languages": msg("Languages they speak"),
    "gender": msg("Gender, in their own words"),
}


def shown_entry(entry: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Each answer as (what it is called, what was typed), by its name."""
    return {name: (translate(NAMES[name]), _words(name, value)) for name, value in entry.items() if name in NAMES}


def _words(name: str, value: Any) -> str:
    if not value:
        return ""
    if name == "where":
        return _place(value)
    if value == entries.OPEN:
        return gettext("Not clear on the scan")
    if name == "category_id":
        return local_text(found.name) if (found := db.session.get(Category, uuid.UUID(value))) else str(value)
    if name == "area":
        where = area_by_id(db.session(), uuid.UUID(value))
        return local_text(where.name) if where else str(value)
    if name in ("answer", "of_age"):
        return gettext("Yes") if value == "yes" else gettext("No")
    if name == "age_band":
        return translate(AGE_BANDS[value]) if value in AGE_BANDS else str(value)
    if name == "language":
        return next((choice.name for choice in language_choices() if choice.code == value), str(value))
    return ", ".join(value) if isinstance(value, list) else str(value)


def _place(value: Mapping[str, Any]) -> str:
    if value.get("kind") == "city":
        return gettext("The whole city")
    if value.get("kind") == "point":
        return value.get("label") or f"{value['lat']:.5f}, {value['lon']:.5f}"
    if not value.get("area_id"):  # words on a scanned sheet that name no place we know
        return str(value.get("label", ""))
    found = area_by_id(db.session(), uuid.UUID(value["area_id"]))
    return ", ".join(filter(None, (value.get("label"), local_text(found.name) if found else "")))
