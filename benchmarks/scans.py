"""Reading scans: 1,000 pages as background tasks of two workers, memory, and what is read of 20,000 circles marked in several
hands.

`PLAZA_BENCH_PAGES` says how many pages, `PLAZA_BENCH_CIRCLES` how many circles, half of them on clean scans.
"""

import io
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from uuid import UUID

from PIL import Image

from app.extensions import celery, db
from app.features.printing.queries import FormLayout, Kind
from app.features.printing.use_cases import copies_of, draw
from app.features.scans.commands import TakeInScan
from app.features.scans.models import FileState, ScanFile
from app.features.scans.queries import Layouts, State
from app.features.scans.use_cases import read_scans, take_in_scan
from app.kernel.permissions import Actor, Role
from benchmarks.harness import ROOT, Figure, Installation
from tests.factories import accounts, printing, scans, voting
from tests.support.paper import Hand, Scan, Sheet, pages_of_pdf, sheets

BENCH = "scans"
CIRCLES = int(os.environ.get("PLAZA_BENCH_CIRCLES", "20000"))
PAGES = 200
TASK_PAGES = int(os.environ.get("PLAZA_BENCH_PAGES", "1000"))
CLEAN = [Scan(dpi) for dpi in (150, 200, 300)]
FORMS = (("approval", 24), ("with a sum", 20), ("choose one", 24), ("points", 12), ("ranking", 16))


def run(place: Installation) -> Iterator[Figure]:
    """Reading by itself asks no database, so one of them is enough; as tasks it is measured on both."""
    if place.database == "sqlite":
        yield from _by_itself(place)
    yield from _as_tasks(place)


def _by_itself(place: Installation) -> Iterator[Figure]:
    with place.app.app_context():
        layouts = [printing.ballot(kind, projects=projects) for kind, projects in FORMS]
        printed = [pages_of_pdf(draw(layout, copies_of(layout, 1))) for layout in layouts]
    spawned = get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawned) as pool:
        yield from _speed(pool, layouts[0], printed[0])
        for case, ways in (("clean scans", CLEAN), ("any scans", ())):
            yield from _accuracy(pool, case, ways, layouts, printed)


def _as_tasks(place: Installation) -> Iterator[Figure]:
    """Two files, two workers: each page ends in the database with its picture, and the progress of its file moves."""
    ids = place.fill(_two_files)
    commands = [sys.executable, "-m", "benchmarks.reading_worker"]
    environment = {**os.environ, **place.environment}
    started = time.perf_counter()
    workers = [subprocess.Popen(commands, cwd=ROOT, env=environment) for _ in ids]
    for worker in workers:
        if worker.wait() != 0:
            raise RuntimeError("a worker that reads has failed")
    seconds = time.perf_counter() - started
    with place.app.app_context(), db.transaction() as session:
        files = [session.get_one(ScanFile, one) for one in ids]
        done = sum(one.pages_done for one in files if one.state is FileState.READ)
    if done != TASK_PAGES:
        raise RuntimeError(f"{done} pages are read of {TASK_PAGES}")
    yield Figure(
        BENCH, f"{TASK_PAGES} pages at 200 dpi as tasks of two workers, {place.database}", round(done / seconds, 2), "pages/s"
    )


def _two_files() -> list[UUID]:
    """Half of the pages each, of a ballot of three projects, in files as a scanner writes them."""
    pot = voting.closed_pot()
    layout = scans.layout_of(Kind.BALLOT, pot, city=celery.flask_app.config["SETTINGS"].city_name)
    printed = pages_of_pdf(draw(layout, copies_of(layout, 1)))
    some = [
        Image.open(io.BytesIO(one.jpeg)) for one in sheets(layout, printed, 40 * len(layout.pages[0].bubbles), 1, [Scan(200)])
    ]
    ids = []
    for nth in range(2):
        pages = [some[(at + nth) % len(some)] for at in range(TASK_PAGES // 2)]
        buffer = io.BytesIO()
        pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=200)
        actor = Actor(accounts.person().id, roles=frozenset({(Role.CLERK, pot.process_id)}))
        command = TakeInScan(pot.process_id, f"box-{nth + 1}.pdf", io.BytesIO(buffer.getvalue()))
        ids.append(take_in_scan(db.session(), actor, command).id)
    return ids


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
    pool: ProcessPoolExecutor, case: str, ways: Sequence[Scan], layouts: Sequence[FormLayout], printed: Sequence[object]
) -> Iterator[Figure]:
    found: Counter[str] = Counter()
    each = CIRCLES // 2 // len(layouts)
    for nth, (layout, pages) in enumerate(zip(layouts, printed, strict=True)):
        make = partial(sheets, layout, pages, each, 100 + nth, ways)  # type: ignore[arg-type]
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
