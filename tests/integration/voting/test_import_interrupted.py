"""Imports that die, run twice at once, and let others write meanwhile: with real processes and real commits."""

import os
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.features.spaces.models import ProcessState
from app.features.voting.models import Ballot
from app.kernel import outbox
from app.kernel.database import Database
from tests.integration.voting.elections import everything, importer, the_pot, the_process, write
from tests.support.commands import Begun, begin

MANY = 24_000
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """An election whose ballots take some seconds to store."""
    return write(tmp_path, votes=[f"v{n};{'p1' if n % 3 else 'p2,p1'}" for n in range(MANY)])


def _start(path: Path, var: Path) -> Begun:
    environment = {
        **os.environ,
        "PLAZA_ENV": "testing",
        "PLAZA_VAR": str(var),
        "PLAZA_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "PLAZA_BROKER_URL": "memory://",
        "FLASK_APP": "wsgi",
    }
    return begin("-m", "flask", "budgets", "import-pb", str(path), environment=environment, output=_said(var))


def _said(var: Path) -> Path:
    return var / "said.txt"


def _stored() -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(Ballot)).scalar_one()


def _wait_for_ballots(process: Begun, var: Path) -> None:
    deadline = time.monotonic() + 60
    while not _stored():
        assert process.poll() is None, _said(var).read_text()
        assert time.monotonic() < deadline, "no ballots were stored"
        time.sleep(0.005)


def test_an_import_that_was_killed_shows_nothing_and_the_next_one_completes(
    app: Flask, committing_db: Database, large: Path, tmp_path: Path
) -> None:
    process = _start(large, tmp_path)
    _wait_for_ballots(process, tmp_path)
    process.kill()
    process.wait(timeout=10)
    half_way = _stored()
    assert 0 < half_way < MANY
    assert the_process().state is ProcessState.DRAFT
    pot_id = the_pot().id
    db.session.remove()
    client = app.test_client()
    assert "Testowo" not in client.get("/budgets").text
    assert "Testowo" not in client.get("/processes").text
    assert client.get(f"/budgets/{pot_id}").status_code == 404
    assert client.get("/processes/poland-testowo-2020").status_code == 404

    answer = importer(app)(large)
    assert answer.exit_code == 0, answer.output
    assert everything() == {"process": 1, "pot": 1, "ballot": MANY, "election_import": 1}
    assert the_process().slug == "poland-testowo-2020"
    assert the_pot().result["voters"] == MANY


def test_two_imports_of_one_file_at_once_are_one_election(
    app: Flask, committing_db: Database, large: Path, tmp_path: Path
) -> None:
    both = [_start(large, tmp_path), _start(large, tmp_path)]
    codes = [process.wait(timeout=90) for process in both]
    said = _said(tmp_path).read_text()
    assert codes == [0, 0], said
    assert said.count("imported “") == 1
    assert said.count("Nothing changed") == 1
    assert everything() == {"process": 1, "pot": 1, "ballot": MANY, "election_import": 1}


def test_others_can_write_while_ballots_are_stored(app: Flask, committing_db: Database, large: Path, tmp_path: Path) -> None:
    process = _start(large, tmp_path)
    _wait_for_ballots(process, tmp_path)
    waits, seen = [], time.monotonic()
    while process.poll() is None:
        started = time.monotonic()
        with db.transaction() as session:
            outbox.post(session, "meanwhile")
        waits.append(time.monotonic() - started)
        time.sleep(0.01)
    assert process.returncode == 0
    took = time.monotonic() - seen
    assert len(waits) >= 3
    assert max(waits) < took * 0.75, "somebody waited for nearly all that was left of the import"
    assert _stored() == MANY
