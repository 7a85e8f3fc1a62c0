"""What becomes of what the whole house keeps: the audit log, work that waits to leave, and the note about it itself."""

import json
import uuid
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.features.erasure.models import Erasure
from app.kernel import erasing
from app.kernel.audit import AuditEntry
from app.kernel.erasing import LAST, Fate, Part, Subject, declare, nothing_of_people
from app.kernel.messages import msg
from app.kernel.outbox import OutboxRow

ADDRESSES = frozenset({"email", "to", "address"})
"""Keys whose values are addresses, in what waits to leave and in details of the audit log."""
NAMES = frozenset({"name", "display_name"})
"""Keys whose values are people's names."""
BEGUN = "account.erasure_begun"
AT_A_TIME = 500


def _ids(subject: Subject) -> dict[str, str]:
    """The person's id as it is written, and what stands there afterwards. Nobody can choose or guess one."""
    return {str(subject.person_id): str(subject.pseudonym), subject.person_id.hex: subject.pseudonym.hex}


def _may_name(column: InstrumentedAttribute[Any], subject: Subject) -> ColumnElement[bool]:
    """JSON in which the id or the address stands as a whole string. Some of it may be a title or a key: see `_without`.

    Within other text a quotation mark is written differently, so that no part of a text is found. Databases write letters
    beyond ASCII as they are or by their numbers.
    """
    written = func.lower(cast(column, Text))
    whole = {json.dumps(one) for one in _ids(subject)}
    if subject.email:
        whole |= {json.dumps(subject.email.lower(), ensure_ascii=ascii_only) for ascii_only in (True, False)}
    return or_(*(written.contains(one, autoescape=True) for one in sorted(whole)))


def _without(value: Any, subject: Subject, *, own: bool, key: str = "") -> Any:
    """The same JSON value, in which nothing says who it was.

    Whole values alone are compared, never a part of a text and never a key: a name is somebody's choice, and may be a word of
    other people's. So it counts under keys for names only, and only in what is the person's `own`.
    """
    if isinstance(value, str):
        if key in ADDRESSES and subject.email and value.strip().lower() == subject.email.lower():
            return "…"
        if own and key in NAMES and subject.name and value == subject.name:
            return "…"
        return _ids(subject).get(value, value)
    if isinstance(value, dict):
        return {name: _without(one, subject, own=own, key=name) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, subject, own=own, key=key) for one in value]
    return value


def _names(value: Any, subject: Subject) -> bool:
    return bool(_without(value, subject, own=False) != value)


def _own(subject: Subject) -> ColumnElement[bool]:
    """Entries by them, for them or about them."""
    who = subject.person_id
    return or_(AuditEntry.actor_id == who, AuditEntry.voice_id == who, AuditEntry.subject_id == who)


def _others(session: Session, subject: Subject) -> list[uuid.UUID]:
    """Entries of others whose details name them."""
    strangers = and_(
        or_(AuditEntry.actor_id.is_(None), AuditEntry.actor_id != subject.person_id),
        or_(AuditEntry.voice_id.is_(None), AuditEntry.voice_id != subject.person_id),
        AuditEntry.subject_id != subject.person_id,
    )
    query = select(AuditEntry.id, AuditEntry.details).where(strangers, _may_name(AuditEntry.details, subject))
    return [found for found, details in session.execute(query.order_by(AuditEntry.at)) if _names(details, subject)]


def _count_audited(session: Session, subject: Subject) -> int:
    """All but the one that says that the erasure has begun: it is made by it, so it cannot be foretold."""
    query = select(func.count()).select_from(AuditEntry).where(_own(subject), AuditEntry.action != BEGUN)
    return (session.scalar(query) or 0) + len(_others(session, subject))


def _under_pseudonym(session: Session, subject: Subject, most: int) -> int:
    entries = list(session.scalars(select(AuditEntry).where(_own(subject)).order_by(AuditEntry.at).limit(most)))
    swap = {subject.person_id: subject.pseudonym}
    for entry in entries:
        if entry.subject_id == subject.person_id and entry.reason:
            entry.reason = "…"  # words about this person, which may name them in any spelling
        entry.actor_id, entry.voice_id = swap.get(entry.actor_id, entry.actor_id), swap.get(entry.voice_id, entry.voice_id)  # type: ignore[arg-type]
        entry.subject_id = swap.get(entry.subject_id, entry.subject_id)
        entry.details = _without(entry.details, subject, own=True)
    session.flush()
    if len(entries) < most:
        chosen = _others(session, subject)[: most - len(entries)]
        for first in range(0, len(chosen), AT_A_TIME):
            for entry in session.scalars(select(AuditEntry).where(AuditEntry.id.in_(chosen[first : first + AT_A_TIME]))):
                entry.details = _without(entry.details, subject, own=False)
                entries.append(entry)
        session.flush()
    foretold = sum(entry.action != BEGUN for entry in entries)
    return most if len(entries) == most else foretold


def _waiting(session: Session, subject: Subject, *, leaving: bool) -> list[uuid.UUID]:
    """Rows of the outbox to them or about them, by their id or their address; delivered ones, too, unless they must leave."""
    kinds = erasing.leaving()
    which = and_(OutboxRow.kind.in_(kinds), OutboxRow.delivered_at.is_(None)) if leaving else OutboxRow.kind.not_in(kinds)
    query = select(OutboxRow.id, OutboxRow.payload).where(_may_name(OutboxRow.payload, subject), which)
    return [found for found, payload in session.execute(query) if _names(payload, subject)]


def _count_waiting(session: Session, subject: Subject) -> int:
    return len(_waiting(session, subject, leaving=False))


def _take_waiting(session: Session, subject: Subject, most: int) -> int:
    chosen = _waiting(session, subject, leaving=False)[:most]
    for first in range(0, len(chosen), AT_A_TIME):
        session.execute(delete(OutboxRow).where(OutboxRow.id.in_(chosen[first : first + AT_A_TIME])))
    return len(chosen)


def _count_leaving(session: Session, subject: Subject) -> int:
    return len(_waiting(session, subject, leaving=True))


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
