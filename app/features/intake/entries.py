"""What was typed from a sheet, as it is kept until it becomes something: plain JSON, and the commands that follow from it."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.features.consents.queries import Answer
from app.features.consents.use_cases import AnswerAgreement, Details, NoteAge
from app.features.proposals.use_cases import AtPoint, Contact, InArea, TakeInProposal, Where, WholeCity
from app.kernel.permissions import Channel

CONTACT = ("email", "phone", "postal")
OPEN = "?"
"""The category of a scanned sheet on which several are marked, or nobody can tell: no second reader types the same."""
DETAILS = ("name", "address", "age_band", "gender")


def place_entry(where: Where) -> dict[str, Any]:
    """A place that was said in words or numbers."""
    if isinstance(where, AtPoint):
        return {"kind": "point", "lon": where.lon, "lat": where.lat, "label": where.label}
    if isinstance(where, InArea):
        return {"kind": "area", "area_id": str(where.area_id), "label": where.label}
    if isinstance(where, WholeCity):
        return {"kind": "city", "label": where.label}
    raise ValueError("nobody draws on paper that is typed in")


def place_of(entry: Mapping[str, Any]) -> Where:
    """The same as a command takes it."""
    label = str(entry.get("label") or "")
    if entry.get("kind") == "point":
        return AtPoint(float(entry["lon"]), float(entry["lat"]), label)
    if entry.get("kind") == "area":
        return InArea(uuid.UUID(entry["area_id"]), label)
    if entry.get("kind") != "city":
        raise ValueError("this place was left open, and nobody has settled it")
    return WholeCity(label)


def proposal_entry(command: TakeInProposal) -> dict[str, Any]:
    """What a sheet with a proposal says."""
    contact = command.contact or Contact(locale=command.language)
    return {
        "title": command.title,
        "text": command.text,
        "language": command.language,
        "category_id": str(command.category_id or ""),
        "where": place_entry(command.where),
        "author_name": command.author_name,
        **{name: getattr(contact, name) for name in CONTACT},
    }


def proposal_command(
    entry: Mapping[str, Any], process_id: uuid.UUID, sheet_id: uuid.UUID, received_at: datetime
) -> TakeInProposal:
    """The proposal that a sheet becomes; its id is that of the sheet, so that it becomes one however often this is tried."""
    reachable = any(entry.get(name) for name in CONTACT)
    contact = Contact(**{name: entry.get(name, "") for name in CONTACT}, locale=entry["language"]) if reachable else None
    return TakeInProposal(
        process_id=process_id,
        title=entry["title"],
        text=entry["text"],
        where=place_of(entry["where"]),
        channel=Channel.PAPER,
        category_id=uuid.UUID(entry["category_id"]) if entry.get("category_id") else None,
        author_name=entry.get("author_name", ""),
        contact=contact,
        language=entry["language"],
        received_at=received_at,
        form_id=sheet_id,
    )


def answer_command(
    entry: Mapping[str, Any],
    agreement_id: uuid.UUID,
    revision_id: uuid.UUID,
    person_id: uuid.UUID,
    guardian_id: uuid.UUID | None,
    sheet: str,
    said_at: datetime,
) -> AnswerAgreement:
    """The answer that a sheet becomes."""
    return AnswerAgreement(
        agreement_id=agreement_id,
        revision_id=revision_id,
        person_id=person_id,
        answer=Answer.GIVEN if entry.get("answer") == "yes" else Answer.REFUSED,
        language=entry["language"],
        details=Details(
            **{name: entry.get(name, "") for name in DETAILS},
            area_id=uuid.UUID(entry["area"]) if entry.get("area") else None,
            languages=tuple(entry.get("languages", ())),
        ),
        sheet=sheet,
        guardian_id=guardian_id,
        said_at=said_at,
    )


def age_command(entry: Mapping[str, Any], person_id: uuid.UUID) -> NoteAge | None:
    """From when a young person decides alone; None for everybody else, and for a no, which needs nobody."""
    if entry.get("answer") != "yes" or entry.get("of_age") != "no":
        return None
    return NoteAge(person_id, date.fromisoformat(entry["of_age_on"]))
