"""The address of the list: every state of the page is in it, whatever is not understood is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.features.proposals.labels import ANSWER_CHOICES, PLACE_CHOICES
from app.features.proposals.queries import AreaName, AreaNames, Filters, Sort, area_names
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Category, Process
from app.kernel.paging import page_number
from app.kernel.permissions import Actor
from app.kernel.texts import clean_line

WORDS_MOST = 100
VIEWS = ("list", "map")
DAYS_BACK = 400


@dataclass(frozen=True)
class Address:
    """What the address says, understood: only values that exist. `day` is set when an older order is looked at."""

    text: str = ""
    process: Process | None = None
    category: str = ""
    area: AreaName | None = None
    answer: str = ""
    place: str = ""
    sort: Sort | None = None
    day: date | None = None
    page: int = 1
    view: str = "list"

    @property
    def order(self) -> Sort:
        """The order in force: best matches for a search, the fair order otherwise, unless the reader chose."""
        return self.sort or (Sort.MATCH if self.text else Sort.FAIR)

    @property
    def filtered(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.text or self.process or self.category or self.area or self.answer or self.place)

    def args(self, **changes: Any) -> dict[str, Any]:
        """The query of the address with `changes`; what is the default is not in it, so that one state has one address."""
        other = replace(self, **changes)
        values = {
            "q": other.text,
            "process": other.process.slug if other.process else "",
            "category": other.category,
            "area": other.area.code if other.area else "",
            "answer": other.answer,
            "place": other.place,
            "sort": other.sort.value if other.sort and other.sort is not replace(other, sort=None).order else "",
            "day": other.day.isoformat() if other.day and other.order is Sort.FAIR else "",
            "page": str(other.page) if other.page > 1 else "",
            "view": other.view if other.view != VIEWS[0] else "",
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Choices:
    """What there is to choose from for this reader, and the names that cards and chips need."""

    processes: list[Process]
    areas: AreaNames
    categories: dict[UUID, Category] = field(default_factory=dict)

    def categories_in(self, process: Process | None) -> list[Category]:
        """The categories of one process; of all processes, each code once."""
        wanted = [process] if process else self.processes
        found: dict[str, Category] = {}
        for one in wanted:
            for category in one.categories:
                found.setdefault(category.code, category)
        return list(found.values())

    def areas_in(self, process: Process | None) -> list[AreaName]:
        """The areas of one process, or of all."""
        return list(self.areas.below(one.area_id for one in ([process] if process else self.processes)))


def choices(session: Session, actor: Actor) -> Choices:
    """Read what the filters offer: processes with categories, and the names of areas. Four statements."""
    processes = spaces.visible_processes(session, actor)
    categories = {category.id: category for process in processes for category in process.categories}
    return Choices(processes, area_names(session), categories)


def read_address(args: Mapping[str, str], known: Choices, today: date) -> Address:
    """Understand the query of an address. Nothing in it is an error: a filter that does not exist is no filter."""
    process = next((one for one in known.processes if one.slug == args.get("process")), None)
    category = args.get("category", "")
    area = next((one for one in known.areas_in(process) if one.code == args.get("area")), None)
    sort = args.get("sort", "")
    text = clean_line(args.get("q", "")[: 4 * WORDS_MOST])[:WORDS_MOST]
    address = Address(
        text=text,
        process=process,
        category=category if any(one.code == category for one in known.categories_in(process)) else "",
        area=area,
        answer=_one_of(args.get("answer"), ANSWER_CHOICES),
        place=_one_of(args.get("place"), PLACE_CHOICES),
        sort=Sort(sort) if sort in set(Sort) and (text or sort != Sort.MATCH) else None,
        day=_day(args.get("day"), today),
        page=page_number(args.get("page")),
        view=_one_of(args.get("view"), VIEWS) or VIEWS[0],
    )
    return replace(address, sort=None) if address.sort is replace(address, sort=None).order else address


def _one_of(value: str | None, known: Any) -> str:
    return value if value is not None and value in known else ""


def _day(value: str | None, today: date) -> date | None:
    """An earlier day whose order is looked at; tomorrow's order is nobody's business."""
    if not value or len(value) != len("2026-05-11"):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if today - timedelta(days=DAYS_BACK) <= day < today else None


def to_filters(address: Address, known: Choices, today: date, size: int) -> Filters:
    """The same for the queries: ids in place of names, and every area below the chosen one."""
    wanted = None
    if address.category:
        wanted = [
            category.id
            for category in known.categories.values()
            if category.code == address.category and _in(category, address.process)
        ]
    return Filters(
        process_id=address.process.id if address.process else None,
        category_ids=wanted,
        area_ids=[area.id for area in known.areas.below([address.area.id])] if address.area else None,
        answer=address.answer or None,
        marked={"map": True, "none": False}.get(address.place),
        text=address.text,
        sort=address.order,
        day=address.day or today,
        page=address.page,
        size=size,
    )


def _in(category: Category, process: Process | None) -> bool:
    return process is None or category.process_id == process.id
