"""Find the place that somebody wrote: a street with a number from the city's own table, or coordinates.

Nothing is guessed in silence: each match says whether it is exact, and how sure we are when it is not.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from rapidfuzz import fuzz, process

from app.kernel.automated import decides
from app.kernel.messages import Message, msg

ENOUGH = 78
"""Names less alike than this (0 to 100) are not offered. Tried on the demo table: a slip of two letters in ten still counts."""
ENDINGS = {
    "k": ("katu", "kuja", "kaari"),
    "kt": ("katu",),
    "t": ("tie", "tori"),
    "g": ("gatan", "granden"),
    "v": ("vagen",),
    "r": ("ranta",),
    "p": ("puisto",),
    "auk": ("aukio",),
    "espl": ("esplanadi", "esplanaden"),
}
BEGINNINGS = {
    "e": ("etela", "etelainen"),
    "et": ("etela", "etelainen"),
    "p": ("pohjois", "pohjoinen"),
    "pohj": ("pohjois", "pohjoinen"),
    "i": ("ita", "itainen"),
    "it": ("ita", "itainen"),
    "l": ("lansi", "lantinen", "lilla"),
    "lant": ("lantinen",),
    "n": ("norra",),
    "s": ("sodra",),
    "o": ("ostra",),
    "v": ("vastra",),
}
NUMBER = re.compile(r"(?P<from>\d{1,4})\s?(?P<letter>[a-zA-Z](?![a-zA-Z]))?(\s?[-–/]\s?(?P<to>\d{1,4}))?")


@dataclass(frozen=True)
class StreetMatch:
    """One place that the text may mean. `quality` is exact or near; `confidence` runs from 0 to 1; `note` says why near."""

    street: str
    number: str | None
    lon: float
    lat: float
    quality: Literal["exact", "near"]
    confidence: float
    kind: str = "street"
    note: Message | None = None

    @property
    def label(self) -> str:
        """The address as it is written."""
        return f"{self.street} {self.number}" if self.number else self.street


@dataclass(frozen=True)
class Street:
    """One row of the table. Places are (longitude, latitude)."""

    names: tuple[str, ...]
    kind: str
    at: tuple[float, float]
    numbers: Mapping[str, tuple[float, float]]


def simplified(text: str) -> str:
    """Letters and digits alone, small, without accents: how two spellings of one name become the same."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    return "".join(letter for letter in text if letter.isalnum())


class StreetTable:
    """The city's streets, squares and parks. `load` it once; `match` is fast enough for every key press."""

    def __init__(self, streets: Iterable[Street], place_names: Iterable[str] = ("Helsinki", "Helsingfors", "HKI")) -> None:
        self.streets = tuple(streets)
        self._city = {simplified(name) for name in place_names}

    @classmethod
    def load(cls, path: Path | str) -> "StreetTable":
        """Read a table as `app/developers/city_data/streets.json` is written. Raises OSError, ValueError or KeyError."""
        rows: list[dict[str, Any]] = json.loads(Path(path).read_text(encoding="utf-8"))["streets"]
        return cls(
            Street(
                names=tuple(row[key] for key in ("fi", "sv") if row.get(key)),
                kind=row.get("kind", "street"),
                at=(row["at"][0], row["at"][1]),
                numbers={number: (at[0], at[1]) for number, at in row.get("numbers", {}).items()},
            )
            for row in rows
        )

    @cached_property
    def _keys(self) -> dict[str, tuple[Street, str]]:
        """Simplified name → the street and the name as it is written; the first row wins a name that two share."""
        found: dict[str, tuple[Street, str]] = {}
        for street in self.streets:
            for name in street.names:
                found.setdefault(simplified(name), (street, name))
        return found

    @decides("streets")
    def match(self, text: str, limit: int = 5) -> list[StreetMatch]:
        """Places that `text` may mean, best first; empty when nothing is alike. Exact matches come alone."""
        found: list[StreetMatch] = []
        for part in re.split(r"\s[–/|]\s", text[:200]):
            name, number = self._split(part)
            if name:
                found += self._by_name(name, number, limit)
        exact = [one for one in found if one.quality == "exact"]
        best: dict[tuple[float, float], StreetMatch] = {}
        for one in sorted(exact or found, key=lambda one: -one.confidence):
            best.setdefault((one.lon, one.lat), one)
        return list(best.values())[:limit]

    def _split(self, text: str) -> tuple[str, re.Match[str] | None]:
        """Street and number; the postcode and the city's own name behind them are dropped."""
        text = re.sub(r"\b(?:FI-?)?\d{5}\b", " ", text)
        text = re.sub(r"([^\W\d_]{3})(\d)", r"\1 \2", text)  # "Kalevankatu3"
        pieces = [piece.strip() for piece in text.split(",") if piece.strip() and simplified(piece) not in self._city]
        words = (pieces[0] if pieces else "").split()
        while len(words) > 1 and simplified(words[-1]) in self._city:
            words.pop()
        line = " ".join(words)
        if len(pieces) > 1 and pieces[1][0].isdigit():
            line += " " + pieces[1]
        first = NUMBER.match(line)
        if first and line[first.end() :].strip():
            return line[first.end() :].strip(), first
        later = re.search(r"[\s.]" + NUMBER.pattern, line)
        if later:
            return line[: later.start() + 1].strip(), later
        return line, None

    def _by_name(self, name: str, number: re.Match[str] | None, limit: int) -> list[StreetMatch]:
        key = simplified(name)
        if not key:
            return []
        if key in self._keys:
            street, written = self._keys[key]
            return [_place(street, written, number)]
        written_out = [self._keys[form] for form in _written_out(name) if form in self._keys]
        if len(written_out) == 1:
            return [_place(*written_out[0], number)]
        if written_out:
            note = msg("More than one street can be meant. Choose one.")
            return [_near(_place(street, written, number), 0.9, note) for street, written in written_out]
        return [*self._begun(key, number, limit), *self._alike(key, number, limit)]

    def _begun(self, key: str, number: re.Match[str] | None, limit: int) -> list[StreetMatch]:
        """Names that begin as the text does, from four letters on."""
        note = msg("The name is not complete. Check that this is the street.")
        begun = [entry for form, entry in self._keys.items() if len(key) >= 4 and form.startswith(key)]
        return [_near(_place(street, written, number), 0.85, note) for street, written in begun[:limit]]

    @decides("streets")
    def _alike(self, key: str, number: re.Match[str] | None, limit: int) -> list[StreetMatch]:
        """Names that differ by slips of the pen."""
        note = msg("The name is spelled differently. Check that this is the street.")
        hits = process.extract(key, list(self._keys), scorer=fuzz.ratio, score_cutoff=ENOUGH, limit=limit)
        return [_near(_place(*self._keys[form], number), score / 100 * 0.95, note) for form, score, _index in hits]


