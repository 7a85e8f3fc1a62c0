"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import BY_LAW, COMMITTEE, NO_EFFECT, OBJECTION, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "ballot_order",
    room="voting",
    kind=Kind.ORDER,
    title=msg("The order of projects on a ballot"),
    data=msg("Which voter it is, mixed with a secret of this installation"),
    rule=msg("Drawn for each voter, the same whenever this voter comes back, so that no project is first for everybody."),
    answers_for=COMMITTEE,
    contest=msg("It decides nothing about you: all projects are on the ballot, and you can choose any of them."),
)

automated_step(
    "voting_right",
    room="voting",
    kind=Kind.LIMIT,
    title=msg("Whether somebody may vote, and in which pots"),
    data=msg("The list of voters, and which ballots one has cast already"),
    rule=msg(
        "Whoever is on the list has one ballot for each slot that was announced; a used slot cannot be used "
        "again, by any way of voting."
    ),
    answers_for=COMMITTEE,
    contest=msg("Object at the desk or in writing: the committee can free a ballot."),
)

automated_step(
    "sealing",
    room="voting",
    kind=Kind.PROTECTION,
    title=msg("When ballots move to the public board, and in which order"),
    data=msg("How many envelopes wait; not whose"),
    rule=msg(
        "When 40 or more wait, all but 20 drawn by chance are sealed in random order. At the end all are, "
        "and who has voted is written anew in random order."
    ),
    answers_for=COMMITTEE,
    contest=BY_LAW,
)

automated_step(
    "published_ballots",
    room="voting",
    kind=Kind.PROTECTION,
    title=msg("Whether single ballots or only totals are suggested for publication"),
    data=msg("How many ballots are like no other"),
    rule=msg("If too many ballots could be recognised, totals are suggested. The committee decides."),
    answers_for=COMMITTEE,
    contest=OBJECTION,
)

automated_step(
    "public_draw",
    room="voting",
    kind=Kind.COUNTING,
    title=msg("Which projects a public draw has to put in an order, and what several draws say together"),
    data=msg("Projects that are equal under every other rule"),
    rule=msg("Only ties that decide who wins are drawn, in public and by hand. A program never draws."),
    answers_for=COMMITTEE,
    contest=OBJECTION,
)

automated_step(
    "compared_rules",
    room="voting",
    kind=Kind.COUNTING,
    title=msg("What other rules would have chosen"),
    data=msg("The same ballots and costs"),
    rule=msg("Counted after the result is certified, for comparison only. The announced rule alone decides."),
    answers_for=COMMITTEE,
    contest=NO_EFFECT,
)

automated_step(
    "board_by_clock",
    room="voting",
    kind=Kind.CLOCK,
    title=msg("When the list of voters is noted and the board is signed"),
    data=msg("How many are on the list, and what is on the board"),
    rule=msg("When a vote begins, and every night while the box is open."),
    answers_for=COMMITTEE,
    contest=BY_LAW,
)
automated_step(
    "small_groups",
    room="voting",
    kind=Kind.PROTECTION,
    title=msg("Which numbers of a vote are withheld or put together"),
    data=msg("How many people of a group voted and did not, and how many ballots came in which way"),
    rule=msg(
        "A group is not shown when fewer than 5 of it voted or did not, and the next smallest with it. Below 30 ballots "
        "from the box or on paper only winners and totals are published, and small numbers are put together."
    ),
    answers_for=COMMITTEE,
    contest=BY_LAW,
)
