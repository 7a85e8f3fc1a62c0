"""What tests of uploads and of the review share: a vote that is over, its ballot, clerks, and the worker."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.extensions import db as database
from app.features.printing.queries import FormLayout, Kind
from app.kernel import outbox
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, scans, voting


@pytest.fixture
def in_app(app: Flask):
    """Layouts are made with the application's languages."""
    with app.test_request_context():
        yield app


@pytest.fixture
def pot(db, in_app) -> Any:
    """A pot whose vote ended yesterday, with three projects."""
    return voting.closed_pot()


@pytest.fixture
def city(in_app) -> str:
    """What stands in the head of forms."""
    return str(in_app.config["SETTINGS"].city_name)


@pytest.fixture
def ballot(pot: Any, city: str) -> FormLayout:
    """Its ballot."""
    return scans.layout_of(Kind.BALLOT, pot, city=city)


@pytest.fixture
def clerk(pot: Any) -> Callable[[], Actor]:
    """`clerk()` is another clerk of the pot's process each time."""

    def another() -> Actor:
        person = accounts.person()
        return Actor(person.id, roles=frozenset({(Role.CLERK, pot.process_id)}))

    return another


def work() -> int:
    """Let the worker do what waits."""
    return outbox.deliver_due(database.transaction)
