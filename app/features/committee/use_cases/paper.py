"""Ballots on paper, counted by hand at stations: two people type the totals of each station, and equal ones count."""

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import (
    Pot,
    PotState,
    gives_points,
    is_ranking,
    most_points_each,
    most_projects,
    pots_of,
    require_valid,
)
from app.features.committee import rules
from app.features.committee.balances import balances_of, explained_by, reasons_needed, unsettled
from app.features.committee.commands import EnterTotals, Explain
from app.features.committee.models import Explanation, PaperEntry, Station
from app.features.committee.queries import totals_reopened
from app.features.committee.use_cases.possible import UNSETTLED
from app.features.committee.use_cases.reopening import reopened
from app.features.committee.use_cases.shared import locked_process, member, pot_of, still_members
from app.features.counting.use_cases import needs_ballots
from app.features.voting.queries import closed, fixed_pots
from app.features.voting.use_cases import ROWS_NEEDED, before_counting, explained, look_for_ties, paper_rules
from app.kernel import audit
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor

NO_TOTALS = msg(
    "Every pot of this process is counted by a rule that looks at whole ballots, so totals of stations could not be counted. "
    "Have paper ballots entered one by one at the voting desk, while people vote."
)


stations_in_use: list[Callable[[Session, Station], bool]] = []
"""Who else needs a station, so that it cannot be taken out."""


def add_station(session: Session, actor: Actor, process_id: uuid.UUID, name: str) -> Station:
    """Name a place where people vote on paper. Raises Conflict when it has that name already, or something was counted.

    Raises Refused where no pot of the process can take totals: that is better known before people have voted on paper.
    """
    space = locked_process(session, actor, process_id)
    member(session, actor, process_id)
    _require_uncounted(session, process_id)
    pots = pots_of(session, process_id)
    if pots and all(needs_ballots(pot.rule) and paper_rules(session, pot) is None for pot in pots):
        raise Refused(NO_TOTALS, field="name")
    if not name.strip():
        raise Refused(msg("Write the name of the station."), field="name")
    station = Station(process_id=process_id, name=name.strip()[:80])
    try:
        with session.begin_nested():
            session.add(station)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("There is a station with this name already.")) from None
    audit.record(session, actor, "station.added", station, process_id=space.id, name=station.name)
    return station


def remove_station(session: Session, actor: Actor, station_id: uuid.UUID) -> None:
    """Take a station out for which nothing was typed yet. Raises Conflict otherwise."""
    station = _station(session, station_id)
    locked_process(session, actor, station.process_id)
    member(session, actor, station.process_id)
    _require_uncounted(session, station.process_id)
    if session.scalar(select(PaperEntry.id).where(PaperEntry.station_id == station_id).limit(1)) is not None:
        raise Conflict(msg("Totals were entered for this station, so it stays."))
    if any(in_use(session, station) for in_use in stations_in_use):
        raise Conflict(msg("This station has clerks or has handed out ballots, so it stays."))
    audit.record(session, actor, "station.removed", station, process_id=station.process_id, name=station.name)
    session.delete(station)
    session.flush()


