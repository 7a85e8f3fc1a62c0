"""A count as it is kept with its pot: plain JSON values, money in the smallest unit, projects by their ballot numbers."""

from fractions import Fraction
from typing import Any

from app.features.counting.use_cases import Paid, Result, SharesOutcome

_FINEST = 10**6


def as_record(
    result: Result, channels: dict[str, int], with_a_winner: int | None = None, *, finer: bool = True
) -> dict[str, Any]:
    """The outcome of a count with the participations by channel beside it.

    Keys: rule, supported, winners (in the order in which they were funded), cost, budget, left, voters, blank, channels,
    with_a_winner (ballots on which at least one winner stands), tie_rules, ties [{projects, score, decided_by, decisive}],
    why {number: {place, score, votes, cost, left, reason, …, paid}}, shares (Equal Shares). Parts of a sum are text: `12`
    or `152/3` of the smallest unit. What older records lack is missing there. Without `finer` nobody's payments are kept: of
    few ballots they would say too much.
    """
    return {
        "supported": True,
        "rule": result.options.rule,
        "winners": list(result.winners),
        "cost": result.cost,
        "budget": result.budget,
        "left": result.left,
        "voters": result.voters,
        "blank": result.blank,
        "channels": channels,
        "with_a_winner": with_a_winner,
        "shares": None if result.shares is None or not finer else _shares(result.shares),
        "tie_rules": [str(rule) for rule in result.options.tie_rules],
        "ties": [
            {
                "projects": list(tie.projects),
                "score": str(tie.score),
                "decided_by": [str(rule) for rule in tie.decided_by],
                "decisive": tie.decisive,
            }
            for tie in result.ties
        ],
        "why": {
            number: {
                "place": why.place,
                "score": str(why.score),
                "votes": why.votes,
                "cost": why.cost,
                "left": why.left,
                "reason": str(why.reason),
                "short_by": why.short_by,
                "needed_score": why.needed_score,
                "outranks": why.outranks,
                "excluded_by": why.excluded_by,
                "paid": None if why.paid is None or not finer else _paid(why.paid),
            }
            for number, why in result.why.items()
        },
    }


def _paid(paid: Paid) -> dict[str, Any]:
    return {
        "money": _part(paid.money),
        "payers": paid.payers,
        "in_full": paid.in_full,
        "each": _part(paid.each),
        "lacking": _part(paid.lacking),
        "further_supporters": paid.further_supporters,
    }


def _shares(shares: SharesOutcome) -> dict[str, Any]:
    compared = shares.comparison
    return {
        "first_share": _part(shares.first_share),
        "share": _part(shares.share),
        "steps": shares.steps,
        "ended": str(shares.ended),
        "next_cost": shares.next_cost,
        "comparison": None
        if compared is None
        else {
            "better_with_shares": compared.better_with_shares,
            "better_with_greedy": compared.better_with_greedy,
            "indifferent": compared.indifferent,
            "greedy_preferred": compared.greedy_preferred,
            "shares_winners": list(compared.shares_winners),
            "greedy_winners": list(compared.greedy_winners),
        },
    }


def _part(amount: Fraction | None) -> str | None:
    """Exact where that is short, else to a millionth of the smallest unit: a balance can take thousands of digits."""
    if amount is None or amount.denominator < _FINEST:
        return None if amount is None else str(amount)
    return str(Fraction(round(amount * _FINEST), _FINEST))


def not_supported(rule: str, voters: int, channels: dict[str, int], *, missing: str | None = None) -> dict[str, Any]:
    """What is kept when the pot cannot be counted: no winners, never another rule's.

    `missing` names what the rule needs and nobody announced (`min_score`, `conflicts`, `draw`); None: the platform does not
    count by this rule yet.
    """
    return {"supported": False, "rule": rule, "voters": voters, "channels": channels, "missing": missing}
