"""What must be equal before a pot is counted: people who took part, and envelopes or ballots; else somebody says why."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.committee.models import Explanation, Station
from app.features.committee.queries import entries_of, stations_of
from app.features.committee.rules import agreed
from app.features.voting.queries import fixed_pots, in_the_box, online_ballots


@dataclass(frozen=True)
class Balance:
    """Two numbers that should be equal: participations, and envelopes (on the web) or ballots (at a station).

    `incomplete`: totals of a station on which no two people agree so far.
    """

    pot: Pot
    station: Station | None
    participations: int
    ballots: int
    explanation: Explanation | None
    incomplete: bool = False
    explained_by: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """How many more participations than ballots."""
        return self.participations - self.ballots

    @property
    def settled(self) -> bool:
        """Whether nothing is missing: equal numbers, or a written reason."""
        return not self.incomplete and (self.difference == 0 or len(self.explained_by) >= reasons_needed(self.difference))


def reasons_needed(difference: int) -> int:
    """How many members write down why: more ballots than people who took part may be ballots that nobody cast."""
    return 2 if difference < 0 else 1


def explained_by(reasons: Iterable[Explanation]) -> tuple[str, ...]:
    """The different people who gave a reason."""
    return tuple({one.person_id or one.id: one.person_name for one in reasons}.values())


def balances_of(session: Session, process_id: uuid.UUID) -> list[Balance]:
    """Every pair of numbers of a vote: each pot on the web, then each station."""
    pots, stations = fixed_pots(session, process_id), stations_of(session, process_id)
    typed = entries_of(session, process_id)
    reasons: dict[tuple[uuid.UUID, uuid.UUID | None, int], list[Explanation]] = {}
    for one in session.scalars(
        select(Explanation).where(Explanation.pot_id.in_([pot.id for pot in pots])).order_by(Explanation.created_at)
    ):
        reasons.setdefault((one.pot_id, one.station_id, one.difference), []).append(one)

    def balance(pot: Pot, place: Station | None, voters: int, papers: int) -> Balance:
        given = reasons.get((pot.id, place.id if place else None, voters - papers), [])
        return Balance(pot, place, voters, papers, given[-1] if given else None, explained_by=explained_by(given))

    rows = []
    for pot in pots:
        voters, envelopes = in_the_box(session, pot.id), online_ballots(session, pot)
        rows.append(balance(pot, None, voters, envelopes))
    for place in stations:
        for pot in pots:
            entries = typed.get((place.id, pot.id), [])
            if not agreed(entries):
                rows.append(Balance(pot, place, 0, 0, None, incomplete=True))
                continue
            voters, papers = entries[0].participations, entries[0].ballots + entries[0].invalid
            rows.append(balance(pot, place, voters, papers))
    return rows


def unsettled(session: Session, pot: Pot) -> list[Balance]:
    """What is still missing before a pot can be counted and certified.

    Nothing for elections from elsewhere, which have ballots without participations. Where nobody voted there is no box, and
    nought participations are nought ballots; a rehearsal has a box and a roll of its own and is settled like any other vote.
    """
    if pot.options.get("imported"):
        return []
    return [one for one in balances_of(session, pot.process_id) if one.pot.id == pot.id and not one.settled]
