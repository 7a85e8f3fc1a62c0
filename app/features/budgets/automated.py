"""What this room decides or sorts by itself, in words for everybody."""

from collections.abc import Iterator

from app.features.budgets.outcomes import rule_name
from app.features.counting.use_cases import RULES
from app.kernel.automated import COMMITTEE, NO_EFFECT, OBJECTION, Kind, automated_step
from app.kernel.messages import msg


def counting_rules() -> Iterator[tuple[str, str]]:
    """Every rule that this installation can count by: its name in files, and its name in words."""
    for name in sorted(RULES):
        yield name, rule_name(name)


automated_step(
    "projects_order",
    room="budgets",
    kind=Kind.ORDER,
    title=msg("The order of projects in lists"),
    data=msg("The date, and a number of each project"),
    rule=msg("Drawn anew each day, the same for everybody until midnight."),
    answers_for=COMMITTEE,
    contest=NO_EFFECT,
    endpoint="budgets.index",
)

automated_step(
    "counting",
    room="budgets",
    kind=Kind.COUNTING,
    title=msg("Which projects win a vote"),
    data=msg("The ballots and the costs of the projects; nothing about voters"),
    rule=msg(
        "One of the rules below, announced before the vote and fixed with the ballot. The result can be "
        "recounted from the published files."
    ),
    answers_for=COMMITTEE,
    contest=OBJECTION,
    endpoint="budgets.index",
    parts=counting_rules,
)
