"""`kill -9` of web workers while people vote: what was acknowledged is in the box, nobody has two, neither row stands alone."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.crowd import Crowd
from tests.support.database import sqlite_file, temporary_postgresql
from tests.support.election import PollingPlace, box_and_voters

BALLOTS = int(os.environ.get("PLAZA_TEST_BALLOTS", "90"))
"""The whole suite has to stay quick; PLAZA_TEST_BALLOTS=10000 takes minutes."""
KILLS = max(5, BALLOTS // 500)
pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(600 + BALLOTS)]


def choices_of(at: int) -> tuple[str, ...]:
    return tuple(str(1 + (at * step) % 20) for step in (1, 7))[: 1 + at % 2]


@contextmanager
def address(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield sqlite_file(folder)
        return
    with temporary_postgresql(f"plaza_killed_{os.getpid()}") as url:
        yield url


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_workers_are_killed_and_no_acknowledged_ballot_is_lost(
    polling_place: Callable[..., PollingPlace], tmp_path: Path, database: str
) -> None:
    with address(database, tmp_path) as url:
        place = polling_place(url, voters=BALLOTS, workers=3)
        crowd = Crowd(place.port, place.found, deadline=300 + BALLOTS)
        killed: list[int] = []
        turn = threading.Lock()

        def kill_now_and_then(done: int) -> None:
            with turn:
                if done > (len(killed) + 0.5) * BALLOTS / (KILLS + 1) and len(killed) < KILLS:
                    killed.append(place.kill_a_worker())

        crowd.vote(choices_of, kill_now_and_then)

        assert len(set(killed)) == KILLS
        assert crowd.lost > 0, "no voter noticed anything: nothing was tested"
        receipts, keys, times = box_and_voters(place)
        assert len(crowd.receipts) == len(set(crowd.receipts.values())) == BALLOTS
        assert set(crowd.receipts.values()) == set(receipts)
        assert len(receipts) == len(keys) == BALLOTS
        assert max(times.values()) == 1
        assert crowd.differing == []
        assert [answer.status for answer in crowd.troubles] == []
