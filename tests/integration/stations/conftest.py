"""What tests of stations share."""

import logging
from collections.abc import Iterator

import pytest

from tests.factories import committee, stations


class _Told(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()} {record.exc_info or ''}")


@pytest.fixture
def told_lines() -> Iterator[list[str]]:
    """Every line of every log while the test runs, but for the database's own statements."""
    handler, root = _Told(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def pot(session):
    """A pot of which people vote on paper, too."""
    return stations.paper_pot()


@pytest.fixture
def place(pot):
    """A station of it."""
    return committee.station(pot.process_id)


@pytest.fixture
def desk(place):
    """A clerk who is on the list of that station today."""
    return stations.on_shift(place)


@pytest.fixture(autouse=True)
def _one_day(no_midnight: None) -> None:
    """Whoever has a shift today has it until the test is over."""