def _written_out(name: str) -> list[str]:
    """What an abbreviated name can stand for: `Aleksanterink.`, `Et. Esplanadi`, `P-Esplanadi`, `Bergg.`."""
    words = [word for word in re.split(r"[\s.\-]+", name) if word]
    plain = [simplified(word) for word in words]
    forms = {"".join(plain)}
    if len(plain) > 1 and plain[0] in BEGINNINGS:
        forms |= {start + "".join(plain[1:]) for start in BEGINNINGS[plain[0]]}
    for form in list(forms):
        for short, endings in ENDINGS.items():
            if form.endswith(short) and (len(form) > len(short) + 3):
                forms |= {form[: -len(short)] + ending for ending in endings}
    return sorted(forms)


def _place(street: Street, name: str, number: re.Match[str] | None) -> StreetMatch:
    """The street, or the house on it. A number that we do not know gives the nearest one we do, and says so."""
    whole = StreetMatch(name, None, *street.at, "exact", 1.0, street.kind)
    if number is None:
        return whole
    wanted = int(number["from"])
    asked = f"{wanted}{(number['letter'] or '').lower()}"
    span = f"{asked}-{number['to']}" if number["to"] else ""
    for form in (span, asked, str(wanted)):
        if form in street.numbers:
            return replace(whole, number=form, lon=street.numbers[form][0], lat=street.numbers[form][1])
    inside = next((known for known in street.numbers if _covers(known, wanted)), None)
    if inside:
        return replace(whole, number=inside, lon=street.numbers[inside][0], lat=street.numbers[inside][1])
    same_side = [known for known in street.numbers if _first(known) % 2 == wanted % 2] or list(street.numbers)
    if not same_side:
        return _near(whole, 0.8, msg("We know this street, but not its house numbers. This is its middle."))
    nearest = min(same_side, key=lambda known: abs(_first(known) - wanted))
    close = replace(whole, number=nearest, lon=street.numbers[nearest][0], lat=street.numbers[nearest][1])
    note = msg("We do not know number %(number)s. The nearest we know is %(nearest)s.", number=asked, nearest=nearest)
    return _near(close, 0.8 if abs(_first(nearest) - wanted) <= 10 else 0.6, note)


def _near(found: StreetMatch, confidence: float, note: Message) -> StreetMatch:
    """The same place, no longer exact; a reason it already has is kept, because it is the nearer one."""
    return replace(found, quality="near", confidence=round(min(found.confidence, 1) * confidence, 3), note=found.note or note)


def _first(number: str) -> int:
    digits = re.match(r"\d+", number)
    return int(digits.group()) if digits else 0


def _covers(known: str, wanted: int) -> bool:
    """Whether a house known as `30-34` has the number 32: numbers on one side of a street go in twos."""
    span = re.fullmatch(r"(\d+)[a-z]?-(\d+)[a-z]?", known)
    if span:
        low, high = int(span[1]), int(span[2])
        return low <= wanted <= high and (wanted - low) % 2 == 0
    return _first(known) == wanted
