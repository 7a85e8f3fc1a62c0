"""What a letter says, in whose language, and to whom it goes."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.notifications.queries import Mail, News
from app.features.notifications.use_cases import choose_news, notify
from app.kernel import clock as kernel_clock
from app.kernel.messages import msg
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Actor
from tests.factories import accounts
from tests.integration.notifications.conftest import post


def test_a_person_gets_a_letter_with_addresses_that_work_outside(example, db, mailbox) -> None:
    person = accounts.person(email="rosa@example.org", display_name="Rosa")
    post(example, person_id=person.id)
    letter = mailbox.to("rosa@example.org")[0]
    text = letter.get_content()
    assert "Hello Rosa," in text
    assert "http://127.0.0.1:8000/healthz http://127.0.0.1:8000/proposals/P-1 http://127.0.0.1:8000/p en" in text
    assert letter["Subject"] == "About “A bench Bcc: eve@example.org”"  # one line, whatever a title holds
    assert letter["Bcc"] is None
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_letter_comes_in_the_readers_language_and_not_in_the_writers(example, app, db, mailbox) -> None:
    person = accounts.person(email="layla@example.org", locale="ar")
    with app.test_request_context("/?lang=de"):
        post(example, person_id=person.id)
    letter = mailbox.to("layla@example.org")[0]
    assert letter["Content-Language"] == "ar"
    assert " ar\n" in letter.get_content()


def test_somebody_without_an_account_gets_it_in_the_language_they_wrote_in(example, db, mailbox) -> None:
    post(example, email="guest@example.org", locale="fi")
    post(example, email="other@example.org", locale="tlh")
    assert mailbox.to("guest@example.org")[0]["Content-Language"] == "fi"
    assert mailbox.to("other@example.org")[0]["Content-Language"] == "en"


@pytest.mark.parametrize("state", ["blocked_at", "erased_at"])
def test_a_closed_account_gets_no_letters(example, db, mailbox, state) -> None:
    person = accounts.person(email="rosa@example.org", **{state: kernel_clock.now()})
    post(example, person_id=person.id)
    assert mailbox.collect() == []
    assert database.session.scalars(select(OutboxRow)).one().delivered_at is not None


def test_an_address_that_was_never_confirmed_gets_no_news(example, db, mailbox) -> None:
    post(example, person_id=accounts.person(email_confirmed_at=None).id)
    assert mailbox.collect() == []


def test_what_a_delivered_letter_said_and_to_whom_is_forgotten(example, db, mailbox) -> None:
    post(example, email="guest@example.org", locale="en")
    mailbox.collect()
    row = database.session.scalars(select(OutboxRow)).one()
    assert row.payload == {"mail": "notifications.example"}


def test_a_letter_with_nothing_to_say_any_more_is_not_sent(example, db, mailbox) -> None:
    asked = []

    def gone(_session, params):
        asked.append(params)

    hidden = Mail("notifications.hidden_since", subject=msg("x"), prepare=gone)
    notify(database.session(), hidden, email="guest@example.org", params={"comment": "1"})
    database.session.commit()
    assert mailbox.collect() == []
    assert asked == [{"comment": "1"}]


def test_a_letter_has_one_reader(example, db) -> None:
    for readers in ({}, {"person_id": accounts.person().id, "email": "a@example.org"}):
        with pytest.raises(ValueError, match="to a person or to an address"):
            notify(database.session(), example, **readers)


def test_a_name_of_a_letter_is_given_once(example) -> None:
    for name in (example.name, "nameless", ".x", "x."):
        with pytest.raises(ValueError, match="name of a letter"):
            Mail(name, subject=msg("x"))


def test_news_that_somebody_does_not_want_stays_away(example, db, mailbox) -> None:
    person = accounts.person(email="rosa@example.org")
    choose_news(database.session(), Actor(person_id=person.id), {News.COMMENTS: False})
    post(example, person_id=person.id)
    assert mailbox.collect() == []


def test_comments_on_other_peoples_proposals_come_only_on_request(example, db, mailbox) -> None:
    followed = Mail("notifications.followed", subject=msg("About “%(title)s”"), news=News.FOLLOWED_COMMENTS)
    object.__setattr__(followed, "name", example.name)  # the same text, of another kind
    from app.features.notifications import queries

    queries._mails[example.name] = followed
    person = accounts.person(email="rosa@example.org")
    post(followed, person_id=person.id)
    assert mailbox.collect() == []
    choose_news(database.session(), Actor(person_id=person.id), {News.FOLLOWED_COMMENTS: True})
    post(followed, person_id=person.id)
    assert len(mailbox.to("rosa@example.org")) == 1


def test_every_letter_of_the_house_has_a_text(app) -> None:
    from app.features.notifications import queries

    assert {"accounts.sign_in_link", "accounts.confirm"} <= set(queries._mails)
    for mail in queries._mails.values():
        assert app.jinja_env.get_template(mail.template), mail.name
