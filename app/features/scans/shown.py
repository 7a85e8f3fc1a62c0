"""A page as the review shows it: each field with its picture, what can be answered, and what the machine proposes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.features.budgets.queries import pot as pot_by_id
from app.features.consents.queries import AGE_BANDS
from app.features.scans.commands import DecidePage
from app.features.scans.rules import BALLOT, CONSENT, NONE, SEVERAL, UNCLEAR, VALUE, choices_of, machine_answer
from app.features.spaces.queries import all_areas, areas_of, categories_of
from app.features.spaces.queries import process as process_by_id
from app.web.filters import local_text, translate

if TYPE_CHECKING:
    from app.features.scans.models import ScanPage

_AROUND = 1.5
"""Millimetres shown around the circles of a field."""
_DIGITS = "0123456789"
ASKED = frozenset({"title", "text", "person"})
_LONGEST_VERSION = 7


@dataclass(frozen=True)
class Choice:
    """One answer: how it is sent, what it says, and the key that chooses it."""

    value: str
    words: str
    key: str


@dataclass(frozen=True)
class ShownField:
    """A field of circles. `group` is `decide`, `marked` or `empty`; `box` is left, top, width and height in millimetres."""

    name: str
    label: str
    group: str
    box: tuple[float, float, float, float]
    choices: tuple[Choice, ...]
    chosen: str | None
    proposed: str | None
    found: str


@dataclass(frozen=True)
class ShownText:
    """A place for handwriting, shown for typing."""

    name: str
    label: str
    box: tuple[float, float, float, float]
    long: bool
    typed: str
    asked: bool = False
    """Whether the form asks everybody for it: left empty, it is asked whether nothing is written there."""


@dataclass(frozen=True)
class ShownPage:
    """All of it. `size` is that of the sheet in millimetres."""

    size: tuple[float, float]
    fields: tuple[ShownField, ...]
    texts: tuple[ShownText, ...]
    language: str

    def group(self, name: str) -> list[ShownField]:
        """The fields of one group, in the order of the form."""
        return [one for one in self.fields if one.group == name]


def shown_page(session: Session, page: "ScanPage", sent: "MultiDict[str, str] | None" = None) -> ShownPage:
    """The page for the review; `sent` is what somebody has answered in a form that comes back."""
    names = _names(session, page)
    fields = [
        _field(page, at, one, names, sent.get(f"f-{at}") if sent is not None else None)
        for at, one in enumerate(page.readings.get("fields", ()))
    ]
    texts = [
        ShownText(
            f"t-{at}",
            _name_of_text(one["name"]),
            _box([one["place"]], page.readings["size"]),
            one["lines"] > 1,
            sent.get(f"t-{at}", "") if sent is not None else "",
            one["name"] in ASKED,
        )
        for at, one in enumerate(page.readings.get("write_ins", ()))
    ]
    width, height = page.readings["size"]
    return ShownPage((width, height), tuple(fields), tuple(texts), page.readings.get("language", ""))


def answers_sent(page: "ScanPage", sent: "MultiDict[str, str]") -> DecidePage:
    """What a form says about a page, as the use case takes it."""
    fields = {one["name"]: sent.get(f"f-{at}", "") for at, one in enumerate(page.readings.get("fields", ()))}
    texts = {one["name"]: sent.get(f"t-{at}", "") for at, one in enumerate(page.readings.get("write_ins", ()))}
    version = sent.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < _LONGEST_VERSION else 0
    return DecidePage(page.id, number, fields, texts)


def empty_places(page: "ScanPage", sent: "MultiDict[str, str]") -> list[str]:
    """The places for handwriting that the form asks everybody to fill in and from which nothing was typed."""
    places = enumerate(page.readings.get("write_ins", ()))
    return [f"t-{at}" for at, one in places if one["name"] in ASKED and not sent.get(f"t-{at}", "").strip()]


def answer_words(session: Session, page: "ScanPage", answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What somebody answered, field by field, where it is not simply empty."""
    names = _names(session, page)
    found = []
    for field in page.readings.get("fields", ()):
        answer = answers["fields"].get(field["name"], NONE)
        if answer != NONE:
            found.append((_label(field["name"], names), _words(field, answer, names)))
    return found + [(_name_of_text(name), text) for name, text in answers["texts"].items()]


