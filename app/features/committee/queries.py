"""How decisions, certificates and the totals of paper are looked up; other rooms ask here."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.committee.models import (
    Certificate,
    Decision,
    DecisionKind,
    DecisionState,
    Objection,
    ObjectionOutcome,
    PaperEntry,
    Retention,
    Station,
)
from app.features.committee.rules import agreed, objections_until
from app.features.spaces.queries import Process
from app.features.voting.queries import (
    BoxState,
    PaperTotals,
    box_of,
    fixed_pots,
    paper_totals_of,
)
from app.kernel.references import normalise_reference

__all__ = [
    "Certificate",
    "Decision",
    "DecisionKind",
    "DecisionState",
    "Objection",
    "ObjectionOutcome",
    "PaperEntry",
    "Retention",
    "Station",
]


def decisions_of(session: Session, process_id: uuid.UUID, *, public: bool = False) -> Sequence[Decision]:
    """The decisions of a process, the newest first; `public`: those in force."""
    query = select(Decision).where(Decision.process_id == process_id)
    if public:
        query = query.where(Decision.state == DecisionState.IN_FORCE)
    return session.scalars(query.order_by(func.coalesce(Decision.decided_at, Decision.created_at).desc(), Decision.id)).all()


def decisions_about(session: Session, pot: Pot) -> Sequence[Decision]:
    """What is in force about a pot or about its whole process, the newest first."""
    return [one for one in decisions_of(session, pot.process_id, public=True) if one.pot_id in (None, pot.id)]


def decision(session: Session, decision_id: uuid.UUID) -> Decision | None:
    """One decision."""
    return session.get(Decision, decision_id)


def waiting_for(
    session: Session, person_id: uuid.UUID | None, process_ids: Iterable[uuid.UUID] | None
) -> list[tuple[Decision, Process, Pot | None]]:
    """The decisions in these processes (None: in all) that wait for this person's signature, the oldest first.

    Not those that the person has proposed, nor answers to objections that they made or wrote down: somebody else signs them.
    Each with its process, and the pot it is about.
    """
    mine = or_(Objection.person_id == person_id, Objection.recorded_by == person_id)
    own = {f"{DecisionKind.OBJECTION.value}:{one}" for one in session.scalars(select(Objection.id).where(mine))}
    query = select(Decision, Process, Pot).join(Process, Process.id == Decision.process_id)
    query = query.outerjoin(Pot, Pot.id == Decision.pot_id)
    query = query.where(Decision.state == DecisionState.PROPOSED, Decision.proposed_by.is_distinct_from(person_id))
    if process_ids is not None:
        query = query.where(Decision.process_id.in_(process_ids))
    found = session.execute(query.order_by(Decision.created_at, Decision.id)).tuples()
    return [(one, space, pot) for one, space, pot in found if one.subject not in own]


def objections_of(session: Session, process_id: uuid.UUID) -> Sequence[Objection]:
    """The objections to a vote, by number."""
    return session.scalars(select(Objection).where(Objection.process_id == process_id).order_by(Objection.number)).all()


def objection_by_reference(session: Session, reference: str) -> Objection | None:
    """The objection that a slip names."""
    return session.scalars(select(Objection).where(Objection.reference == normalise_reference(reference))).first()


def answer_to(session: Session, objection: Objection) -> Decision | None:
    """The decision in force on an objection."""
    subject = f"{DecisionKind.OBJECTION.value}:{objection.id}"
    found = select(Decision).where(Decision.process_id == objection.process_id, Decision.subject == subject)
    return session.scalars(found.where(Decision.state == DecisionState.IN_FORCE)).first()


def certificates_of(session: Session, pot_id: uuid.UUID) -> Sequence[Certificate]:
    """The versions of a pot's certificate, the newest first."""
    query = select(Certificate).where(Certificate.pot_id == pot_id)
    return session.scalars(query.order_by(Certificate.version.desc())).all()


def certificates_in(session: Session, pot_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Certificate]]:
    """The certificates of several pots, each the oldest first."""
    found: dict[uuid.UUID, list[Certificate]] = defaultdict(list)
    query = select(Certificate).where(Certificate.pot_id.in_(list(pot_ids))).order_by(Certificate.version)
    for one in session.scalars(query):
        found[one.pot_id].append(one)
    return found


def retention_of(session: Session, process_id: uuid.UUID) -> Retention:
    """How long people can object; the usual days where nobody has set others."""
    found = session.scalars(select(Retention).where(Retention.process_id == process_id)).first()
    return found or Retention(process_id=process_id, objection_days=14, keep_days=30, forgotten={})


def objection_deadline(session: Session, process_id: uuid.UUID) -> datetime | None:
    """Until when people can object; None while not every pot is certified or annulled."""
    pots = fixed_pots(session, process_id)
    if not pots or any(pot.state is not PotState.CERTIFIED and pot.annulled_at is None for pot in pots):
        return None
    made = [one.created_at for versions in certificates_in(session, [pot.id for pot in pots]).values() for one in versions]
    made += [pot.certified_at for pot in pots if pot.certified_at is not None]
    made += [pot.annulled_at for pot in pots if pot.annulled_at is not None]
    return objections_until(made, retention_of(session, process_id).objection_days)


