"""What would happen to somebody's data, and how far an erasure is."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.erasure.models import Erasure, ErasureState, Origin, RetentionRun
from app.features.erasure.rules import STALLED, is_due, is_lapsed, may_cancel
from app.kernel import erasing
from app.kernel.erasing import Fate, Obstacle, Subject, Told
from app.kernel.errors import NotFound

__all__ = [
    "Erasure",
    "ErasureState",
    "Origin",
    "Preview",
    "RetentionRun",
    "by_token",
    "erasure_of",
    "is_due",
    "is_lapsed",
    "last_runs",
    "may_cancel",
    "preview_erasure",
    "waiting_at_desk",
    "work_to_do",
]


@dataclass(frozen=True)
class Preview:
    """What erasing somebody would do, from the same declarations by which it is done. `reasons` say why it is not possible."""

    reasons: Sequence[Obstacle] = ()
    goes: Sequence[Told] = field(default_factory=list)
    anonymous: Sequence[Told] = field(default_factory=list)
    stays: Sequence[Told] = field(default_factory=list)

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reasons

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each part that has any."""
        return {told.part.name: told.count for told in (*self.goes, *self.anonymous, *self.stays)}


def preview_erasure(session: Session, person_id: uuid.UUID) -> Preview:
    """What erasing this person would do now; nothing is changed. Raises NotFound when there is no such person (any more)."""
    found = person_by_id(session, person_id)
    if found is None or found.erased_at is not None:
        raise NotFound
    subject = Subject(found.id, found.email, found.display_name, uuid.uuid4())
    told: dict[Fate, list[Told]] = {fate: [] for fate in Fate}
    for part in erasing.parts():
        if count := part.count(session, subject):
            told[part.fate].append(Told(part, count))
    return Preview(erasing.obstacles(session, person_id), told[Fate.GOES], told[Fate.ANONYMOUS], told[Fate.STAYS])


def erasure_of(session: Session, person_id: uuid.UUID) -> Erasure | None:
    """The erasure that somebody has asked for and that is not over."""
    return session.scalars(select(Erasure).where(Erasure.person_id == person_id)).one_or_none()


def by_token(session: Session, token_hash: str) -> Erasure | None:
    """The erasure that the link in a letter leads to."""
    return session.scalars(select(Erasure).where(Erasure.token_hash == token_hash)).one_or_none()


def waiting_at_desk(session: Session) -> Sequence[Erasure]:
    """What one clerk has asked for and a second one has to confirm, oldest first."""
    query = select(Erasure).where(Erasure.origin == Origin.DESK, Erasure.state == ErasureState.ASKED)
    return session.scalars(query.order_by(Erasure.asked_at)).all()


def work_to_do(session: Session, now: datetime, *, stalled_only: bool = True) -> Sequence[uuid.UUID]:
    """Erasures whose time has come, and those that somebody has begun and nobody goes on with."""
    running = [Erasure.state == ErasureState.RUNNING]
    if stalled_only:
        running.append(Erasure.touched_at < now - STALLED)
    due = (Erasure.state == ErasureState.WAITING) & (Erasure.runs_at <= now)
    query = select(Erasure.id).where(or_(due, *([running[0] & running[1]] if stalled_only else running)))
    return session.scalars(query.order_by(Erasure.asked_at)).all()


def last_runs(session: Session) -> dict[str, RetentionRun]:
    """The newest run of each rule."""
    newest = select(RetentionRun.rule, func.max(RetentionRun.at).label("at")).group_by(RetentionRun.rule).subquery()
    query = select(RetentionRun).join(newest, (newest.c.rule == RetentionRun.rule) & (newest.c.at == RetentionRun.at))
    return {run.rule: run for run in session.scalars(query)}
