"""Waits, lives of sessions, passwords and names: the rules alone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.features.accounts import rules
from app.features.accounts.models import Person, RoleAssignment, SignInSession
from app.kernel.permissions import Role

NOW = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)


def signed_in(
    *, role: Role | None = None, second_factor: bool = False, ago: timedelta = timedelta(), **attributes
) -> SignInSession:
    person = Person(id=uuid4(), display_name="Ada", is_administrator=False)
    if role is not None:
        person.assignments.append(RoleAssignment(role=role, process_id=uuid4()))
        person.totp_confirmed_at = NOW
    at = NOW - ago
    values = {"created_at": at, "last_seen_at": at, "expires_at": NOW + timedelta(days=99), "by_link": False, **attributes}
    return SignInSession(person=person, second_factor_at=NOW if second_factor else None, **values)


def test_the_wait_grows_from_nothing_to_a_quarter_of_an_hour() -> None:
    waits = [rules.wait_after(failures) for failures in range(1, 14)]
    assert waits == [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert rules.wait_after(10_000) == 900


@pytest.mark.parametrize(
    ("staff", "idle", "over"),
    [
        (False, timedelta(days=13, hours=23), False),
        (False, timedelta(days=14), True),
        (True, timedelta(minutes=59), False),
        (True, timedelta(minutes=60), True),
    ],
)
def test_an_idle_browser_is_signed_out_and_staff_sooner(staff: bool, idle: timedelta, over: bool) -> None:
    session = signed_in(created_at=NOW - timedelta(hours=1), last_seen_at=NOW - idle)
    assert rules.is_over(session, staff=staff, now=NOW) is over


@pytest.mark.parametrize(
    ("staff", "age", "over"), [(False, 89, False), (False, 90, True), (True, 0.4, False), (True, 0.5, True)]
)
def test_even_a_busy_session_ends_some_day(staff: bool, age: float, over: bool) -> None:
    session = signed_in(created_at=NOW - timedelta(days=age), last_seen_at=NOW)
    assert rules.is_over(session, staff=staff, now=NOW) is over


def test_a_session_that_was_ended_is_over() -> None:
    assert rules.is_over(signed_in(ended_at=NOW), staff=False, now=NOW)
    assert rules.is_over(signed_in(expires_at=NOW), staff=False, now=NOW)


def test_staff_are_residents_until_the_second_factor() -> None:
    assert not rules.actor_for(signed_in(role=Role.MODERATOR), "en").is_staff
    assert rules.actor_for(signed_in(role=Role.MODERATOR, second_factor=True), "en").is_staff


def test_a_reset_second_factor_takes_the_rights_of_open_sessions() -> None:
    session = signed_in(role=Role.MODERATOR, second_factor=True)
    session.person.totp_confirmed_at = None
    assert not rules.actor_for(session, "en").is_staff


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("short", "least 10"),
        ("x" * 201, "most 200"),
        ("qwertyuiop", "first"),
        ("aaaaaaaaaaaa", "first"),
        ("Ada.Lund@x.org", "own"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, word: str) -> None:
    assert word in str(rules.password_problem(password, about={"ada.lund@x.org"}))


@pytest.mark.parametrize(
    "password", ["correct horse battery", "пароль для города", "🐸🐢🦎🐍 grønne dyr", "tab\tand\x00null are fine"]
)
def test_any_long_password_in_any_script_will_do(password: str) -> None:
    assert rules.password_problem(password, about={"", "ada@x.org"}) is None


@pytest.mark.parametrize("name", ["Ada", "李", "علي", "7"])
def test_a_name_may_be_in_any_script(name: str) -> None:
    assert rules.name_problem(name) is None


@pytest.mark.parametrize("name", ["", "...", "\u200f\u200e", "\U0001f600", "x" * 81])
def test_a_name_must_be_seen_and_fit(name: str) -> None:
    assert rules.name_problem(name) is not None


def test_a_fresh_letter_or_the_password_shows_who_changes_an_address() -> None:
    fresh, old = {"by_link": True}, {"by_link": True, "created_at": NOW - timedelta(minutes=30)}
    assert rules.proof_needed(signed_in(**fresh), NOW) is rules.Proof.NONE
    assert rules.proof_needed(signed_in(**old), NOW) is rules.Proof.LETTER
    with_password = signed_in(**old)
    with_password.person.password_hash = "x"
    assert rules.proof_needed(with_password, NOW) is rules.Proof.PASSWORD


def test_every_role_has_a_name_and_a_task() -> None:
    assert set(rules.ROLE_NAMES) == set(rules.ROLE_TASKS) == set(Role)
