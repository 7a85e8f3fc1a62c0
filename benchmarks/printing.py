"""Print runs: time and memory of 5,000 ballots in files of 250, of one page and of several pages with set codes."""

import resource
import time
from collections.abc import Iterator

from app.features.printing.queries import Look, Variant
from app.features.printing.use_cases import print_run
from benchmarks.harness import Figure, Installation
from tests.factories import printing

BENCH = "printing"
COPIES = 5_000


def run(place: Installation) -> Iterator[Figure]:
    """No database is asked, so one of them is enough."""
    if place.database != "sqlite":
        return
    with place.app.app_context():
        yield from _run("one page", Look(), 12, COPIES)
        yield from _run("60 projects, with set codes", Look(), 60, COPIES)
        yield from _run("60 projects in large print, 500 copies", Look(Variant.LARGE), 60, 500)


def _run(case: str, look: Look, projects: int, copies: int) -> Iterator[Figure]:
    layout = printing.ballot("approval", look, projects)
    before, started, size = _most_memory(), time.perf_counter(), 0
    for piece in print_run(layout, copies):
        size += len(piece)
    taken = time.perf_counter() - started
    case = f"{case}, {copies} copies of {len(layout.pages)} pages"
    yield Figure(BENCH, case, round(taken, 1), "s")
    yield Figure(BENCH, f"{case}: size", round(size / 1e6, 1), "MB")
    yield Figure(BENCH, f"{case}: memory that it added", round(_most_memory() - before, 1), "MB")


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
