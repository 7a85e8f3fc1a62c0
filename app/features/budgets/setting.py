"""What can be announced for a pot: which limits, rules, minimums and tie rules go with which kind of ballot. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from app.features.budgets.commands import WritePot
from app.features.budgets.models import Pot
from app.features.counting.use_cases import DEFAULT_TIE_RULES, RULES, SHARES_TIE_RULES, supported
from app.kernel.errors import Invalid
from app.kernel.messages import Message, msg

VOTE_TYPES = ("approval", "choose-1", "cumulative", "ordinal")
TIE_RULES = ("lower_cost", "higher_cost", "more_voters", "listed_first", "drawn")
LAST_TIE_RULES = ("listed_first", "drawn")
"""Only these always decide, so one of them is the last."""
SHARE_TYPES = ("approval", "choose-1")
"""With these a project's score is the number of ballots that name it, so a share of the ballots can be a minimum."""
MOST = 10_000
_OWN = (
    *("tie_rules", "max_sum_cost", "max_points_per_project"),
    *("min_project_score_threshold", "threshold_share", "threshold_above"),
)
_WRITTEN = (*_OWN, "max_length", "stop_when_exhaustive")


@dataclass(frozen=True)
class Limits:
    """What a kind of ballot begins with, until staff say something else."""

    limit_by_cost: bool = False
    max_sum_cost: int | None = None
    max_projects: int | None = None
    max_points: int | None = None
    min_projects: int = 1
    max_points_per_project: int | None = None


USUAL_LIMITS = {
    "approval": Limits(limit_by_cost=True),
    "choose-1": Limits(max_projects=1),
    "cumulative": Limits(max_points=10),
    "ordinal": Limits(max_projects=5),
}


def shares(rule: str) -> bool:
    """Whether the rule belongs to Equal Shares."""
    return rule.startswith("equalshares")


def usual_tie_rules(rule: str) -> tuple[str, ...]:
    """What is proposed for a rule: for Equal Shares what its published descriptions say."""
    return tuple(str(one) for one in (SHARES_TIE_RULES if shares(rule) else DEFAULT_TIE_RULES))


def decimal(text: str) -> Fraction | None:
    """A positive number as typed, exact: `50`, `2.5` or `2,5`; None for anything else."""
    plain = text.strip().replace(",", ".")
    whole, _point, part = plain.partition(".")
    if not (whole + part).isascii() or not whole.isdigit() or (part and not part.isdigit()) or len(plain) > 12:
        return None
    return Fraction(plain if part else whole) or None


def require_fitting(command: WritePot) -> None:
    """Raise Invalid, each problem beside its field, unless everything that the command says goes together."""
    errors = _words_and_money(command)
    if command.vote_type not in VOTE_TYPES:
        errors["vote_type"] = msg("Choose how people vote.")
    else:
        errors |= _limits(command)
        if command.rule not in RULES:
            errors["rule"] = msg("Choose how the money is given out.")
        elif not supported(command.rule, command.vote_type):
            errors["rule"] = msg("This way of giving out the money does not go with this kind of ballot. Choose another one.")
        errors |= _minimum(command)
    errors |= _ties(command)
    if errors:
        raise Invalid(errors)


def _words_and_money(command: WritePot) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    if not any(command.title.values()):
        errors["title"] = msg("Give the pot a name in at least one language.")
    if command.amount <= 0:
        errors["amount"] = msg("Write how much money there is.")
    return errors


def _limits(command: WritePot) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    most, points, each = command.max_projects, command.max_points, command.max_points_per_project
    if most is not None and not 1 <= most <= MOST:
        errors["max_projects"] = msg("A voter must be able to choose at least one project.")
    if command.vote_type == "approval" and not command.limit_by_cost and most is None:
        errors["max_projects"] = msg("Say how much a voter may choose: up to the pot's money, or a number of projects.")
    errors |= _cap(command)
    if command.vote_type == "ordinal" and most is None:
        errors["max_projects"] = msg("Say how many projects a voter may put in an order.")
    if command.vote_type == "cumulative":
        if points is None or not 1 <= points <= MOST:
            errors["max_points"] = msg("Say how many points a voter has.")
        elif each is not None and not 1 <= each <= points:
            errors["max_points_per_project"] = msg("For one project: at least one point, and at most all of them.")
    most_at_all = min(1 if command.vote_type == "choose-1" else most or MOST, (not errors and points) or MOST)
    if not 1 <= command.min_projects <= most_at_all:
        errors["min_projects"] = msg("At least one project, and no more than a voter may choose.")
    return errors


def _cap(command: WritePot) -> dict[str, Message]:
    cap = command.max_sum_cost
    if command.vote_type != "approval" or cap is None:
        return {}
    if not command.limit_by_cost:
        return {"max_sum_cost": msg("This goes with a limit by cost. Tick that, or leave this empty.")}
    if not 0 < cap <= command.amount:
        words = msg("One ballot cannot cost more than the pot holds. Write a smaller sum, or nothing for all of it.")
        return {"max_sum_cost": words}
    return {}


def _minimum(command: WritePot) -> dict[str, Message]:
    if command.minimum is None:
        if command.rule == "greedy-threshold":
            return {"minimum": msg("This way of giving out the money needs a minimum. Write how much a project must reach.")}
        return {}
    value = decimal(command.minimum)
    if value is None or (command.minimum_is_share and value > 100):
        return {"minimum": msg("Write a number above zero, such as 50 or 2.5; a share is at most 100 per cent.")}
    if command.minimum_is_share and command.vote_type not in SHARE_TYPES:
        return {"minimum": msg("A share of the ballots goes with ballots that choose projects. Write a number of points.")}
    if not command.minimum_is_share and value.denominator != 1:
        return {"minimum": msg("Votes and points are whole numbers. Write one, such as 50.")}
    return {}


