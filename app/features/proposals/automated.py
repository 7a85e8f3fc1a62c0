"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, MODERATORS, NO_EFFECT, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "proposals_order",
    room="proposals",
    kind=Kind.ORDER,
    title=msg("The order of proposals in lists"),
    data=msg(
        "A random number of each proposal that nobody sees, and the date; or what the reader chose: newest, "
        "most supported, most discussed"
    ),
    rule=msg(
        "Drawn anew each day, the same for everybody until midnight, so that over time each is as often first as any other."
    ),
    answers_for=CITY,
    contest=NO_EFFECT,
    endpoint="proposals.index",
)

automated_step(
    "search_ranking",
    room="proposals",
    kind=Kind.ORDER,
    title=msg("The order of what a search finds"),
    data=msg("The words that were typed, and the words of published proposals"),
    rule=msg("Proposals with more of the words, and with them in the title, stand first. Who wrote them does not count."),
    answers_for=CITY,
    contest=NO_EFFECT,
    endpoint="proposals.index",
)

automated_step(
    "similar_proposals",
    room="proposals",
    kind=Kind.FINDING,
    title=msg("Which proposals are shown as similar while one writes"),
    data=msg("The title and text one writes, and published proposals of the same process"),
    rule=msg(
        "Two measures of shared words, without a learning program; shown from 60 of 100 on, five at most. It "
        "stops nobody from publishing."
    ),
    answers_for=CITY,
    contest=NO_EFFECT,
)

automated_step(
    "first_state",
    room="proposals",
    kind=Kind.LIMIT,
    title=msg("Whether a new proposal is shown at once or waits for a moderator"),
    data=msg("The setting of the process alone. No program reads or judges what people write."),
    rule=msg("In processes that publish after approval every proposal waits; in others none does."),
    answers_for=MODERATORS,
    contest=msg("Write to the contact point below: moderators can undo every decision."),
)

automated_step(
    "limits",
    room="proposals",
    kind=Kind.LIMIT,
    title=msg("How much of something one person may have open, and until when something can be brought back"),
    data=msg("How many drafts, objections to a vote, letters to guardians, and reports without an account there are"),
    rule=msg(
        "At most 30 drafts and 5 objections to a vote for an account, 5 letters to guardians in two weeks, 20 open reports "
        "without an account on one text. What one has taken back can be brought back for 7 days."
    ),
    answers_for=CITY,
    contest=TELL_US,
)
