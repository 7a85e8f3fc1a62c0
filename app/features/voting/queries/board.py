"""Envelopes: waiting, and on the public board."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.voting.models import (
    BoardBlock,
    BoardEntry,
    BoardHead,
    Envelope,
)


def envelopes_of(session: Session, pot_id: uuid.UUID) -> int:
    """Envelopes of a pot, waiting and on the board."""
    waiting = select(func.count()).select_from(Envelope).where(Envelope.pot_id == pot_id)
    on_the_board = select(func.coalesce(func.sum(BoardBlock.size), 0)).where(BoardBlock.pot_id == pot_id)
    return (session.scalar(waiting) or 0) + (session.scalar(on_the_board) or 0)


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
