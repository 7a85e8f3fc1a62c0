"""META: key and value, what must be there and what the values mean."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from app.features.counting.ballots import VoteType
from app.features.counting.messages import msg
from app.features.counting.numbers import DECIMALS, money_text, score_text
from app.features.counting.pb.cells import Cell
from app.features.counting.pb.errors import Notices, PbError, TooFine, missing, shortened
from app.features.counting.pb.model import PbMeta

MANDATORY = ("num_projects", "num_votes", "budget", "vote_type", "rule")
"""The keys without which an election cannot be counted or checked."""

ORDER = (
    *("description", "country", "unit", "district", "subunit", "instance", "num_projects", "num_votes", "budget"),
    *("vote_type", "rule", "date_begin", "date_end", "min_length", "max_length", "min_sum_cost", "max_sum_cost"),
    *("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score", "min_project_score_threshold"),
    *("edition", "language", "currency", "fully_funded", "comment", "acknowledgments"),
)
"""The order in which checkers of the format want to see the keys."""

_MONEY = ("budget", "min_sum_cost", "max_sum_cost")
_WHOLE = ("num_projects", "num_votes", "min_length", "max_length")
_POINTS = ("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score", "min_project_score_threshold")
_UNDERSTOOD = (*_MONEY, *_WHOLE, *_POINTS, "vote_type", "rule")

Row = tuple[int | None, Sequence[str]]
_Value = TypeVar("_Value")


def read_meta(rows: Iterable[Row], notices: Notices, decimals: int = DECIMALS, *, need_rule: bool = True) -> PbMeta:
    """META from its rows, the header not included. Without `need_rule` it may announce none, and `rule` is then empty."""
    fields: dict[str, tuple[int | None, str]] = {}
    repeated: list[tuple[str, str]] = []
    for line, row in rows:
        key, value = _pair(line, row, notices)
        if key in fields:
            _refuse_contradiction(line, key, fields[key][1], value)
            notices.add("repeated_key", key, msg("A key of META stands there twice; the first value was used."), line=line)
            repeated.append((key, value))
        else:
            fields[key] = (line, value)
    for key in MANDATORY:
        if key == "rule" and not need_rule:
            continue
        if not fields.get(key, (None, ""))[1]:
            raise missing(fields.get(key, (None, ""))[0], key, msg("a line “%(key)s;…” with a value in META", key=key))
    cells = {key: Cell(line, key, value) for key, (line, value) in fields.items() if value}
    return PbMeta(
        num_projects=cells["num_projects"].whole(),
        num_votes=cells["num_votes"].whole(),
        budget=cells["budget"].money(notices, decimals),
        vote_type=_vote_type(cells["vote_type"]),
        rule=rule_name(cells["rule"].text) if "rule" in cells else "",
        decimals=decimals,
        min_length=_limit(cells, "min_length", Cell.whole, notices),
        max_length=_max_length(cells, notices),
        min_sum_cost=_limit(cells, "min_sum_cost", lambda cell: cell.money(notices, decimals), notices),
        max_sum_cost=_limit(cells, "max_sum_cost", lambda cell: cell.money(notices, decimals), notices),
        min_points=_limit(cells, "min_points", Cell.score, notices),
        max_points=_limit(cells, "max_points", Cell.score, notices),
        min_sum_points=_limit(cells, "min_sum_points", Cell.score, notices),
        max_sum_points=_limit(cells, "max_sum_points", Cell.score, notices),
        default_score=_optional(cells, "default_score", Cell.score),
        min_project_score_threshold=_optional(cells, "min_project_score_threshold", Cell.score),
        fields=(*((key, value) for key, (_, value) in fields.items()), *repeated),
        lines={key: line for key, (line, _) in fields.items() if line is not None},
    )


def rule_name(text: str) -> str:
    """The name of a rule as the format writes it: `Greedy Threshold` and `greedy_threshold` are `greedy-threshold`."""
    name = re.sub(r"\s*/\s*", "/", text.strip().lower())
    name = re.sub(r"[\s_]+", "-", name)
    return name.replace("equal-shares", "equalshares")


def canonical_fields(meta: PbMeta) -> list[tuple[str, str]]:
    """Keys and values in an order and a form that do not depend on how the file wrote them."""
    return sorted((key, _canonical(meta, key, value)) for key, value in meta.fields)


def _canonical(meta: PbMeta, key: str, value: str) -> str:
    understood = getattr(meta, key) if key in _UNDERSTOOD else None
    if understood is None or not value:
        return value
    if key in _MONEY:
        return money_text(understood, meta.decimals)
    return score_text(understood) if key in _POINTS else str(understood)


def _pair(line: int | None, row: Sequence[str], notices: Notices) -> tuple[str, str]:
    key = row[0]
    if not key or len(row) < 2:
        expected = msg("a line “key;value”, found “%(found)s”", found=shortened(";".join(row)))
        raise PbError(line=line, field=key or "META", expected=expected)
    if any(row[2:]):
        if key in _UNDERSTOOD:
            raise PbError(line=line, field=key, expected=msg("one value, found %(found)s", found=len(row) - 1))
        text = msg("A text of META holds semicolons without quotation marks around it; it was kept whole.")
        notices.add("semicolons", key, text, line=line)
        return key, ";".join(row[1:]).rstrip(";")
    return key, row[1]


def _refuse_contradiction(line: int | None, key: str, before: str, now: str) -> None:
    if key in _UNDERSTOOD and before != now:
        expected = msg("“%(key)s” once in META, found “%(before)s” and “%(now)s”", key=key, before=before, now=now)
        raise PbError(line=line, field=key, expected=expected)


def _vote_type(cell: Cell) -> VoteType:
    try:
        return VoteType(re.sub(r"[\s_]+", "-", cell.text.lower()))
    except ValueError:
        known = ", ".join(VoteType)
        expected = msg("one of %(known)s, found “%(found)s”", known=known, found=shortened(cell.text))
        raise PbError(line=cell.line, field="vote_type", expected=expected) from None


def _max_length(cells: dict[str, Cell], notices: Notices) -> int | None:
    """A limit of ballots; for a ranking it is the worth of the first place too, which the count cannot do without."""
    if _vote_type(cells["vote_type"]) is VoteType.ORDINAL:
        return _optional(cells, "max_length", lambda cell: cell.whole(1))
    return _limit(cells, "max_length", lambda cell: cell.whole(1), notices)


def _limit(cells: dict[str, Cell], key: str, read: Callable[[Cell], _Value], notices: Notices) -> _Value | None:
    """A limit of ballots that the count itself does not need: what cannot be read is taken for no limit, with a notice."""
    try:
        return _optional(cells, key, read)
    except TooFine:
        raise
    except PbError as error:
        text = msg("A limit that is no number, such as “%(found)s”, was taken for no limit.", found=shortened(cells[key].text))
        notices.add("no_limit", key, text, line=error.line)
        return None


def _optional(cells: dict[str, Cell], key: str, read: Callable[[Cell], _Value]) -> _Value | None:
    return read(cells[key]) if key in cells else None
