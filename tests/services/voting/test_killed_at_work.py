"""`kill -9` of the worker that opens a large box, and of the one that counts: another goes on, and nothing is there twice."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.features.budgets.models import Pot, PotState
from app.features.voting.models import Ballot, Box, BoxState
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.database import Database
from app.kernel.outbox import OutboxRow
from tests.support.commands import Begun, begin
from tests.support.database import create_schema, sqlite_file, temporary_postgresql
from tests.support.election import SECRET

BALLOTS = 300
WORK = """
import json, sys, time
import wsgi
from uuid import UUID
from app.extensions import db
from app.features.voting import sealing, tasks, use_cases
from app.features.voting.box import opening
from app.features.voting.keys.installation import keyring
from app.features.voting.use_cases import counting, under_way
from app.kernel import outbox
from app.kernel.permissions import SYSTEM
from benchmarks.boxes import _box, _end
sealing.MOST_IN_A_BLOCK, under_way.AT_ONCE, tasks.TELL_EVERY = 20, 100, 0.0

def slowly(function, generator=False):
    def later(*args):
        time.sleep(0.02)
        return function(*args)
    def each(*args):
        for one in function(*args):
            time.sleep(0.3)
            yield one
    return each if generator else later

step, slow = sys.argv[1], sys.argv[2] == "slow"
if slow:
    opening.open_envelope = slowly(opening.open_envelope)
    counting.counted_classes = slowly(counting.counted_classes, generator=True)
with wsgi.app.app_context():
    if step == "fill":
        with db.transaction() as session:
            found = _box(session, int(sys.argv[3]))
            session.flush()
            _end()
            use_cases.close_box(session, SYSTEM, found.process_id, keyring())
            use_cases.begin_opening(session, SYSTEM, found.process_id, keyring())
        print(json.dumps([str(found.process_id), str(found.pot_id)]))
    else:
        while outbox.deliver_due(db.transaction):
            pass
        if step == "work and count":
            with db.transaction() as session:
                use_cases.begin_counting(session, SYSTEM, UUID(sys.argv[3]))
"""

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(600)]


class Place:
    """A database of its own and the workers on it."""

    def __init__(self, url: str, var: Path) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PLAZA_")},
            "PLAZA_ENV": "production", "PLAZA_SECRET_KEY": SECRET, "PLAZA_DATABASE_URL": url, "PLAZA_MAIL_URL": "folder",
            "PLAZA_BASE_URL": "http://127.0.0.1", "PLAZA_BROKER_URL": "memory://", "PLAZA_VAR": str(var),
        }  # fmt: skip
        self.output = var.with_name("said.txt")
        create_schema(url)
        self.database = Database()
        self.database.bind(url)

    def begin(self, *words: str) -> Begun:
        return begin("-c", WORK, *words, environment=self.environment, output=self.output)

    def done(self, *words: str) -> str:
        process = self.begin(*words)
        assert process.wait(timeout=240) == 0, process.said()
        return process.said()

    def kill_in_the_middle(self, under_way: "Watch") -> int:
        """Let a slow worker begin and kill it when it has said that something, and not everything, is done."""
        worker = self.begin("work", "slow")
        try:
            while not 0 < (done := under_way.done(self)) < BALLOTS:
                assert worker.poll() is None, "it ended before it could be killed"
                time.sleep(0.05)
        finally:
            worker.kill()
            worker.wait()
        return done

    def claim_runs_out(self) -> None:
        """As after ten minutes; until then nobody else takes the work up."""
        with self.database.transaction() as session:
            due = select(OutboxRow.available_at).where(OutboxRow.delivered_at.is_(None))
            assert all(moment > clock.now() for moment in session.scalars(due))
            session.execute(update(OutboxRow).where(OutboxRow.delivered_at.is_(None)).values(available_at=clock.now()))

    def box(self) -> Box:
        with self.database.transaction() as session:
            found = session.scalars(select(Box)).one()
            session.expunge(found)
        return found

    def number(self, *what: object) -> int:
        with self.database.transaction() as session:
            return session.scalar(select(func.count()).select_from(Ballot if not what else AuditEntry).where(*what)) or 0  # type: ignore[arg-type]


class Watch:
    """Looks how far opening is, or counting this pot."""

    def __init__(self, pot_id: str = "") -> None:
        self.pot_id = pot_id

    def done(self, place: Place) -> int:
        kept = place.box().closing
        return int(kept["counting"][self.pot_id]["done"] if self.pot_id else kept["done"])


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        found = Place(sqlite_file(tmp_path), tmp_path / "var")
        yield found
        found.database.engine.dispose()
        return
    with temporary_postgresql(f"plaza_at_work_{os.getpid()}") as url:
        found = Place(url, tmp_path / "var")
        yield found
        found.database.engine.dispose()


def test_whoever_is_killed_while_opening_or_counting_is_replaced_and_nothing_is_there_twice(place: Place) -> None:
    _process_id, pot_id = json.loads(place.done("fill", "fast", str(BALLOTS)).splitlines()[-1])

    place.kill_in_the_middle(Watch())

    assert place.box().state is BoxState.CLOSED
    assert place.number() == 0, "opened ballots were kept before all of them were"
    place.claim_runs_out()
    place.done("work and count", "fast", pot_id)
    assert place.box().state is BoxState.OPENED
    assert place.number() == BALLOTS
    assert place.number(AuditEntry.action == "box.opened") == 1

    place.kill_in_the_middle(Watch(pot_id))

    place.claim_runs_out()
    place.done("work", "fast")
    with place.database.transaction() as session:
        pot = session.get_one(Pot, UUID(pot_id))
        assert pot.state is PotState.COUNTED
        assert pot.result is not None
        assert pot.result["voters"] == BALLOTS
    assert place.number(AuditEntry.action == "pot.counted") == 1
    assert place.box().closing["counting"] == {}
