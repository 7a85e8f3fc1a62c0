"""The ballot that was fixed: it cannot change while people vote on it, so a process reads it once for each digest.

What can change, how a pot stands, is read anew each time.
"""

import uuid
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

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
    if row is None or row[1] is PotState.DRAFT:
        return None
    process_id, state, annulled_at, digest = row
    ballot = _known(pot_id, digest)
    if ballot is None:
        ballot = _apart(session, pot_id)
        _keep(ballot, digest, process(session, process_id) if digest else None)
    return OpenPot(process_id, state, annulled_at is not None, ballot)


def give_fixed_projects(session: Session, pot: Pot, space: Process) -> Pot:
    """Let a pot that was read without its projects have those of its fixed ballot. They belong to no session, and what the
    digest does not cover (categories, sources) is not read with them.

    While nobody can vote the pot reads its projects itself when it is asked for them.
    """
    digest = pot.options.get("digest")
    if pot.state is not PotState.READY or not digest or not action_open(space, Action.VOTE, clock.now()):
        return pot
    ballot = _known(pot.id, digest)
    if ballot is None:
        ballot = _apart(session, pot.id)
        _keep(ballot, digest, space)
    if ballot.options.get("digest") == digest:
        set_committed_value(pot, "projects", list(ballot.projects))
    return pot


def _known(pot_id: uuid.UUID, digest: str | None) -> Pot | None:
    known, ballot = _fixed.get(pot_id, (None, None))
    return ballot if known == digest else None


def _keep(ballot: Pot, digest: str | None, space: Process | None) -> None:
    """Keep a reading while people vote: only then nobody can make a draft of the pot again."""
    if digest and space is not None and action_open(space, Action.VOTE, clock.now()):
        if len(_fixed) >= _MOST_KEPT:
            _fixed.clear()
        _fixed[ballot.id] = digest, ballot


def _apart(session: Session, pot_id: uuid.UUID) -> Pot:
    """The pot with its projects, read in the same transaction by a session of its own, which lets them go."""
    with Session(session.connection(), autoflush=False, join_transaction_mode="rollback_only") as own:
        ballot = own.scalars(select(Pot).where(Pot.id == pot_id).options(selectinload(Pot.projects))).one()
        own.expunge_all()
    return ballot


_pot = cast("Table", Pot.__table__)
_HOLD = (
    select(_pot.c.process_id, _pot.c.state, _pot.c.annulled_at, _pot.c.options["digest"].as_string())
    .where(_pot.c.id == bindparam("pot_id"))
    .with_for_update(read=True, key_share=True)
)
_fixed: dict[uuid.UUID, tuple[str, Pot]] = {}
_MOST_KEPT = 200
