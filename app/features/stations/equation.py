"""The equation of a station for a pot: what was handed out, and what became of it."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.stations.models import Batch, CountState, Issue, IssueState, PaperBallot, StationCount


def count_of(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> StationCount | None:
    """What is kept of the numbers of a station for a pot."""
    which = (StationCount.station_id == station_id, StationCount.pot_id == pot_id)
    return session.scalars(select(StationCount).where(*which).execution_options(populate_existing=True)).first()


@dataclass(frozen=True)
class Numbers:
    """The equation of a station for a pot: what was handed out, and what became of it. `in_box`: typed ones."""

    issued: int
    handed_back: int
    spoilt: int
    left_without: int
    accepted: int
    in_box: int
    state: CountState

    @property
    def expected(self) -> int:
        """How many ballots should be in the box."""
        return self.issued + self.accepted - self.handed_back - self.spoilt - self.left_without

    @property
    def difference(self) -> int:
        """How many are missing; below nought, how many more are in the box than were handed out."""
        return self.expected - self.in_box


def numbers_of(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> Numbers:
    """The numbers as they are now: while people vote from what was handed out, later as they were kept."""
    return numbers_of_all(session, [station_id], [pot_id])[station_id, pot_id]


def numbers_of_all(
    session: Session, station_ids: Collection[uuid.UUID], pot_ids: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], Numbers]:
    """The same for each of these stations and pots, asked once for all."""
    counts = select(StationCount).where(StationCount.station_id.in_(station_ids), StationCount.pot_id.in_(pot_ids))
    kept = {(one.station_id, one.pot_id): one for one in session.scalars(counts.execution_options(populate_existing=True))}
    typed = select(Batch.station_id, Batch.pot_id, func.count()).join(PaperBallot, PaperBallot.batch_id == Batch.id)
    typed = typed.where(Batch.station_id.in_(station_ids), Batch.pot_id.in_(pot_ids))
    rows = session.execute(typed.group_by(Batch.station_id, Batch.pot_id)).tuples()
    in_box = {(station_id, pot_id): number for station_id, pot_id, number in rows}
    issued = select(Issue.station_id, Issue.pot_id, Issue.state, func.count())
    issued = issued.where(Issue.station_id.in_(station_ids), Issue.pot_id.in_(pot_ids))
    by_state: defaultdict[tuple[uuid.UUID, uuid.UUID], Counter[IssueState]] = defaultdict(Counter)
    for station_id, pot_id, state, number in session.execute(
        issued.group_by(Issue.station_id, Issue.pot_id, Issue.state)
    ).tuples():
        by_state[station_id, pot_id][state] = number
    return {
        (station_id, pot_id): _equation(
            kept.get((station_id, pot_id)), by_state[station_id, pot_id], in_box.get((station_id, pot_id), 0)
        )
        for station_id in station_ids
        for pot_id in pot_ids
    }


def _equation(kept: StationCount | None, by_state: Counter[IssueState], in_box: int) -> Numbers:
    left, accepted = (kept.left_without, kept.accepted) if kept else (0, 0)
    if kept is None or kept.state is CountState.POLLING:
        back, spoilt = by_state[IssueState.RETURNED], by_state[IssueState.SPOILT]
        return Numbers(by_state.total(), back, spoilt, left, accepted, in_box, CountState.POLLING)
    return Numbers(kept.issued, kept.handed_back, kept.spoilt, left, accepted, in_box, kept.state)


def issues_by_state(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> Counter[IssueState]:
    """How many ballots were handed out, by what became of them."""
    query = select(Issue.state, func.count()).where(Issue.station_id == station_id, Issue.pot_id == pot_id)
    return Counter(dict(session.execute(query.group_by(Issue.state)).tuples().all()))
