"""Staff permissions come with the second factor, in this session, and not before."""

import threading

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.accounts import totp, use_cases
from app.features.accounts.models import Person, RecoveryCode, SignInSession
from app.kernel import clock as kernel_clock
from app.kernel.audit import AuditEntry
from app.kernel.permissions import Role
from tests.factories import accounts
from tests.integration.accounts.conftest import CHEAP_HASH, SECRET


@pytest.fixture
def staff_page() -> str:
    return "/staff/people"


def test_staff_are_asked_for_the_code_and_return_to_the_page(moderator, sign_in, client, code) -> None:
    answer = sign_in("mo@example.org", next="/account/news")
    assert answer.headers["Location"] == "/account/second-factor?next=/account/news"
    passed = client.post("/account/second-factor", data={"code": code(), "next": "/account/news"})
    assert passed.headers["Location"] == "/account/news"


def test_without_the_code_staff_are_residents(app, db, client) -> None:
    person = accounts.staff(Role.ADMINISTRATOR)
    database.session.commit()
    accounts.sign_in(client, person, second_factor=False)
    assert client.get("/account/settings").status_code == 200
    answer = client.get("/staff/people?q=a")
    assert answer.headers["Location"] == "/account/second-factor?next=/staff/people?q%3Da"
    assert client.post("/staff/people/" + str(person.id) + "/give", data={}).status_code == 403


def test_the_code_gives_the_rights_and_another_token(db, client, code) -> None:
    person = accounts.staff(Role.ADMINISTRATOR)
    use_cases.keep_second_factor(database.session(), person, SECRET)
    accounts.sign_in(client, person, second_factor=False)
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
    assert client.post("/account/second-factor", data={"code": code()}).headers["Location"] == "/staff/"
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert client.get("/staff/people").status_code == 200


def test_the_same_code_does_not_work_twice(app, moderator, code) -> None:
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        accounts.sign_in(client, moderator, second_factor=False)
    same = code()
    assert first.post("/account/second-factor", data={"code": same}).status_code == 302
    assert second.post("/account/second-factor", data={"code": same}).status_code == 422


