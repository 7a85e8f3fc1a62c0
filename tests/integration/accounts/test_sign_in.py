"""Signing in by password, out, and what a stranger learns from it: nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.accounts import passwords
from app.features.accounts.models import AttemptCounter, Person, SignInSession
from app.kernel import clock as kernel_clock
from tests.factories import accounts
from tests.integration.accounts.conftest import CHEAP_HASH, OLDER_HASH, PASSWORD


def shown(response) -> str:
    """The page without what differs by nature: tokens and what was typed."""
    text = re.sub(r'value="[^"]*"', "", response.get_data(as_text=True))
    return re.sub(r'nonce="[^"]*"', "", text)


def test_a_resident_signs_in_and_is_back_where_she_was(ada, sign_in, client) -> None:
    response = sign_in("ada@example.org", next="/proposals?page=2")
    assert (response.status_code, response.headers["Location"]) == (302, "/proposals?page=2")
    assert "Ada" in client.get("/account/sign-out").get_data(as_text=True)


def test_capitals_and_spaces_in_the_address_do_not_matter(ada, sign_in) -> None:
    assert sign_in(" Ada@Example.ORG ").status_code == 302


def test_nobody_is_sent_to_another_host_after_signing_in(ada, sign_in) -> None:
    assert sign_in("ada@example.org", next="//evil.example/").headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(ada, client, monkeypatch) -> None:
    checked = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *args: checked.append(args) or matches(*args))
    wrong = client.post("/account/sign-in", data={"email": "ada@example.org", "password": "wrong password"})
    unknown = client.post("/account/sign-in", data={"email": "eve@example.org", "password": "wrong password"})
    assert wrong.status_code == unknown.status_code == 422
    assert shown(wrong) == shown(unknown)
    assert len(checked) == 2  # the slow part is done for both
    assert len(database.session.scalars(select(AttemptCounter)).all()) == 2  # and both are counted


def test_an_account_without_a_password_answers_like_an_unknown_one(db, client) -> None:
    accounts.person(email="link@example.org")
    database.session.commit()
    answers = [
        client.post("/account/sign-in", data={"email": email, "password": "wrong password"})
        for email in ("link@example.org", "eve@example.org")
    ]
    assert shown(answers[0]) == shown(answers[1])


def test_what_was_typed_stays_except_the_password(ada, sign_in) -> None:
    page = sign_in("ada@example.org", "my secret words", next="/budgets").get_data(as_text=True)
    assert 'value="ada@example.org"' in page
    assert 'value="/budgets"' in page
    assert "my secret words" not in page


def test_an_older_hash_is_replaced_at_the_next_sign_in(db, sign_in) -> None:
    otto = accounts.person(email="otto@example.org", password_hash=OLDER_HASH)
    database.session.commit()
    assert sign_in("otto@example.org").status_code == 302
    after = database.session.get_one(Person, otto.id).password_hash
    assert after != OLDER_HASH
    assert not passwords.is_outdated(after)
    assert passwords.matches(after, PASSWORD)


@pytest.mark.parametrize("state", ["blocked_at", "erased_at"])
def test_a_closed_account_cannot_sign_in_and_its_open_sessions_end(ada, sign_in, client, state) -> None:
    sign_in("ada@example.org")
    assert client.get("/account/settings").status_code == 200
    setattr(database.session.merge(ada), state, kernel_clock.now())
    database.session.commit()
    assert client.get("/account/settings").status_code == 302
    assert sign_in("ada@example.org").status_code == 422


def test_signing_in_gives_the_browser_another_token(ada, sign_in, client) -> None:
    accounts.sign_in(client, accounts.person())
    with client.session_transaction() as cookie:
        planted = cookie["_user_id"]
        cookie["csrf_token"] = "planted"
    sign_in("ada@example.org")
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != planted
        assert cookie.get("csrf_token") != "planted"


def test_the_token_itself_is_not_stored(ada, sign_in, client) -> None:
    sign_in("ada@example.org")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    row = database.session.scalars(select(SignInSession)).one()
    assert token not in (row.token_hash, str(row.id))
    assert len(row.token_hash) == 64


def test_signing_out_ends_the_session_even_for_a_copy_of_the_cookie(app, ada, sign_in, client) -> None:
    sign_in("ada@example.org")
    with client.session_transaction() as cookie:
        copied = dict(cookie)
    client.post("/account/sign-out")
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(copied)
    assert thief.get("/account/settings").status_code == 302


def test_a_link_to_the_sign_out_page_signs_nobody_out(ada, sign_in, client) -> None:
    sign_in("ada@example.org")
    client.get("/account/sign-out")
    assert client.get("/account/settings").status_code == 200


def test_sign_out_everywhere_reaches_the_other_browsers(app, ada, sign_in, client) -> None:
    sign_in("ada@example.org")
    other = app.test_client()
    accounts.sign_in(other, ada)
    client.post("/account/sign-out", data={"everywhere": "1"})
    assert client.get("/account/settings").status_code == other.get("/account/settings").status_code == 302


def test_a_resident_is_signed_out_after_two_idle_weeks_and_not_before(ada, client, clock) -> None:
    accounts.sign_in(client, ada)
    clock.advance(days=13)
    assert client.get("/account/settings").status_code == 200
    clock.advance(days=13)
    assert client.get("/account/settings").status_code == 200  # she was seen in between
    clock.advance(days=14)
    assert client.get("/account/settings").status_code == 302


def test_being_seen_is_written_at_most_every_five_minutes(ada, client, clock) -> None:
    row = accounts.sign_in(client, ada)
    started = clock.now

    def seen():
        database.session.expire_all()
        return database.session.get(SignInSession, row.id).last_seen_at

    clock.advance(minutes=4)
    client.get("/account/settings")
    assert seen() == started
    clock.advance(minutes=2)
    client.get("/account/settings")
    assert seen() == started + timedelta(minutes=6)
    clock.advance(minutes=6)
    client.post("/account/settings", data={"display_name": "", "locale": "en"})  # a refused request was seen too
    assert seen() == started + timedelta(minutes=12)


def test_being_seen_does_not_wait_for_the_request_that_writes(app, committing_db, clock) -> None:
    """On SQLite a second writer waits for the first; a request must not wait for itself."""
    person = accounts.person()
    database.session.commit()
    client = app.test_client()
    accounts.sign_in(client, person)
    clock.advance(minutes=10)
    answer = client.post("/account/settings", data={"display_name": "New Name", "locale": "en"})
    assert answer.status_code == 302
    assert database.session.scalars(select(SignInSession)).one().last_seen_at == clock.now


def test_whoever_is_in_already_goes_on(ada, sign_in, client) -> None:
    sign_in("ada@example.org")
    assert client.get("/account/sign-in?next=/budgets").headers["Location"] == "/budgets"


def test_a_page_that_needs_an_account_asks_and_returns(client) -> None:
    answer = client.get("/account/devices?x=1")
    assert answer.headers["Location"] == "/account/sign-in?next=/account/devices?x%3D1"


def test_pages_come_in_the_language_of_the_account_after_signing_in(db, client) -> None:
    accounts.person(email="aino@example.org", locale="fi", password_hash=CHEAP_HASH)
    database.session.commit()
    answer = client.post("/account/sign-in", data={"email": "aino@example.org", "password": PASSWORD})
    assert "language=fi" in answer.headers.get_all("Set-Cookie")[-1] + answer.headers.get_all("Set-Cookie")[0]


def test_the_cookie_is_sent_once_and_never_with_a_file_that_caches_keep(ada, sign_in, client) -> None:
    cookie = sign_in("ada@example.org").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    client.get("/account/settings")  # the page's forms put their token into it
    for path in ("/account/settings", "/static/icons/favicon.svg", "/healthz"):
        with client.get(path) as answer:
            assert "Set-Cookie" not in answer.headers, path
