"""A pot is held while a ballot is cast or its vote changes, and the fixed ballot is read once for many voters.

What was fixed cannot change while people vote, so a process reads it once for each digest, and anew when a project is
withdrawn. What can change, how a pot stands, is read anew each time.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, Uuid, bindparam, select, update
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.features.budgets.choices import WITHDRAWN, keep_listed
from app.features.budgets.models import Pot, PotState
from app.features.spaces.queries import Action, Process, action_open, process
from app.kernel import clock


@dataclass(frozen=True)
class OpenPot:
    """How a pot stands at this moment, and the ballot that was fixed with it."""

    process_id: uuid.UUID
    state: PotState
    annulled: bool
    ballot: Pot


def held_pot(session: Session, pot_id: uuid.UUID) -> OpenPot | None:
    """A fixed pot, held against closing until the end of this transaction, shared with whoever votes too; None for drafts.

    `ballot` belongs to no session and its state is that of when it was read; the pot's own state is read anew each time.
    """
    row = session.execute(_HOLD, {"pot_id": pot_id}).one_or_none()
    return None if row is None else _open_pot(session, pot_id, row)


def process_of_fixed(pot_id: uuid.UUID) -> uuid.UUID | None:
    """The process of a pot whose fixed ballot this process of the server has read already; None for all others."""
    known = _fixed.get(pot_id)
    return None if known is None else known.ballot.process_id


def held_pot_in(session: Session, pot_id: uuid.UUID, row: Sequence[Any]) -> OpenPot | None:
    """The same from the first columns (`HELD`) of a statement that held the pot and read more in the same moment.

    None where the rest of the row cannot be relied on: somebody who changes the vote held the pot after the statement began
    to look and before it held the pot itself. It is held now, so whoever asks once more sees what that somebody left.
    """
    held, when_looked, *pot = row[: len(HELD)]
    return _open_pot(session, pot_id, pot) if held == when_looked else None


def _open_pot(session: Session, pot_id: uuid.UUID, row: Sequence[Any]) -> OpenPot | None:
    process_id, state, annulled_at, digest, withdrawn = row
    if state is PotState.DRAFT:
        return None
    known = _fixed.get(pot_id)
    if known is not None and (known.digest, known.withdrawn) == (digest, withdrawn):
        ballot = known.ballot
    else:
        ballot = _apart(session, pot_id)
        _keep(_Kept(digest, withdrawn, ballot), process(session, process_id) if digest else None)
    return OpenPot(process_id, state, annulled_at is not None, ballot)


def give_fixed_projects(session: Session, pot: Pot, space: Process) -> Pot:
    """Let a pot that was read without its projects have those of its fixed ballot. They belong to no session, and what the
    digest does not cover (categories, sources) is not read with them.

    While nobody can vote the pot reads its projects itself when it is asked for them.
    """
    digest = pot.options.get("digest")
    if pot.state is not PotState.READY or not digest or not action_open(space, Action.VOTE, clock.now()):
        return pot
    known = _fixed.get(pot.id)
    if known is None or known.digest != digest:
        known = _Kept(digest, _NOT_READ, _apart(session, pot.id))
        _keep(known, space)
    if known.ballot.options.get("digest") == digest:
        set_committed_value(pot, "projects", list(known.ballot.projects))
    return pot


def hold_pots(session: Session, process_id: uuid.UUID, *, shared: bool = False) -> None:
    """Lock every pot of a process, in the order of their ids: whoever is casting at this moment finishes first.

    Shared, they are held as casting holds a pot, and nobody who casts waits.

    The one order of locks is: the process, then its pots by id, then its box. The process's lock is FOR NO KEY UPDATE (or FOR
    SHARE), because a new participation holds the process by its foreign key.
    """
    query = select(Pot.id).where(Pot.process_id == process_id).order_by(Pot.id)
    session.execute(query.with_for_update(read=shared, key_share=shared)).all()
    if not shared:  # whoever looked before this and holds after it is told by the number (`held_pot_in`)
        session.execute(update(_pot).where(_pot.c.process_id == process_id).values(held=_pot.c.held + 1))


@dataclass(frozen=True)
class _Kept:
    digest: str | None
    withdrawn: str | None  # what the database says was withdrawn when it was read
    ballot: Pot


_pot = cast("Table", Pot.__table__)
_looked = _pot.alias("looked")
_ID = bindparam("pot_id", type_=Uuid())
_OF_A_POT = (
    _pot.c.process_id,
    _pot.c.state,
    _pot.c.annulled_at,
    _pot.c.options["digest"].as_string(),
    _pot.c.options[WITHDRAWN].as_string(),
)
_HOLD = select(*_OF_A_POT).where(_pot.c.id == _ID).with_for_update(read=True, key_share=True)
HELD = (_pot.c.held, _looked.c.held, *_OF_A_POT)
"""The first columns of a statement that holds a pot, for `held_pot_in`.

PostgreSQL reads a row anew that it had to wait for, or that was changed since the statement began, and no other row: the pot
is as it is now, and `looked`, which is the same row but is not locked, as it was then, like all else that the statement reads.
"""
HELD_FROM = _pot.join(_looked, _looked.c.id == _pot.c.id)
"""Where they come from; the statement is given `pot_id`, says `THIS_POT`, and locks `OF_HELD`."""
THIS_POT = _pot.c.id == _ID
OF_HELD = _pot
_fixed: dict[uuid.UUID, _Kept] = {}
_MOST_KEPT = 200
_NOT_READ = "not read"
"""Instead of what was withdrawn, in a reading for pages: casting makes its own, and pages need only the projects of either."""


def _keep(kept: _Kept, space: Process | None) -> None:
    """Keep a reading while people vote: only then nobody can make a draft of the pot again."""
    if kept.digest and space is not None and action_open(space, Action.VOTE, clock.now()):
        if len(_fixed) >= _MOST_KEPT:
            _fixed.clear()
        _fixed[kept.ballot.id] = kept


def _apart(session: Session, pot_id: uuid.UUID) -> Pot:
    """The pot with its projects, read in the same transaction by a session of its own, which lets them go."""
    with Session(session.connection(), autoflush=False, join_transaction_mode="rollback_only") as own:
        ballot = own.scalars(select(Pot).where(Pot.id == pot_id).options(selectinload(Pot.projects))).one()
        own.expunge_all()
    keep_listed(ballot)
    return ballot