def opened_differently(session: Session, process_id: uuid.UUID) -> bool:
    """Whether openings of the box differ, or were discarded and it was not opened anew; a vote annulled as a whole is over."""
    box = box_of(session, process_id)
    if box is None or all(pot.annulled_at is not None for pot in fixed_pots(session, process_id)):
        return False
    return box.state is BoxState.DISPUTED or (box.state is BoxState.CLOSED and bool(box.discarded))


def stations_of(session: Session, process_id: uuid.UUID) -> Sequence[Station]:
    """The stations of a vote, by name."""
    return session.scalars(select(Station).where(Station.process_id == process_id).order_by(Station.name)).all()


def station(session: Session, station_id: uuid.UUID) -> Station | None:
    """One station."""
    return session.get(Station, station_id)


def entries_of(session: Session, process_id: uuid.UUID) -> dict[tuple[uuid.UUID, uuid.UUID], list[PaperEntry]]:
    """What was typed, by (station, pot), each by turn."""
    found: dict[tuple[uuid.UUID, uuid.UUID], list[PaperEntry]] = defaultdict(list)
    query = select(PaperEntry).join(Station, Station.id == PaperEntry.station_id).where(Station.process_id == process_id)
    for entry in session.scalars(query.order_by(PaperEntry.turn)):
        found[entry.station_id, entry.pot_id].append(entry)
    return found


def agreed_stations(session: Session, pot: Pot) -> list[Station]:
    """The stations on whose totals for a pot two people agree, by name."""
    typed = entries_of(session, pot.process_id)
    return [place for place in stations_of(session, pot.process_id) if agreed(typed.get((place.id, pot.id), []))]


def totals_reopened(session: Session, process_id: uuid.UUID) -> Sequence[Decision]:
    """The decisions in force by which totals of a station are, or were, typed again; the newest first."""
    query = select(Decision).where(Decision.process_id == process_id, Decision.kind == DecisionKind.TOTALS_AGAIN)
    query = query.where(Decision.state == DecisionState.IN_FORCE)
    return session.scalars(query.order_by(Decision.decided_at.desc(), Decision.id)).all()


REOPENING = (DecisionKind.TOTALS_AGAIN, DecisionKind.DRAW_AGAIN)


def being_corrected(session: Session, pot: Pot) -> bool:
    """Whether totals or a draw of a certified pot were reopened since its newest certificate: a correction is under way."""
    return _since_certified(session, pot, Decision.pot_id == pot.id, Decision.kind.in_(REOPENING))


def in_doubt(session: Session, pot: Pot) -> bool:
    """Whether all openings of its box were discarded since its newest certificate: it was counted from what no longer holds."""
    anew = Decision.kind == DecisionKind.OPENING_ANEW
    return _since_certified(session, pot, Decision.process_id == pot.process_id, anew)


def _since_certified(session: Session, pot: Pot, *which: ColumnElement[bool]) -> bool:
    """Whether such a decision came into force after the newest certificate of a pot that counts."""
    if pot.state is not PotState.CERTIFIED or pot.annulled_at is not None:
        return False
    since = session.scalar(select(func.max(Decision.decided_at)).where(Decision.state == DecisionState.IN_FORCE, *which))
    newest = next(iter(certificates_of(session, pot.id)), None)
    return since is not None and (newest is None or since > newest.created_at)


paper_is_seen: list[Callable[[Session, uuid.UUID], bool]] = []
"""Who else knows that ballots on paper of a process lie open: the room of the stations, once a box was opened."""


def paper_was_typed(session: Session, process_id: uuid.UUID) -> bool:
    """Whether anybody has opened a box or typed totals of a station: people know a part of the count from then on, whatever is
    reopened.
    """
    if any(seen(session, process_id) for seen in paper_is_seen):
        return True
    typed = select(PaperEntry.id).join(Station, Station.id == PaperEntry.station_id).where(Station.process_id == process_id)
    return session.scalar(typed.limit(1)) is not None or bool(totals_reopened(session, process_id))


def totals_on_paper(session: Session, pot: Pot) -> PaperTotals | None:
    """The totals of all stations for a pot on which two people agree, added up; None where there are no stations."""
    rows = [
        (place, entries)
        for (place, pot_id), entries in entries_of(session, pot.process_id).items()
        if pot_id == pot.id and agreed(entries)
    ]
    if not rows:
        return None
    added = [entries[0] for _place, entries in rows]
    votes: dict[str, int] = defaultdict(int)
    points: dict[str, int] = defaultdict(int)
    for one in added:
        for sums, typed in ((votes, one.votes), (points, one.points)):
            for number, value in typed.items():
                sums[number] += value
    return PaperTotals(
        stations=len(added),
        participations=sum(one.participations for one in added),
        ballots=sum(one.ballots for one in added),
        blank=sum(one.blank for one in added),
        invalid=sum(one.invalid for one in added),
        votes=dict(votes),
        points=dict(points),
    )


paper_totals_of.append(totals_on_paper)