def _field(page: "ScanPage", at: int, field: Mapping[str, Any], names: Mapping[str, str], sent: str | None) -> ShownField:
    proposed = machine_answer(field)
    group = "decide" if proposed is None else "empty" if proposed == NONE else "marked"
    return ShownField(
        f"f-{at}",
        _label(field["name"], names),
        group,
        _box(field["crops"], page.readings["size"]),
        tuple(Choice(one, _words(field, one, names), _key(field, one)) for one in choices_of(field)),
        sent if sent is not None else proposed,
        proposed,
        _found(field["state"]),
    )


def _found(state: str) -> str:
    return {
        "crossed_out": _("A mark is struck through."),
        "double": _("More than one circle is marked."),
        "doubtful": _("It is not clear whether this is a mark."),
    }.get(state, _("The machine is not sure."))


def _words(field: Mapping[str, Any], answer: str, names: Mapping[str, str]) -> str:
    if answer == NONE:
        return _("Not marked")
    if answer == SEVERAL:
        return _("More than one is marked")
    if answer == UNCLEAR:
        return _("Nobody can tell")
    value = answer.removeprefix(VALUE)
    if len(field["options"]) == 1 and value == "yes":
        return _("Marked")
    return {"yes": _("Yes"), "no": _("No"), "whole": _("The whole city")}.get(value) or names.get(value, value)


def _key(field: Mapping[str, Any], answer: str) -> str:
    """The digit that chooses an answer: the value itself where it is one, else its place; 0 for nothing where 0 is no value."""
    options: list[str] = field["options"]
    if answer == NONE:
        return "-" if "0" in options else "0"
    if answer == UNCLEAR:
        return "?"
    if answer == SEVERAL:
        return "+"
    value = answer.removeprefix(VALUE)
    if all(one in _DIGITS for one in options):
        return value
    at = options.index(value) + 1
    return str(at) if at < len(_DIGITS) else ""


def _box(places: list[list[float]], size: list[float]) -> tuple[float, float, float, float]:
    left, top = min(one[0] for one in places) - _AROUND, min(one[1] for one in places) - _AROUND
    right, bottom = max(one[0] + one[2] for one in places) + _AROUND, max(one[1] + one[3] for one in places) + _AROUND
    left, top, right, bottom = max(0.0, left), max(0.0, top), min(size[0], right), min(size[1], bottom)
    return round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2)


def _label(field: str, names: Mapping[str, str]) -> str:
    known = {
        "choice": _("The project that is chosen"),
        "area": _("Where it is"),
        "category": _("What it is about"),
        "show_name": _("The name may be shown"),
        "answer": _("The answer"),
        "of_age": _("Old enough to decide alone"),
        "age_band": _("Age"),
    }
    name, sign, worth = field.partition("×")
    words = known.get(name) or names.get(name, name)
    return f"{words} × {worth}" if sign else words


def _name_of_text(name: str) -> str:
    return {
        "title": _("The proposal in one line"),
        "text": _("What should change, and why"),
        "place": _("The place, as it was written"),
        "contact": _("How to reach the person"),
        "signature": _("Day and signature"),
        "person": _("Name of the person"),
        "name": _("Name that may be used"),
        "address": _("E-mail address or telephone number"),
        "area": _("Area they live in"),
        "languages": _("Languages they speak"),
        "gender": _("Gender, in their own words"),
        "guardian": _("Name of the adult"),
        "guardian_signature": _("Day and signature of the adult"),
        "of_age_month": _("Month in which they decide alone"),
    }.get(name, name)


def _names(session: Session, page: "ScanPage") -> dict[str, str]:
    """The names of projects by number, or of categories and areas by id, in the reader's language."""
    if page.form_kind == BALLOT:
        pot = pot_by_id(session, page.form_subject or UUID(int=0))
        return {one.number: f"{one.number} · {local_text(one.title)}" for one in pot.projects} if pot is not None else {}
    if page.form_kind == CONSENT:
        ages = {name: translate(words) for name, words in AGE_BANDS.items()}
        return ages | {str(one.id): local_text(one.name) for one in all_areas(session)}
    space = process_by_id(session, page.process_id)
    if space is None:
        return {}
    names = {str(one.id): local_text(one.name) for one in categories_of(session, space)}
    return names | {str(one.id): local_text(one.name) for one in areas_of(session, space)}