def enter_totals(session: Session, actor: Actor, command: EnterTotals) -> PaperEntry:
    """Type the totals of a station for a pot, first or second, without seeing what the other person typed before.

    Where the two differ each can type theirs again; once they agree they stay, until two members reopen them. Raises Forbidden
    while people vote, Conflict for a third person, once two agree or once the pot is counted; Invalid for what cannot be;
    Refused for totals that the rule of the pot cannot take.
    """
    station = _station(session, command.station_id)
    locked_process(session, actor, station.process_id)
    person_id, name = member(session, actor, station.process_id)
    pot = pot_of(session, station.process_id, command.pot_id)
    _check(session, pot, station, command)
    query = select(PaperEntry).where(PaperEntry.station_id == station.id, PaperEntry.pot_id == pot.id)
    entries = list(session.scalars(query.order_by(PaperEntry.turn), execution_options={"populate_existing": True}))
    if rules.agreed(entries):
        raise Conflict(msg("Two people have typed the same totals. Only a decision of two members opens them again."))
    entry = next((one for one in entries if one.person_id == person_id), None)
    if entry is None and len(entries) == 2:  # whoever has left the committee cannot look again: a colleague does
        entry = next((one for one in entries if not still_members(session, station.process_id, one.person_id)), None)
        if entry is not None:
            entry.person_id, entry.person_name = person_id, name
    if entry is None and len(entries) == 2:
        raise Conflict(msg("Two people have typed these totals, and they differ. One of the two must look at the sheet again."))
    if entry is None:
        entry = PaperEntry(station_id=station.id, pot_id=pot.id, turn=len(entries) + 1, person_id=person_id, person_name=name)
        session.add(entry)
        entries.append(entry)
    for field in rules.NUMBERS:
        setattr(entry, field, getattr(command, field))
    entry.votes, entry.points = dict(command.votes), dict(command.points)
    session.flush()
    audit.record(
        session, actor, "totals.entered", entry, process_id=station.process_id, station=station.name, turn=entry.turn,
        agreed=rules.agreed(entries),
    )  # fmt: skip
    look_for_ties(session, pot)
    return entry


def take_over_totals(
    session: Session, totals: EnterTotals, hands: Sequence[tuple[uuid.UUID, str]], reason: str = ""
) -> list[PaperEntry]:
    """Keep the sums of ballots that were typed one by one at a station, as two people signed them (`hands`: id and name).

    `reason`: why participations and ballots differ, which both signed. The caller has seen to who they are. Raises Forbidden
    while people vote, Conflict where there are totals already or the pot is counted, Invalid for what cannot be.
    """
    station = _station(session, totals.station_id)
    pot = pot_of(session, station.process_id, totals.pot_id)
    require_valid(pot)
    if not closed(session, pot):
        raise Forbidden(msg("Paper is counted when the vote is over."))
    if pot.state is not PotState.READY:
        raise Conflict(msg("This pot has been counted, so the totals of paper stay as they are."))
    numbers = {name: getattr(totals, name) for name in rules.NUMBERS}
    if min(numbers.values()) < 0:
        raise Invalid({"participations": msg("These totals have negative numbers, so they cannot be right.")})
    rules.check_totals(numbers, totals.votes, totals.points, pot.vote_type, _limits_of(pot))
    entries = [_entry_by(totals, turn, hand) for turn, hand in enumerate(hands, start=1)]
    try:
        with session.begin_nested():
            session.add_all(entries)
            session.flush()
    except IntegrityError:
        known = select(PaperEntry.id).where(PaperEntry.station_id == station.id, PaperEntry.pot_id == pot.id)
        if session.scalar(known.limit(1)) is None:
            raise  # something else than what the next line says: whoever reads the log must see what
        raise Conflict(msg("There are totals of this station already.")) from None
    difference = totals.participations - totals.ballots - totals.invalid
    if difference:
        session.add_all(
            Explanation(
                pot_id=pot.id,
                station_id=station.id,
                difference=difference,
                reason=reason,
                person_id=person_id,
                person_name=name,
            )
            for person_id, name in hands
        )
        session.flush()
    look_for_ties(session, pot)
    return entries


def _entry_by(totals: EnterTotals, turn: int, hand: tuple[uuid.UUID, str]) -> PaperEntry:
    return PaperEntry(
        station_id=totals.station_id,
        pot_id=totals.pot_id,
        turn=turn,
        person_id=hand[0],
        person_name=hand[1],
        votes=dict(totals.votes),
        points=dict(totals.points),
        **{name: getattr(totals, name) for name in rules.NUMBERS},
    )


