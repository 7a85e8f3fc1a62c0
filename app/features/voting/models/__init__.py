"""What we remember about voting: that a voter key has taken part, sealed envelopes, and ballots that belong to nobody.

`voters` who may vote, `box` participations, envelopes and board, `ballots` what came out. No column joins a ballot with a
participation, a person or a moment; what the database itself remembers beside the columns (row numbers, transaction ids) is
dealt with in `sealing.py`, and docs/voting.md says what remains.
"""

from app.features.voting.models.ballots import Ballot, DrawEntry, PublicationChoice, Published, RuleComparison
from app.features.voting.models.box import (
    BoardBlock,
    BoardEntry,
    BoardHead,
    Box,
    BoxState,
    Closing,
    Custody,
    Envelope,
    VoteKey,
    VotingParticipation,
)
from app.features.voting.models.voters import (
    CodePrint,
    CodeState,
    Contest,
    ContestState,
    FrozenRoll,
    IncompleteSet,
    Overvote,
    RollEntry,
    SlotMode,
    VoterIdentity,
    VotingCode,
    VotingSetup,
)

__all__ = [
    "Ballot",
    "BoardBlock",
    "BoardEntry",
    "BoardHead",
    "Box",
    "BoxState",
    "Closing",
    "CodePrint",
    "CodeState",
    "Contest",
    "ContestState",
    "Custody",
    "DrawEntry",
    "Envelope",
    "FrozenRoll",
    "IncompleteSet",
    "Overvote",
    "PublicationChoice",
    "Published",
    "RollEntry",
    "RuleComparison",
    "SlotMode",
    "VoteKey",
    "VoterIdentity",
    "VotingCode",
    "VotingParticipation",
    "VotingSetup",
]
