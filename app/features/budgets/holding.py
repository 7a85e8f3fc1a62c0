"""A pot is held while a ballot is cast or its vote changes, and the fixed ballot is read once for many voters."""

import uuid
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session, selectinload

from app.features.budgets.choices import WITHDRAWN
from app.features.budgets.models import Pot, PotState
from app.features.spaces.queries import Action, action_open, process
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

    What was fixed cannot change while people vote, so this process then reads it once for each digest, and anew when a project
    is withdrawn. `ballot` is that reading: it belongs to no session and its state is that of then; the pot's own state is read
    anew each time.
    """
    row = session.execute(_HOLD, {"pot_id": pot_id}).one_or_none()
    if row is None or row[1] is PotState.DRAFT:
        return None
    process_id, state, annulled_at, digest, gone = row
    known, ballot = _fixed.get(pot_id, (None, None))
    if ballot is None or known != (digest, gone):
        ballot = _apart(session, pot_id)
        if len(_fixed) >= _MOST_KEPT:
            _fixed.clear()
        space = process(session, process_id) if digest else None
        if space is not None and action_open(space, Action.VOTE, clock.now()):
            _fixed[pot_id] = (digest, gone), ballot
    return OpenPot(process_id, state, annulled_at is not None, ballot)


def hold_pots(session: Session, process_id: uuid.UUID, *, shared: bool = False) -> None:
    """Lock every pot of a process, in the order of their ids: whoever is casting at this moment finishes first.

    Shared, they are held as casting holds a pot, and nobody who casts waits.

    The one order of locks is: the process, then its pots by id, then its box. The process's lock is FOR NO KEY UPDATE (or FOR
    SHARE), because a new participation holds the process by its foreign key.
    """
    query = select(Pot.id).where(Pot.process_id == process_id).order_by(Pot.id)
    session.execute(query.with_for_update(read=shared, key_share=shared)).all()


_pot = cast("Table", Pot.__table__)
_HOLD = (
    select(
        _pot.c.process_id,
        _pot.c.state,
        _pot.c.annulled_at,
        _pot.c.options["digest"].as_string(),
        _pot.c.options[WITHDRAWN].as_string(),
    )
    .where(_pot.c.id == bindparam("pot_id"))
    .with_for_update(read=True, key_share=True)
)
_fixed: dict[uuid.UUID, tuple[tuple[str, str | None], Pot]] = {}
_MOST_KEPT = 200


def _apart(session: Session, pot_id: uuid.UUID) -> Pot:
    """The pot with its projects, read in the same transaction by a session of its own, which lets them go."""
    with Session(session.connection(), autoflush=False, join_transaction_mode="rollback_only") as own:
        ballot = own.scalars(select(Pot).where(Pot.id == pot_id).options(selectinload(Pot.projects))).one()
        own.expunge_all()
    return ballot
