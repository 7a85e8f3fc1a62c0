"""Sums of a pot in the reader's language. An imported election may count in smaller units than its currency has."""

import re
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_currency, format_decimal, get_currency_precision

from app.features.budgets.models import Pot
from app.features.counting.numbers import score_text
from app.web.filters import show_money
from app.web.locale import current_locale

NO_CURRENCY = "XXX"  # ISO 4217: no currency is involved


def decimals_of(pot: Pot) -> int:
    """Digits of the smallest unit in which the sums of this pot are kept."""
    return int(pot.options.get("decimals", get_currency_precision(pot.currency)))


def show(pot: Pot, amount: int | None) -> str:
    """A sum of this pot; every digit that is kept is shown."""
    if amount is None:
        return ""
    decimals = decimals_of(pot)
    if pot.currency != NO_CURRENCY and decimals == get_currency_precision(pot.currency):
        return _spaced(show_money(amount, pot.currency))
    value = Decimal(amount).scaleb(-decimals).normalize()
    if pot.currency == NO_CURRENCY:
        return str(format_decimal(value, locale=_locale(), decimal_quantization=False))
    return _spaced(str(format_currency(value, pot.currency, locale=_locale(), decimal_quantization=False)))


def show_part(pot: Pot, part: str | None) -> str:
    """A part of a sum as records keep it (`152/3` of the smallest unit), rounded to the smallest unit for reading."""
    return "" if part is None else show(pot, round(Fraction(part)))


def _locale() -> str:
    code = current_locale()
    return "en" if code == "en_XA" else code


def _spaced(text: str) -> str:
    """A space that does not break between a code of letters and its number: `PLN 1,000`, as CLDR asks for."""
    return re.sub(r"(?<=[A-Za-z])(?=\d)", "\u00a0", text)


def plain(pot: Pot, amount: int | None) -> str:
    """The same as a number for files: `1234.50`."""
    if amount is None:
        return ""
    decimals = decimals_of(pot)
    return f"{Decimal(amount).scaleb(-decimals):.{decimals}f}"


def plain_part(pot: Pot, part: str | None) -> str | None:
    """A part of a sum in whole units, for files: `12.5`, or `152/3` where no short decimal number says it."""
    return None if part is None else score_text(Fraction(part) / 10 ** decimals_of(pot))
