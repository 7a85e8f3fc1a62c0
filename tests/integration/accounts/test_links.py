"""Signing up and signing in by letters: a link works once, for its reader, and looking at it does nothing."""

import re
import threading

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.accounts import passwords
from app.features.accounts.models import LinkPurpose, Person, SignInLink, SignInSession
from app.kernel.outbox import OutboxRow
from tests.factories import accounts
from tests.integration.accounts.conftest import PASSWORD

NEW = {"display_name": "Nora", "email": "nora@example.org", "password": PASSWORD}


def shown(response) -> str:
    """A page without what differs by nature."""
    return re.sub(r'(value|nonce)="[^"]*"|<bdi>.*?</bdi>', "", response.get_data(as_text=True))


def people() -> int:
    return database.session.scalar(select(func.count()).select_from(Person)) or 0


def test_an_account_opens_when_its_letter_is_answered_and_returns_to_the_place(client, mailbox, path_in) -> None:
    answer = client.post("/account/sign-up", data={**NEW, "next": "/proposals/new"})
    assert answer.headers["Location"] == "/account/letter-sent?next=/proposals/new"
    assert "nora@example.org" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert people() == 0
    letter = mailbox.to("nora@example.org")[0]
    path = path_in(letter)
    page = client.get(path)
    assert page.status_code == 200
    assert people() == 0
    opened = client.post(path)
    assert opened.headers["Location"] == "/proposals/new"
    assert client.get("/account/settings").status_code == 200
    person = database.session.scalars(select(Person)).one()
    assert (person.display_name, person.email) == ("Nora", "nora@example.org")
    assert person.email_confirmed_at is not None
    assert passwords.matches(person.password_hash, PASSWORD)


def test_a_password_typed_by_a_stranger_opens_nothing(app, client, mailbox, path_in) -> None:
    """Eve signs up with Nora's address and a password of her own; Nora opens the letter on her phone."""
    client.post("/account/sign-up", data=NEW)
    path = path_in(mailbox.to("nora@example.org")[0])
    phone = app.test_client()
    assert 'name="password"' in phone.get(path).get_data(as_text=True)
    assert phone.post(path, data={"password": "noras very own words"}).status_code == 302
    person = database.session.scalars(select(Person)).one()
    assert passwords.matches(person.password_hash, "noras very own words")
    assert not passwords.matches(person.password_hash, PASSWORD)


def test_an_account_can_do_without_a_password(app, client, mailbox, path_in) -> None:
    client.post("/account/sign-up", data={**NEW, "password": ""})
    app.test_client().post(path_in(mailbox.to("nora@example.org")[0]), data={"password": ""})
    assert database.session.scalars(select(Person)).one().password_hash is None


def test_signing_up_twice_makes_one_account(app, client, mailbox, path_in) -> None:
    client.post("/account/sign-up", data=NEW)
    client.post("/account/sign-up", data={**NEW, "display_name": "Nora again"})
    first, second = (path_in(letter) for letter in mailbox.to("nora@example.org"))
    assert client.post(second).status_code == 302
    assert app.test_client().post(first).status_code == 410  # the other letter is of no use any more
    assert people() == 1


def test_signing_up_with_a_known_address_looks_the_same_and_tells_its_owner(ada, app, client, mailbox, path_in) -> None:
    known = client.post("/account/sign-up", data={**NEW, "email": "ada@example.org"})
    stranger = app.test_client()
    unknown = stranger.post("/account/sign-up", data=NEW)
    assert known.headers["Location"] == unknown.headers["Location"]
    pages = [browser.get(known.headers["Location"]) for browser in (client, stranger)]
    assert shown(pages[0]) == shown(pages[1])
    letter = mailbox.to("ada@example.org")[0]
    assert letter["Subject"] == "You already have an account"
    assert client.post(path_in(letter)).status_code == 302
    person = database.session.scalars(select(Person)).one()
    assert person.display_name == "Ada"


@pytest.mark.parametrize("page", ["/account/sign-up", "/account/sign-in/link"])
def test_a_known_and_an_unknown_address_cost_the_same_work(ada, app, page, monkeypatch) -> None:
    hashed = []
    hash_ = passwords.hashed
    monkeypatch.setattr(passwords, "hashed", lambda text: hashed.append(1) or hash_(text))
    rows = []
    for email in ("ada@example.org", "eve@example.org"):
        before = len(hashed)
        app.test_client().post(page, data={**NEW, "email": email})
        counts = [database.session.scalar(select(func.count()).select_from(table)) for table in (SignInLink, OutboxRow)]
        rows.append((*counts, len(hashed) - before))
    assert rows[1] == (2, 2, rows[0][2])
    assert rows[0][:2] == (1, 1)


def test_an_unknown_address_gets_a_letter_that_says_so(client, mailbox) -> None:
    client.post("/account/sign-in/link", data={"email": "eve@example.org"})
    letter = mailbox.to("eve@example.org")[0]
    assert letter["Subject"] == "There is no account with this address"
    assert "/account/sign-up" in letter.get_content()
    assert "/account/link/" not in letter.get_content()


