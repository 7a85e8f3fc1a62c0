"""Doors that the tests of accounts share."""

import re
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from app.extensions import db as database
from app.features.accounts import passwords, totp, use_cases
from app.features.accounts.models import Person
from app.kernel import clock
from app.kernel.permissions import Role
from tests.factories import accounts

PASSWORD = "correct horse battery"
# Real parameters would take most of the time of these tests; tests/unit/accounts/test_passwords.py uses them.
CHEAP = PasswordHasher(time_cost=1, memory_cost=128, parallelism=1)
CHEAP_HASH = CHEAP.hash(PASSWORD)
OLDER_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def ada(db) -> Person:
    """A resident with a password."""
    person = accounts.person(email="ada@example.org", display_name="Ada", password_hash=CHEAP_HASH)
    database.session.commit()
    return person


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[..., object]:
    """`sign_in("ada@example.org", "password", next="/x")` through the page."""

    def post(email: str, password: str = PASSWORD, **fields: str):
        return client.post("/account/sign-in", data={"email": email, "password": password, **fields})

    return post


SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def code() -> Callable[[], str]:
    """The code that the phone of `moderator` shows now."""
    return lambda: totp.code_at(SECRET, clock.now())


@pytest.fixture
def moderator(app, db, clock) -> Person:
    """A moderator with a password and a second factor of her own, and nobody signed in."""
    from tests.factories import spaces

    process = spaces.process()
    person = accounts.staff(Role.MODERATOR, process, email="mo@example.org", password_hash=CHEAP_HASH)
    use_cases.keep_second_factor(database.session(), person, SECRET)
    database.session.commit()
    return person


def link_in(letter) -> str:
    """The path of the link in a letter."""
    found = re.search(r"http://127\.0\.0\.1:\d+(/account/link/[\w-]+)", letter.get_content())
    assert found, letter.get_content()
    return found.group(1)


@pytest.fixture
def path_in() -> Callable[[object], str]:
    """`path_in(letter)`: the path of the link in it."""
    return link_in
