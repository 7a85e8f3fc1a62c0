"""Consent as a valve: who used one's data among ten million uses, what the join costs a release, and taking everything."""

import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import null, select, text, type_coerce
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.consents.queries import agreement, place_of, usages_between
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.datasets.hand_over import AT_ONCE, HAND_OVER, columns_of, values_for
from app.features.dataplatform.declarations import DataSet, PeopleRows, declare
from app.features.dataplatform.use_cases import make_release
from app.kernel.database import intent
from app.kernel.permissions import SYSTEM
from app.kernel.types import JsonDocument
from benchmarks.consent_rows import (
    BUSIEST,
    PEOPLE,
    PLAIN,
    Filling,
    empty,
    fill_answers,
    fill_details,
    fill_people,
    fill_usages,
    make_agreements,
    person_id,
)
from benchmarks.harness import TIMES, WARM_UP, Figure, Installation
from benchmarks.takeout import take_everything
from benchmarks.used_over_http import over_http

ROUNDS = int(os.environ.get("PLAZA_BENCH_ROUNDS", "3"))


def run(place: Installation) -> Iterator[Figure]:
    """The figures of this room."""
    place.close()
    with Filling() as connection:
        fill_people(connection, PEOPLE)
        usages = fill_usages(connection, PEOPLE)
    _analyze()
    yield from _usages(place, usages)
    with Filling() as connection:
        empty(connection, "usage")
    abouts = place.fill(lambda: make_agreements(db.session()))
    with Filling() as connection:
        answers = fill_answers(connection, PEOPLE, abouts)
        fill_details(connection, PEOPLE, abouts[0])
    _analyze()
    yield from _releases(place, abouts[0], answers)
    yield from take_everything(place)


def _analyze() -> None:
    with intent(writing=True), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _usages(place: Installation, usages: int) -> Iterator[Figure]:
    """`findUsage`: the first page of somebody with ten, of the busiest, and a page in the middle of theirs."""
    busiest, other = person_id(1), person_id(PEOPLE // 2)
    with place.app.app_context():
        session = db.session()
        with intent(writing=False):
            half_way = place_of(usages_between(session, busiest, limit=200)[-1])
            for _ in range(BUSIEST // 400):
                half_way = place_of(usages_between(session, busiest, after=half_way, limit=200)[-1])
            pages: dict[str, Callable[[], Any]] = {
                "somebody with ten": lambda: usages_between(session, other),
                f"somebody with {BUSIEST:,}": lambda: usages_between(session, busiest),
                f"half way down {BUSIEST:,}": lambda: usages_between(session, busiest, after=half_way),
            }
            for case, ask in pages.items():
                yield Figure("findUsage", f"{usages:,} usages, {case}, {place.database}", _median(ask), "ms", "50 ms")
        db.session.remove()
    yield from over_http(place, usages, {"somebody with ten": other, f"somebody with {BUSIEST:,}": busiest})


def _releases(place: Installation, about: uuid.UUID, answers: int) -> Iterator[Figure]:
    """The same rows released with the consents joined, and from a table that needs none: in turns, in the same run."""
    plain = declare(replace(HAND_OVER, name="plain", agreement_rows=_plain_rows))
    taken: dict[str, list[float]] = {HAND_OVER.name: [], plain.name: []}
    busy: dict[str, list[float]] = {HAND_OVER.name: [], plain.name: []}
    read: dict[str, list[float]] = {HAND_OVER.name: [], plain.name: []}
    rows = 0
    for number in range(ROUNDS):
        for found in (HAND_OVER, plain) if number % 2 else (plain, HAND_OVER):
            read[found.name].append(_reading(place, found, about))  # which warms up for the release that follows
            seconds, processor, rows = _release(place, found.name, about)
            busy[found.name].append(processor)
            taken[found.name].append(seconds)
    case = f"{rows:,} people of {answers:,} answers, {place.database}"
    benches = {
        "release with the consents joined": taken,
        "the same, processor time of this process": busy,
        "only reading its rows": read,
    }
    for bench, measured in benches.items():
        with_join, without = (statistics.median(measured[name]) for name in (HAND_OVER.name, plain.name))
        yield Figure(bench, case, round(with_join, 2), "s", "the same rows without", round(with_join / without, 3))


def _release(place: Installation, name: str, about: uuid.UUID) -> tuple[float, float, int]:
    with place.app.app_context(), tempfile.TemporaryDirectory() as folder:
        started, processor = time.perf_counter(), time.process_time()
        with db.transaction() as session:
            made = make_release(session, SYSTEM, MakeRelease(name, Path(folder), "", about))
            rows = made.release.rows
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        made.discard()
    with Filling() as connection:
        empty(connection, "usage")
    return seconds, processor, rows


def _reading(place: Installation, found: DataSet, about: uuid.UUID) -> float:
    with place.app.app_context(), intent(writing=False):
        started = time.perf_counter()
        for _ in found.agreement_rows(db.session(), about) if found.agreement_rows else ():
            pass
        seconds = time.perf_counter() - started
        db.session.remove()
    return seconds


def _plain_rows(session: Session, about: uuid.UUID) -> PeopleRows:
    """The rows of `hand-over` from a table of their own, made into the same values."""
    found = agreement(session, about)
    if found is None:
        raise LookupError(about)
    values = values_for(found.recipient_id, [column.name for column in columns_of(session, about)])
    unasked = [null().label("age_band"), null().label("area_code"), null().label("gender")]
    unasked.append(
        type_coerce(null(), JsonDocument).label("languages")
    )  # read as `hand-over` reads them, so that rows cost alike
    query = select(PLAIN, *unasked).order_by(PLAIN.c.person_id)
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield about, row.person_id, values(row)


def _median(ask: Callable[[], Any]) -> float:
    taken = []
    for number in range(WARM_UP + TIMES):
        db.session().expire_all()
        started = time.perf_counter()
        ask()
        if number >= WARM_UP:
            taken.append(1000 * (time.perf_counter() - started))
    return round(statistics.median(taken), 2)
