"""After certification the ballots on paper are like those of the box: they belong to no batch and to no station any more."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.scans.queries import pots_with_ballots
from app.features.scans.use_cases import forget_ballots
from app.features.stations.counted import classes_typed
from app.features.stations.models import Batch, PaperBallot, PaperRow
from app.kernel import clock

ANNULLED_DAYS = 30
"""How long ballots of a pot lie in their batches after its vote was annulled: somebody may object to that."""


def pots_to_loosen(session: Session) -> Sequence[uuid.UUID]:
    """The pots whose ballots on paper still lie in batches, or are among the scans, though they are certified, or were annulled
    so long ago that nobody asks for them any more.
    """
    typed = exists().where(Batch.pot_id == Pot.id, PaperBallot.batch_id == Batch.id)
    left = or_(typed, Pot.id.in_(pots_with_ballots()))
    over = or_(Pot.state == PotState.CERTIFIED, Pot.annulled_at <= clock.now() - timedelta(days=ANNULLED_DAYS))
    return session.scalars(select(Pot.id).where(over, left).order_by(Pot.id)).all()


def loosen(session: Session, pot_id: uuid.UUID) -> int:
    """Keep the ballots of a pot as equal ones joined, and forget in which batch each lay. Returns how many there were.

    Two who do so at once do it once. The salts of the batches go, too: with one, the commitment of a small batch could be tried
    out until it fits, and would say which ballots lay in it, in which order. So do the scans of ballots: each shows one, and
    they lie in their files in the order of a batch.
    """
    session.execute(select(Pot.id).where(Pot.id == pot_id).with_for_update())
    pot = session.get_one(Pot, pot_id)
    for (choices, points), number in sorted(classes_typed(session, pot).items()):
        session.add(PaperRow(pot_id=pot_id, choices=choices, points=points, number=number))
    forget_ballots(session, pot_id)
    mine = select(Batch.id).where(Batch.pot_id == pot_id)
    gone = session.execute(delete(PaperBallot).where(PaperBallot.batch_id.in_(mine)).returning(PaperBallot.number)).all()
    session.execute(update(Batch).where(Batch.pot_id == pot_id).values(salt="").execution_options(synchronize_session="fetch"))
    session.flush()
    return len(gone)