def test_two_windows_with_one_code_at_the_same_moment_let_one_in(app, committing_db) -> None:
    person = accounts.staff(Role.ADMINISTRATOR)
    use_cases.keep_second_factor(database.session(), person, SECRET)
    clients = [app.test_client() for _ in range(4)]
    for client in clients:
        accounts.sign_in(client, person, second_factor=False)
    moment = kernel_clock.now()
    start, answers = threading.Barrier(4), []

    def enter(client) -> None:
        with kernel_clock.pinned(moment):
            start.wait(timeout=10)
            answers.append(client.post("/account/second-factor", data={"code": totp.code_at(SECRET, moment)}).status_code)

    threads = [threading.Thread(target=enter, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == [302, 422, 422, 422]
    passed = select(SignInSession).where(SignInSession.second_factor_at.is_not(None))
    assert len(database.session.scalars(passed).all()) == 1


def test_wrong_codes_slow_down(moderator, client, clock, code) -> None:
    accounts.sign_in(client, moderator, second_factor=False)
    answers = [client.post("/account/second-factor", data={"code": "000000"}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert client.post("/account/second-factor", data={"code": code()}).status_code == 429
    clock.advance(seconds=5)
    assert client.post("/account/second-factor", data={"code": code()}).status_code == 302


def set_up(client, clock) -> list[str]:
    """Go through the pages of setting up; returns the recovery codes shown."""
    page = client.get("/account/second-factor/set-up").get_data(as_text=True)
    assert "<svg" in page
    with client.session_transaction() as cookie:
        secret = cookie["second_factor_in_making"]
    assert totp.spelled(secret) in page
    wrong = client.post("/account/second-factor/set-up", data={"code": "123"})
    assert wrong.status_code == 422
    assert totp.spelled(secret) in wrong.get_data(as_text=True)
    kept = client.post("/account/second-factor/set-up", data={"code": totp.code_at(secret, clock.now)})
    assert kept.status_code == 200
    page = kept.get_data(as_text=True)
    return [item.split("</code>")[0] for item in page.split('<code dir="ltr">')[1:]]


def test_setting_up_seals_the_secret_and_shows_ten_codes_once(db, client, clock, mailbox) -> None:
    person = accounts.person(is_administrator=True)
    accounts.sign_in(client, person, second_factor=False)
    codes = set_up(client, clock)
    assert len(codes) == 10
    assert client.get("/staff/people").status_code == 200
    kept = database.session.get_one(Person, person.id)
    with client.session_transaction() as cookie:
        assert "second_factor_in_making" not in cookie
    assert len(kept.totp_secret) > 60  # sealed, not the 32 letters themselves
    hashes = database.session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {totp.canonical(code) for code in codes} & set(hashes)
    assert mailbox.to(person.email)[0]["Subject"] == "A second factor protects your account now"
    assert client.get("/account/second-factor/set-up").status_code == 302  # never shown again


def test_a_recovery_code_works_once(app, db, client, clock) -> None:
    person = accounts.person(is_administrator=True)
    accounts.sign_in(client, person, second_factor=False)
    codes = set_up(client, clock)
    later = app.test_client()
    accounts.sign_in(later, person, second_factor=False)
    used = later.post("/account/second-factor", data={"code": codes[0].lower().replace("-", " ")}, follow_redirects=False)
    assert used.status_code == 302
    assert "9 recovery codes left" in later.get("/account/settings").get_data(as_text=True)
    again = app.test_client()
    accounts.sign_in(again, person, second_factor=False)
    assert again.post("/account/second-factor", data={"code": codes[0]}).status_code == 422


def test_new_recovery_codes_end_the_old_ones(app, db, client, clock) -> None:
    person = accounts.person(is_administrator=True)
    accounts.sign_in(client, person, second_factor=False)
    old = set_up(client, clock)
    page = client.post("/account/second-factor/codes").get_data(as_text=True)
    new = [item.split("</code>")[0] for item in page.split('<code dir="ltr">')[1:]]
    assert len(new) == 10
    later = app.test_client()
    accounts.sign_in(later, person, second_factor=False)
    assert later.post("/account/second-factor", data={"code": old[1]}).status_code == 422
    assert later.post("/account/second-factor", data={"code": new[1]}).status_code == 302


def test_a_member_of_staff_who_has_not_passed_gets_no_new_codes(moderator, client) -> None:
    accounts.sign_in(client, moderator, second_factor=False)
    assert client.get("/account/second-factor/codes").status_code == 404
    assert client.post("/account/second-factor/codes").status_code == 404


@pytest.mark.parametrize("page", ["/account/second-factor", "/account/second-factor/set-up", "/account/second-factor/codes"])
def test_residents_find_no_second_factor(as_role, page) -> None:
    client = as_role("resident")
    assert client.get(page).status_code == client.post(page, data={"code": "1"}).status_code == 404


def test_an_administrator_resets_a_lost_second_factor(app, moderator, as_role, client, mailbox) -> None:
    accounts.sign_in(client, moderator)
    administrator = as_role(Role.ADMINISTRATOR)
    path = f"/staff/people/{moderator.id}/reset-second-factor"
    assert administrator.post(path, data={"reason": " "}).status_code == 422
    assert administrator.post(path, data={"reason": "Phone lost, met her in person"}).status_code == 302
    assert client.get("/account/settings").status_code == 302  # signed out everywhere
    kept = database.session.get_one(Person, moderator.id)
    assert kept.totp_secret is kept.totp_confirmed_at is None
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "second_factor.reset")).one()
    assert entry.reason == "Phone lost, met her in person"
    assert entry.actor_id == administrator.person.id
    assert mailbox.to("mo@example.org")[0]["Subject"] == "Your second factor was reset"
    accounts.sign_in(client, kept, second_factor=False)
    assert client.get("/account/second-factor").headers["Location"].startswith("/account/second-factor/set-up")


def test_staff_are_signed_out_after_an_idle_hour_and_after_half_a_day(moderator, client, clock) -> None:
    accounts.sign_in(client, moderator)
    for _ in range(12):
        clock.advance(minutes=55)
        assert client.get("/account/settings").status_code == 200
    clock.advance(minutes=59)
    assert client.get("/account/settings").status_code == 200
    clock.advance(minutes=2)
    assert client.get("/account/settings").status_code == 302
    accounts.sign_in(client, moderator)
    clock.advance(minutes=60)
    assert client.get("/account/settings").status_code == 302


def test_a_secret_that_somebody_else_has_seen_is_not_offered(db, client, sign_in) -> None:
    """One opens the page and leaves; the next who signs in at this browser gets a secret of her own."""
    first = accounts.person(is_administrator=True)
    accounts.person(is_administrator=True, email="next@example.org", password_hash=CHEAP_HASH)
    accounts.sign_in(client, first, second_factor=False)
    client.get("/account/second-factor/set-up")
    with client.session_transaction() as cookie:
        seen = cookie["second_factor_in_making"]
    sign_in("next@example.org")
    client.get("/account/second-factor/set-up")
    with client.session_transaction() as cookie:
        assert cookie["second_factor_in_making"] != seen
