"""Letters leave by a real worker process, over the filesystem broker and SMTP; a worker that is killed loses none."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support import commands
from tests.support.database import create_schema, sqlite_file
from tests.support.services import SmtpServer

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(120)]
POST_A_LETTER = """
import sys
from wsgi import app
from app.extensions import db
from app.features.accounts.commands import AskForLink
from app.features.accounts.use_cases import ask_for_link
with app.app_context(), db.transaction() as session:
    ask_for_link(session, AskForLink(sys.argv[1], "/", "fi"))
"""
KILL_YOURSELF_INSTEAD_OF_SENDING = """
import os, signal, sys
from app.features.notifications import delivery
delivery.postman_for = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
from wsgi import app
from app.features.notifications.tasks import empty_outbox
with app.app_context():
    empty_outbox()
"""

# The sweeper is one of the tasks that have a time; it comes in a second instead of after half a minute of waiting.
BEATS_SOON = """
import sys
from datetime import timedelta
from celery.bin.celery import main
from wsgi import celery
celery.conf.beat_schedule = {**celery.conf.beat_schedule}
celery.conf.beat_schedule["outbox.sweep"]["schedule"] = timedelta(seconds=1)
sys.exit(main())
"""


@pytest.fixture
def house(tmp_path: Path, smtp_server: SmtpServer) -> dict[str, str]:
    """The environment of an installation with its own data, database and mail server."""
    url = sqlite_file(tmp_path)
    create_schema(url)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PLAZA_")}
    return {
        **kept,
        "PLAZA_ENV": "development",
        "PLAZA_VAR": str(tmp_path),
        "PLAZA_DATABASE_URL": url,
        "PLAZA_MAIL_URL": smtp_server.url,
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def worker(house: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., commands.Begun]]:
    """`worker()` starts a Celery worker as `make run` does; what is left at the end is killed."""
    started: list[commands.Begun] = []

    def start(program: Sequence[str] = ("-m", "celery"), *options: str) -> commands.Begun:
        words = [*program, "--quiet", "--app", "wsgi:celery", "worker", "--concurrency", "1", *options]
        started.append(commands.begin(*words, environment=house, output=tmp_path / "worker.txt"))
        return started[-1]

    yield start
    for process in started:
        process.kill_all()


def run(house: dict[str, str], script: str, *arguments: str) -> int:
    return commands.run("-c", script, *arguments, environment=house)[0]


def wait_for(what: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.1)
    return what()


def test_a_commit_wakes_the_worker_and_the_letter_arrives(house, worker, smtp_server, tmp_path) -> None:
    worker()
    assert run(house, POST_A_LETTER, "aino@example.org") == 0
    letters = wait_for(lambda: smtp_server.to("aino@example.org"), 40)
    assert len(letters) == 1, (tmp_path / "worker.txt").read_text(errors="replace")
    assert letters[0]["Content-Language"] == "fi"
    assert "aino@example.org" not in (tmp_path / "worker.txt").read_text(errors="replace")


def test_a_letter_whose_worker_was_killed_is_found_by_the_sweeper(house, worker, smtp_server, tmp_path) -> None:
    """The wake-up message is gone with the worker. The row is still there, and its claim runs out."""
    assert run(house, POST_A_LETTER, "aino@example.org") == 0
    assert run(house, KILL_YOURSELF_INSTEAD_OF_SENDING) == -signal.SIGKILL
    for message in (tmp_path / "broker" / "messages").glob("*"):
        message.unlink()
    let_time_pass(house)
    worker(("-c", BEATS_SOON), "--beat", "--schedule", str(tmp_path / "beat"))
    letters = wait_for(lambda: smtp_server.to("aino@example.org"), 40)
    assert len(letters) == 1, (tmp_path / "worker.txt").read_text(errors="replace")


def let_time_pass(house: dict[str, str]) -> None:
    """Make the claim of the dead worker as old as it would be ten minutes later."""
    script = """
from datetime import timedelta
from sqlalchemy import select
from wsgi import app
from app.extensions import db
from app.kernel.outbox import CLAIM, OutboxRow
with app.app_context(), db.transaction() as session:
    row = session.scalars(select(OutboxRow)).one()
    assert row.attempts == 1 and row.delivered_at is None
    row.available_at -= CLAIM
"""
    assert run(house, script) == 0
