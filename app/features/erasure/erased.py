"""What becomes of what the whole house keeps: the audit log, work that waits to leave, and the note about it itself."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.features.erasure.models import Erasure
from app.kernel import erasing
from app.kernel.audit import AuditEntry
from app.kernel.erasing import LAST, Fate, Part, Subject, changed, declare, nothing_of_people
from app.kernel.messages import msg
from app.kernel.outbox import OutboxRow

SHORTEST_NAME = 4
"""Names below this length are not looked for inside texts: they are parts of too many words."""
BEGUN = "account.erasure_begun"


def _spellings(subject: Subject) -> list[tuple[str, str]]:
    """What says who it was, and what stands there afterwards."""
    found = [(str(subject.person_id), str(subject.pseudonym)), (subject.person_id.hex, subject.pseudonym.hex)]
    if subject.email:
        found.append((subject.email, "…"))
    if len(subject.name) >= SHORTEST_NAME:
        found.append((subject.name, "…"))
    return found


def _names(column: InstrumentedAttribute[Any], subject: Subject) -> ColumnElement[bool]:
    written = cast(column, Text)
    return or_(*(written.contains(spelling, autoescape=True) for spelling, _ in _spellings(subject)))


def _audited(subject: Subject) -> ColumnElement[bool]:
    """Entries by them, for them, about them, or that mention them; not the one that says that the erasure has begun:
    it is made by it, so it cannot be foretold."""
    return and_(_mentions(subject), AuditEntry.action != BEGUN)


def _mentions(subject: Subject) -> ColumnElement[bool]:
    return or_(
        AuditEntry.actor_id == subject.person_id,
        AuditEntry.voice_id == subject.person_id,
        AuditEntry.subject_id == subject.person_id,
        _names(AuditEntry.details, subject),
        _names(AuditEntry.reason, subject),
    )


def _count_audited(session: Session, subject: Subject) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry).where(_audited(subject))) or 0


def _under_pseudonym(session: Session, subject: Subject, most: int) -> int:
    entries = session.scalars(select(AuditEntry).where(_mentions(subject)).order_by(AuditEntry.at).limit(most)).all()
    swap = {subject.person_id: subject.pseudonym}
    for entry in entries:
        entry.actor_id, entry.voice_id = swap.get(entry.actor_id, entry.actor_id), swap.get(entry.voice_id, entry.voice_id)  # type: ignore[arg-type]
        entry.subject_id = swap.get(entry.subject_id, entry.subject_id)
        entry.details = _without(entry.details, subject)
        entry.reason = _without(entry.reason, subject)
    session.flush()
    foretold = sum(entry.action != BEGUN for entry in entries)
    return most if len(entries) == most else foretold


def _without(value: Any, subject: Subject) -> Any:
    """The same JSON value, in which nothing says who it was."""
    if isinstance(value, str):
        for spelling, instead in _spellings(subject):
            value = value.replace(spelling, instead)
        return value
    if isinstance(value, dict):
        return {_without(key, subject): _without(one, subject) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, subject) for one in value]
    return value


def _waiting(subject: Subject) -> ColumnElement[bool]:
    """Rows of the outbox that name the person, in their ids, their address or a text; delivered ones, too."""
    return and_(_names(OutboxRow.payload, subject), OutboxRow.kind.not_in(erasing.leaving()))


def _count_waiting(session: Session, subject: Subject) -> int:
    return session.scalar(select(func.count()).select_from(OutboxRow).where(_waiting(subject))) or 0


def _take_waiting(session: Session, subject: Subject, most: int) -> int:
    chosen = select(OutboxRow.id).where(_waiting(subject)).limit(most)
    return changed(session, delete(OutboxRow).where(OutboxRow.id.in_(chosen)))


def _count_leaving(session: Session, subject: Subject) -> int:
    named = and_(_names(OutboxRow.payload, subject), OutboxRow.kind.in_(erasing.leaving()), OutboxRow.delivered_at.is_(None))
    return session.scalar(select(func.count()).select_from(OutboxRow).where(named)) or 0


def _nothing(_session: Session, _subject: Subject, _most: int) -> int:
    return 0


declare(
    Part(
        name="audit",
        fate=Fate.STAYS,
        title=msg("Entries in the audit log"),
        columns=(
            "audit_entry.actor_id",
            "audit_entry.voice_id",
            "audit_entry.subject_id",
            "audit_entry.details",
            "audit_entry.reason",
        ),
        why=msg(
            "What was changed, and when, has to stay checkable. A random number stands in your place. Nothing says whose it is."
        ),
        order=900,
        count=_count_audited,
        run=_under_pseudonym,
    )
)
declare(
    Part(
        name="outbox",
        fate=Fate.GOES,
        title=msg("Letters and other work about you that waits to leave, or has left"),
        columns=("outbox.payload",),
        why=None,
        order=910,
        count=_count_waiting,
        run=_take_waiting,
    )
)
declare(
    Part(
        name="outbox_leaving",
        fate=Fate.STAYS,
        title=msg("Notices to recipients that have to reach them still"),
        columns=(),
        why=msg("They say that your consent is over. They are removed when they have arrived."),
        order=911,
        count=_count_leaving,
        run=_nothing,
    )
)
declare(
    Part(
        name="erasure",
        fate=Fate.STAYS,
        title=msg("A note that somebody was erased on this day: numbers, and no name"),
        columns=("erasure.person_id", "erasure.counts", "erasure.pseudonym"),
        why=msg("So that it can be shown that it was done. Your id in it goes with your account."),
        order=LAST - 1,
        count=lambda _session, _subject: 1,
        run=_nothing,
    )
)
declare(
    Part(
        name="ledger",
        fate=Fate.STAYS,
        title=msg("A line in the list of erasures, in which nobody can be recognised who is not in a backup"),
        columns=(),
        why=msg(
            "When a backup is restored, you are found by this line and erased again. It goes when all older backups are gone."
        ),
        order=LAST - 1,
        count=lambda _session, _subject: 1,
        run=_nothing,
    )
)
erasing.anonymous(
    "erasures_typed",
    msg("Requests to erase others that you took in at a desk"),
    Erasure.first_hand,
    Erasure.second_hand,
    why=msg("The request was somebody else's. That your hands typed it is no longer said."),
)
nothing_of_people("the name of an error", "retention_run.error", "outbox.last_error")
nothing_of_people("a process, never a person", "audit_entry.process_id")
