"""How a voter looks at the list of projects: words, category, place and order, from the address. Nothing in it is an error."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.features.budgets.queries import Project
from app.kernel.texts import clean_line
from app.web.filters import local_text

FAIR = "fair"
SORTS = (FAIR, "cheap", "dear", "name", "number")
WORDS_MOST = 100


@dataclass(frozen=True)
class Look:
    """What the address says. `category` is a code, `place` an area's name in the reader's language."""

    text: str = ""
    category: str = ""
    place: str = ""
    sort: str = FAIR

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.category or self.place)

    def args(self) -> dict[str, Any]:
        """The query, without what is usual."""
        values = {"q": self.text, "category": self.category, "place": self.place}
        values["sort"] = "" if self.sort == FAIR else self.sort
        return {name: value for name, value in values.items() if value}


def read_look(args: Mapping[str, str]) -> Look:
    """Understand a query, or the same fields of the ballot's form."""
    sort = args.get("sort", FAIR)
    return Look(
        text=clean_line(args.get("q", "")[: 4 * WORDS_MOST])[:WORDS_MOST],
        category=args.get("category", "")[:64],
        place=args.get("place", "")[:200],
        sort=sort if sort in SORTS else FAIR,
    )


def sorted_for(projects: Sequence[Project], look: Look) -> list[Project]:
    """The projects, which come in the voter's fair order, as the voter wants to see them."""
    keys: dict[str, Callable[[Project], Any]] = {
        "cheap": lambda one: (one.cost, natural(one.number)),
        "dear": lambda one: (-one.cost, natural(one.number)),
        "name": lambda one: (local_text(one.title).casefold(), natural(one.number)),
        "number": lambda one: natural(one.number),
    }
    return list(projects) if look.sort == FAIR else sorted(projects, key=keys[look.sort])


def natural(number: str) -> list[tuple[bool, int, str]]:
    """A number for sorting as people count: 9 before 10, A9 before A10."""
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.findall(r"[0-9]+|[^0-9]+", number)]


def words_of_sorts() -> list[tuple[str, str]]:
    """The orders with their names."""
    words = {
        FAIR: _("Fair order"),
        "cheap": _("Cheapest first"),
        "dear": _("Dearest first"),
        "name": _("By name"),
        "number": _("By number"),
    }
    return [(sort, words[sort]) for sort in SORTS]
