"""How participations and ballots are looked up. Nothing here can be asked while people still vote, except who has."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, pots_of
from app.features.spaces.queries import Action, Process, action_open, process
from app.features.voting.models import (
    Ballot,
    BoardBlock,
    BoardEntry,
    BoardHead,
    Box,
    BoxState,
    Custody,
    Envelope,
    RollEntry,
    RuleComparison,
    VoteKey,
    VoterIdentity,
    VotingCode,
    VotingParticipation,
)
from app.kernel import clock
from app.kernel.errors import Forbidden
from app.kernel.messages import msg

__all__ = [
    "Ballot",
    "Box",
    "BoxState",
    "Custody",
    "PaperTotals",
    "anybody_voted",
    "ballot_classes",
    "blocks_of",
    "blocks_with",
    "box_of",
    "closed",
    "comparison_of",
    "fixed_pots",
    "has_roll",
    "has_voted",
    "heads_of",
    "is_opened",
    "is_waiting",
    "keys_that_voted",
    "last_block",
    "online_ballots",
    "open_boxes",
    "paper_totals",
    "paper_totals_of",
    "participations",
    "receipt_of_envelope",
    "totals_by_channel",
    "turnout_by_channel",
    "turnout_by_day",
    "voter_key_of",
    "voter_of",
    "votes_to_end",
]


def comparison_of(session: Session, pot_id: uuid.UUID) -> RuleComparison | None:
    """What other rules would have chosen, once it is worked out."""
    return session.scalars(select(RuleComparison).where(RuleComparison.pot_id == pot_id)).first()


def closed(session: Session, pot: Pot) -> bool:
    """Whether the vote on this pot is over: it was fixed, no phase takes votes now, and none will."""
    return is_over(process(session, pot.process_id), pot, clock.now())


def is_over(space: Process | None, pot: Pot, now: datetime) -> bool:
    """The same for a process at hand."""
    if space is None or pot.state is PotState.DRAFT:
        return False
    votes = [phase for phase in space.phases if Action.VOTE in phase.actions]
    return bool(votes) and all(phase.ends_at <= now for phase in votes) and not action_open(space, Action.VOTE, now)


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
    """Participations by channel. Raises Forbidden while people still vote."""
    _require_closed(session, pot)
    if "channels" in pot.options:
        return dict(pot.options["channels"])
    rows = session.execute(
        select(VotingParticipation.channel, func.count())
        .where(VotingParticipation.pot_id == pot.id)
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


def envelopes_of(session: Session, pot_id: uuid.UUID) -> int:
    """Envelopes of a pot, waiting and on the board."""
    waiting = select(func.count()).select_from(Envelope).where(Envelope.pot_id == pot_id)
    on_the_board = select(func.coalesce(func.sum(BoardBlock.size), 0)).where(BoardBlock.pot_id == pot_id)
    return (session.scalar(waiting) or 0) + (session.scalar(on_the_board) or 0)


def box_of(session: Session, process_id: uuid.UUID) -> Box | None:
    """The ballot box of a process; none before its key is there, and none for imported elections."""
    return session.scalars(_BOX, {"process": process_id}).first()


_BOX = select(Box).where(Box.process_id == bindparam("process"))


def anybody_voted(session: Session, process_id: uuid.UUID) -> bool:
    """Whether somebody has cast a ballot in any pot of a process."""
    return bool(session.scalar(select(exists().where(VotingParticipation.process_id == process_id))))


def fixed_pots(session: Session, process_id: uuid.UUID) -> list[Pot]:
    """The pots of a process whose ballots were fixed here, and so go into its box; imported elections were fixed elsewhere."""
    return [pot for pot in pots_of(session, process_id) if pot.state is not PotState.DRAFT and "digest" in pot.options]


def votes_to_end(session: Session, process_id: uuid.UUID | None = None) -> Sequence[uuid.UUID]:
    """The processes (or this one) that keep anything about voters: a key, a box, a list or codes, whoever has voted."""
    keeps = or_(*(exists().where(table.process_id == Process.id) for table in (VoteKey, Box, RollEntry, VotingCode)))
    only = [Process.id == process_id] if process_id else []
    return session.scalars(select(Process.id).where(keeps, *only).order_by(Process.id)).all()


def open_boxes(session: Session) -> Sequence[uuid.UUID]:
    """The processes whose boxes take envelopes."""
    return session.scalars(select(Box.process_id).where(Box.state == BoxState.OPEN)).all()


def is_opened(session: Session, pot: Pot) -> bool:
    """Whether the ballots of a pot can be read: its box was opened, or it never had one (imported elections)."""
    box = box_of(session, pot.process_id)
    return box is None or box.state in (BoxState.OPENED, BoxState.CONFIRMED)


def receipt_of_envelope(session: Session, pot_id: uuid.UUID, envelope_id: uuid.UUID) -> str | None:
    """The receipt of an envelope, waiting or on the board."""
    waiting = select(Envelope.receipt).where(Envelope.id == envelope_id, Envelope.pot_id == pot_id)
    on_the_board = (
        select(BoardEntry.receipt)
        .join(BoardBlock, BoardBlock.id == BoardEntry.block_id)
        .where(BoardEntry.envelope_id == envelope_id, BoardBlock.pot_id == pot_id)
    )
    return session.scalar(waiting) or session.scalar(on_the_board)


def blocks_with(session: Session, pot_id: uuid.UUID, beginning: str) -> Sequence[tuple[str, int]]:
    """(receipt, number of its block) of every envelope on the board whose receipt begins so; ordered by receipt.

    None that waits: whoever looked before and after somebody voted would learn which envelope is theirs.
    """
    sealed = (
        select(BoardEntry.receipt, BoardBlock.number)
        .join(BoardBlock, BoardBlock.id == BoardEntry.block_id)
        .where(BoardBlock.pot_id == pot_id, BoardEntry.receipt.startswith(beginning, autoescape=True))
    )
    return sorted(session.execute(sealed).tuples())


def is_waiting(session: Session, pot_id: uuid.UUID, receipt: str) -> bool:
    """Whether an envelope with this whole receipt was received and is not on the board yet; its owner alone can ask."""
    waiting = select(Envelope.id).where(Envelope.pot_id == pot_id, Envelope.receipt == receipt)
    return session.scalar(waiting) is not None


def blocks_of(session: Session, pot_id: uuid.UUID) -> Sequence[BoardBlock]:
    """The blocks of a pot, newest first."""
    return session.scalars(select(BoardBlock).where(BoardBlock.pot_id == pot_id).order_by(BoardBlock.number.desc())).all()


def last_block(session: Session, pot_id: uuid.UUID) -> BoardBlock | None:
    """The newest block of a pot, which the next one and the heads refer to."""
    query = select(BoardBlock).where(BoardBlock.pot_id == pot_id).order_by(BoardBlock.number.desc())
    return session.scalars(query.limit(1)).first()


def heads_of(session: Session, process_id: uuid.UUID) -> Sequence[BoardHead]:
    """The signed heads of a board, by day."""
    return session.scalars(select(BoardHead).where(BoardHead.process_id == process_id).order_by(BoardHead.day)).all()


def participations(session: Session, pot_id: uuid.UUID) -> int:
    """How many have taken part so far: turnout, which says nothing about choices."""
    return (
        session.scalar(select(func.count()).select_from(VotingParticipation).where(VotingParticipation.pot_id == pot_id)) or 0
    )


def turnout_by_channel(session: Session, pot_id: uuid.UUID) -> dict[str, int]:
    """How many have taken part through the box so far, by channel."""
    query = select(VotingParticipation.channel, func.count()).where(VotingParticipation.pot_id == pot_id)
    return {str(channel): number for channel, number in session.execute(query.group_by(VotingParticipation.channel))}


def turnout_by_day(session: Session, pot_id: uuid.UUID) -> dict[str, int]:
    """How many have taken part on each day, over all channels: never by both, where small numbers would point at people."""
    query = select(VotingParticipation.day, func.count()).where(VotingParticipation.pot_id == pot_id)
    rows = session.execute(query.group_by(VotingParticipation.day).order_by(VotingParticipation.day))
    return {day.isoformat(): number for day, number in rows}


def has_voted(session: Session, pot_id: uuid.UUID, voter_key: str) -> bool:
    """Whether this entry has taken part in this pot."""
    return (
        session.scalar(
            select(VotingParticipation.id).where(
                VotingParticipation.pot_id == pot_id, VotingParticipation.voter_key == voter_key
            )
        )
        is not None
    )


def keys_that_voted(session: Session, pot_id: uuid.UUID) -> set[str]:
    """The entries that have taken part in a pot, so that a rehearsal knows which of its test voters are left."""
    return set(session.scalars(select(VotingParticipation.voter_key).where(VotingParticipation.pot_id == pot_id)))


def voter_key_of(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> str | None:
    """The entry an account stands for in a process, once its owner has said so."""
    return session.scalar(
        select(VoterIdentity.voter_key).where(VoterIdentity.process_id == process_id, VoterIdentity.person_id == person_id)
    )


def voter_of(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> tuple[str | None, bool]:
    """The entry an account stands for, if its owner has said so, and whether it may vote: on the roll, where there is one."""
    key, may_vote = session.execute(_VOTER, {"process": process_id, "person": person_id}).one()
    return key, bool(may_vote)


_MINE = (
    select(VoterIdentity.voter_key)
    .where(VoterIdentity.process_id == bindparam("process"), VoterIdentity.person_id == bindparam("person"))
    .scalar_subquery()
)
_ROLL = RollEntry.process_id == bindparam("process")
_VOTER = select(_MINE, exists().where(_ROLL, RollEntry.voter_key == _MINE) | ~exists().where(_ROLL))


def is_on_the_board(session: Session, envelope_id: uuid.UUID) -> bool:
    """Whether an envelope with this id was sealed, in whatever pot."""
    return session.scalar(_SEALED, {"envelope": envelope_id}) is not None


_SEALED = select(BoardEntry.envelope_id).where(BoardEntry.envelope_id == bindparam("envelope"))


def has_roll(session: Session, process_id: uuid.UUID) -> bool:
    """Whether this process has a voter roll."""
    return session.scalar(select(RollEntry.id).where(RollEntry.process_id == process_id).limit(1)) is not None


def roll_size(session: Session, process_id: uuid.UUID) -> int:
    """How many entries the roll of a process has."""
    return session.scalar(select(func.count()).select_from(RollEntry).where(RollEntry.process_id == process_id)) or 0


def roll_entry(session: Session, process_id: uuid.UUID, voter_key: str) -> RollEntry | None:
    """An entry of the roll."""
    return session.scalars(
        select(RollEntry).where(RollEntry.process_id == process_id, RollEntry.voter_key == voter_key)
    ).first()
