"""`participation-by-channel`: how people took part in each process, every way beside the others.

What everybody sees one by one on its page with how it came in is counted exactly: proposals and comments. Of a support nobody
sees how it came in, so small numbers stand together, and outside the house they are those of last midnight, in steps of five.
Ballots are those of certified results, which put small numbers together themselves.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.features.budgets.queries import ballots_by_channel
from app.features.consents.queries import left_out_of_totals
from app.features.dataplatform.declarations import Audience, Basis, Column, DataSet, Rows, declare
from app.features.dataplatform.disclosure import FEWEST_PEOPLE, STEP, in_steps
from app.features.proposals.queries import SUPPORTED_BY, published_comments_cte, published_proposals_cte, supports_cte
from app.features.spaces.queries import Process, ProcessState
from app.kernel import clock
from app.kernel.messages import msg
from app.kernel.permissions import Channel
from app.kernel.small_numbers import FEWEST_INSIDE, joined


class Activity(StrEnum):
    """What people do in a process, in the order in which it is told."""

    PROPOSALS = "proposals"
    SUPPORTS = "supports"
    COMMENTS = "comments"
    BALLOTS = "ballots"


@dataclass
class TookPart:
    """What people did in a process, by activity and way, the most first. `rounded` activities are told in steps of five."""

    process: str
    numbers: dict[Activity, dict[str, int]] = field(default_factory=dict)
    rounded: frozenset[Activity] = frozenset()


def last_midnight() -> datetime:
    """Up to when supports are counted for everybody (UTC)."""
    return clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


def took_part(
    session: Session, process_ids: Collection[uuid.UUID] | None = None, *, inside: bool = False
) -> Iterator[TookPart]:
    """Of each published process, or of these, by the names in their addresses. Three statements, however many there are.

    Whoever objects to totals is left out. `inside` is for staff: supports as they are at this moment, fewer than five together.
    """
    query = select(Process.id, Process.slug).where(Process.state != ProcessState.DRAFT).order_by(Process.slug)
    if process_ids is not None:
        query = query.where(Process.id.in_(process_ids))
    slugs = dict(session.execute(query).tuples().all())
    counted = _counted(session, list(slugs), None if inside else last_midnight())
    ballots = ballots_by_channel(session, list(slugs))
    for process_id, slug in slugs.items():
        numbers = counted.get(process_id, {})
        if supports := numbers.get(Activity.SUPPORTS):
            numbers[Activity.SUPPORTS] = _protected(supports, inside=inside)
        if process_id in ballots:
            numbers[Activity.BALLOTS] = ballots[process_id]
        in_order = {one: _most_first(numbers[one]) for one in Activity if numbers.get(one)}
        yield TookPart(slug, in_order, frozenset() if inside else frozenset((Activity.SUPPORTS,)))


def _counted(
    session: Session, process_ids: Collection[uuid.UUID], before: datetime | None
) -> dict[uuid.UUID, dict[Activity, dict[str, int]]]:
    against = left_out_of_totals().cte("against")

    def entries(source: Any, activity: Activity) -> Any:
        objects = exists().where(
            against.c.person_id == source.c.person_id,
            or_(against.c.process_id == source.c.process_id, against.c.process_id.is_(None)),
        )
        number, channel = func.count().label("number"), source.c.channel.label("channel")
        found = select(source.c.process_id, literal(activity.value).label("activity"), channel, number)
        return found.where(source.c.process_id.in_(process_ids), ~objects).group_by(source.c.process_id, channel)

    every = union_all(
        entries(published_proposals_cte(), Activity.PROPOSALS),
        entries(supports_cte(before), Activity.SUPPORTS),
        entries(published_comments_cte(), Activity.COMMENTS),
    )
    found: dict[uuid.UUID, dict[Activity, dict[str, int]]] = {}
    for process_id, activity, channel, number in session.execute(every):
        found.setdefault(process_id, {}).setdefault(Activity(activity), {})[Channel(channel).value] = number
    return found


def _protected(supports: dict[str, int], *, inside: bool) -> dict[str, int]:
    told = joined(supports, FEWEST_INSIDE if inside else FEWEST_PEOPLE, every=SUPPORTED_BY)
    return told if inside else {name: in_steps(number) for name, number in told.items()}


def _most_first(numbers: dict[str, int]) -> dict[str, int]:
    return dict(sorted(numbers.items(), key=lambda one: (-one[1], one[0])))


COLUMNS = (
    Column("process", "string", msg("The process, by the name in its address"), Basis.PUBLIC_TASK),
    Column("activity", "string", msg("proposals, supports, comments (replies among them) or ballots"), Basis.PUBLIC_TASK),
    Column(
        "channel",
        "string",
        msg("How they came in: web, kiosk, paper, desk, phone, unknown, or joined for small numbers together"),
        Basis.PROTECTED,
    ),
    Column("number", "integer", msg("How many"), Basis.PROTECTED),
    Column(
        "in_steps_of", "integer", msg("1 for an exact number; 5 for one rounded down to a multiple of five"), Basis.PUBLIC_TASK
    ),
)


def rows(session: Session, process_ids: Collection[uuid.UUID] | None = None) -> Rows:
    """One row for each process, activity and way."""
    for found in took_part(session, process_ids):
        for activity, numbers in found.numbers.items():
            step = STEP if activity in found.rounded else 1
            for channel, number in numbers.items():
                yield (found.process, activity.value, channel, number, step)


PARTICIPATION_BY_CHANNEL = declare(
    DataSet(
        name="participation-by-channel",
        title=msg("How people took part"),
        description=msg("Proposals, supports, comments and ballots of each process by the way they came in, side by side."),
        audience=Audience.OPEN,
        columns=COLUMNS,
        rows=rows,
        notes=(
            msg("People who object to being counted are left out, with all they wrote and supported."),
            msg("Hidden and withdrawn contributions are not counted."),
            msg(
                "Supports are those of last midnight (UTC), in steps of five, rounded down. Ways with fewer than 10 stand "
                "together with the next smallest, so that no number points at somebody."
            ),
            msg("Ballots are those of certified results. Ways with fewer than 30 stand together with the next smallest."),
        ),
    )
)
