"""Areas, processes, phases and categories for tests. The default area is the middle of the shipped map."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from shapely.geometry import box as rectangle
from shapely.geometry import mapping

from app.features.spaces.models import Action, Area, Category, Phase, Process, ProcessState
from app.features.spaces.outlines import outline_of
from app.kernel import clock
from tests.factories.tools import add, number

CENTRE = (24.90, 60.15, 25.00, 60.20)
EVERYTHING = tuple(Action)


def area(
    name: str | dict[str, str] = "Centre",
    *,
    code: str | None = None,
    box: tuple[float, float, float, float] = CENTRE,
    geojson: dict[str, Any] | None = None,
    parent: Area | None = None,
) -> Area:
    """An area: a rectangle (west, south, east, north) unless `geojson` gives its polygon."""
    shape = outline_of(geojson or mapping(rectangle(*box)))
    return add(
        Area(
            code=code or f"area-{number()}",
            name=_texts(name),
            parent_id=parent.id if parent else None,
            level=parent.level + 1 if parent else 0,
            **shape.columns(),
        )
    )


def process(
    title: str | dict[str, str] = "Parks for everybody",
    *,
    open_for: Iterable[Action | str] | None = EVERYTHING,
    area: Area | None = None,
    slug: str | None = None,
    state: ProcessState = ProcessState.PUBLISHED,
    **attributes: Any,
) -> Process:
    """A published process with one phase that runs now and opens everything.

    `open_for=[Action.PROPOSE]` narrows the phase, `open_for=()` opens nothing, `open_for=None` adds no phase at all.
    """
    found = add(
        Process(
            slug=slug or f"process-{number()}",
            title=_texts(title),
            area=area or globals()["area"](),
            state=state,
            phases=[],
            categories=[],
            **attributes,
        )
    )
    if open_for is not None:
        phase(found, actions=open_for)
    return found


def phase(
    process: Process,
    title: str | dict[str, str] = "Collect proposals",
    *,
    actions: Iterable[Action | str] = EVERYTHING,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    **attributes: Any,
) -> Phase:
    """A phase that began yesterday and ends in thirty days, unless told otherwise."""
    starts_at = starts_at or (ends_at or clock.now()) - timedelta(days=1)
    found = Phase(
        title=_texts(title),
        starts_at=starts_at,
        ends_at=ends_at or max(clock.now(), starts_at) + timedelta(days=30),
        actions=[Action(action).value for action in actions],
        **{"position": len(process.phases), **attributes},
    )
    process.phases.append(found)
    return add(found)


def category(process: Process, name: str | dict[str, str] = "Green", *, code: str | None = None, **attributes: Any) -> Category:
    """A category of the process."""
    found = Category(
        code=code or f"category-{number()}", name=_texts(name), **{"position": len(process.categories), **attributes}
    )
    process.categories.append(found)
    return add(found)


def _texts(value: str | dict[str, str]) -> dict[str, str]:
    return value if isinstance(value, dict) else {"en": value}
