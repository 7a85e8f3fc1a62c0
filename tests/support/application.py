"""Doors into the application: the app itself, a client, a client that is signed in, the clock and the mailbox."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

import config
from app import create_app
from app.extensions import db as database
from app.features.voting.keys.keyring import Keyring
from app.kernel import clock as kernel_clock
from app.kernel import outbox
from app.kernel.database import Database
from app.kernel.model import Model
from app.kernel.permissions import Role

MONDAY_MORNING = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)


def testing_settings(var: Path, url: str, **overrides: Any) -> config.Settings:
    """The settings of a test installation with its data in `var`."""
    environment = {"PLAZA_ENV": "testing", "PLAZA_VAR": str(var), "PLAZA_DATABASE_URL": url, "PLAZA_BROKER_URL": "memory://"}
    return config.from_environment(environment, **overrides)


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with the tables of its models in a database of its own. Errors are raised, not shown."""
    settings = testing_settings(tmp_path_factory.mktemp("var"), database_url)
    application = create_app(settings, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=True)
    Model.metadata.create_all(database.engine)
    yield application
    database.session.remove()
    database.engine.dispose()


@pytest.fixture
def keyring(app: Flask) -> Keyring:
    """The keys of votes, where the application keeps them, too."""
    return Keyring(app.config["SETTINGS"].keys)


@pytest.fixture
def client(app: Flask, db: Database) -> FlaskClient:
    """A browser without scripts, signed in as nobody."""
    return app.test_client()


@pytest.fixture
def as_role(app: Flask, db: Database) -> Callable[..., FlaskClient]:
    """`as_role(Role.MODERATOR, process)` or `as_role("resident")`: a client signed in as a new person of that kind.

    `client.person` is that person. Staff have passed their second factor.
    """
    from tests.factories import accounts

    def sign_in_as(role: Role | str, process: Any = None, **attributes: Any) -> FlaskClient:
        person = accounts.person(**attributes)
        if role != "resident":
            accounts.grant(person, Role(role), process)
        client = app.test_client()
        accounts.sign_in(client, person)
        client.person = person  # type: ignore[attr-defined]
        return client

    return sign_in_as


def long_before_midnight(moment: datetime) -> datetime:
    """The moment, or one four hours earlier if a day ends within the next hour, in the city or in UTC."""
    for zone in (UTC, ZoneInfo("Europe/Helsinki")):
        here = moment.astimezone(zone)
        if (here + timedelta(hours=1)).date() != here.date():
            return moment - timedelta(hours=4)
    return moment


@contextmanager
def time_from(moment: datetime) -> Iterator[None]:
    """Time passes as always, but it begins at `moment`; for every thread of this process."""
    began = time.monotonic()

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return (moment + timedelta(seconds=time.monotonic() - began)).astimezone(tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel_clock, "datetime", Moved)
        yield


@pytest.fixture
def no_midnight() -> Iterator[None]:
    """No day ends while the test runs, for tests of what is so for a day: clerks have their shifts."""
    with time_from(long_before_midnight(kernel_clock.now())):
        yield


class Clock:
    """The time as the application sees it: stands still until a test moves it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.set(MONDAY_MORNING)

    @property
    def now(self) -> datetime:
        """The present moment of the test."""
        return kernel_clock.now()

    def set(self, moment: datetime) -> None:
        """Make it `moment`, in every thread."""
        self._stack.enter_context(kernel_clock.pinned_everywhere(moment))

    def advance(self, **delta: float) -> datetime:
        """Let time pass: `clock.advance(days=3)`. Returns the new moment."""
        self.set(self.now + timedelta(**delta))
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time stands still on a Monday morning in May 2026; `clock.advance(days=1)` and `clock.set(moment)` move it."""
    with ExitStack() as stack:
        yield Clock(stack)


class Mailbox:
    """Letters that were posted. Nothing is delivered before `collect`, as nothing leaves before the commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Sequence[EmailMessage]:
        """Deliver what is due in the outbox and return every letter so far, oldest first."""
        outbox.deliver_due(database.transaction)
        return self.letters

    @property
    def letters(self) -> Sequence[EmailMessage]:
        """What has arrived so far."""
        found = sorted(self.folder.glob("*.eml")) if self.folder.is_dir() else []
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]

    def to(self, address: str) -> Sequence[EmailMessage]:
        """What arrived for `address`, after delivering what is due."""
        return [letter for letter in self.collect() if address in str(letter["To"])]

    def clear(self) -> None:
        """Forget what has arrived."""
        for path in self.folder.glob("*.eml"):
            path.unlink()


@pytest.fixture
def mailbox(app: Flask, db: Database) -> Iterator[Mailbox]:
    """`mailbox.to("person@example.org")` delivers the outbox and returns that person's letters."""
    box = Mailbox(app.config["SETTINGS"].var / "mail")
    box.clear()
    yield box
    box.clear()
