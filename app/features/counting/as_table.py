"""A result as text for a terminal or a printed protocol."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.features.counting.files import remarks
from app.features.counting.numbers import money_text, score_text
from app.features.counting.pb import PbElection, PbError
from app.features.counting.result import Paid, Reason, Result, SharesOutcome, Tie, Why

_NAME_WIDTH = 40
_WORDS = {
    Reason.WON: "won",
    Reason.DID_NOT_FIT: "did not fit into what was left",
    Reason.NO_VOTES: "nobody voted for it",
    Reason.BELOW_THRESHOLD: "below the minimum score",
    Reason.STOPPED: "the count had ended before its turn",
    Reason.EXCLUDED: "excluded by a winner",
    Reason.WITHDRAWN: "withdrawn",
    Reason.SUPPORTERS_SHORT: "its supporters had too little money left",
}


def counted(file: str, election: PbElection, result: Result) -> str:
    """The protocol of a file that was counted."""
    return "\n".join(_lines(file, election, result))


def refused(file: str, error: PbError) -> str:
    """What to say about a file that was not counted."""
    return f"{file}\n  not counted: {error}"


def _lines(file: str, election: PbElection, result: Result) -> Iterator[str]:
    meta = election.head.meta
    names = {project.project_id: project.name for project in election.head.projects}
    money = [money_text(amount, meta.decimals) for amount in (result.cost, result.budget, result.left)]
    yield file
    yield f"  {meta.text('description')}".rstrip()
    yield f"  rule {result.options.rule}, {meta.vote_type}: {result.voters} ballots, {result.blank} of them blank"
    yield f"  {len(result.winners)} of {len(result.why)} projects for {money[0]} of {money[1]} {meta.currency}, left {money[2]}"
    yield ""
    rows = [_row(why, names.get(why.project, ""), meta.decimals, result.budget) for why in result.why.values()]
    yield from _aligned([("place", "project", "score", "cost", "left before", "outcome", "name"), *rows])
    yield ""
    yield from (f"  tie at {_tie(tie)}" for tie in result.ties)
    if result.shares is not None:
        yield from _shares(result.shares, meta.decimals)
    for notice in remarks(election, result):
        lines = f" (line {', '.join(map(str, notice.lines))}{', …' if notice.count > len(notice.lines) else ''})"
        yield f"  note: {notice.field}: {notice} {notice.count}×{lines if notice.lines else ''}"
    yield f"  content {election.content_digest}"


def _row(why: Why, name: str, decimals: int, budget: int) -> tuple[str, ...]:
    outcome = _WORDS[why.reason]
    if why.excluded_by is not None:
        outcome += f" ({why.excluded_by})"
    if why.needed_score is not None:
        outcome += f", {why.needed_score} more needed"
    if why.reason is Reason.SUPPORTERS_SHORT and why.cost > budget:
        outcome = "costs more than the whole budget"
    elif why.paid is not None:
        outcome += _paid(why.paid, decimals)
    short = name if len(name) <= _NAME_WIDTH else name[: _NAME_WIDTH - 1] + "…"
    money = [money_text(amount, decimals) for amount in (why.cost, why.left)]
    return (str(why.place), why.project, score_text(why.score), *money, outcome, short)


def _paid(paid: Paid, decimals: int) -> str:
    if paid.lacking is not None:
        further = "" if paid.further_supporters is None else f", as much as {paid.further_supporters} more supporters have"
        return f", {_about(paid.lacking, decimals)} lacking{further}"
    if not paid.payers:
        return ""
    return f", {paid.in_full} paid {_about(paid.each, decimals)} and {paid.payers - paid.in_full} what they had left"


def _shares(shares: SharesOutcome, decimals: int) -> Iterator[str]:
    first, last = (_about(share, decimals) for share in (shares.first_share, shares.share))
    yield f"  shares grew from {first} to {last} in {shares.steps} steps ({str(shares.ended).replace('_', ' ')})"
    if (compared := shares.comparison) is not None:
        kept = "greedy's winners were taken" if compared.greedy_preferred else "the winners of Equal Shares stand"
        counts = f"{compared.better_with_shares} with Equal Shares, {compared.better_with_greedy} with greedy"
        yield f"  voters with more of their projects: {counts}, {compared.indifferent} with as many: {kept}"


def _about(amount: Fraction | None, decimals: int) -> str:
    """A part of a sum, rounded for reading; the JSON holds it exactly."""
    return "" if amount is None else money_text(round(amount), decimals)


def _tie(tie: Tie) -> str:
    how = " and ".join(rule.replace("_", " ") for rule in tie.decided_by) or "any order"
    return f"{score_text(tie.score)}: {', '.join(tie.projects)}: {how}{'; decided who won' if tie.decisive else ''}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = (True, False, True, True, True, False, False)
    for row in rows:
        cells = (cell.rjust(width) if r else cell.ljust(width) for cell, width, r in zip(row, widths, right, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()
