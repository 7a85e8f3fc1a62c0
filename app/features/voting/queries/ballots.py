"""Counts of ballots, which nobody can ask for while people still vote."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.voting.models import (
    Ballot,
    VotingParticipation,
)
from app.features.voting.queries.board import envelopes_of
from app.features.voting.queries.box import box_of, closed, is_opened
from app.kernel.errors import Forbidden
from app.kernel.messages import msg


def _require_closed(session: Session, pot: Pot) -> None:
    if not closed(session, pot):
        raise Forbidden(msg("Nobody can see counts before the vote is over."))


@dataclass(frozen=True)
class PaperTotals:
    """What was counted by hand at the stations, added up: ballots without the invalid ones, votes and points by project.

    Only sums are known, never rows: a count that needs whole ballots cannot take them.
    """

    stations: int
    participations: int
    ballots: int
    blank: int
    invalid: int
    votes: dict[str, int]
    points: dict[str, int]


paper_totals_of: list[Callable[[Session, Pot], PaperTotals | None]] = []
"""Who knows the totals of paper ballots: the committee's room, which keeps what was counted at the stations."""


def paper_totals(session: Session, pot: Pot) -> PaperTotals | None:
    """The totals of the ballots on paper of a pot; None where there are none."""
    return next((found for ask in paper_totals_of if (found := ask(session, pot)) is not None and found.ballots), None)


PaperRows = list[tuple[str, str, int]]
paper_rows_of: list[Callable[[Session, Pot], PaperRows | None]] = []
"""Who knows the ballots on paper one by one: the room of the stations, where they were typed."""


def paper_rows(session: Session, pot: Pot) -> PaperRows | None:
    """(choices, points, how many) of equal ballots on paper, as `ballot_classes` gives those of the box; None where only sums
    are known.
    """
    return next((found for ask in paper_rows_of if (found := ask(session, pot)) is not None), None)


def ballot_classes(session: Session, pot: Pot) -> Iterator[tuple[str, str, int]]:
    """(choices, points, how many) of equal ballots joined into classes. Raises Forbidden while people still vote."""
    _require_closed(session, pot)
    rows = session.execute(
        select(Ballot.choices, Ballot.points, func.count())
        .where(Ballot.pot_id == pot.id)
        .group_by(Ballot.choices, Ballot.points)
        .execution_options(yield_per=5000)
    )
    yield from rows.tuples()


def totals_by_channel(session: Session, pot: Pot) -> dict[str, int]:
    """Participations by channel; on paper as many as ballots were counted, not as were handed out.

    Raises Forbidden while people still vote.
    """
    _require_closed(session, pot)
    if "channels" in pot.options:
        return dict(pot.options["channels"])
    rows = session.execute(
        select(VotingParticipation.channel, func.count())
        .where(VotingParticipation.pot_id == pot.id, VotingParticipation.station == "")
        .group_by(VotingParticipation.channel)
    )
    channels = {str(channel): number for channel, number in rows}
    if (paper := paper_totals(session, pot)) is not None:
        channels["paper"] = channels.get("paper", 0) + paper.ballots
    return channels


def ballots_cast(session: Session, pot: Pot) -> int:
    """Ballots of a pot, still sealed or opened, those on paper with them. Raises Forbidden while people still vote."""
    _require_closed(session, pot)
    paper = paper_totals(session, pot)
    on_paper = paper.ballots if paper else 0
    if is_opened(session, pot):
        return (session.scalar(select(func.count()).select_from(Ballot).where(Ballot.pot_id == pot.id)) or 0) + on_paper
    return envelopes_of(session, pot.id) + on_paper


def online_ballots(session: Session, pot: Pot) -> int:
    """Ballots that came in through the box; where there never was one (imported elections), the stored ones."""
    if box_of(session, pot.process_id) is None:
        return session.scalar(select(func.count()).select_from(Ballot).where(Ballot.pot_id == pot.id)) or 0
    return envelopes_of(session, pot.id)
