"""The ballots, batch by batch. Nothing of the voter is stored: no id, no attribute; of the channel only how many."""

import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from app.features.counting.numbers import score_text
from app.features.counting.use_cases import Ballot as ReadBallot
from app.features.counting.use_cases import PbElection
from app.features.voting.models import Ballot

BATCH = 4000
"""Ballots in one transaction: some tenths of a second, after which others may write."""
UNKNOWN = "unknown"
_CHANNELS = {"internet": "web", "web": "web", "online": "web", "paper": "paper", "desk": "desk", "phone": "phone"}
_CHANNELS |= {"kiosk": "kiosk", "": UNKNOWN}

Row = dict[str, Any]
_TABLE = cast("Table", Ballot.__table__)  # straight into the table: thousands of rows need no objects


def rows_of(election: PbElection, pot_id: uuid.UUID, channels: Counter[str]) -> Iterator[list[Row]]:
    """Rows for `store`, in batches; counts in `channels` how the ballots came in, once each batch has been handed out."""
    extras = election.head.vote_extras
    column = extras.index("voting_method") if "voting_method" in extras else None
    texts: dict[ReadBallot, tuple[str, str]] = {}
    for votes in election.votes(BATCH):
        batch = []
        for vote in votes:
            written = texts.get(vote.ballot)
            if written is None:
                written = texts[vote.ballot] = as_text(vote.ballot)
            batch.append({"id": uuid.uuid4(), "pot_id": pot_id, "choices": written[0], "points": written[1]})
        methods = [vote.extra[column].strip().lower() for vote in votes] if column is not None else [""] * len(votes)
        for method, number in Counter(methods).items():
            channels[_CHANNELS.get(method, method[:40])] += number
        texts = texts if len(texts) < 20_000 else {}
        yield batch


def as_text(ballot: ReadBallot) -> tuple[str, str]:
    """Choices and points as they are stored."""
    return ",".join(ballot.choices), ",".join(map(score_text, ballot.points or ()))


def store(session: Session, rows: list[Row]) -> None:
    """Store one batch."""
    if rows:
        session.execute(insert(_TABLE), rows)


def remove_some(session: Session, pot_id: uuid.UUID, most: int = 20_000) -> int:
    """Remove some ballots of a pot whose import never ended; returns how many."""
    some = select(Ballot.id).where(Ballot.pot_id == pot_id).limit(most)
    ids = list(session.scalars(some))
    for start in range(0, len(ids), 500):
        session.execute(delete(Ballot).where(Ballot.id.in_(ids[start : start + 500])))
    return len(ids)
