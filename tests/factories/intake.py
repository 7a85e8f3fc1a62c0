"""Paper: batches in any state, and sheets in them."""

import uuid
from datetime import date
from typing import Any

from app.extensions import db
from app.features.intake.models import IntakeBatch, IntakeSheet, SheetKind
from app.features.intake.use_cases import (
    EnterSheet,
    MoveBatch,
    OpenBatch,
    ReadSheet,
    close_batch,
    enter_sheet,
    finish_entering,
    open_batch,
    read_sheet,
    reconcile_batch,
)
from app.features.printing.layout.codes import ALPHABET, SERIAL_LENGTH, read_code
from app.kernel import clock
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, spaces

ZONE = "Europe/Helsinki"
SECRET = "a secret of tests"
WORDS = {
    "title": "A bench at the tram stop",
    "text": "My mother is 84 and cannot stand for ten minutes.",
    "language": "fi",
    "category_id": "",
    "where": {"kind": "city", "label": ""},
    "author_name": "Hilja",
    "email": "",
    "phone": "050 123 4567",
    "postal": "",
}
ANSWER = {
    "person": "Hilja Virtanen",
    "language": "en",
    "answer": "yes",
    "of_age": "yes",
    "name": "Hilja Virtanen",
    "address": "hilja@example.org",
}


def entry(**changes: Any) -> dict[str, Any]:
    """What a sheet with a proposal says."""
    return {**WORDS, **changes}


def answer(**changes: Any) -> dict[str, Any]:
    """What a sheet with a consent says."""
    return {**ANSWER, **changes}


def clerk(process: Any, person: Any = None) -> Actor:
    """A clerk of the process, as use cases see one."""
    return Actor(person_id=(person or accounts.person()).id, roles=frozenset({(Role.CLERK, process.id)}))


def batch(process: Any = None, actor: Actor | None = None, **attributes: Any) -> IntakeBatch:
    """An open batch of one proposal, unless said otherwise."""
    process = process or spaces.process()
    given = {"kind": SheetKind.PROPOSAL, "station": "Library", "day": today(), "declared": 1, **attributes}
    command = OpenBatch(batch_id=uuid.uuid4(), process_id=process.id, zone=ZONE, **given)
    return open_batch(db.session(), actor or clerk(process), command)


def today() -> date:
    """The day in the city's zone."""
    return clock.today(ZONE)


def sheet(where: IntakeBatch, actor: Actor, serial: str = "", **changes: Any) -> IntakeSheet:
    """A sheet that this clerk has entered. `serial` is completed to one that can be printed."""
    said = answer(**changes) if where.kind is SheetKind.CONSENT else entry(**changes)
    number = printed_number(serial) if serial else ""
    return enter_sheet(db.session(), actor, EnterSheet(where.id, uuid.uuid4(), said, number))


def printed_number(word: str) -> str:
    """A serial as it is printed, the same for the same word: with as many characters, and its check character."""
    plain = "".join(char for char in word.upper() if char in ALPHABET).ljust(SERIAL_LENGTH - 1, "2")[: SERIAL_LENGTH - 1]
    return next(plain + last for last in ALPHABET if read_code(plain + last))


def finish(where: IntakeBatch, actor: Actor, reason: str = "") -> IntakeBatch:
    """The entering is finished."""
    return finish_entering(db.session(), actor, MoveBatch(where.id, reason))


def read(one: IntakeSheet, actor: Actor, **changes: Any) -> IntakeSheet:
    """A second person types the same, or what `changes` say."""
    return read_sheet(db.session(), actor, ReadSheet(one.batch_id, one.id, {**one.first, **changes}), SECRET)


def reconcile(where: IntakeBatch, actor: Actor, reason: str = "") -> IntakeBatch:
    """The numbers are signed."""
    return reconcile_batch(db.session(), actor, MoveBatch(where.id, reason))


def close(where: IntakeBatch, actor: Actor) -> IntakeBatch:
    """Everything becomes what it says."""
    return close_batch(db.session(), actor, MoveBatch(where.id, secret=SECRET))


def closed(process: Any, one: Actor, other: Actor, sheets: int = 1, said: dict[str, Any] | None = None) -> IntakeBatch:
    """A batch from opening to closing, by two clerks. `said` is what each sheet says besides its title."""
    found = batch(process, one, declared=sheets)
    entered = [sheet(found, one, title=f"Bench {number + 1}", **(said or {})) for number in range(sheets)]
    finish(found, one)
    for each in entered:
        read(each, other)
    reconcile(found, other)
    return close(found, other)