def _ties(command: WritePot) -> dict[str, Message]:
    rules = command.tie_rules
    if any(rule not in TIE_RULES for rule in rules) or not rules or rules[-1] not in LAST_TIE_RULES:
        return {"last_tie": msg("Say what decides in the end: the order of the list, or a public draw.")}
    if len(set(rules)) != len(rules) or ("lower_cost" in rules and "higher_cost" in rules):
        return {"second_tie": msg("The same question decides nothing the second time. Choose another one, or nothing.")}
    if any(rule in LAST_TIE_RULES for rule in rules[:-1]):
        return {"last_tie": msg("Nothing is left to decide after the order of the list or a public draw.")}
    return {}


def write_announcement(pot: Pot, command: WritePot) -> None:
    """Put what the command announces on the pot; what belongs to another kind of ballot or rule is dropped."""
    one, points = command.vote_type == "choose-1", command.vote_type == "cumulative"
    pot.vote_type, pot.rule = command.vote_type, command.rule
    pot.limit_by_cost = command.limit_by_cost and command.vote_type == "approval"
    pot.max_projects = 1 if one else command.max_projects
    pot.min_projects = command.min_projects
    pot.max_points = command.max_points if points else None
    kept = {key: value for key, value in (pot.options or {}).items() if key not in _WRITTEN}
    if command.rule != "greedy-exclusive":
        kept = {key: value for key, value in kept.items() if key not in ("conflicts", "conflict_names")}
    pot.options = {**kept, **_options(command)}


def _options(command: WritePot) -> dict[str, Any]:
    found: dict[str, Any] = {"tie_rules": list(command.tie_rules)}
    if command.vote_type == "approval" and command.max_sum_cost not in (None, command.amount):
        found["max_sum_cost"] = command.max_sum_cost
    if command.vote_type == "cumulative" and command.max_points_per_project is not None:
        found["max_points_per_project"] = command.max_points_per_project
    if command.vote_type == "ordinal":
        found["max_length"] = command.max_projects
    if command.minimum is not None:
        key = "threshold_share" if command.minimum_is_share else "min_project_score_threshold"
        found[key] = plain(decimal(command.minimum) or Fraction(0))
        if command.minimum_above:
            found["threshold_above"] = True
    if command.rule.startswith("equalshares/add1") and command.stop_when_exhaustive:
        found["stop_when_exhaustive"] = True
    return found


def plain(value: Fraction) -> str:
    """An exact decimal number as text: `50`, `2.5`."""
    if value.denominator == 1:
        return str(value.numerator)
    digits = next(n for n in range(1, 13) if (value * 10**n).denominator == 1)
    text = str((value * 10**digits).numerator).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]}"


def command_of(pot: Pot) -> WritePot:
    """The pot as a command that would change nothing, to be changed in parts."""
    options: Mapping[str, Any] = pot.options
    share = options.get("threshold_share")
    number = options.get("min_project_score_threshold")
    return WritePot(
        process_id=pot.process_id,
        title=pot.title,
        amount=pot.amount,
        currency=pot.currency,
        description=pot.description,
        area_id=pot.area_id,
        vote_type=pot.vote_type,
        limit_by_cost=pot.limit_by_cost,
        max_sum_cost=options.get("max_sum_cost"),
        min_projects=pot.min_projects,
        max_projects=pot.max_projects,
        max_points=pot.max_points,
        max_points_per_project=options.get("max_points_per_project"),
        rule=pot.rule,
        minimum=str(share) if share is not None else str(number) if number is not None else None,
        minimum_is_share=share is not None,
        minimum_above=bool(options.get("threshold_above")),
        stop_when_exhaustive=bool(options.get("stop_when_exhaustive")),
        tie_rules=tuple(options.get("tie_rules") or ("listed_first",)),
        pot_id=pot.id,
    )


METHODS = ("greedy", "greedy-no-skip", "greedy-exclusive", "equalshares", "phragmen")
"""What staff choose between; the details of the announcement make the name of a rule from it."""


def methods_for(vote_type: str) -> list[str]:
    """The methods by which ballots of this kind can be counted."""
    return [one for one in METHODS if supported(one, vote_type)]


def method_of(rule: str) -> str:
    """The method that a rule belongs to."""
    return "equalshares" if shares(rule) else "greedy" if rule == "greedy-threshold" else rule


def rule_named(method: str, *, minimum: bool, add1: bool = False, comparison: bool = False) -> str:
    """The name of the rule, as `.pb` files write it."""
    if method == "equalshares":
        return f"equalshares{'/add1' if add1 else ''}{'-comparison' if comparison else ''}"
    return "greedy-threshold" if method == "greedy" and minimum else method


def with_vote_type(command: WritePot, vote_type: str) -> WritePot:
    """The same pot with another kind of ballot: its usual limits, and a rule and a minimum that go with it."""
    if vote_type == command.vote_type or vote_type not in VOTE_TYPES:
        return replace(command, vote_type=vote_type)
    changed = replace(command, vote_type=vote_type, **vars(USUAL_LIMITS[vote_type]))
    changed = replace(changed, minimum=None, minimum_is_share=False, minimum_above=False)
    if command.rule == "greedy-threshold" or not supported(command.rule, vote_type):
        changed = replace(changed, rule="greedy", tie_rules=usual_tie_rules("greedy"))
    return changed


def with_method(command: WritePot, method: str) -> WritePot:
    """The same pot with another method, and with the tie rules that are usual for it."""
    if method == method_of(command.rule):
        return command
    rule = rule_named(method, minimum=command.minimum is not None, add1=True)
    return replace(command, rule=rule, tie_rules=usual_tie_rules(rule), stop_when_exhaustive=False)
