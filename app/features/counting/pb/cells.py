"""Reading single cells. Each function raises PbError for what cannot be read, and notes what was read with care."""

import re
from dataclasses import dataclass
from math import inf

from app.features.counting.messages import msg
from app.features.counting.numbers import (
    MAX_DIGITS,
    NotANumber,
    Score,
    TooLarge,
    TooPrecise,
    parse_money,
    parse_score,
    plain_number,
)
from app.features.counting.pb.errors import Notices, PbError, TooFine, not_a_number, shortened

_POWER_OF_TEN = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}", re.ASCII)
_THREE_ZEROS = re.compile(r"\d{1,3}\.000", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with its place in the file."""

    line: int | None
    field: str
    text: str

    def money(self, notices: Notices, decimals: int) -> int:
        """A sum of money in the smallest unit, never negative."""
        amount = self._money(decimals)
        if amount < 0:
            expected = msg("a sum of money that is not negative, found “%(found)s”", found=self.text)
            raise PbError(line=self.line, field=self.field, expected=expected)
        self._note_style(notices)
        if _THREE_ZEROS.fullmatch(self.text):
            text = msg("A sum with three zeros behind the point was read with a decimal point: 400.000 is four hundred.")
            notices.add("three_decimals", self.field, text, line=self.line)
        return amount

    def whole(self, least: int = 0) -> int:
        """A whole number. `12.0` is one too."""
        score = self._score(self.text)
        if not isinstance(score, int) or score < least:
            expected = msg("a whole number of at least %(least)s, found “%(found)s”", least=least, found=shortened(self.text))
            raise PbError(line=self.line, field=self.field, expected=expected)
        return score

    def score(self) -> Score:
        """Points: a whole number, or one with a decimal point."""
        return self._score(self.text)

    def degrees(self, limit: int, notices: Notices) -> float | None:
        """A latitude or longitude in decimal degrees, also as `5e-05`. What is beyond ±`limit`, or no number, is no place."""
        written_as_power = _POWER_OF_TEN.fullmatch(self.text) is not None
        try:
            degrees = float(self.text if written_as_power else plain_number(self.text)[0])
        except NotANumber:
            degrees = inf
        if abs(degrees) > limit:
            text = msg("Coordinates beyond -%(limit)s to %(limit)s degrees are no place; they were passed over.", limit=limit)
            notices.add("no_place", self.field, text, line=self.line)
            return None
        if not written_as_power:
            self._note_style(notices)
        return degrees

    def items(self) -> tuple[str, ...]:
        """The values between commas, without empty ones."""
        return tuple(item for item in map(str.strip, self.text.split(",")) if item)

    def _note_style(self, notices: Notices) -> None:
        if plain_number(self.text)[1]:
            text = msg("Numbers with separators or a decimal comma, such as “%(found)s”, were understood.", found=self.text)
            notices.add("number_style", self.field, text, line=self.line)

    def _score(self, text: str) -> Score:
        try:
            return parse_score(text)
        except NotANumber:
            raise not_a_number(self.line, self.field, text) from None

    def _money(self, decimals: int) -> int:
        try:
            return parse_money(self.text, decimals)
        except NotANumber:
            raise not_a_number(self.line, self.field, self.text) from None
        except TooPrecise:
            expected = msg("at most %(decimals)s decimals, found “%(found)s”", decimals=decimals, found=shortened(self.text))
            raise TooFine(line=self.line, field=self.field, expected=expected) from None
        except TooLarge:
            expected = msg(
                "a sum of at most %(digits)s digits, found “%(found)s”", digits=MAX_DIGITS, found=shortened(self.text)
            )
        raise PbError(line=self.line, field=self.field, expected=expected) from None
