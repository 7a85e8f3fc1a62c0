"""What this room removes by itself: how to reach objectors, and everything that names voters, when a vote is over for good."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.features.committee.models import Objection, ObjectionOutcome, Retention
from app.features.committee.rules import CONTACT_KEPT
from app.features.committee.use_cases import forget_after, forget_contacts
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare

KEEPS = 0
"""Each vote says itself how many days its lists are kept after its keys."""


def _contacts(session: Session, before: datetime) -> int:
    which = (
        Objection.outcome != ObjectionOutcome.OPEN,
        Objection.decided_at <= before,
        or_(Objection.name != "", Objection.contact != ""),
    )
    return session.scalar(select(func.count()).select_from(Objection).where(*which)) or 0


def _votes_due(session: Session, before: datetime) -> list[Retention]:
    waiting = select(Retention).where(Retention.destroyed_at.is_not(None), Retention.forgotten_at.is_(None))
    return [
        one
        for one in session.scalars(waiting.order_by(Retention.process_id))
        if one.destroyed_at and one.destroyed_at + timedelta(days=one.keep_days) <= before
    ]


def _forget_voters(session: Session, before: datetime, most: int) -> int:
    return sum(forget_after(session, one.process_id) is not None for one in _votes_due(session, before)[:most])


declare(
    Rule(
        "objectors",
        msg("Name and contact of people who objected to a vote without an account"),
        msg("after the objection was decided"),
        msg("Until then they can be asked, and are told what was decided."),
        CONTACT_KEPT.days,
        _contacts,
        lambda session, before, _most: forget_contacts(session, before),
    )
)
declare(
    Rule(
        "voters",
        msg("Lists of voters, codes by letter, which account stood for which voter, and complaints, of votes that are over"),
        msg("after the days that each vote sets, counted from when its keys were destroyed"),
        msg("Until then people can object, and complaints can be looked into."),
        KEEPS,
        lambda session, before: len(_votes_due(session, before)),
        _forget_voters,
    )
)
