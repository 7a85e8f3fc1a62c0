"""The sums of the ballots of a station, which two people sign; and whether the tables still hold the ballots that were signed.

That is a second line of defence: whatever changed a ballot behind two signatures, nothing is counted from it or certified.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, gives_points, is_ranking
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import before_certifying
from app.features.committee.queries import PaperEntry, Station, entries_of, stations_of
from app.features.committee.use_cases import EnterTotals
from app.features.counting.use_cases import Ballot, BallotRefused, Tally
from app.features.stations.counted import kept_rows
from app.features.stations.marks import Counted, counts_as, from_stored
from app.features.stations.models import Batch, PaperBallot
from app.features.stations.queries import Numbers
from app.features.voting.use_cases import as_counted, before_counting, paper_rules
from app.kernel.errors import Conflict
from app.kernel.messages import Named, msg

Sums = dict[str, int]
"""`ballots`, `blank`, `invalid`, and of each project with any `votes <number>` and `points <number>`."""


def totals_of(session: Session, place: Station, pot: Pot, numbers: Numbers) -> EnterTotals:
    """The sums of the ballots of this station, as two people would have typed them from its sheet."""
    tally, invalid = _added(pot, _classes(session, pot, place.id)[place.id])
    with_points = gives_points(pot) or is_ranking(pot)
    return EnterTotals(
        place.id,
        pot.id,
        participations=numbers.expected,
        ballots=tally.voters,
        blank=tally.blank,
        invalid=invalid,
        votes={one.number: tally.votes(one.number) for one in pot.projects},
        points={one.number: int(tally.score(one.number)) for one in pot.projects} if with_points else {},
    )


def require_same_sums(session: Session, pot: Pot) -> None:
    """Raises Conflict, naming pot and station, where ballots in the tables are not those whose sums two people signed.

    After certification no ballot lies at a station any more: then those of all stations are compared together.
    """
    if paper_rules(session, pot) is None:
        return
    whole = pot_by_id(session, pot.id) or pot
    places, typed = stations_of(session, pot.process_id), entries_of(session, pot.process_id)
    signed = {place.id: _signed(typed.get((place.id, pot.id), [])) for place in places}
    classes, kept = _classes(session, whole), kept_rows(session, whole)
    loosened = pot.state is PotState.CERTIFIED and not classes
    for place in () if loosened else places:
        if _sums(whole, *_added(whole, classes[place.id])) != signed[place.id]:
            raise Conflict(
                msg(
                    "The ballots on paper of the station “%(station)s” for “%(pot)s” are not those whose sums two people "
                    "signed. Nothing is counted from them. Find out who changed them, and open its totals again.",
                    station=place.name,
                    pot=Named(whole.title),
                )
            )
    if loosened or kept:
        names = ", ".join(place.name for place in places)
        if _kept_sums(whole, kept) != _together(signed.values()):
            raise Conflict(
                msg(
                    "The ballots on paper for “%(pot)s” are not those whose sums were signed at the stations “%(stations)s”. "
                    "Nothing is counted from them. Find out who changed them.",
                    stations=names,
                    pot=Named(whole.title),
                )
            )


def _classes(session: Session, pot: Pot, only: uuid.UUID | None = None) -> dict[uuid.UUID, list[tuple[Counted, int]]]:
    """What the ballots in batches count as, equal ones joined, by station."""
    rules, points = paper_rules(session, pot), gives_points(pot)
    text = func.coalesce(func.nullif(PaperBallot.settled, literal_column("''")), PaperBallot.first)
    query = select(Batch.station_id, text, func.count()).join(PaperBallot, PaperBallot.batch_id == Batch.id)
    query = query.where(Batch.pot_id == pot.id, *([Batch.station_id == only] if only else []))
    found: defaultdict[uuid.UUID, list[tuple[Counted, int]]] = defaultdict(list)
    if rules is not None:
        for station_id, stored, number in session.execute(query.group_by(Batch.station_id, text)).tuples():
            found[station_id].append((counts_as(pot, rules, from_stored(stored, points=points)), number))
    return found


def _tally(pot: Pot) -> Tally:
    longest = pot.options.get("max_length", pot.max_projects)
    return Tally(pot.vote_type, [one.number for one in pot.projects], max_length=longest)


def _added(pot: Pot, classes: Iterable[tuple[Counted, int]]) -> tuple[Tally, int]:
    """Those that count, added up, and how many do not."""
    tally, invalid = _tally(pot), 0
    for counted, number in classes:
        if counted.choices is None:
            invalid += number
        else:
            tally.add(Ballot(counted.choices.numbers, counted.choices.points), number)
    return tally, invalid


def _sums(pot: Pot, tally: Tally, invalid: int) -> Sums:
    found = {"ballots": tally.voters, "blank": tally.blank, "invalid": invalid}
    found |= {f"votes {one.number}": tally.votes(one.number) for one in pot.projects}
    if gives_points(pot) or is_ranking(pot):
        found |= {f"points {one.number}": int(tally.score(one.number)) for one in pot.projects}
    return _without_nothing(found)


def _signed(entries: Iterable[PaperEntry]) -> Sums:
    """What was signed for a station, twice the same; nothing where there is no such record."""
    found = [
        {"ballots": one.ballots, "blank": one.blank, "invalid": one.invalid}
        | _named("votes", one.votes)
        | _named("points", one.points)
        for one in entries
    ]
    return _without_nothing(found[0]) if len(found) == 2 and found[0] == found[1] else {"": 1}


def _named(kind: str, numbers: Mapping[str, int]) -> Sums:
    return {f"{kind} {number}": value for number, value in numbers.items()}


def _together(signed: Iterable[Sums]) -> Sums:
    """Of all stations, without those that do not count: such ballots are not kept after certification."""
    found: Counter[str] = Counter()
    for one in signed:
        found.update(one)
    return {name: value for name, value in found.items() if name != "invalid"}


def _kept_sums(pot: Pot, kept: Iterable[tuple[str, str, int]]) -> Sums:
    try:
        return _sums(pot, _tally(pot).add_all(as_counted(kept)), 0)
    except (BallotRefused, ValueError):
        return {"": -1}  # what is there is no ballot of this pot


def _without_nothing(sums: Sums) -> Sums:
    return {name: value for name, value in sums.items() if value}


before_certifying.append(require_same_sums)
before_counting.append(require_same_sums)
