"""A result as plain values for JSON. Money is in whole units of the currency, with the digits that stand in the file."""

from fractions import Fraction
from typing import Any

from app.features.counting.files import remarks
from app.features.counting.numbers import money_number, score_number, score_text
from app.features.counting.pb import PbElection, PbError
from app.features.counting.pb.beside import beside_of
from app.features.counting.result import Paid, Result, SharesOutcome, Tie, Why
from app.features.counting.tally import ballots_with_a_winner


def counted(file: str, election: PbElection, result: Result) -> dict[str, Any]:
    """One line for a file that was counted."""
    meta = election.head.meta
    return {
        "file": file,
        "rule": result.options.rule,
        "winners": list(result.winners),
        "cost": money_number(result.cost, meta.decimals),
        "budget": money_number(result.budget, meta.decimals),
        "currency": meta.currency,
        "voters": result.voters,
        "blank": result.blank,
        "tie_rules": [str(rule) for rule in result.options.tie_rules],
        "ties": [_tie(tie) for tie in result.ties],
        "why": {project: _why(why, meta.decimals) for project, why in result.why.items()},
        "shares": None if result.shares is None else _shares(result.shares, meta.decimals),
        "ballots_with_a_winner": _with_a_winner(election, result),
        "notices": [
            {"code": one.code, "field": one.field, "count": one.count, "lines": list(one.lines), "text": str(one)}
            for one in remarks(election, result)
        ],
        "content_digest": election.content_digest,
    }


def _with_a_winner(election: PbElection, result: Result) -> int | None:
    """Only where whole ballots were kept for the rule: nobody waits for a second reading of a large file."""
    ballots, beside = election.tally.ballots, beside_of(election.head)
    if beside is not None and (beside.left_out or beside.paper):
        return None  # rows do not tell who named a project that has none
    return None if ballots is None else ballots_with_a_winner(ballots.items(), result.winners)


def refused(file: str, error: PbError) -> dict[str, Any]:
    """One line for a file that was not counted."""
    return {"file": file, "error": {"line": error.line, "field": error.field, "expected": error.expected}}


def _tie(tie: Tie) -> dict[str, Any]:
    return {
        "projects": list(tie.projects),
        "score": score_number(tie.score),
        "decided_by": [str(rule) for rule in tie.decided_by],
        "decisive": tie.decisive,
    }


def _why(why: Why, decimals: int) -> dict[str, Any]:
    return {
        "place": why.place,
        "score": score_number(why.score),
        "votes": why.votes,
        "cost": money_number(why.cost, decimals),
        "left": money_number(why.left, decimals),
        "reason": str(why.reason),
        "short_by": money_number(why.short_by, decimals),
        "needed_score": why.needed_score,
        "outranks": why.outranks,
        "excluded_by": why.excluded_by,
        **({} if why.paid is None else {"paid": _paid(why.paid, decimals)}),
    }


def _paid(paid: Paid, decimals: int) -> dict[str, Any]:
    return {
        "money": _part(paid.money, decimals),
        "payers": paid.payers,
        "in_full": paid.in_full,
        "each": _part(paid.each, decimals),
        "lacking": _part(paid.lacking, decimals),
        "further_supporters": paid.further_supporters,
    }


def _shares(shares: SharesOutcome, decimals: int) -> dict[str, Any]:
    compared = shares.comparison
    return {
        "first_share": _part(shares.first_share, decimals),
        "share": _part(shares.share, decimals),
        "steps": shares.steps,
        "ended": str(shares.ended),
        "next_cost": None if shares.next_cost is None else money_number(shares.next_cost, decimals),
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


def _part(amount: Fraction | None, decimals: int) -> str | None:
    """A part of a sum, exact, as text in whole units: `12.5`, or `152/3` where no decimal number says it."""
    return None if amount is None else score_text(amount / 10**decimals)
