"""A list of voters is put in the place of another: who is not in the file falls out; what the file leaves open is left open.

The file is not kept between the preview and the click, so it is sent twice; a mark over the list and the file shows that both
are what was looked at.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.spaces.queries import Process, process
from app.features.voting.models import CodeState, RollEntry, VotingCode
from app.features.voting.queries import roll_digest
from app.features.voting.use_cases.freezing_roll import forget_note
from app.features.voting.use_cases.rolls import HashedRow, add_rows, forget_claims, known_rows, roll_is_fixed
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

_AT_ONCE = 500


@dataclass(frozen=True)
class Replacement:
    """What becomes of the list. `codes`: so many of those who fall out are void then. `mark`: what it was worked out from."""

    new: int
    gone: int
    changed: int
    unchanged: int
    codes: int
    mark: str


def preview_replacement(session: Session, actor: Actor, process_id: uuid.UUID, rows: Sequence[HashedRow]) -> Replacement:
    """What `replace_roll` would do with this file now, and nothing else. Raises what it raises."""
    _space_to_change(session, actor, process_id)
    return _compared(session, process_id, known_rows(session, process_id), {row.key: row for row in rows})


def replace_roll(session: Session, actor: Actor, process_id: uuid.UUID, rows: Sequence[HashedRow], mark: str) -> Replacement:
    """Let the list be what the file says. Codes of those who fall out are void.

    Raises NotFound for processes that are not the actor's; Conflict once the vote has begun or anybody has voted, and when the
    list or the file is not the one of the preview.
    """
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update())
    space = _space_to_change(session, actor, process_id)
    known, listed = known_rows(session, process_id), {row.key: row for row in rows}
    done = _compared(session, process_id, known, listed)
    if done.mark != mark:
        raise Conflict(
            msg("This is not the file of the preview, or somebody has changed the list since. Look at the preview again."),
            field="file",
        )
    if not (done.new or done.gone or done.changed):
        return done
    _, before = roll_digest(session, process_id)
    gone = [key for key in known if key not in listed]
    for part in _parts(gone):
        session.execute(update(VotingCode).where(*_issued(process_id, part)).values(state=CodeState.VOIDED))
        session.execute(delete(RollEntry).where(RollEntry.process_id == process_id, RollEntry.voter_key.in_(part)))
    for key, row in listed.items():
        if key in known and known[key] != row:
            session.execute(
                update(RollEntry)
                .where(RollEntry.process_id == process_id, RollEntry.voter_key == key)
                .values(birth_hash=row.proof, area_id=row.area, age_bracket=row.age, sex=row.sex)
            )
    try:
        add_rows(session, process_id, [row for key, row in listed.items() if key not in known])
    except IntegrityError:
        raise Conflict(msg("Somebody else imported a list at the same moment. Import yours again.")) from None
    forget_note(session, process_id)
    forgotten = forget_claims(session, process_id)
    _, after = roll_digest(session, process_id)
    audit.record(
        session,
        actor,
        "roll.replaced",
        space,
        process_id=process_id,
        before=before,
        after=after,
        added=done.new,
        gone=done.gone,
        corrected=done.changed,
        codes_voided=done.codes,
        claims_forgotten=forgotten,
    )
    session.flush()
    return done


def _space_to_change(session: Session, actor: Actor, process_id: uuid.UUID) -> Process:
    space = process(session, process_id)
    if space is None or not actor.may(Permission.BUDGET_MANAGE, process_id):
        raise NotFound
    if (why_not := roll_is_fixed(session, space)) is not None:
        raise why_not
    return space


def _compared(
    session: Session, process_id: uuid.UUID, known: dict[str, HashedRow], listed: dict[str, HashedRow]
) -> Replacement:
    gone = [key for key in known if key not in listed]
    changed = sum(key in known and known[key] != row for key, row in listed.items())
    new = sum(key not in known for key in listed)
    codes = 0
    for part in _parts(gone):
        counted = select(func.count()).select_from(VotingCode).where(*_issued(process_id, part))
        codes += session.scalar(counted) or 0
    digest = hashlib.sha256()
    for side in (known, listed):
        for line in _lines(side.values()):
            digest.update(line)
        digest.update(b"\n")
    return Replacement(new, len(gone), changed, len(listed) - new - changed, codes, digest.hexdigest())


def _lines(rows: Iterable[HashedRow]) -> Iterator[bytes]:
    for row in sorted(rows, key=lambda one: one.key):
        yield f"{row.key} {row.proof} {row.area} {row.age} {row.sex}\n".encode()


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE))


def _issued(process_id: uuid.UUID, keys: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return VotingCode.process_id == process_id, VotingCode.voter_key.in_(keys), VotingCode.state == CodeState.ISSUED