def test_looking_at_a_link_uses_nothing_up(ada, app, client, mailbox, path_in) -> None:
    client.post("/account/sign-in/link", data={"email": "ada@example.org", "next": "/budgets"})
    path = path_in(mailbox.to("ada@example.org")[0])
    scanner = app.test_client()
    for _ in range(3):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
    assert scanner.get("/account/settings").status_code == 302
    assert client.post(path).headers["Location"] == "/budgets"


def test_a_link_works_once_and_for_half_an_hour(ada, app, clock) -> None:
    client = app.test_client()
    path = f"/account/link/{accounts.link(person=ada)}"
    database.session.commit()
    assert client.post(path).status_code == 302
    again = app.test_client()
    assert again.get(path).status_code == again.post(path).status_code == 410
    assert "does not work any more" in again.get(path).get_data(as_text=True)
    late = f"/account/link/{accounts.link(person=ada)}"
    database.session.commit()
    clock.advance(minutes=30)
    assert again.post(late).status_code == 410


def test_the_half_hour_begins_when_the_letter_leaves(ada, client, clock, mailbox, path_in) -> None:
    client.post("/account/sign-in/link", data={"email": "ada@example.org"})
    clock.advance(hours=3)  # the mail server was away
    assert client.post(path_in(mailbox.to("ada@example.org")[0])).status_code == 302


def test_neither_the_outbox_nor_the_link_holds_its_secret(ada, client, mailbox, path_in) -> None:
    client.post("/account/sign-in/link", data={"email": "ada@example.org"})
    waiting = str(database.session.scalars(select(OutboxRow.payload)).one())
    token = path_in(mailbox.to("ada@example.org")[0]).rsplit("/", 1)[1]
    link = database.session.scalars(select(SignInLink)).one()
    assert token not in waiting + link.token_hash
    delivered = str(database.session.scalars(select(OutboxRow.payload)).one())
    assert "ada@example.org" not in delivered
    assert token not in delivered


def test_using_one_letter_makes_the_older_ones_useless(ada, app, client, mailbox, path_in) -> None:
    for _ in range(2):
        client.post("/account/sign-in/link", data={"email": "ada@example.org"})
    first, second = (path_in(letter) for letter in mailbox.to("ada@example.org"))
    assert client.post(second).status_code == 302
    assert app.test_client().post(first).status_code == 410


def test_two_clicks_at_the_same_moment_sign_in_once(app, committing_db) -> None:
    ada = accounts.person(email="ada@example.org")
    path = f"/account/link/{accounts.link(person=ada)}"
    database.session.commit()
    start, answers = threading.Barrier(8), []

    def click() -> None:
        client = app.test_client()
        start.wait(timeout=10)
        answers.append(client.post(path).status_code)

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == [302] + [410] * 7
    assert len(database.session.scalars(select(SignInSession)).all()) == 1


def test_two_letters_opened_at_the_same_moment_make_one_account(app, committing_db) -> None:
    paths = [
        f"/account/link/{accounts.link(LinkPurpose.SIGN_UP, email='nora@example.org', pending_name='Nora')}" for _ in range(4)
    ]
    database.session.commit()
    start, answers = threading.Barrier(4), []

    def click(path: str) -> None:
        client = app.test_client()
        start.wait(timeout=10)
        answers.append(client.post(path).status_code)

    threads = [threading.Thread(target=click, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert people() == 1
    assert 302 in answers
    assert set(answers) <= {302, 410}


def test_letters_to_one_address_slow_down_whoever_asks(client, clock) -> None:
    codes = [client.post("/account/sign-in/link", data={"email": "eve@example.org"}).status_code for _ in range(6)]
    assert codes == [302, 302, 302, 302, 429, 429]
    clock.advance(seconds=5)
    assert client.post("/account/sign-in/link", data={"email": "eve@example.org"}).status_code == 302


def test_a_blocked_account_gets_no_link_and_its_old_link_no_session(ada, app, client, mailbox, clock) -> None:
    path = f"/account/link/{accounts.link(person=ada)}"
    database.session.get_one(Person, ada.id).blocked_at = clock.now
    database.session.commit()
    client.post("/account/sign-in/link", data={"email": "ada@example.org"})
    (letter,) = mailbox.to("ada@example.org")
    assert "/account/link/" not in letter.get_content()
    answer = app.test_client().post(path)
    assert answer.status_code == 403
    assert "This account is blocked" in answer.text


def test_a_letter_comes_in_the_language_of_its_reader(client, db, mailbox) -> None:
    accounts.person(email="aino@example.org", locale="fi")
    database.session.commit()
    client.post("/account/sign-in/link?lang=de", data={"email": "aino@example.org"})
    client.post("/account/sign-in/link?lang=de", data={"email": "neu@example.org"})
    languages = {str(letter["To"]): letter["Content-Language"] for letter in mailbox.collect()}
    assert languages == {"aino@example.org": "fi", "neu@example.org": "de"}


def test_choosing_a_new_password_from_the_letter(ada, client, mailbox, path_in) -> None:
    client.post("/account/sign-in/link", data={"email": "ada@example.org"})
    answer = client.post(path_in(mailbox.to("ada@example.org")[0]), data={"then": "password"})
    assert answer.headers["Location"] == "/account/password"
    assert 'name="current"' not in client.get("/account/password").get_data(as_text=True)
    assert client.post("/account/password", data={"password": "another good password"}).status_code == 302
    assert passwords.matches(database.session.get_one(Person, ada.id).password_hash, "another good password")
