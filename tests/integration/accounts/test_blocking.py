"""An administrator closes an account and opens it again; only its owner learns of it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import event, select

from app.extensions import db as database
from app.features.accounts import queries
from app.features.accounts.commands import ChangeRole
from app.features.accounts.models import Person
from app.features.accounts.rules import may_sign_in
from app.features.accounts.use_cases import block_account, take_role
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, proposals, spaces
from tests.integration.accounts.conftest import PASSWORD

BLOCKED = "This account is blocked, so you cannot sign in."


@pytest.fixture
def blocked(ada, as_role):
    """Ada's account, blocked through the page, and the administrator's window."""
    administrator = as_role(Role.ADMINISTRATOR)
    answer = administrator.post(f"/staff/people/{ada.id}/block", data={"reason": "Insults, again."}, follow_redirects=True)
    assert "The account is blocked." in answer.text
    return administrator


def test_a_blocked_person_is_signed_out_at_once_and_told_how_to_object(ada, sign_in, client, as_role, app):
    assert sign_in("ada@example.org").status_code == 302
    assert client.get("/account/settings").status_code == 200
    as_role(Role.ADMINISTRATOR).post(f"/staff/people/{ada.id}/block", data={"reason": "Insults, again."})

    assert client.get("/account/settings").status_code == 302
    page = sign_in("ada@example.org")
    assert page.status_code == 422
    assert BLOCKED in page.text
    assert 'id="password-error"' not in page.text
    assert "To object, tell the customer service of your city" in page.text


def test_the_citys_own_address_is_named_where_there_is_one(blocked, sign_in, app, monkeypatch):
    monkeypatch.setattr("app.web.filters.City.contact", "help@city.example")

    assert "To object, write to help@city.example" in sign_in("ada@example.org").text


@pytest.mark.parametrize(
    ("contact", "sentence"),
    [
        ("help@city.example", "To object, write to help@city.example and say why."),
        ("", "tell the customer service of your city"),
    ],
)
def test_the_letter_says_to_object_where_the_page_does_and_not_by_answering_it(
    ada, as_role, mailbox, monkeypatch, contact, sentence
):
    monkeypatch.setattr("app.web.filters.City.contact", contact)
    as_role(Role.ADMINISTRATOR).post(f"/staff/people/{ada.id}/block", data={"reason": "Insults, again."})

    (letter,) = [one for one in mailbox.to("ada@example.org") if one["Subject"] == "Your account is blocked"]
    words = " ".join(letter.get_content().split())
    assert sentence in words
    assert "answer this letter" not in words


def test_nobody_else_learns_that_an_account_is_blocked(blocked, ada, sign_in, client):
    author = database.session.get_one(Person, ada.id)
    reference = proposals.proposal(spaces.process(), author=author).reference
    database.session.commit()

    wrong = sign_in("ada@example.org", password="not the password at all")
    assert BLOCKED not in wrong.text
    assert "do not belong together" in wrong.text
    page = client.get(f"/proposals/{reference}").text
    assert "Ada" in page
    assert "blocked" not in page.lower()


def test_a_link_asked_for_by_letter_says_the_same_in_the_mailbox_alone(blocked, client, mailbox):
    mailbox.to("ada@example.org")
    answer = client.post("/account/sign-in/link", data={"email": "ada@example.org"}, follow_redirects=True)

    assert BLOCKED not in answer.text
    subjects = [letter["Subject"] for letter in mailbox.to("ada@example.org")]
    assert "Your account is blocked" in subjects
    assert "Your link to sign in" not in subjects


def test_blocking_and_opening_are_audited_with_their_reasons(blocked, ada, sign_in, mailbox):
    blocked.post(f"/staff/people/{ada.id}/unblock", data={"reason": "She apologised."})

    entries = database.session.query(AuditEntry).filter_by(subject_id=ada.id).order_by(AuditEntry.at).all()
    assert {(entry.action, entry.reason) for entry in entries} >= {
        ("account.blocked", "Insults, again."),
        ("account.unblocked", "She apologised."),
    }
    assert "Insults" not in "".join(letter.get_content() for letter in mailbox.to("ada@example.org"))
    assert sign_in("ada@example.org", password=PASSWORD).status_code == 302


def test_without_a_reason_nothing_happens_and_the_page_says_so(ada, as_role):
    answer = as_role(Role.ADMINISTRATOR).post(f"/staff/people/{ada.id}/block", data={"reason": "  "})

    assert answer.status_code == 422
    assert "Write why." in answer.text
    assert database.session.get_one(Person, ada.id).blocked_at is None


def test_the_list_of_people_shows_administrators_who_is_blocked(blocked):
    assert "Blocked" in blocked.get("/staff/people?q=ada").text


def test_nobody_blocks_themselves_the_last_administrator_or_people_without_an_account(session, as_role):
    client = as_role(Role.ADMINISTRATOR)
    own = Actor(client.person.id, is_administrator=True)
    with pytest.raises(Refused, match="own account"):
        block_account(session, own, client.person.id, "Tired.")
    with pytest.raises(Conflict):
        block_account(session, SYSTEM, client.person.id, "A mistake.")
    with pytest.raises(Refused, match="without an account"):
        block_account(session, own, accounts.person(email=None).id, "No.")
    with pytest.raises(NotFound):
        block_account(session, own, spaces.process().id, "Nobody.")
    with pytest.raises(Forbidden):
        block_account(session, Actor(accounts.person().id), accounts.person().id, "I do not like them.")
    assert queries.person(session, client.person.id).blocked_at is None


def _block(whom, session, actor) -> None:
    block_account(session, actor, whom, "A quarrel.")


def _take_role(whom, session, actor) -> None:
    take_role(session, actor, ChangeRole(whom, Role.ADMINISTRATOR, None, "A quarrel."))


@pytest.fixture
def both_hold_a_lock(committing_db) -> Iterator[None]:
    """The first lock that each of two threads takes waits a moment for the other's: a wrong order of locks always deadlocks."""
    met, seen = threading.Barrier(2), threading.local()

    def wait(_connection, _cursor, statement: str, *_rest) -> None:
        if "FOR UPDATE" in statement and not hasattr(seen, "locked"):
            seen.locked = True
            with suppress(threading.BrokenBarrierError):
                met.wait(timeout=0.5)

    event.listen(database.engine, "after_cursor_execute", wait)
    yield
    event.remove(database.engine, "after_cursor_execute", wait)


