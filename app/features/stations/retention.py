"""What this room removes by itself: in which batch a ballot lay, and the numbers on outer envelopes."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.stations.models import EnvelopeState, OuterEnvelope
from app.features.stations.use_cases import loosen, pots_to_loosen
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare

KEPT_DAYS = 30
"""How long an envelope that went back is known, after its pot was certified or annulled: somebody may ask why."""


def _batches(session: Session, _before: datetime) -> int:
    return len(pots_to_loosen(session))


def _loosen(session: Session, _before: datetime, most: int) -> int:
    pots = pots_to_loosen(session)[:most]
    for pot_id in pots:
        loosen(session, pot_id)
    return len(pots)


def _old_envelopes(before: datetime) -> ColumnElement[bool]:
    over = select(Pot.id).where(Pot.state == PotState.CERTIFIED, Pot.certified_at <= before)
    annulled = select(Pot.id).where(Pot.annulled_at <= before)  # nobody decides on those that wait any more
    decided = OuterEnvelope.state != EnvelopeState.WAITING
    return (OuterEnvelope.pot_id.in_(over) & decided) | OuterEnvelope.pot_id.in_(annulled)


def _envelopes(session: Session, before: datetime) -> int:
    return session.scalar(select(func.count()).select_from(OuterEnvelope).where(_old_envelopes(before))) or 0


def _forget_envelopes(session: Session, before: datetime, most: int) -> int:
    which = select(OuterEnvelope.id).where(_old_envelopes(before)).limit(most)
    gone = session.execute(delete(OuterEnvelope).where(OuterEnvelope.id.in_(which)).returning(OuterEnvelope.id))
    return len(gone.all())


declare(
    Rule(
        "paper_batches",
        msg("In which batch and at which station each ballot on paper lay, and the scans of ballots"),
        msg("after the count was certified, or 30 days after the vote was annulled"),
        msg("Until then a ballot can be found and read again. Afterwards only totals and ballots without any order remain."),
        0,
        _batches,
        _loosen,
    )
)
declare(
    Rule(
        "outer_envelopes",
        msg("Outer envelopes of votes on paper, with a keyed hash of the number of those that went back unopened"),
        msg("after the count was certified, or the vote was annulled"),
        msg("Until then people can ask why their envelope was not opened."),
        KEPT_DAYS,
        _envelopes,
        _forget_envelopes,
    )
)