def _check(session: Session, pot: Pot, station: Station, command: EnterTotals) -> None:
    require_valid(pot)
    if paper_rules(session, pot) is not None:
        raise Refused(msg("Ballots on paper of this pot are typed one by one at the stations, so nobody types totals."))
    if not closed(session, pot):
        raise Forbidden(msg("Paper is counted when the vote is over."))
    again = totals_reopened(session, pot.process_id)
    if pot.state is not PotState.READY and not any(reopened(one, station.id, pot.id) for one in again):
        raise Conflict(msg("This pot has been counted, so the totals of paper stay as they are."))
    numbers = {name: getattr(command, name) for name in rules.NUMBERS}
    known = {project.number for project in pot.projects}
    if set(command.votes) | set(command.points) <= known and all(
        one >= 0 for one in (*numbers.values(), *command.votes.values())
    ):
        rules.check_totals(numbers, command.votes, command.points, pot.vote_type, _limits_of(pot))
    else:
        raise Invalid({"ballots": msg("These totals name projects that are not in this pot, or negative numbers.")})
    if command.ballots and needs_ballots(pot.rule):
        raise Refused(ROWS_NEEDED)


def _limits_of(pot: Pot) -> rules.Limits:
    """The limits of a pot's ballots as they were announced; without points where a ballot has none."""
    most = most_projects(pot)
    if gives_points(pot):
        high = most_points_each(pot)
        return rules.Limits(most, (1, high) if high else None, (1, pot.max_points) if pot.max_points else None)
    if is_ranking(pot):  # the first place gives as many points as there are places, each further one a point less
        best = pot.options.get("max_length") or pot.max_projects or most
        places = [max(best - place, 0) for place in range(most)]
        return rules.Limits(most, (places[-1], best), (best, sum(places)))
    return rules.Limits(most)


def explain(session: Session, actor: Actor, command: Explain) -> Explanation:
    """Write down why participations and ballots differ. It holds for this difference. Raises Conflict where they do not.

    Where there are more ballots than participations a second member must write down why, too.
    """
    pot = session.get(Pot, command.pot_id)
    if pot is None:
        raise NotFound
    locked_process(session, actor, pot.process_id)
    person_id, name = member(session, actor, pot.process_id)
    pot_of(session, pot.process_id, pot.id)
    rows = balances_of(session, pot.process_id)
    place = command.station_id
    row = next((one for one in rows if one.pot.id == pot.id and (one.station.id if one.station else None) == place), None)
    if row is None:
        raise NotFound
    if row.incomplete or row.difference == 0:
        raise Conflict(msg("These numbers do not differ, so there is nothing to explain."))
    words = rules.require_reason(command.reason, "reason")
    known = select(Explanation.id).where(
        Explanation.pot_id == pot.id,
        Explanation.station_id == place if place else Explanation.station_id.is_(None),
        Explanation.difference == row.difference,
        Explanation.person_id == person_id,
    )
    if reasons_needed(row.difference) > 1 and session.scalar(known.limit(1)) is not None:
        raise Conflict(msg("You have written down a reason already. Another member must write one, too."))
    explanation = Explanation(
        pot_id=pot.id, station_id=place, difference=row.difference, reason=words, person_id=person_id, person_name=name
    )
    session.add(explanation)
    session.flush()
    audit.record(
        session, actor, "difference.explained", explanation, process_id=pot.process_id, reason=words, difference=row.difference
    )
    look_for_ties(session, pot)
    return explanation


def _station(session: Session, station_id: uuid.UUID) -> Station:
    found = session.get(Station, station_id)
    if found is None:
        raise NotFound
    return found


def _require_uncounted(session: Session, process_id: uuid.UUID) -> None:
    if any(pot.state in (PotState.COUNTED, PotState.CERTIFIED) for pot in fixed_pots(session, process_id)):
        raise Conflict(msg("A pot of this vote has been counted, so the list of stations stays as it is."))


def _online_difference_explained(session: Session, pot: Pot, difference: int) -> bool:
    reasons = select(Explanation).where(
        Explanation.pot_id == pot.id, Explanation.station_id.is_(None), Explanation.difference == difference
    )
    return len(explained_by(session.scalars(reasons))) >= reasons_needed(difference)


def _require_settled(session: Session, pot: Pot) -> None:
    if unsettled(session, pot):
        raise Conflict(UNSETTLED)


explained.append(_online_difference_explained)
before_counting.append(_require_settled)
