"""How stations, what they handed out, batches and ballots on paper are looked up."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.committee.queries import Station, stations_of
from app.features.stations.equation import Numbers, count_of, issues_by_state, numbers_of, numbers_of_all
from app.features.stations.models import (
    Batch,
    BatchState,
    CountState,
    EnvelopeState,
    Issue,
    IssueState,
    OuterEnvelope,
    PaperBallot,
    Sample,
    Shift,
    StationCount,
)
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import NotFound
from app.kernel.messages import Message, msg
from app.kernel.paging import Page, last_page

__all__ = [
    "Batch",
    "BatchState",
    "CountState",
    "Numbers",
    "PaperBallot",
    "batch",
    "batches_of",
    "count_of",
    "envelopes_waiting",
    "issues_by_state",
    "numbers_of",
    "numbers_of_all",
    "sample_of",
    "shifts_of",
    "stations_today",
]


def shifts_of(session: Session, station_id: uuid.UUID) -> Sequence[Shift]:
    """Who works at a station, by day and name."""
    return session.scalars(
        select(Shift).where(Shift.station_id == station_id).order_by(Shift.day, Shift.person_name, Shift.id)
    ).all()


def stations_today(session: Session, person_id: uuid.UUID, day: date) -> Sequence[Station]:
    """The stations at which somebody works on a day."""
    query = select(Station).join(Shift, Shift.station_id == Station.id)
    return session.scalars(query.where(Shift.person_id == person_id, Shift.day == day).order_by(Station.name)).all()


def works_at(session: Session, station_id: uuid.UUID, person_id: uuid.UUID, day: date) -> bool:
    """Whether somebody works at a station on a day."""
    which = (Shift.station_id == station_id, Shift.person_id == person_id, Shift.day == day)
    return session.scalar(select(Shift.id).where(*which)) is not None


def next_stub(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> int:
    """The number after the highest stub that was used."""
    query = select(func.max(Issue.stub)).where(Issue.station_id == station_id, Issue.pot_id == pot_id)
    return (session.scalar(query) or 0) + 1


def returning(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> Sequence[Issue]:
    """The ballots that one clerk has begun to take back."""
    query = select(Issue).where(Issue.station_id == station_id, Issue.pot_id == pot_id, Issue.state == IssueState.RETURNING)
    return session.scalars(query.order_by(Issue.stub)).all()


def batch(session: Session, batch_id: uuid.UUID) -> Batch | None:
    """One batch."""
    return session.get(Batch, batch_id)


def batches_of(session: Session, pot_id: uuid.UUID, station_id: uuid.UUID | None = None) -> Sequence[Batch]:
    """The batches of a pot, or of one station for it, by station and number."""
    only = [Batch.station_id == station_id] if station_id else []
    return session.scalars(select(Batch).where(Batch.pot_id == pot_id, *only).order_by(Batch.station_id, Batch.number)).all()


def typed_in(session: Session, batch_id: uuid.UUID) -> int:
    """How many ballots of a batch are typed."""
    return session.scalar(select(func.count()).select_from(PaperBallot).where(PaperBallot.batch_id == batch_id)) or 0


@dataclass(frozen=True)
class Progress:
    """How far a batch is: how many ballots are typed, to be read a second time, and to be decided by two people."""

    typed: int = 0
    to_read: int = 0
    unsettled: int = 0


def progress_of(session: Session, batch_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Progress]:
    """How far each of these batches is, asked once for all."""
    to_read = func.count().filter(PaperBallot.wanted, PaperBallot.second == "")
    query = select(PaperBallot.batch_id, func.count(), to_read, func.count().filter(PaperBallot.unsettled))
    rows = session.execute(query.where(PaperBallot.batch_id.in_(batch_ids)).group_by(PaperBallot.batch_id)).tuples()
    return dict.fromkeys(batch_ids, Progress()) | {one: Progress(*numbers) for one, *numbers in rows}


def last_typed(session: Session, batch_id: uuid.UUID) -> PaperBallot | None:
    """The ballot that was typed last."""
    query = select(PaperBallot).where(PaperBallot.batch_id == batch_id).order_by(PaperBallot.number.desc())
    return session.scalars(query.limit(1)).first()


def next_to_read(session: Session, batch_id: uuid.UUID) -> int | None:
    """The number of the next ballot that is read a second time, without what was typed first."""
    waiting = (PaperBallot.batch_id == batch_id, PaperBallot.wanted, PaperBallot.second == "")
    return session.scalar(select(func.min(PaperBallot.number)).where(*waiting))


def left_to_read(session: Session, batch_id: uuid.UUID) -> int:
    """How many are still to be read a second time."""
    waiting = (PaperBallot.batch_id == batch_id, PaperBallot.wanted, PaperBallot.second == "")
    return session.scalar(select(func.count()).select_from(PaperBallot).where(*waiting)) or 0


def unsettled_in(session: Session, batch_id: uuid.UUID) -> Sequence[PaperBallot]:
    """The ballots on which two people have yet to decide."""
    which = (PaperBallot.batch_id == batch_id, PaperBallot.unsettled)
    return session.scalars(select(PaperBallot).where(*which).order_by(PaperBallot.number)).all()


def sample_of(session: Session, pot_id: uuid.UUID) -> Sample | None:
    """What was drawn for the second reading of a pot."""
    return session.scalars(select(Sample).where(Sample.pot_id == pot_id)).first()


def final(ballot: PaperBallot) -> str:
    """What counts of a ballot: what two people decided, else what was typed first."""
    return ballot.settled or ballot.first


def missing_before_signing(session: Session, place: Station, pot: Pot, state: CountState) -> Message | None:
    """Why nobody can sign the numbers of a station for a pot yet; None where two people can."""
    if state is CountState.POLLING:
        return msg("The boxes of the station “%(station)s” are not opened yet.", station=place.name)
    if pot.state is not PotState.READY:
        return msg("This pot has been counted, so its ballots on paper stay as they are.")
    for one in batches_of(session, pot.id, place.id):
        if one.state is BatchState.OPEN and not typed_in(session, one.id):
            return msg("No ballot lies in batch %(number)s. Type its ballots, or remove the batch.", number=one.number)
        if one.state is not BatchState.RECONCILED:
            return msg("Batch %(number)s is not typed, read and decided yet.", number=one.number)
    return None


def missing_before_drawing(session: Session, pot: Pot) -> Message | None:
    """Why nothing can be drawn for the second reading of a pot yet, naming the station; None where it can."""
    batches = batches_of(session, pot.id)
    places = stations_of(session, pot.process_id)
    known = numbers_of_all(session, [place.id for place in places], [pot.id])
    for place in places:
        numbers = known[place.id, pot.id]
        theirs = [one for one in batches if one.station_id == place.id]
        if numbers.state is CountState.POLLING:
            return msg("The boxes of the station “%(station)s” are not opened yet.", station=place.name)
        if any(one.state is BatchState.OPEN for one in theirs):
            return msg("A batch of the station “%(station)s” is still being typed.", station=place.name)
        if not theirs and numbers.state is not CountState.SIGNED and numbers.expected > 0:
            return msg(
                "No ballot of the station “%(station)s” is typed yet. If its box was empty, two people sign its numbers first.",
                station=place.name,
            )
    return None if batches else msg("No ballot on paper is typed yet.")


def unsigned_stations(session: Session, pot: Pot) -> list[Station]:
    """The stations that have not signed, by name."""
    states = select(StationCount.station_id).where(StationCount.pot_id == pot.id, StationCount.state == CountState.SIGNED)
    there = set(session.scalars(states))
    return [place for place in stations_of(session, pot.process_id) if place.id not in there]


def envelopes_waiting(session: Session, process_id: uuid.UUID) -> Sequence[OuterEnvelope]:
    """The outer envelopes of a process on which nobody has decided, by number."""
    query = select(OuterEnvelope).join(Pot, Pot.id == OuterEnvelope.pot_id).where(Pot.process_id == process_id)
    query = query.where(OuterEnvelope.state == EnvelopeState.WAITING)
    return session.scalars(query.order_by(OuterEnvelope.number, OuterEnvelope.id)).all()


def envelopes_of(session: Session, process_id: uuid.UUID, number: int, size: int) -> Page[OuterEnvelope]:
    """One page of the outer envelopes of a process: those that wait first, then the newest."""
    where = OuterEnvelope.pot_id.in_(select(Pot.id).where(Pot.process_id == process_id))
    total = session.scalar(select(func.count()).select_from(OuterEnvelope).where(where)) or 0
    number = last_page(number, total, size)
    decided = OuterEnvelope.state != EnvelopeState.WAITING
    query = select(OuterEnvelope).where(where).order_by(decided, OuterEnvelope.number.desc(), OuterEnvelope.id)
    return Page(session.scalars(query.limit(size).offset((number - 1) * size)).all(), number, size, total)


def last_envelope(session: Session, process_id: uuid.UUID) -> int:
    """The highest number on an outer envelope of a process: no two have the same, or the wrong one would be opened."""
    query = select(func.max(OuterEnvelope.number)).join(Pot, Pot.id == OuterEnvelope.pot_id)
    return session.scalar(query.where(Pot.process_id == process_id)) or 0


def envelope(session: Session, envelope_id: uuid.UUID) -> OuterEnvelope:
    """One of them. Raises NotFound."""
    found = session.get(OuterEnvelope, envelope_id)
    if found is None:
        raise NotFound
    return found


def shift(session: Session, shift_id: uuid.UUID) -> Shift:
    """One day of a clerk at a station. Raises NotFound."""
    found = session.get(Shift, shift_id)
    if found is None:
        raise NotFound
    return found


def paper_ballot(session: Session, batch_id: uuid.UUID, number: int) -> PaperBallot | None:
    """One ballot of a batch."""
    return session.get(PaperBallot, (batch_id, number))


TAKEN_OVER = "batch.taken_over"
"""In the log: a clerk went on with a batch of which somebody who has left office had typed a part."""


def typed_a_part(session: Session, person_id: uuid.UUID, batch_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of which of these batches somebody has typed ballots, also where a colleague went on with it."""
    mine = set(session.scalars(select(Batch.id).where(Batch.id.in_(batch_ids), Batch.typed_by == person_id)))
    rows = select(AuditEntry.subject_id, AuditEntry.details)
    taken_over = rows.where(AuditEntry.action == TAKEN_OVER, AuditEntry.subject_id.in_(batch_ids))
    return mine | {one for one, details in session.execute(taken_over).tuples() if details["before"] == str(person_id)}


def typed_today(session: Session, person_id: uuid.UUID, zone: str) -> int:
    """How many ballots somebody has typed in batches that were begun today, by the city's calendar."""
    began = datetime.combine(clock.today(zone), time(), ZoneInfo(zone)).astimezone(UTC)
    query = select(func.count()).select_from(PaperBallot).join(Batch, Batch.id == PaperBallot.batch_id)
    return session.scalar(query.where(Batch.typed_by == person_id, Batch.created_at >= began)) or 0


def processes_with_stations(session: Session, among: frozenset[uuid.UUID] | None) -> Sequence[uuid.UUID]:
    """The processes that have stations, of these or, where None are named, of all."""
    only = [Station.process_id.in_(among)] if among is not None else []
    return session.scalars(select(Station.process_id).where(*only).distinct().order_by(Station.process_id)).all()
