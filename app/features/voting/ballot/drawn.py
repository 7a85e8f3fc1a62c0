"""Pieces of a ballot's page that are the same for every voter, drawn once: thousands look at the same list on the same days.

A piece is kept under all that it is made from: the digest of the fixed ballot, which covers what projects say and cost, and
whatever else it shows. So a piece that is out of date is never found. Nothing of a voter is in one: no mark, no order, no
token; a row leaves a gap where its place in the voter's fair order stands.
"""

from collections.abc import Callable, Hashable
from typing import Any

from flask import current_app, request
from markupsafe import Markup

from app.features.budgets.queries import Pot
from app.features.voting.ballot.marks import seen_ballot
from app.web.assets import static_url
from app.web.kiosk import is_kiosk
from app.web.locale import current_locale

_MOST_SETS = 100
_MOST_PIECES = 2000
GAP = 987_654_321
"""Stands for the place in the fair order while a row is drawn."""
_MARK = f'data-fair="{GAP}"'
_sets: dict[Hashable, dict[Hashable, tuple[str, str]]] = {}


class Drawn:
    """The pieces of one fixed ballot in one language. Of a ballot that is not fixed nothing is kept."""

    def __init__(self, pot: Pot) -> None:
        self._pieces: dict[Hashable, tuple[str, str]] | None = None
        if digest := seen_ballot(pot):
            settings = current_app.config["SETTINGS"]
            reader = (current_locale(), settings.default_language, is_kiosk(), request.script_root)
            self._pieces = _set_of((pot.id, digest, *reader, static_url("icons/sprite.svg")))

    def piece(self, about: Hashable, draw: Callable[[], Any]) -> Markup:
        """A piece that is drawn once. `about` names it with all that it shows besides the fixed ballot."""
        return Markup(self._found(about, lambda: (str(draw()), ""))[0])  # noqa: S704  one of our own templates drew it

    def row(self, about: Hashable, fair: int, draw: Callable[[], Any]) -> Markup:
        """A row without a mark, drawn with `GAP` as its place: the place `fair` is put in."""
        before, after = self._found(about, lambda: _around(str(draw())))
        return Markup(f'{before}data-fair="{fair}"{after}')  # noqa: S704  one of our own templates drew it

    def _found(self, about: Hashable, draw: Callable[[], tuple[str, str]]) -> tuple[str, str]:
        if self._pieces is None:
            return draw()
        if (found := self._pieces.get(about)) is None:
            if len(self._pieces) >= _MOST_PIECES:
                self._pieces.clear()
            found = self._pieces[about] = draw()
        return found


def _around(row: str) -> tuple[str, str]:
    before, _gap, after = row.partition(_MARK)
    return before, after


def _set_of(key: Hashable) -> dict[Hashable, tuple[str, str]]:
    if key not in _sets and len(_sets) >= _MOST_SETS:
        _sets.clear()
    return _sets.setdefault(key, {})
