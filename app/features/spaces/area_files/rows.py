"""From features to areas: code, names, parent and outline of each row, or the reason why a row is none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import MultiPolygon, Polygon

from app.features.spaces.area_files.problems import FileRefused, Problem
from app.features.spaces.area_files.reading import NOT_DEGREES
from app.features.spaces.area_files.shapes import OutsideDegrees, read_shape
from app.features.spaces.rules import slug_from
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.texts import Texts, clean_line

CODE_PROPERTIES = ("code", "slug", "id", "kood", "koodi", "tunnus", "nummer")
NAME_PROPERTIES = ("name", "nimi", "bezeichnung", "title", "label")
PARENT_PROPERTIES = ("parent", "parent_code")
MOST_CODE, MOST_NAME = 64, 120


@dataclass(frozen=True)
class ImportOptions:
    """How to read a file. Empty property names mean: look for the usual ones.

    `language` is the language of names that do not say theirs; `parent_code` is the area that holds rows without a
    parent of their own.
    """

    language: str = "en"
    parent_code: str = ""
    code_property: str = ""
    name_property: str = ""
    parent_property: str = ""
    repair: bool = False


@dataclass(frozen=True)
class Row:
    """One area as the file has it. `parent_code` is None when the file says nothing about it."""

    number: int
    code: str
    name: Texts
    parent_code: str | None
    polygon: Polygon | MultiPolygon
    repaired: bool = False

    @property
    def label(self) -> str:
        """A name to recognise the row by."""
        return next(iter(self.name.values()), self.code)


def read_rows(features: Sequence[Mapping[str, Any]], options: ImportOptions) -> tuple[list[Row], list[Problem]]:
    """The rows that can be read, and why the others cannot.

    Raises FileRefused when no row is in degrees: that is one problem of the file, not one of each row.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    outside: list[str] = []
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties")
        reader = _RowReader(number, properties if isinstance(properties, dict) else {}, feature, options)
        row = reader.read()
        problems.extend(reader.problems)
        outside.extend(reader.outside)
        if row:
            rows.append(row)
    if outside and len(outside) == len(features):
        raise FileRefused([Problem(msg(NOT_DEGREES.template, found=outside[0]))])
    problems.extend(_repeated_codes(rows))
    return rows, sorted(problems, key=lambda problem: problem.row or 0)


def _repeated_codes(rows: Sequence[Row]) -> list[Problem]:
    first: dict[str, int] = {}
    return [
        Problem(
            msg("The code “%(code)s” stands in row %(first)s already.", code=row.code, first=first[row.code]),
            row.number,
            row.label,
        )
        for row in rows
        if first.setdefault(row.code, row.number) != row.number
    ]


class _RowReader:
    """Reads one feature and collects what is wrong with it."""

    def __init__(self, number: int, properties: dict[str, Any], feature: Mapping[str, Any], options: ImportOptions) -> None:
        self.number = number
        self.properties = properties
        self.feature = feature
        self.options = options
        self.problems: list[Problem] = []
        self.outside: list[str] = []

    def read(self) -> Row | None:
        name = self._name()
        label = next(iter(name.values()), "")
        if not name:
            self._problem(msg("It has no name."), label)
        elif len(max(name.values(), key=len)) > MOST_NAME:
            self._problem(msg("Its name is too long: at most %(most)s characters fit.", most=MOST_NAME), label)
        code = self._code(name)
        if not code:
            self._problem(msg("It has no code."), label)
        elif len(code) > MOST_CODE:
            self._problem(msg("Its code is too long: at most %(most)s characters fit.", most=MOST_CODE), label)
        try:
            shape = read_shape(self.feature.get("geometry"), repair=self.options.repair)
        except OutsideDegrees as refusal:
            self.outside.append(refusal.found)
            self._problem(refusal.message, label)
            return None
        except Refused as refusal:
            self._problem(refusal.message, label)
            return None
        if self.problems:
            return None
        return Row(self.number, code, name, self._parent(code), shape.polygon, shape.repaired)

    def _problem(self, reason: Any, label: str) -> None:
        self.problems.append(Problem(reason, self.number, label[:60]))

    def _code(self, name: Texts) -> str:
        wanted = self.options.code_property
        keys = (wanted,) if wanted else CODE_PROPERTIES
        found = next((code for key in keys if (code := _word(self.properties.get(key)))), "")
        if not found and not wanted:
            found = _word(self.feature.get("id")) or slug_from(name, (self.options.language,))
        return found

    def _name(self) -> Texts:
        for key in (self.options.name_property,) if self.options.name_property else NAME_PROPERTIES:
            if found := self._names_at(key):
                return found
        return {}

    def _names_at(self, key: str) -> Texts:
        """Names at `key` (a word, or an object of words by language) and at `key_fi`, `key:fi` and the like."""
        found: Texts = {}
        value = self.properties.get(key)
        if isinstance(value, dict):
            found = {code: text for code, word in value.items() if len(code) <= 3 and (text := _word(word))}
        elif text := _word(value):
            found = {self.options.language: text}
        variant = re.compile(re.escape(key) + r"[_:.-]([a-z]{2})", re.IGNORECASE)
        for other, word in self.properties.items():
            if (match := variant.fullmatch(other)) and (text := _word(word)):
                found[match[1].lower()] = text
        return found

    def _parent(self, code: str) -> str | None:
        keys = (self.options.parent_property,) if self.options.parent_property else PARENT_PROPERTIES
        for key in keys:
            if key in self.properties and (found := _word(self.properties[key])):
                return found
        stated = any(key in self.properties for key in keys)
        if self.options.parent_code and self.options.parent_code != code:
            return self.options.parent_code
        return "" if stated else None


def _word(value: Any) -> str:
    """A property as one clean line; numbers as they are written, anything else as nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean_line(str(value))
