"""Members of a committee, counted pots, decisions, for tests."""

from typing import Any

from app.extensions import db
from app.features.budgets.models import Pot
from app.features.committee.commands import EnterTotals, Propose
from app.features.committee.models import Decision, DecisionKind, Station
from app.features.committee.use_cases import enter_totals, propose, sign
from app.features.spaces.models import Process
from app.features.voting.use_cases import count_pot
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, voting
from tests.factories.tools import add

REASON = {"en": "The power was out in the library."}


def member(process_id: Any, name: str = "Maija Member", role: Role = Role.COMMITTEE) -> Actor:
    """Somebody with a role of that process, as use cases see them."""
    person = accounts.staff(role, db.session.get_one(Process, process_id), display_name=name)
    return Actor(person_id=person.id, roles=frozenset({(role, process_id)}))


def two(process_id: Any) -> tuple[Actor, Actor]:
    """Two members of the same committee."""
    return member(process_id, "Maija Member"), member(process_id, "Matti Member")


def counted_pot(choices: tuple[str, ...] = ("1", "1,2", ""), **attributes: Any) -> Pot:
    """A pot whose vote is over and whose ballots were counted."""
    pot = voting.closed_pot(**attributes)
    voting.ballots(pot, list(choices))
    return count_pot(db.session(), member(pot.process_id, "Clara Counter"), pot.id)


def proposed(kind: DecisionKind, process_id: Any, by: Actor, **attributes: Any) -> Decision:
    """A decision that one member has proposed."""
    return propose(db.session(), by, Propose(process_id, kind, **{"reason": REASON, **attributes}))


def decided(kind: DecisionKind, process_id: Any, **attributes: Any) -> Decision:
    """A decision that two members have signed."""
    first, second = two(process_id)
    return sign(db.session(), second, proposed(kind, process_id, first, **attributes).id)


def certified_pot(**attributes: Any) -> Pot:
    """A pot whose count two members have certified."""
    pot = counted_pot(**attributes)
    decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    return pot


def station(process_id: Any, name: str = "Library") -> Station:
    """A place where people vote on paper."""
    return add(Station(process_id=process_id, name=name))


def typed(pot: Pot, place: Station, votes: dict[str, int], **numbers: int) -> None:
    """What two members typed of a station: a vote each on so many ballots, or the numbers that are given."""
    ballots = sum(votes.values())
    sums = {"participations": ballots, "ballots": ballots, "blank": 0, "invalid": 0, **numbers}
    for person in two(pot.process_id):
        enter_totals(db.session(), person, EnterTotals(place.id, pot.id, votes=votes, **sums))


def typed_again(pot: Pot, place: Station, votes: dict[str, int], **numbers: int) -> Decision:
    """Two members reopened the totals of a station, and two typed others."""
    decision = decided(DecisionKind.TOTALS_AGAIN, pot.process_id, pot_id=pot.id, station_id=place.id)
    typed(pot, place, votes, **numbers)
    return decision


def counted_with_paper(
    votes: dict[str, int], choices: tuple[str, ...] = ("1", "1,2", ""), **attributes: Any
) -> tuple[Pot, Station]:
    """A counted pot with ballots from the box and totals of one station."""
    pot = voting.closed_pot(**attributes)
    voting.ballots(pot, list(choices))
    place = station(pot.process_id)
    typed(pot, place, votes)
    return count_pot(db.session(), member(pot.process_id, "Clara Counter"), pot.id), place


def certified_with_paper(votes: dict[str, int], **attributes: Any) -> tuple[Pot, Station]:
    """The same, certified."""
    pot, place = counted_with_paper(votes, **attributes)
    decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    return pot, place
