"""What staff ask of a rehearsal."""

from dataclasses import dataclass, field
from uuid import UUID

from app.kernel.texts import Texts

MOST_VOTERS = 1000


@dataclass(frozen=True)
class BeginRehearsal:
    """Copy a process to try its vote. `mark` says "Rehearsal" in each language; it stands before every name of the copy."""

    process_id: UUID
    voters: int
    mark: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class CastTestBallots:
    """Let so many test voters who have not voted yet cast a random ballot in every pot. `copy_id` names the copy."""

    copy_id: UUID
    number: int


@dataclass(frozen=True)
class EndVote:
    """End the vote of a rehearsal now, so that its box can be closed."""

    copy_id: UUID


@dataclass(frozen=True)
class ThrowAway:
    """Remove a rehearsal with everything in it."""

    copy_id: UUID
