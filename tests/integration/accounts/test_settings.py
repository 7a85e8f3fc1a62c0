"""What people change about their own account, and what they must show first."""

from sqlalchemy import select

from app.extensions import db as database
from app.features.accounts import passwords
from app.features.accounts.models import Person, SignInLink
from tests.factories import accounts
from tests.integration.accounts.conftest import PASSWORD


def ada_now(ada) -> Person:
    database.session.expire_all()
    return database.session.get_one(Person, ada.id)


def test_another_name_and_language(ada, client) -> None:
    accounts.sign_in(client, ada)
    answer = client.post("/account/settings", data={"display_name": "  Ada   Lund ", "locale": "fi"})
    assert answer.status_code == 302
    assert "language=fi" in answer.headers["Set-Cookie"]
    assert (ada_now(ada).display_name, ada_now(ada).locale) == ("Ada Lund", "fi")


def test_a_language_that_the_city_does_not_offer_is_refused(ada, client) -> None:
    accounts.sign_in(client, ada)
    assert client.post("/account/settings", data={"display_name": "Ada", "locale": "xx"}).status_code == 422
    assert ada_now(ada).locale == "en"


def test_a_new_password_signs_out_everywhere_else_and_tells_the_owner(app, ada, sign_in, client, mailbox) -> None:
    other = app.test_client()
    accounts.sign_in(other, ada)
    waiting = accounts.link(person=ada)
    database.session.commit()
    sign_in("ada@example.org")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    answer = client.post("/account/password", data={"current": PASSWORD, "password": "another good password"})
    assert answer.status_code == 302
    assert passwords.matches(ada_now(ada).password_hash, "another good password")
    assert other.get("/account/settings").status_code == 302
    assert client.get("/account/settings").status_code == 200
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != token
    assert app.test_client().post(f"/account/link/{waiting}").status_code == 410
    assert mailbox.to("ada@example.org")[0]["Subject"] == "Your password was changed"


def test_the_current_password_is_asked_for_and_guessing_it_slows_down(ada, sign_in, client) -> None:
    sign_in("ada@example.org")
    for _ in range(4):
        assert client.post("/account/password", data={"current": "x", "password": "another good password"}).status_code == 422
    page = client.post("/account/password", data={"current": PASSWORD, "password": "another good password"})
    assert "Too many attempts" in page.get_data(as_text=True)
    assert passwords.matches(ada_now(ada).password_hash, PASSWORD)


def test_without_a_password_a_fresh_letter_is_asked_for(db, client, clock) -> None:
    person = accounts.person()
    database.session.commit()
    accounts.sign_in(client, person)
    assert "Show first that it is you" in client.get("/account/password").get_data(as_text=True)
    assert client.post("/account/password", data={"password": "another good password"}).status_code == 422
    assert ada_now(person).password_hash is None


def test_another_address_counts_once_its_letter_is_answered(ada, sign_in, client, mailbox, path_in) -> None:
    sign_in("ada@example.org")
    answer = client.post("/account/email", data={"email": "New@Example.org", "current": PASSWORD})
    assert answer.status_code == 302
    assert ada_now(ada).email == "ada@example.org"
    letter = mailbox.to("new@example.org")[0]
    assert client.post(path_in(letter)).headers["Location"] == "/account/settings"
    assert ada_now(ada).email == "new@example.org"
    assert mailbox.to("ada@example.org")[0]["Subject"] == "Your account has another e-mail address now"


def test_a_stranger_who_gets_the_letter_cannot_take_the_account(app, ada, sign_in, client, mailbox, path_in) -> None:
    """Ada mistypes her new address; whoever reads that mailbox must not come into her account, nor change it."""
    sign_in("ada@example.org")
    client.post("/account/email", data={"email": "stranger@example.org", "current": PASSWORD})
    path = path_in(mailbox.to("stranger@example.org")[0])
    stranger = app.test_client()
    answer = stranger.post(path)
    assert answer.status_code == 401
    assert f"/account/sign-in?next={path}" in answer.get_data(as_text=True)
    accounts.sign_in(stranger, accounts.person())
    assert stranger.post(path).status_code == 401
    assert ada_now(ada).email == "ada@example.org"


def test_an_address_that_has_an_account_is_not_told_apart(ada, sign_in, client, mailbox, path_in) -> None:
    otto_id = accounts.person(email="otto@example.org").id
    database.session.commit()
    sign_in("ada@example.org")
    answer = client.post("/account/email", data={"email": "otto@example.org", "current": PASSWORD})
    assert answer.headers["Location"].startswith("/account/letter-sent")
    letter = mailbox.to("otto@example.org")[0]
    assert letter["Subject"] == "You already have an account"
    assert database.session.scalars(select(SignInLink).where(SignInLink.person_id == otto_id)).one()
    assert ada_now(ada).email == "ada@example.org"


def test_one_ends_one_of_ones_own_sessions_and_nobody_elses(app, ada, sign_in, client) -> None:
    other, foreign = app.test_client(), app.test_client()
    row = accounts.sign_in(other, ada, device="Firefox · Linux")
    foreign_row = accounts.sign_in(foreign, accounts.person())
    sign_in("ada@example.org")
    page = client.get("/account/devices").get_data(as_text=True)
    assert "Firefox · Linux" in page
    assert str(foreign_row.id) not in page
    assert client.post(f"/account/devices/{foreign_row.id}/end").status_code == 404
    assert foreign.get("/account/settings").status_code == 200
    assert client.post(f"/account/devices/{row.id}/end").status_code == 302
    assert other.get("/account/settings").status_code == 302
    assert client.get("/account/settings").status_code == 200


def test_a_device_is_named_in_two_words_never_by_its_whole_agent(ada, client) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    data = {"email": "ada@example.org", "password": PASSWORD}
    client.post("/account/sign-in", data=data, headers={"User-Agent": agent})
    page = client.get("/account/devices").get_data(as_text=True)
    assert "Firefox · Linux" in page
    assert "Gecko" not in page
