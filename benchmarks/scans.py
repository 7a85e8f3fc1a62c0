"""Reading scans: pages a second with two processes, memory, and what is read of 20,000 circles marked in several hands.

`PLAZA_BENCH_CIRCLES` says how many circles, half of them on clean scans.
"""

import os
import resource
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from app.features.printing.queries import FormLayout
from app.features.printing.use_cases import copies_of, draw
from app.features.scans.queries import Layouts, State
from app.features.scans.use_cases import read_scans
from benchmarks.harness import Figure, Installation
from tests.factories import printing
from tests.support.paper import Hand, Scan, Sheet, pages_of_pdf, sheets

BENCH = "scans"
CIRCLES = int(os.environ.get("PLAZA_BENCH_CIRCLES", "20000"))
PAGES = 200
CLEAN = [Scan(dpi) for dpi in (150, 200, 300)]
FORMS = (("approval", 24), ("with a sum", 20), ("choose one", 24), ("points", 12), ("ranking", 16))


def run(place: Installation) -> Iterator[Figure]:
    """No database is asked, so one of them is enough."""
    if place.database != "sqlite":
        return
    with place.app.app_context():
        layouts = [printing.ballot(kind, projects=projects) for kind, projects in FORMS]
        printed = [pages_of_pdf(draw(layout, copies_of(layout, 1))) for layout in layouts]
    spawned = get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawned) as pool:
        yield from _speed(pool, layouts[0], printed[0])
        for case, scans in (("clean scans", CLEAN), ("any scans", ())):
            yield from _accuracy(pool, case, scans, layouts, printed)


def _speed(pool: ProcessPoolExecutor, layout: FormLayout, printed: Sequence[object]) -> Iterator[Figure]:
    some = list(sheets(layout, printed, 40 * len(layout.pages[0].bubbles), 1, [Scan(200)]))  # type: ignore[arg-type]
    pages = [some[at % len(some)] for at in range(PAGES)]
    list(pool.map(judge, pages[:4]))  # the libraries are loaded
    started = time.perf_counter()
    list(pool.map(judge, pages, chunksize=5))
    yield Figure(
        BENCH, f"{PAGES} pages at 200 dpi, two processes", round(PAGES / (time.perf_counter() - started), 2), "pages/s"
    )
    yield Figure(BENCH, "memory of a process that reads", round(max(pool.map(_memory, range(4))), 1), "MB")


def _memory(_at: int) -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _accuracy(
    pool: ProcessPoolExecutor, case: str, scans: Sequence[Scan], layouts: Sequence[FormLayout], printed: Sequence[object]
) -> Iterator[Figure]:
    found: Counter[str] = Counter()
    each = CIRCLES // 2 // len(layouts)
    for nth, (layout, pages) in enumerate(zip(layouts, printed, strict=True)):
        make = partial(sheets, layout, pages, each, 100 + nth, scans)  # type: ignore[arg-type]
        for one in pool.map(judge, make(), chunksize=2):
            found.update(one)
    circles = found["circles"]
    yield Figure(BENCH, f"{case}: circles", circles, "circles")
    yield Figure(BENCH, f"{case}: wrong and not sent to a person", found["wrong"], "circles")
    yield Figure(BENCH, f"{case}: sent to a person", round(100 * found["person"] / max(circles, 1), 2), "%")
    meant = found["person"] - found["crossed out"]
    yield Figure(BENCH, f"{case}: of them not crossed out", round(100 * meant / max(circles, 1), 2), "%")
    yield Figure(BENCH, f"{case}: pages that could not be read", found["unread"], "pages")


def judge(sheet: Sheet) -> Counter[str]:
    """Read a page and compare with what is really on it."""
    readings = list(read_scans(sheet.jpeg, Layouts([sheet.layout])))
    if len(readings) != 1 or not readings[0].bubbles:
        return Counter(unread=1)
    found: Counter[str] = Counter()
    for at, one in enumerate(readings[0].bubbles):
        hand = sheet.hands.get(at)
        found["circles"] += 1
        if one.for_a_person:
            found["person"] += 1
            found["crossed out"] += hand is Hand.CROSSED_OUT
        elif hand is Hand.CROSSED_OUT or one.state is not (State.EMPTY if hand is None else State.FILLED):
            found["wrong"] += 1
    return found
