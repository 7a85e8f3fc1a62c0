"""What nobody can change alone while a vote is prepared or under way: where its areas lie, and when people vote."""

import uuid
from collections.abc import Callable, Collection, Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.spaces.area_files.plan import Change, Planned
from app.features.spaces.models import Action, Area, Process
from app.features.spaces.queries import above
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.messages import Message, msg

TIME_IS_FIXED = msg(
    "The vote has begun, so nobody changes its time alone any more. Ask the committee: two of its members decide together when "
    "a vote is extended, interrupted or taken up again."
)
NOT_OVER = msg(
    "The vote of this process has begun, so it can be archived when every pot is certified or annulled. Ask the committee: two "
    "of its members decide that together."
)
votes_to_keep: list[Callable[[Session], Set[uuid.UUID]]] = []
"""Who knows of votes: the processes with a fixed ballot that is neither certified nor annulled. Rehearsals are exempt."""


def processes_with_votes(session: Session) -> frozenset[uuid.UUID]:
    """The processes of votes that have to stay as people were told."""
    found = {one for ask in votes_to_keep for one in ask(session)}
    if not found:
        return frozenset()
    return frozenset(session.scalars(select(Process.id).where(Process.id.in_(found), Process.rehearsal_of.is_(None))))


def require_time_free(session: Session, process: Process, refusal: Message = TIME_IS_FIXED) -> None:
    """Raise Conflict once people vote: from then on two members of the committee decide about the time of the vote."""
    now = clock.now()
    begun = any(Action.VOTE in phase.actions and phase.starts_at <= now for phase in process.phases)
    if begun and process.id in processes_with_votes(session):
        raise Conflict(refusal)


def require_area_free(session: Session, process: Process, area_id: uuid.UUID) -> None:
    """Raise Conflict when a vote needs the area that the process has: it says who may vote where."""
    if area_id != process.area_id and process.id in processes_with_votes(session):
        raise Conflict(
            msg(
                "A ballot of this process is fixed, and its area says who may vote where. The area can be changed when every "
                "pot is certified or annulled."
            )
        )


def require_parents_free(session: Session, planned: Collection[Planned]) -> None:
    """Raise Conflict when areas of a vote would come to lie elsewhere: voters could use a second vote there."""
    moving = {one.code: one for one in planned if one.change is Change.CHANGED and "parent" in one.changes}
    if not moving or not (held := processes_with_votes(session)):
        return
    used = set(session.scalars(select(Process.area_id).where(Process.id.in_(held))))
    for area in session.scalars(select(Area).where(Area.code.in_(moving)).order_by(Area.code)):
        if above(session, area.id) & used:
            raise Conflict(
                msg(
                    "People vote, or will, in the area “%(name)s”, so it cannot be put into another area before every pot of "
                    "that vote is certified or annulled. Import the file without this change.",
                    name=moving[area.code].label,
                )
            )
