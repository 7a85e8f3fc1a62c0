"""How participations and ballots are looked up; other rooms ask here. While people vote, only who has voted is told.

`at_the_box` what casting asks, `box` how far a vote is, `board` envelopes, `ballots` counts, `turnout` who has taken part,
`voters` the roll.
"""

from app.features.voting.models import Ballot, Box, BoxState, Custody
from app.features.voting.queries.at_the_box import AtTheBox, KnownBox, at_the_box
from app.features.voting.queries.ballots import (
    PaperTotals,
    ballot_classes,
    ballots_cast,
    online_ballots,
    paper_totals,
    paper_totals_of,
    totals_by_channel,
)
from app.features.voting.queries.board import (
    blocks_of,
    blocks_with,
    envelopes_of,
    heads_of,
    is_on_the_board,
    is_waiting,
    last_block,
    receipt_of_envelope,
)
from app.features.voting.queries.box import (
    box_of,
    closed,
    comparison_of,
    count_under_way,
    fixed_pots,
    is_opened,
    is_over,
    open_boxes,
    votes_to_end,
)
from app.features.voting.queries.turnout import (
    anybody_voted,
    has_voted,
    keys_that_voted,
    participations,
    turnout_by_channel,
    turnout_by_day,
)
from app.features.voting.queries.voters import (
    frozen_roll,
    has_roll,
    list_of_voters,
    roll_digest,
    roll_entry,
    roll_size,
    voter_key_of,
    voter_of,
)

__all__ = [
    "AtTheBox",
    "Ballot",
    "Box",
    "BoxState",
    "Custody",
    "KnownBox",
    "PaperTotals",
    "anybody_voted",
    "at_the_box",
    "ballot_classes",
    "ballots_cast",
    "blocks_of",
    "blocks_with",
    "box_of",
    "closed",
    "comparison_of",
    "count_under_way",
    "envelopes_of",
    "fixed_pots",
    "frozen_roll",
    "has_roll",
    "has_voted",
    "heads_of",
    "is_on_the_board",
    "is_opened",
    "is_over",
    "is_waiting",
    "keys_that_voted",
    "last_block",
    "list_of_voters",
    "online_ballots",
    "open_boxes",
    "paper_totals",
    "paper_totals_of",
    "participations",
    "receipt_of_envelope",
    "roll_digest",
    "roll_entry",
    "roll_size",
    "totals_by_channel",
    "turnout_by_channel",
    "turnout_by_day",
    "voter_key_of",
    "voter_of",
    "votes_to_end",
]
