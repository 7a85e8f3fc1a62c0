"""A vote on a real web server, started as docs/operations.md says, on a database of its own; and what must hold afterwards."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app.features.voting.models import BoardEntry, Envelope, VotingParticipation
from app.kernel.database import Database
from benchmarks.electorate import Electorate, electorate
from tests.support.commands import Begun, begin
from tests.support.database import create_schema
from tests.support.processes import ROOT
from tests.support.services import free_port, listens

SECRET = "a-secret-of-tests-that-protects-nothing"


@dataclass
class PollingPlace:
    """A web server with a vote. `said` is its log at DEBUG level."""

    port: int
    url: str
    found: Electorate
    process: Begun

    def workers(self) -> list[int]:
        """The process numbers of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children if Path(f"/proc/{child}/cmdline").read_bytes()]  # the dead have none

    def kill_a_worker(self) -> int:
        """`kill -9` the worker that has run longest; returns its number."""
        victim = min(self.workers())
        os.kill(victim, signal.SIGKILL)
        return victim

    @property
    def said(self) -> str:
        """What stands on its console."""
        return self.process.said()

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A look at its database beside it."""
        other = Database()
        other.bind(self.url)
        try:
            yield other
        finally:
            other.session.remove()
            other.engine.dispose()

    def kill(self) -> None:
        """End it at once: nobody has to be served any more. What the workers leave behind is removed with the test."""
        gone = [*(self.workers() if self.process.poll() is None else []), self.process.pid]
        for pid in reversed(gone):  # the parent first, or it would start others
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(timeout=15)

    def stop(self) -> None:
        """Close it and all its workers."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        finally:
            for pid in [*(self.workers() if self.process.poll() is None else []), self.process.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue


def box_and_voters(place: PollingPlace) -> tuple[list[str], list[str], Counter[str]]:
    """(receipts in the box or on the board, voter keys that took part, how often each took part)."""
    with place.database() as database:
        session = database.session()
        receipts = [*session.scalars(select(Envelope.receipt)), *session.scalars(select(BoardEntry.receipt))]
        keys = list(session.scalars(select(VotingParticipation.voter_key)))
    return receipts, keys, Counter(keys)


@pytest.fixture
def polling_place(tmp_path: Path) -> Iterator[Callable[..., PollingPlace]]:
    """`polling_place(url, voters=600, workers=3)`: an empty database becomes a vote, and a web server opens it."""
    places: list[PollingPlace] = []

    def open_place(url: str, *, voters: int, workers: int = 2) -> PollingPlace:
        create_schema(url)
        other = Database()
        other.bind(url)
        with other.transaction() as session:
            found = electorate(session, voters, SECRET)
        other.engine.dispose()
        port, output = free_port(), tmp_path / f"console-{len(places)}.txt"
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PLAZA_", "PORT", "GRANIAN_"))},
            "PLAZA_ENV": "production",
            "PLAZA_SECRET_KEY": SECRET,
            "PLAZA_DATABASE_URL": url,
            "PLAZA_MAIL_URL": "folder",
            "PLAZA_BASE_URL": f"http://127.0.0.1:{port}",
            "PLAZA_BROKER_URL": "memory://",
            "PLAZA_VAR": str(tmp_path / "var"),
            "PLAZA_LOG_LEVEL": "DEBUG",
        }
        process = begin("-m", *production_command(port, workers), environment=environment, output=output)
        place = PollingPlace(port, url, found, process)
        places.append(place)
        deadline = time.monotonic() + 300  # a busy machine takes its time
        while not (listens(f"http://127.0.0.1:{port}") and len(place.workers()) == workers):
            assert process.poll() is None, place.said
            assert time.monotonic() < deadline, place.said
            time.sleep(0.1)
        return place

    yield open_place
    for place in places:
        place.kill()


def production_command(port: int, workers: int) -> list[str]:
    """The command of plaza-web.service in docs/operations.md, with this port and so many workers."""
    text = (ROOT / "docs/operations.md").read_text()
    line = next(line for line in text.splitlines() if line.startswith("ExecStart=") and "/granian " in line)
    words = line.partition("/bin/")[2].split()
    changed = {"--port": str(port), "--workers": str(workers)}
    return [changed.get(before, word) for before, word in zip(["", *words], words, strict=False)]


def as_url(port: int, name: str, user: str) -> str:
    """The address of a database of a PostgreSQL server of our own."""
    return make_url(f"postgresql+psycopg://{user}@127.0.0.1:{port}/{name}").render_as_string(hide_password=False)
