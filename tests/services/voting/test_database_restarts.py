"""The database goes away while people vote: the answers are clear, and what was acknowledged stays."""

import os
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text

from benchmarks.crowd import Crowd
from tests.support.database import temporary_postgresql
from tests.support.election import PollingPlace, box_and_voters
from tests.support.services import PostgreSQL

BALLOTS = 60
pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(300)]


def vote_through_it(place: PollingPlace, disturb: Callable[[], None], times: int) -> Crowd:
    """Everybody votes; `disturb` comes so many times, evenly spread over the ballots."""
    crowd = Crowd(place.port, place.found, threads=8, deadline=150)
    disturbed = []

    def now_and_then(done: int) -> None:
        if done > len(disturbed) * BALLOTS / times:
            disturb()
            disturbed.append(done)

    crowd.vote(lambda at: (str(1 + at % 20),), now_and_then)
    assert len(disturbed) == times
    return crowd


def everything_is_there(place: PollingPlace, crowd: Crowd) -> None:
    receipts, keys, times = box_and_voters(place)
    assert len(set(crowd.receipts.values())) == BALLOTS
    assert sorted(crowd.receipts.values()) == sorted(receipts)
    assert len(keys) == BALLOTS
    assert max(times.values()) == 1
    assert crowd.differing == []


def every_answer_was_clear(place, crowd: Crowd) -> None:
    assert crowd.troubles, "no voter noticed anything: nothing was tested"
    for answer in crowd.troubles:
        assert answer.status == 503, (answer.status, answer.location, answer.text[-300:], place.said[-200:])
        assert "<h1" in answer.text
        assert "Traceback" not in answer.text
        assert "psycopg" not in answer.text


def test_every_connection_to_the_database_is_cut_again_and_again(polling_place) -> None:
    with temporary_postgresql(f"plaza_cut_{os.getpid()}") as url:
        place = polling_place(url, voters=BALLOTS)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        cut = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

        def cut_all() -> None:
            with engine.connect() as connection:
                connection.execute(cut)

        crowd = vote_through_it(place, cut_all, 8)
        engine.dispose()
        everything_is_there(place, crowd)
        every_answer_was_clear(place, crowd)


def test_the_database_restarts_as_after_a_power_cut(polling_place, own_postgresql: PostgreSQL) -> None:
    place = polling_place(own_postgresql.url(), voters=BALLOTS)

    crowd = vote_through_it(place, own_postgresql.restart, 2)

    everything_is_there(place, crowd)
    every_answer_was_clear(place, crowd)
