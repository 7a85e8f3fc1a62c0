"""Somebody asks to be erased, confirms it by the link in a letter, changes their mind, or is erased on the day."""

import re
from datetime import timedelta

import pytest

from app.features.accounts.queries import person as person_by_id
from app.features.erasure.commands import AskForErasure
from app.features.erasure.models import Erasure, ErasureState
from app.features.erasure.nightly import take_up
from app.features.erasure.queries import erasure_of, preview_erasure, work_to_do
from app.features.erasure.use_cases import ask_for_erasure, begin_due, cancel_erasure, confirm_erasure, erase_now
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts

LINK = re.compile(r"/my-data/erase/confirm/(\S+)")


def asked(session, mailbox, person, *, at_once=False) -> str:
    ask_for_erasure(session, Actor(person_id=person.id), AskForErasure(at_once))
    session.commit()
    return LINK.findall(mailbox.to(person.email)[-1].get_content())[-1]


def test_from_the_page_to_the_last_letter(as_role, mailbox, session, clock):
    client = as_role("resident")
    email = client.person.email
    page = client.get("/my-data/erase").text
    assert "What is deleted" in page
    assert "What has to stay, and why" in page
    assert client.post("/my-data/erase", data={}).status_code == 422
    assert client.post("/my-data/erase", data={"when": "later"}).status_code == 302
    token = LINK.findall(mailbox.to(email)[-1].get_content())[-1]
    assert client.get(f"/my-data/erase/confirm/{token}").status_code == 200
    assert client.post(f"/my-data/erase/confirm/{token}").headers["Location"] == "/my-data/erase/state"
    assert "Everything is erased on" in client.get("/my-data").text
    assert client.get("/my-data/erase").headers["Location"] == "/my-data/erase/state"

    clock.advance(days=8)
    assert take_up() == 1

    assert client.get("/my-data/erase/state").status_code == 302  # signed out
    assert [letter["Subject"] for letter in mailbox.to(email)][-1] == "Your data is erased"
    assert person_by_id(session, client.person.id) is None


def test_at_once_signs_out_everywhere_when_it_is_confirmed(as_role, mailbox, session):
    client = as_role("resident")
    token = asked(session, mailbox, client.person, at_once=True)

    answer = client.post(f"/my-data/erase/confirm/{token}")

    assert answer.headers["Location"] == "/my-data/erase/begun"
    assert client.get("/my-data/erase/begun").status_code == 200
    assert client.get("/my-data/erase").headers["Location"].startswith("/account/sign-in")


def test_confirmed_in_a_browser_that_is_not_signed_in_the_page_says_so_and_names_nobody(client, session, mailbox):
    person = accounts.person()
    token = asked(session, mailbox, person)

    answer = client.post(f"/my-data/erase/confirm/{token}")

    assert answer.headers["Location"] == "/my-data/erase/confirmed"  # and not a form to sign in, without a word
    page = client.get("/my-data/erase/confirmed").text
    assert "You have confirmed it." in page
    assert "It begins 7 days after" in page
    assert person.email not in page
    assert person.display_name not in page
    again = client.get(f"/my-data/erase/confirm/{token}")
    assert again.headers["Location"] == "/my-data/erase/confirmed"


def test_a_sign_in_with_an_erased_address_answers_like_an_unknown_one(client, session):
    person = accounts.person()
    email = person.email
    erase_now(session, Actor(person_id=person.id), person.id)
    session.commit()

    def answer(address: str) -> tuple[int, str]:
        found = client.post("/account/sign-in", data={"email": address, "password": "three or four words"})
        return found.status_code, found.text.replace(address, "")

    assert answer(email)[0] == answer("nobody@example.org")[0]
    assert take_up(stalled_only=False) == 1
    assert answer(email)[0] == answer("nobody@example.org")[0]


def test_the_link_works_for_a_day_and_the_newest_only(session, mailbox, clock):
    person = accounts.person()
    first = asked(session, mailbox, person)
    second = asked(session, mailbox, person)
    with pytest.raises(Refused):
        confirm_erasure(session, Actor(), first)
    clock.advance(hours=25)
    with pytest.raises(Refused):
        confirm_erasure(session, Actor(), second)


def test_pressing_the_button_twice_sets_one_day(session, mailbox, clock):
    token = asked(session, mailbox, accounts.person())
    first = confirm_erasure(session, Actor(), token).runs_at
    clock.advance(hours=1)

    assert confirm_erasure(session, Actor(), token).runs_at == first == clock.now + timedelta(days=7, hours=-1)


def test_changing_ones_mind_keeps_everything(session, mailbox, clock):
    person = accounts.person()
    confirm_erasure(session, Actor(), asked(session, mailbox, person))
    cancel_erasure(session, Actor(person_id=person.id))
    session.commit()
    clock.advance(days=8)

    assert take_up() == 0
    assert person_by_id(session, person.id).erased_at is None
    assert "Your data is not erased" in [letter["Subject"] for letter in mailbox.to(person.email)]
    with pytest.raises(NotFound):
        cancel_erasure(session, Actor(person_id=person.id))


def test_what_has_begun_cannot_be_cancelled_or_begun_again(session):
    person = accounts.person()
    erase_now(session, Actor(person_id=person.id), person.id)

    with pytest.raises(NotFound):
        cancel_erasure(session, Actor(person_id=person.id))
    with pytest.raises(Refused):
        erase_now(session, Actor(person_id=person.id), person.id)
    with pytest.raises(NotFound):
        preview_erasure(session, person.id)


def test_asking_again_after_confirming_says_so(session, mailbox):
    person = accounts.person()
    confirm_erasure(session, Actor(), asked(session, mailbox, person))

    with pytest.raises(Conflict):
        ask_for_erasure(session, Actor(person_id=person.id), AskForErasure())


def test_nobody_erases_somebody_else(session):
    with pytest.raises(Forbidden):
        erase_now(session, Actor(person_id=accounts.person().id), accounts.person().id)


def test_the_last_administrator_stays_and_is_told_why(as_role, session):
    client = as_role(Role.ADMINISTRATOR)
    person = client.person

    preview = preview_erasure(session, person.id)
    assert [reason.code for reason in preview.reasons] == ["last_administrator"]
    with pytest.raises(Refused):
        erase_now(session, Actor(person_id=person.id), person.id)
    session.rollback()
    assert "You are the last administrator." in client.get("/my-data/erase").text


def test_another_administrator_may_go(session):
    first, second = accounts.staff(Role.ADMINISTRATOR), accounts.staff(Role.ADMINISTRATOR)
    erase_now(session, Actor(person_id=first.id), first.id)
    session.commit()

    assert [reason.code for reason in preview_erasure(session, second.id).reasons] == ["last_administrator"]


def test_somebody_who_became_the_last_administrator_waits(session, mailbox, clock):
    person = accounts.person()
    erasure_id = confirm_erasure(session, Actor(), asked(session, mailbox, person)).id
    person_by_id(session, person.id).is_administrator = True
    session.commit()
    clock.advance(days=8)

    with pytest.raises(Refused):
        begin_due(session, erasure_id)
    session.rollback()
    assert list(work_to_do(session, clock.now)) == [erasure_id]


def test_two_windows_ask_once(race):
    from app.extensions import db

    with db.transaction():
        person_id = accounts.person().id

    def ask():
        with db.transaction() as session:
            ask_for_erasure(session, Actor(person_id=person_id), AskForErasure())

    race(ask, times=6)
    with db.transaction() as session:
        assert session.query(Erasure).filter_by(person_id=person_id).count() == 1
        assert erasure_of(session, person_id).state is ErasureState.ASKED
