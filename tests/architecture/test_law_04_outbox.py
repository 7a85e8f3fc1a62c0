"""Law 4: nothing leaves before the commit. What must leave is a row; a worker delivers it afterwards, maybe twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.extensions import db as database
from app.kernel import clock, outbox
from app.kernel.database import Database
from tests.support import furniture

SmallHouse = Callable[[dict[str, str]], Path]


def test_nobody_sends_a_job_or_a_letter_past_the_outbox() -> None:
    assert furniture.calls_that_leave_early(furniture.HOUSE) == []
    assert furniture.lines_out(furniture.HOUSE) == []


@pytest.mark.parametrize("call", ["deliver.delay(1)", "deliver.apply_async((1,))", "celery.send_task('x')"])
@pytest.mark.parametrize("piece", ["use_cases.py", "routes.py", "mails.py", "api/write.py"])
def test_a_planted_job_is_found(small_house: SmallHouse, call: str, piece: str) -> None:
    house = small_house({f"app/features/a/{piece}": f"def do(deliver, celery):\n    {call}\n"})
    assert len(furniture.calls_that_leave_early(house)) == 1


@pytest.mark.parametrize(
    "line", ["import smtplib", "import requests", "from app.kernel.mail import postman_for", "from urllib import request"]
)
def test_a_planted_line_out_of_a_use_case_is_found(small_house: SmallHouse, line: str) -> None:
    assert len(furniture.lines_out(small_house({"app/features/a/use_cases.py": line}))) == 1


@pytest.fixture
def delivered() -> Iterator[list[str]]:
    """What a handler of this test got, by the number in the payload."""
    got: list[str] = []

    def take(_session: Session, row: outbox.OutboxRow) -> None:
        got.append(row.payload["number"])

    outbox.handler("law-4")(take)
    yield got
    outbox._handlers.pop("law-4")


def test_what_was_rolled_back_is_never_delivered(db: Database, delivered: list[str]) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        outbox.post(session, "law-4", number="1")
        raise RuntimeError
    assert outbox.deliver_due(database.transaction) == 0
    assert delivered == []


def test_what_was_committed_is_delivered_once(db: Database, delivered: list[str]) -> None:
    with database.transaction() as session:
        outbox.post(session, "law-4", number="1")
        assert delivered == []
    assert outbox.deliver_due(database.transaction) == 1
    assert outbox.deliver_due(database.transaction) == 0
    assert delivered == ["1"]


def test_the_worker_is_woken_after_the_commit_and_not_before(db: Database, delivered: list[str]) -> None:
    woken: list[str] = []
    before = list(outbox._wake)
    outbox.on_wake(lambda: woken.append("now"))
    try:
        with pytest.raises(RuntimeError), database.transaction() as session:
            outbox.post(session, "law-4", number="1")
            raise RuntimeError
        assert woken == []
        with database.transaction() as session:
            outbox.post(session, "law-4", number="2")
            session.flush()
            assert woken == []
        assert woken == ["now"]
    finally:
        outbox._wake[:] = before


def test_a_delivery_that_fails_is_tried_again_later_and_stops_nobody_else(db: Database, clock, delivered: list[str]) -> None:
    failures = []

    def fail_once(_session: Session, _row: outbox.OutboxRow) -> None:
        failures.append("tried")
        if len(failures) == 1:
            raise OSError("nobody at home")

    outbox.handler("law-4-fails")(fail_once)
    try:
        with database.transaction() as session:
            outbox.post(session, "law-4-fails")
        clock.advance(seconds=1)
        with database.transaction() as session:
            outbox.post(session, "law-4", number="2")
        outbox.deliver_due(database.transaction)
        assert delivered == ["2"]
        assert failures == ["tried"]
        clock.advance(hours=1)
        assert outbox.deliver_due(database.transaction) == 1
        assert failures == ["tried", "tried"]
    finally:
        outbox._handlers.pop("law-4-fails")


@pytest.mark.parametrize("broken", [False, True], ids=["a savepoint that holds", "a savepoint that is undone"])
def test_a_savepoint_after_the_post_does_not_let_the_worker_sleep(
    committing_db: Database, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(outbox, "_wake", [lambda: woken.append(True)])
    with database.transaction() as session:
        outbox.post(session, "law-4", number="1")
        savepoint = session.begin_nested()
        savepoint.rollback() if broken else savepoint.commit()
        assert woken == []
    assert woken == [True]


def test_a_worker_that_comes_too_late_undoes_what_its_handler_wrote(committing_db: Database) -> None:
    with database.transaction() as session:
        row = outbox.post(session, "law-4-late", number="1")
        session.flush()
        row_id = row.id

    def write_slowly(session: Session, row: outbox.OutboxRow) -> None:
        outbox.post(session, "law-4-letter", number=row.payload["number"])
        session.execute(update(outbox.OutboxRow).where(outbox.OutboxRow.id == row.id).values(delivered_at=clock.now()))

    outbox.handler("law-4-late")(write_slowly)
    try:
        assert outbox.deliver_due(database.transaction, limit=1) == 0
    finally:
        outbox._handlers.pop("law-4-late")
    assert outbox.pending_ids(database.session()) == [row_id]
