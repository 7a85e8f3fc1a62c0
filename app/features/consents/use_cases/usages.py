"""A usage of somebody's data is written down, in the transaction of the use."""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, bindparam, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from app.features.consents.models import Answer, ConsentRecord, Usage
from app.features.consents.queries import looked_lately
from app.features.consents.queries.usages import ONE_READING, USAGES_KEPT
from app.kernel import clock
from app.kernel.looks import Look, Looker

MANY = 50
"""From so many people on, one statement with all of them is quicker than one for each."""


def note_usages(
    session: Session,
    people: Iterable[uuid.UUID],
    *,
    kind: str,
    by_role: str,
    by_department: str = "",
    basis: str,
    agreement_id: uuid.UUID | None = None,
    at: datetime | None = None,
    **details: str,
) -> int:
    """Write down that the data of these people were used, in the transaction of the use. Returns how many people.

    `at` is the moment of the use (now): a release names the moment at which its rows were read.
    """
    everybody = list(people)
    about = {
        "at": at or clock.now(),
        "kind": kind,
        "by_role": by_role,
        "by_department": by_department,
        "basis": basis,
        "agreement_id": agreement_id,
        "details": details,
    }
    if len(everybody) >= MANY:
        _insert_many(session, everybody, about)
    elif everybody:
        session.execute(insert(Usage), [{"id": uuid.uuid4(), "person_id": person} | about for person in everybody])
    return len(everybody)


def _insert_many(session: Session, people: list[uuid.UUID], about: dict[str, Any]) -> None:
    """One statement that says what they have in common once: a release of a million rows spent its time on sending it."""
    ids = [uuid.uuid4() for _ in people]
    chosen: list[ColumnElement[Any]]
    if session.get_bind().dialect.name == "sqlite":
        pairs = [[one.hex, person.hex] for one, person in zip(ids, people, strict=True)]
        each = func.json_each(json.dumps(pairs)).table_valued("value").alias("each_of")
        chosen = [func.json_extract(each.c.value, f"$[{place}]") for place in (0, 1)]
    else:
        arrays = [bindparam(None, values, ARRAY(Uuid)) for values in (ids, people)]
        each = func.unnest(*arrays).table_valued("id", "person_id").render_derived("each_of")
        chosen = [each.c.id, each.c.person_id]
    same = [bindparam(None, value, Usage.__table__.c[name].type) for name, value in about.items()]
    session.execute(insert(Usage).from_select(["id", "person_id", *about], select(*chosen, *same)))


def note_looks(session: Session, look: Look, people: Iterable[uuid.UUID], looker: Looker) -> None:
    """Write down that staff looked at the records of these people; looking again within a quarter of an hour is one look."""
    everybody = set(people)
    known = looked_lately(session, everybody, look.kind, looker.role, looker.department)
    note_usages(
        session,
        sorted(everybody - known),
        kind=look.kind,
        by_role=looker.role,
        by_department=looker.department,
        basis=look.basis,
    )


def note_reading(session: Session, people: Iterable[uuid.UUID], program: str, *, audits: bool = False) -> int:
    """Write down that a program of another system read what these people have answered: one statement for a page of them.

    Once a day for each person, program and kind of reading, however often it asks. `audits`: it read everybody's answers,
    under names that lead to nobody. Returns of how many people it is new.
    """
    everybody, kind = set(people), "program_audit" if audits else "program_read"
    known = looked_lately(session, everybody, kind, "program", program, within=ONE_READING)
    return note_usages(
        session, sorted(everybody - known), kind=kind, by_role="program", by_department=program, basis="legal_obligation"
    )


def note_usage_once(
    session: Session, source: uuid.UUID, person_id: uuid.UUID, *, kind: str, by_role: str, agreement_id: uuid.UUID, title: str
) -> bool:
    """Note a use that has a source of its own, such as a newsletter, unless it was noted for this person; whether it is new."""
    known = session.scalars(
        select(Usage.details).where(Usage.person_id == person_id, Usage.kind == kind, Usage.agreement_id == agreement_id)
    )
    if any(details.get(kind) == str(source) for details in known):
        return False
    words: dict[str, Any] = {kind: str(source), "title": title}
    note_usages(session, [person_id], kind=kind, by_role=by_role, basis="consent", agreement_id=agreement_id, **words)
    return True


def forget_old_usages(session: Session, before: datetime | None = None, most: int = 10_000) -> int:
    """Delete usages older than `before` (now less `USAGES_KEPT`), at most `most` of them. Returns how many; call it until none.

    A usage under a consent that is still given stays as long as the consent: the recipient has the data still.
    """
    old = select(Usage.id).where(_old(before or clock.now() - USAGES_KEPT)).limit(most)
    return len(session.execute(delete(Usage).where(Usage.id.in_(old)).returning(Usage.id)).all())


def count_old_usages(session: Session, before: datetime) -> int:
    """How many `forget_old_usages` would delete in all."""
    return session.scalar(select(func.count()).select_from(Usage).where(_old(before))) or 0


def _old(before: datetime) -> ColumnElement[bool]:
    still_given = exists().where(
        and_(
            ConsentRecord.agreement_id == Usage.agreement_id,
            ConsentRecord.person_id == Usage.person_id,
            ConsentRecord.answer == Answer.GIVEN,
        )
    )
    return and_(Usage.at < before, ~still_given)
