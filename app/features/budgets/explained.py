"""How Equal Shares came to its end, and who paid for what: for the page of a result."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from app.features.budgets import money
from app.features.budgets.models import Pot
from app.features.budgets.rules import few_ballots
from app.features.budgets.shown import ShownProject


def satisfied(pot: Pot) -> dict[str, str] | None:
    """On how many of the ballots at least one winner stands, as one figure; None where nobody has worked it out."""
    record = pot.result or {}
    number, voters = record.get("with_a_winner"), record.get("voters")
    if number is None or not voters or few_ballots(pot):
        return None
    words = _("%(num)s of %(total)s", num=format_decimal(number), total=format_decimal(voters))
    return {"value": format_percent(number / voters), "label": _("of the ballots have a winner on them"), "note": words}


def shares_steps(pot: Pot) -> list[str]:
    """The course of Equal Shares in sentences; empty for other rules and for records that do not hold it."""
    shares = (pot.result or {}).get("shares")
    if not shares or few_ballots(pot):
        return []
    first, last, steps = money.show_part(pot, shares["first_share"]), money.show_part(pot, shares["share"]), shares["steps"]
    found = [_("At first every ballot stood for %(share)s.", share=first)]
    if steps:
        found.append(
            ngettext(
                "The shares were made larger %(num)s time, up to %(share)s.",
                "The shares were made larger %(num)s times, up to %(share)s.",
                steps,
                share=last,
            )
        )
    ended = {
        "next_too_dear": _(
            "With the next step the winners would have cost %(cost)s, more than the pot holds.",
            cost=money.show(pot, shares.get("next_cost")),
        ),
        "all_won": _("Every project that somebody wanted has won."),
        "exhaustive": _("No further project would fit into what is left."),
        "nobody_voted": _("Nobody voted for a project that could win."),
    }
    if shares["ended"] in ended:
        found.append(ended[shares["ended"]])
    return [*found, *_comparison(shares.get("comparison"))]


def _comparison(compared: dict[str, Any] | None) -> list[str]:
    if not compared:
        return []
    by_votes = format_decimal(compared["better_with_greedy"])
    by_shares = format_decimal(compared["better_with_shares"])
    if compared["greedy_preferred"]:
        words = _(
            "Counted by votes alone, %(more)s voters have more of their projects, against %(fewer)s: votes alone decided.",
            more=by_votes,
            fewer=by_shares,
        )
    else:
        words = _(
            "Counted by votes alone, %(fewer)s voters would have more of their projects, against %(more)s: the shares decided.",
            more=by_shares,
            fewer=by_votes,
        )
    return [words]


def payments(pot: Pot, projects: Sequence[ShownProject]) -> list[dict[str, Any]]:
    """For each winner of Equal Shares, in their order: who paid in full, who paid less, who had nothing left."""
    record = pot.result or {}
    if few_ballots(pot):
        return []
    shown = {one.number: one for one in projects}
    found = []
    for number in record.get("winners", ()):
        why = record["why"][number]
        paid = why.get("paid")
        if not paid or not paid.get("payers") or number not in shown:
            continue
        less = paid["payers"] - paid["in_full"]
        found.append(
            {
                "one": shown[number],
                "supporters": why["votes"],
                "in_full": paid["in_full"],
                "each": money.show_part(pot, paid["each"]) if paid["in_full"] else "",
                "less": less,
                "nothing": max(0, why["votes"] - paid["payers"]),
                "less_each": _average(pot, why, paid, less),
            }
        )
    return found


def _average(pot: Pot, why: dict[str, Any], paid: dict[str, Any], less: int) -> str:
    """What those who paid less paid on average; not known where ballots have points, whose number is not kept."""
    if not less or pot.vote_type not in ("approval", "choose-1"):
        return ""
    rest = why["cost"] - paid["in_full"] * Fraction(paid["each"])
    return money.show_part(pot, str(rest / less))