@pytest.mark.usefixtures("both_hold_a_lock")
@pytest.mark.parametrize("second", [_block, _take_role])
def test_two_administrators_who_remove_each_other_leave_one_and_do_not_wait_for_ever(second: Callable[..., None]):
    ids = [accounts.staff(Role.ADMINISTRATOR).id, accounts.staff(Role.ADMINISTRATOR).id]
    database.session.commit()
    start, errors = threading.Barrier(2), []

    def remove(by, change) -> None:
        start.wait(timeout=10)
        try:
            with database.transaction() as session:
                change(session, Actor(by, is_administrator=True))
        except Exception as error:
            errors.append(error)

    changes = (partial(_block, ids[1]), partial(second, ids[0]))
    threads = [threading.Thread(target=remove, args=pair) for pair in zip(ids, changes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert [type(error) for error in errors] == [Conflict]
    left = database.session.scalars(select(Person).where(Person.is_administrator)).all()
    assert len([one for one in left if may_sign_in(one)]) == 1


def test_nobody_is_asked_why_they_would_block_themselves(as_role):
    client = as_role(Role.ADMINISTRATOR)

    answer = client.get(f"/staff/people/{client.person.id}/block", follow_redirects=True)

    assert answer.request.path == f"/staff/people/{client.person.id}"
    assert "You cannot block your own account." in answer.text
    assert 'name="reason"' not in answer.text


def test_the_list_of_people_says_that_a_second_factor_is_in_use_not_what_to_do(as_role):
    page = as_role(Role.ADMINISTRATOR).get("/staff/people").text
    assert "In use" in page
    assert "Set up" not in page
