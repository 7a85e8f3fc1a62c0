"""Guessing gets slower and slower, for each account; the owner of the mailbox always comes in."""

import threading

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.accounts import attempts, passwords
from app.features.accounts.models import AttemptCounter
from app.kernel.errors import TooManyAttempts
from tests.factories import accounts
from tests.integration.accounts.conftest import CHEAP_HASH, PASSWORD


def guess(client, email: str = "ada@example.org", password: str = "wrong password") -> int:
    return client.post("/account/sign-in", data={"email": email, "password": password}).status_code


def test_the_wait_grows_with_each_wrong_password(ada, client, clock) -> None:
    assert [guess(client) for _ in range(5)] == [422, 422, 422, 422, 429]
    clock.advance(seconds=4)
    assert guess(client, password=PASSWORD) == 429  # the right password waits too
    clock.advance(seconds=1)
    assert guess(client) == 422
    clock.advance(seconds=9)
    assert guess(client) == 429
    clock.advance(seconds=1)
    assert guess(client, password=PASSWORD) == 302


def test_waiting_for_one_account_stops_nobody_else_at_the_same_address(ada, client) -> None:
    accounts.person(email="otto@example.org", password_hash=CHEAP_HASH)
    database.session.commit()
    for _ in range(6):
        guess(client)
    assert guess(client, "otto@example.org", PASSWORD) == 302


def test_a_right_password_forgets_the_wrong_ones(ada, client) -> None:
    for _ in range(3):
        guess(client)
    assert guess(client, password=PASSWORD) == 302
    assert database.session.scalars(select(AttemptCounter)).all() == []


def test_the_wait_is_told_in_seconds_and_the_letter_is_offered(ada, client, clock) -> None:
    for _ in range(4):
        guess(client)
    page = client.post("/account/sign-in", data={"email": "ada@example.org", "password": "x"}).get_data(as_text=True)
    assert "Wait 5 seconds" in page
    assert "link by e-mail" in page


def test_a_locked_out_owner_comes_in_by_a_letter(ada, client, clock, mailbox, path_in) -> None:
    for _ in range(8):
        guess(client)
        clock.advance(seconds=1)
    assert client.post("/account/sign-in/link", data={"email": "ada@example.org"}).status_code == 302
    assert client.post(path_in(mailbox.to("ada@example.org")[0])).status_code == 302
    assert client.get("/account/settings").status_code == 200


def test_the_counter_holds_no_address(ada, client) -> None:
    guess(client)
    assert "ada" not in database.session.scalars(select(AttemptCounter)).one().key


def test_attempts_of_yesterday_are_forgotten(ada, client, clock) -> None:
    for _ in range(4):
        guess(client)
    clock.advance(hours=25)
    assert [guess(client) for _ in range(3)] == [422, 422, 422]


@pytest.mark.slow
def test_forty_guesses_at_once_get_four_tries(app, committing_db, clock, monkeypatch) -> None:
    """Counted before they are judged: however many at the same moment, only the free ones reach the password."""
    accounts.person(email="ada@example.org", password_hash=CHEAP_HASH)
    database.session.commit()
    judged, answers = [], []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *args: judged.append(1) or matches(*args))
    start = threading.Barrier(40)

    def one() -> None:
        client = app.test_client()
        start.wait(timeout=20)
        answers.append(guess(client))

    threads = [threading.Thread(target=one) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=50)
    assert len(answers) == 40
    assert sorted(answers) == [422] * 4 + [429] * 36
    assert len(judged) == 4
    assert database.session.scalars(select(AttemptCounter)).one().failures == 4


def test_a_request_that_has_begun_to_write_does_not_wait_for_its_own_counter(app, committing_db) -> None:
    with app.test_request_context():
        accounts.person()  # the session holds the one write lock of SQLite now
        attempts.count(attempts.key_of("test", "x"))
    assert database.session.scalars(select(AttemptCounter)).one().failures == 1


def test_each_kind_of_attempt_is_counted_for_itself(app, db) -> None:
    with app.test_request_context():
        for _ in range(4):
            attempts.count(attempts.key_of("code", "x"))
        with pytest.raises(TooManyAttempts) as refusal:
            attempts.count(attempts.key_of("code", "x"))
        assert refusal.value.seconds == 5
        attempts.count(attempts.key_of("letter", "x"))
