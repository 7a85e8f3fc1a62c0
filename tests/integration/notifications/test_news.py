"""Which news people get, and stopping it from the letter itself, without signing in."""

import re

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.notifications.models import MailChoice
from app.features.notifications.queries import News, wishes
from app.features.notifications.use_cases import stop_news
from tests.factories import accounts
from tests.integration.notifications.conftest import post


def stop_path(letter) -> str:
    return re.search(r"http://127\.0\.0\.1:8000(/mail/stop/\S+)", letter.get_content()).group(1)


def test_people_choose_their_news_and_the_page_shows_it(as_role) -> None:
    client = as_role("resident")
    page = client.get("/account/news").get_data(as_text=True)
    assert page.count("checked") == 2  # answers, and comments on one's own proposals
    assert client.post("/account/news", data={"news": ["followed_comments"]}).status_code == 302
    assert wishes(database.session(), person_id=client.person.id) == {
        News.ANSWERS: False,
        News.COMMENTS: False,
        News.FOLLOWED_COMMENTS: True,
    }
    assert client.post("/account/news", data={}).status_code == 302
    assert client.get("/account/news").get_data(as_text=True).count("checked") == 0


def test_a_kind_of_news_that_does_not_exist_is_refused(as_role) -> None:
    assert as_role("resident").post("/account/news", data={"news": ["answers", "spam"]}).status_code == 422


@pytest.mark.parametrize("guest", [False, True])
def test_the_letter_stops_its_kind_of_news_without_signing_in(example, db, client, mailbox, guest) -> None:
    person = accounts.person(email="rosa@example.org")
    reader = {"email": "rosa@example.org", "locale": "en"} if guest else {"person_id": person.id}
    post(example, **reader)
    path = stop_path(mailbox.to("rosa@example.org")[0])
    assert "Stop these letters" in client.get(path).get_data(as_text=True)
    assert database.session.scalars(select(MailChoice)).all() == []  # looking changes nothing
    assert client.post(path).status_code == 302
    post(example, **reader)
    assert len(mailbox.to("rosa@example.org")) == 1
    assert "no more letters of this kind" in client.get(path).get_data(as_text=True)
    client.post(path, data={"again": "1"})
    post(example, **reader)
    assert len(mailbox.to("rosa@example.org")) == 2


def test_a_guests_address_is_remembered_as_a_hash_alone(example, db, client, mailbox) -> None:
    post(example, email="Guest@Example.org", locale="en")
    client.post(stop_path(mailbox.to("Guest@Example.org")[0]))
    choice = database.session.scalars(select(MailChoice)).one()
    assert choice.person_id is None
    assert len(choice.address_hash) == 64
    post(example, email="guest@example.org", locale="en")
    assert len(mailbox.collect()) == 1


def test_mail_programs_stop_it_with_their_own_button(app, example, db, mailbox, monkeypatch) -> None:
    """RFC 8058: they post to the address in the header, without cookies and without our token."""
    post(example, email="guest@example.org", locale="en")
    letter = mailbox.to("guest@example.org")[0]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 302
    assert database.session.scalars(select(MailChoice.wanted)).one() is False


@pytest.mark.parametrize("token", ["forged", "WyJhbnN3ZXJzIiwicCIsIngiXQ.x", "a" * 3000, "%00"])
def test_a_forged_link_stops_nothing(client, token) -> None:
    assert client.get(f"/mail/stop/{token}").status_code == client.post(f"/mail/stop/{token}").status_code == 404


def test_a_letter_that_must_arrive_has_no_way_to_stop_it(db, client, mailbox) -> None:
    client.post("/account/sign-in/link", data={"email": "eve@example.org"})
    letter = mailbox.to("eve@example.org")[0]
    assert letter["List-Unsubscribe"] is None
    assert "/mail/stop/" not in letter.get_content()


def test_two_clicks_at_the_same_moment_leave_one_wish(race) -> None:
    person_id = accounts.person().id
    outcome = race(lambda: stop_news(database.session(), News.ANSWERS, person_id=person_id))
    assert outcome.errors == []
    assert database.session.scalars(select(MailChoice.wanted)).all() == [False]
