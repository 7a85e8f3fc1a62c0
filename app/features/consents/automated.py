"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import BY_LAW, STEWARD, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "consents_run_out",
    room="consents",
    kind=Kind.CLOCK,
    title=msg("When a consent ends by itself"),
    data=msg("The day until which it was given"),
    rule=msg(
        "In the night after its last day; a letter comes 30 days before. A consent past its day counts no longer, before "
        "that night, too. What a guardian gave ends when the person is old enough."
    ),
    answers_for=STEWARD,
    contest=msg("Give the consent again, or take it back earlier, under My data."),
    endpoint="consents.my_data",
)
automated_step(
    "minors",
    room="consents",
    kind=Kind.LIMIT,
    title=msg("Whether a guardian has to say yes for somebody"),
    data=msg("The month in which somebody reaches the age set, as they have said themselves"),
    rule=msg("Below the age that the city has set, a yes needs a guardian; anybody may say no alone."),
    answers_for=STEWARD,
    contest=TELL_US,
)
automated_step(
    "numbers_of_answers",
    room="consents",
    kind=Kind.PROTECTION,
    title=msg("Which numbers of answers the register of agreements shows"),
    data=msg("How many people said yes, said no or took it back"),
    rule=msg(
        "Numbers are taken once a day, at night. They are given in steps of five; at which number a step comes differs for "
        "each agreement and answer by up to four and is secret, so that nobody can read off how one person answered."
    ),
    answers_for=STEWARD,
    contest=BY_LAW,
    endpoint="consents.agreements",
)
