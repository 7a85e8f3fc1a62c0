"""What tests of stations share."""

import logging
from collections.abc import Iterator

import pytest


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
