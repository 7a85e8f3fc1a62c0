"""Finding and reading proposals at 1,000 and 10,000 of them, with 5 supports and 2 comments for each."""

import statistics
import time
from collections.abc import Iterator

from sqlalchemy import text

from app.developers.scale import Filled, Size, fill
from app.extensions import db
from app.features.proposals.queries import Filters, map_features
from app.kernel.model import Model
from benchmarks.harness import Figure, Installation

SIZES = (Size(1_000, 5_000, 2_000, 1_000), Size(10_000, 50_000, 20_000, 5_000))


def run(place: Installation) -> Iterator[Figure]:
    """The figures of this room; the last ones say how much longer ten times as much takes."""
    first: dict[str, float] = {}
    for size in SIZES:
        place.fill(_empty)
        filled = place.fill(lambda size=size: fill(db.session(), size))
        for figure in _figures(place, filled, f"{size.proposals:,} proposals"):
            yield figure
            if figure.unit != "ms":
                continue
            if size is SIZES[0]:
                first[figure.bench] = figure.value
            else:
                grown = round(figure.value / first[figure.bench], 2)
                yield Figure(
                    f"{figure.bench}, growth",
                    f"10,000 against 1,000 proposals, {place.database}",
                    grown,
                    "times",
                    "1,000",
                    grown,
                )


def _empty() -> None:
    """Take everything out again: the larger city comes into an empty database, as the smaller one did."""
    session = db.session()
    if not db.is_sqlite:
        session.execute(text("TRUNCATE " + ", ".join(f'"{table.name}"' for table in Model.metadata.sorted_tables) + " CASCADE"))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table in reversed(Model.metadata.sorted_tables):
        session.execute(table.delete())


def _figures(place: Installation, filled: Filled, case: str) -> Iterator[Figure]:
    yield place.page("list", case, "/proposals")
    yield place.page("list, last page", case, "/proposals?page=490")
    yield place.page("list, newest", case, "/proposals?sort=newest")
    yield place.page("list, most supported", case, "/proposals?sort=supported")
    yield place.page("list, most discussed", case, "/proposals?sort=discussed")
    yield place.page(
        "list, filtered",
        case,
        f"/proposals?process={filled.process}&area={filled.area}&category={filled.category}&answer=none",
    )
    yield place.page("search, one word", case, "/proposals?q=shade")
    yield place.page("search, rare words", case, "/proposals?q=swimming+hall+light")
    yield place.page("detail", f"{case}, 200 comments", f"/proposals/{filled.reference}")
    yield place.page("map", case, "/proposals/features.geojson")
    yield place.page("map, filtered", case, f"/proposals/features.geojson?process={filled.process}&area={filled.area}")
    yield _worked_out_anew(place, case)
    yield place.size("map payload", case, "/proposals/features.geojson")
    yield place.page("feed", case, "/proposals/feed.atom")


def _worked_out_anew(place: Installation, case: str) -> Figure:
    """What the first reader after a change waits for: the others get the payload that is kept."""
    taken = []
    with place.app.app_context():
        for _ in range(11):
            started = time.perf_counter()
            map_features(db.session(), Filters(), base="/proposals/", labels={}, categories={})
            taken.append(1000 * (time.perf_counter() - started))
        db.session.remove()
    return Figure("map, worked out anew", f"{case}, {place.database}", round(statistics.median(taken), 2), "ms", queries=1)
