"""Money as people type it, read into whole numbers of the smallest unit. Pure; floats never touch it."""

import re
import unicodedata
from decimal import Decimal

MOST = 10**15
"""In the smallest unit: ten thousand billions, far above any budget, far below what a column holds."""
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'\u2019]")
_GROUPED = re.compile(r"\d{1,3}(?:([.,\u066c\u060c]| )\d{3})(?:\1\d{3})*")


class NotMoney(ValueError):
    """What was typed is no amount of money, or one that nobody can mean."""


class Unclear(NotMoney):
    """What was typed can be read in two ways, such as 1.234: a thousand and more, or one and a little."""

    def __init__(self, large: str) -> None:
        super().__init__(large)
        self.large = large


class TooMuch(NotMoney):
    """An amount that nobody can mean."""


def read_money(text: str, digits: int, decimal: str = ".") -> int:
    """An amount in the smallest unit of a currency with so many `digits` after the separator.

    Digits of any script, groups by space, apostrophe, point or comma (and the Arabic ones), a point or comma before the
    decimals. `decimal` is the mark that the reader's language puts before decimals: it decides where a single mark before
    three digits cannot be understood by itself, also in a currency that has three decimals. Raises Unclear, TooMuch or
    NotMoney.
    """
    plain = "".join(_digit(one) for one in text.strip())
    if len(plain) > 40 or not re.fullmatch(r"\d(?:[\d.,]|[\s\u00a0\u2009\u202f'\u2019](?=\d))*", plain, re.ASCII):
        raise NotMoney(text)
    spaced = _SPACES.search(plain)
    if spaced and not re.fullmatch(r"\d{1,3}(?:[\s\u00a0\u2009\u202f'\u2019]\d{3})+(?:[.,]\d+)?", plain):
        raise NotMoney(text)
    whole, part = _split(_SPACES.sub("", plain), decimal, digits, grouped=bool(spaced))
    if len(part) > digits:
        raise NotMoney(text)
    amount = int(whole) * 10**digits + int((part or "0").ljust(digits, "0") if digits else 0)
    if amount >= MOST:
        raise TooMuch(text)
    return amount


def typed_money(amount: int | None, digits: int, decimal: str = ".") -> str:
    """An amount as it stands in a form that is opened again: `1234.5` becomes `1234.50`, and whole amounts have no decimals.

    `decimal` is the reader's own mark, with which `read_money` reads it: `234.500` would be thousands to who writes `234,500`.
    """
    if amount is None:
        return ""
    text = f"{Decimal(amount).scaleb(-digits):.{digits}f}"
    whole, _, part = text.partition(".")
    return f"{whole}{decimal}{part}" if part.strip("0") else whole


def _digit(one: str) -> str:
    if one in "\u066c\u060c":
        return ","
    if one == "\u066b":
        return "."
    return str(unicodedata.decimal(one)) if one.isdecimal() else one


def _split(plain: str, decimal: str, digits: int, *, grouped: bool) -> tuple[str, str]:
    """Digits before and after the decimal mark."""
    marks = [one for one in plain if one in ".,"]
    if not marks:
        return plain, ""
    last = marks[-1]
    head, _, tail = plain.rpartition(last)
    if len(set(marks)) == 2:  # both are there: the last is the decimal mark, the other groups
        other = "," if last == "." else "."
        if last in head or not _GROUPED.fullmatch(head):
            raise NotMoney(plain)
        return head.replace(other, ""), _some(tail)
    if len(marks) > 1:  # the same several times groups
        if not _GROUPED.fullmatch(plain):
            raise NotMoney(plain)
        return plain.replace(last, ""), ""
    if grouped or len(tail) != 3 or len(head) > 3 or head.startswith("0"):
        return head, _some(tail)
    if last == decimal and digits == len(tail):  # as everybody writes it who has such a currency
        return head, tail
    if last == decimal:
        raise Unclear(head + tail)
    return head + tail, ""


def _some(tail: str) -> str:
    if not tail:
        raise NotMoney(tail)
    return tail
