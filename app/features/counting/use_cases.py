"""The door for other rooms: count a pot, read a `.pb` file, write one, tell two apart. Everything here is pure."""

from app.features.counting.announced import DEFAULT_TIE_RULES, SHARES_TIE_RULES, Project, RuleOptions, TieRule, conflict_pairs
from app.features.counting.as_known import UNKNOWN, Written, named_as_known, needs_rows
from app.features.counting.ballots import Ballot, VoteType
from app.features.counting.files import announced_options, count_election, wants_ballots
from app.features.counting.minimum import Minimum
from app.features.counting.pb import Limits, PbElection, PbError, PbHead, PbMeta, PbNotice, PbProject, PbVote, read_election
from app.features.counting.pb.beside import Beside, LeftOut, Totals
from app.features.counting.pb.difference import Change, difference
from app.features.counting.pb.writer import NumberDiffers, new_head, write_election
from app.features.counting.result import Comparison, Ended, Paid, Reason, Result, SharesOutcome, Tie, Why
from app.features.counting.rule import RuleDataMissing, TooManyPoints
from app.features.counting.rules import RULES, InputRefused, RuleNotSupported, count, needs_ballots, supported
from app.features.counting.tally import BallotRefused, Tally, ballots_with_a_winner
from app.features.counting.ties import DrawNeeded

__all__ = [
    "DEFAULT_TIE_RULES",
    "RULES",
    "SHARES_TIE_RULES",
    "UNKNOWN",
    "Ballot",
    "BallotRefused",
    "Beside",
    "Change",
    "Comparison",
    "DrawNeeded",
    "Ended",
    "InputRefused",
    "LeftOut",
    "Limits",
    "Minimum",
    "NumberDiffers",
    "Paid",
    "PbElection",
    "PbError",
    "PbHead",
    "PbMeta",
    "PbNotice",
    "PbProject",
    "PbVote",
    "Project",
    "Reason",
    "Result",
    "RuleDataMissing",
    "RuleNotSupported",
    "RuleOptions",
    "SharesOutcome",
    "Tally",
    "Tie",
    "TieRule",
    "TooManyPoints",
    "Totals",
    "VoteType",
    "Why",
    "Written",
    "announced_options",
    "ballots_with_a_winner",
    "conflict_pairs",
    "count",
    "count_election",
    "difference",
    "named_as_known",
    "needs_ballots",
    "needs_rows",
    "new_head",
    "read_election",
    "supported",
    "wants_ballots",
    "write_election",
]
