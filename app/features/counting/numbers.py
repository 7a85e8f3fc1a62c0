"""Exact numbers: money as an integer of the smallest unit, scores as integers or fractions. What is counted is never rounded.

Numbers for JSON are the exception: one with decimals is a double, which holds fifteen digits for sure.
"""

import re
from fractions import Fraction
from functools import lru_cache

Score = int | Fraction
"""Votes or points. An integer wherever the ballots hold whole numbers, else an exact fraction."""

DECIMALS = 2
"""Digits of the smallest unit of money after the decimal sign: 2 for cents."""

MAX_DIGITS = 15
"""Digits of a sum of money before the decimal sign; more is a slip, and would not fit a 64-bit integer."""

MAX_LENGTH = 40
"""Characters of a number of points or of anything else that is counted; more is no number that anybody meant."""

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"([+-]?)(\d{1,3}([ '’,\u00a0\u202f])\d{3}(?:\3\d{3})*)([.,]\d+)?", re.ASCII)
_GROUPED_BY_POINTS = re.compile(r"([+-]?)(\d{1,3}(\.)\d{3}(?:\.\d{3})+|\d{1,3}(\.)\d{3}(?=,))(,\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d{1,2})", re.ASCII)


class NotANumber(ValueError):
    """The text is no number, or one that cannot be read in a single way."""


class TooPrecise(ValueError):
    """A sum of money has more decimals than the currency has."""


class TooLarge(ValueError):
    """A sum of money has more than `MAX_DIGITS` digits."""


def plain_number(text: str) -> tuple[str, bool]:
    """`text` with a decimal point and no separators, and whether it was written in another way.

    Understood are `12500`, `12500.50`, `12500,50`, `12 500.50`, `12,500.50`, `12.500,50` and `12'500`. Powers of ten as
    spreadsheets write them (`1,25E+04`) have lost digits and are refused. Raises NotANumber.
    """
    if _PLAIN.fullmatch(text):
        return text, False
    if found := _GROUPED.fullmatch(text) or _GROUPED_BY_POINTS.fullmatch(text):
        sign, digits, rest = found[1], found[2], found[found.re.groups] or ""
        if rest and rest[0] in digits:
            raise NotANumber(text)
        return sign + "".join(digit for digit in digits if digit.isdigit()) + rest.replace(",", "."), True
    if found := _DECIMAL_COMMA.fullmatch(text):
        return f"{found[1]}.{found[2]}", True
    raise NotANumber(text)


def parse_money(text: str, decimals: int = DECIMALS) -> int:
    """A sum of money in the smallest unit. Zeros beyond the last decimal are fine, anything else there is TooPrecise.

    Raises NotANumber, TooPrecise, TooLarge.
    """
    whole, _, fraction = plain_number(text)[0].partition(".")
    if fraction[decimals:].strip("0"):
        raise TooPrecise(text)
    if len(whole.lstrip("+-0")) > MAX_DIGITS:
        raise TooLarge(text)
    return int(whole + fraction[:decimals].ljust(decimals, "0"))


def money_text(amount: int, decimals: int = DECIMALS) -> str:
    """The shortest way to write a sum in a file: `12500` or `12500.50`."""
    sign, digits = ("-" if amount < 0 else ""), str(abs(amount)).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{sign}{whole}.{fraction}" if fraction.strip("0") else sign + whole


def money_number(amount: int, decimals: int = DECIMALS) -> int | float:
    """The sum in whole units of the currency, as a number for JSON: the very digits that stand in the file where it is whole or
    has at most fifteen digits, else the nearest double."""
    text = money_text(amount, decimals)
    return float(text) if "." in text else int(text)


@lru_cache(maxsize=4096)
def parse_score(text: str) -> Score:
    """Points as an integer, or as a fraction where they have decimals. Raises NotANumber."""
    if len(text) > MAX_LENGTH or not _PLAIN.fullmatch(text):
        raise NotANumber(text)
    return simplest(Fraction(text)) if "." in text else int(text)


def simplest(score: Score) -> Score:
    """`score` as an integer where it is one."""
    return score.numerator if isinstance(score, Fraction) and score.denominator == 1 else score


def score_text(score: Score) -> str:
    """The shortest exact way to write a score: `7`, `7.5`, and `7/3` only where no decimal number says it."""
    score = simplest(score)
    if isinstance(score, int):
        return str(score)
    digits = _decimal_places(score.denominator)
    if digits is None:
        return f"{score.numerator}/{score.denominator}"
    return money_text(score.numerator * 10**digits // score.denominator, digits)


def score_number(score: Score) -> int | float:
    """A score as a number for JSON."""
    score = simplest(score)
    return score if isinstance(score, int) else float(score)


def _decimal_places(denominator: int) -> int | None:
    """How many decimals a fraction with this denominator needs; None where no number of them is enough."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None
