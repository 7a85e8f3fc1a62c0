"""The announced rule of a pot, and what was withdrawn from its ballot, as counting reads it. Pure."""

from fractions import Fraction
from itertools import chain, combinations

from babel.numbers import get_currency_precision

from app.features.budgets.queries import Pot, withdrawn_from
from app.features.budgets.use_cases import draws_of
from app.features.counting.numbers import parse_score
from app.features.counting.use_cases import Minimum, RuleOptions, TieRule, conflict_pairs


def announced_rule(pot: Pot) -> RuleOptions:
    """The announced rule. `conflicts` in the options are groups of projects of which one can win, by their numbers."""
    announced = pot.options
    minimum = announced_minimum(pot)
    threshold, conflicts = announced.get("min_project_score_threshold"), announced.get("conflicts")
    return RuleOptions(
        rule=pot.rule,
        tie_rules=tuple(TieRule(name) for name in announced.get("tie_rules", ["listed_first"])),
        drawn_order=tuple(draws_of(pot).get("drawn_order") or ()),
        min_score=None if threshold is None else parse_score(str(threshold)),
        conflicts=None if conflicts is None else conflict_pairs(chain(*(combinations(group, 2) for group in conflicts))),
        currency_unit=10 ** int(announced.get("decimals", get_currency_precision(pot.currency))),
        stop_when_exhaustive=bool(announced.get("stop_when_exhaustive")),
        minimum=minimum if minimum is not None and (minimum.of_ballots or minimum.above) else None,
        withdrawn=frozenset(withdrawn_from(pot)),
    )


def announced_minimum(pot: Pot) -> Minimum | None:
    """What a project must reach to win; None where nothing was announced."""
    share, above = pot.options.get("threshold_share"), bool(pot.options.get("threshold_above"))
    if share is not None:
        return Minimum(Fraction(str(share)) / 100, of_ballots=True, above=above)
    number = pot.options.get("min_project_score_threshold")
    return None if number is None else Minimum(parse_score(str(number)), above=above)
