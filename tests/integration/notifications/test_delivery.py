"""The way of a letter out of the house: nothing is lost, nothing is sent twice, nobody waits for a mail server."""

import dataclasses
import logging
import threading
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app.extensions import celery
from app.extensions import db as database
from app.features.erasure import nightly
from app.features.notifications import delivery, tasks
from app.kernel import outbox
from app.kernel.outbox import OutboxRow
from tests.factories import accounts
from tests.integration.notifications.conftest import post
from tests.support.services import free_port


class Keeper:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:
        lines = envelope.content.decode().splitlines()
        self.ids += [line for line in lines if line.lower().startswith("message-id:")]
        return "250 kept"


@pytest.fixture
def keeper(app, monkeypatch):
    """A mail server that is not there before `keeper.open()`; the application sends to it."""
    port = free_port()
    monkeypatch.setitem(
        app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], mail_url=f"smtp://127.0.0.1:{port}")
    )
    monkeypatch.setattr(celery, "flask_app", app)
    keeper = Keeper()
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    keeper.open = controller.start
    yield keeper
    controller.stop(no_assert=True)


def rows() -> list[OutboxRow]:
    database.session.expire_all()
    return list(database.session.scalars(select(OutboxRow).order_by(OutboxRow.created_at)))


def test_letters_wait_for_a_mail_server_that_is_down_and_all_arrive(example, db, keeper, clock) -> None:
    for number in range(3):
        post(example, email=f"guest{number}@example.org", locale="en")
    tasks.sweep.run()
    waiting = rows()
    assert all(row.delivered_at is None and row.gave_up_at is None for row in waiting)
    assert sorted(row.attempts for row in waiting) == [0, 0, 1]  # one try shows that nobody is there; the others rest
    keeper.open()
    clock.advance(seconds=15)
    tasks.sweep.run()
    assert all(row.delivered_at is not None for row in rows())
    assert len(set(keeper.ids)) == len(keeper.ids) == 3
    tasks.sweep.run()
    assert len(keeper.ids) == 3


def test_the_tries_become_rarer_and_nothing_is_thrown_away(example, db, keeper, clock) -> None:
    post(example, email="guest@example.org", locale="en")
    waits = []
    for _ in range(6):
        tasks.sweep.run()
        row = rows()[0]
        waits.append((row.available_at - clock.now).total_seconds())
        clock.set(row.available_at)
    assert waits == [15, 60, 240, 960, 3840, 15360]
    keeper.open()
    tasks.sweep.run()
    assert rows()[0].delivered_at is not None


def test_one_address_that_is_refused_stops_no_other_letter(example, db, keeper, clock) -> None:
    keeper.open()
    keeper.refused.add("gone@example.org")
    post(example, email="gone@example.org", locale="en")
    post(example, email="guest@example.org", locale="en")
    tasks.deliver.run()
    assert [row.delivered_at is not None for row in rows()] == [False, True]
    assert rows()[0].last_error == "SMTPRecipientsRefused"


def test_a_worker_that_died_in_flight_leaves_a_letter_that_is_found_again(example, db, mailbox, clock, monkeypatch) -> None:
    post(example, email="guest@example.org", locale="en")

    def die(*_args) -> None:
        raise SystemExit  # nothing of it is noted, as when the process is killed

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(delivery, "postman_for", die)
        tasks.deliver.run()
    database.session.rollback()
    tasks.sweep.run()
    assert mailbox.letters == []  # the claim of the dead worker still holds
    clock.advance(seconds=outbox.CLAIM.total_seconds())
    tasks.sweep.run()
    assert len(mailbox.letters) == 1


def test_a_letter_that_goes_out_twice_is_recognised_as_the_same(example, db, keeper, clock) -> None:
    keeper.open()
    post(example, email="guest@example.org", locale="en")
    tasks.deliver.run()
    row = rows()[0]
    row.delivered_at = None  # the worker died after handing it over and before noting it
    row.payload = {"mail": example.name, "person_id": None, "email": "guest@example.org", "locale": "en", "params": {}}
    database.session.commit()
    clock.advance(hours=1)
    tasks.sweep.run()
    assert len(keeper.ids) == 2
    assert len(set(keeper.ids)) == 1


@pytest.mark.slow
def test_four_workers_send_each_of_thirty_letters_once(example, committing_db, keeper) -> None:
    keeper.open()
    for number in range(30):
        post(example, email=f"guest{number}@example.org", locale="en")
    start, errors = threading.Barrier(4), []

    def work() -> None:
        start.wait(timeout=10)
        try:
            while outbox.deliver_due(database.transaction):
                pass
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=50)
    assert errors == []
    assert len(keeper.ids) == len(set(keeper.ids)) == 30
    assert all(row.delivered_at is not None and row.attempts == 1 for row in rows())


def test_nobody_waits_while_the_mail_server_thinks(example, committing_db, app, monkeypatch) -> None:
    """On SQLite there is one writer: a page must not stand still until a mail server answers."""
    sending, answered = threading.Event(), threading.Event()

    class Slow:
        def send(self, _message) -> None:
            sending.set()
            assert answered.wait(timeout=20)

    monkeypatch.setattr(delivery, "postman_for", lambda *_args: Slow())
    post(example, email="guest@example.org", locale="en")
    worker = threading.Thread(target=lambda: outbox.deliver_due(database.transaction))
    worker.start()
    try:
        assert sending.wait(timeout=10)
        with database.transaction():
            accounts.person()
        assert worker.is_alive(), "the page had to wait until the mail server had answered or been given up"
    finally:
        answered.set()
        worker.join(timeout=20)
    assert rows()[0].delivered_at is not None


def test_no_address_stands_in_the_log(example, db, keeper, clock, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    post(example, email="secret.person@example.org", locale="en")
    tasks.sweep.run()
    keeper.open()
    keeper.refused.add("secret.person@example.org")
    clock.advance(minutes=1)
    tasks.sweep.run()
    assert "outbox delivery failed" in caplog.text
    for record in caplog.records:
        if record.name == "mail.log":  # what the mail server of this test writes
            continue
        assert "secret.person" not in f"{record.getMessage()} {record.__dict__}"
    assert "secret.person" not in rows()[0].last_error


def test_delivered_letters_are_forgotten_after_a_month(example, db, mailbox, clock) -> None:
    post(example, email="guest@example.org", locale="en")
    mailbox.collect()
    post(example, email="waiting@example.org", locale="en")
    clock.advance(days=29)
    nightly.run(frozenset({"outbox"}))
    assert len(rows()) == 2
    clock.advance(days=2)
    nightly.run(frozenset({"outbox"}))
    assert [row.delivered_at for row in rows()] == [None]


def test_the_sweeper_runs_by_itself() -> None:
    schedule = celery.conf.beat_schedule["outbox.sweep"]
    assert schedule["task"] in celery.tasks
    assert schedule["schedule"] <= timedelta(seconds=30)
