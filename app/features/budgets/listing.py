"""The address of a pot's page: filters and order of its projects; what is not understood is left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.features.budgets.shown import ShownProject, fair_key
from app.kernel.paging import Page, page_number
from app.kernel.texts import clean_line

SIZE = 50
SORTS = ("fair", "list", "cheap", "dear", "name")
WORDS_MOST = 100


@dataclass(frozen=True)
class Address:
    """What the address says, understood. `usual` is the order without a choice."""

    text: str = ""
    category: str = ""
    place: str = ""
    sort: str = ""
    page: int = 1
    usual: str = "list"

    @property
    def order(self) -> str:
        """The order in force."""
        return self.sort or self.usual

    @property
    def filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.category or self.place)

    def args(self, **changes: Any) -> dict[str, Any]:
        """The query with `changes`, without what is usual."""
        other = replace(self, **changes)
        values = {
            "q": other.text,
            "category": other.category,
            "place": other.place,
            "sort": other.sort if other.sort != other.usual else "",
            "page": str(other.page) if other.page > 1 else "",
        }
        return {name: value for name, value in values.items() if value}


def read_address(args: Mapping[str, str], projects: Sequence[ShownProject], usual: str) -> Address:
    """Understand the query. Nothing in it is an error."""
    categories = {category.code for project in projects for category in project.categories}
    places = {project.place for project in projects if project.place}
    category, place, sort = args.get("category", ""), args.get("place", ""), args.get("sort", "")
    return Address(
        text=clean_line(args.get("q", "")[: 4 * WORDS_MOST])[:WORDS_MOST],
        category=category if category in categories else "",
        place=place if place in places else "",
        sort=sort if sort in SORTS else "",
        page=page_number(args.get("page")),
        usual=usual,
    )


def chosen(projects: Sequence[ShownProject], address: Address, today: date) -> list[ShownProject]:
    """The projects that pass the filters, in order."""
    words = address.text.casefold().split()
    found = [
        project
        for project in projects
        if (not address.category or address.category in [one.code for one in project.categories])
        and (not address.place or address.place == project.place)
        and all(word in f"{project.title} {project.number}".casefold() for word in words)
    ]
    keys: dict[str, Callable[[ShownProject], Any]] = {
        "fair": lambda one: fair_key(one.project, today),
        "list": lambda one: one.project.position,
        "cheap": lambda one: (one.project.cost, one.project.position),
        "dear": lambda one: (-one.project.cost, one.project.position),
        "name": lambda one: (one.title.casefold(), one.project.position),
    }
    return sorted(found, key=keys[address.order])


def one_page(items: Sequence[Any], number: int, size: int = SIZE) -> Page[Any]:
    """A page of a list that is in memory already."""
    number = min(number, max(1, -(-len(items) // size)))
    return Page(items[(number - 1) * size : number * size], number, size, len(items))
