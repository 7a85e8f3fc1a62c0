"""What tests of uploads and of the review share: a vote that is over, its ballot, clerks, and the worker."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.features.printing.queries import FormLayout, Kind
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, scans, stations, voting


@pytest.fixture
def pot(db) -> Any:
    """A pot whose vote ended yesterday, with three projects; a box of it is open."""
    found = voting.closed_pot()
    stations.box_is_open(found)
    return found


@pytest.fixture
def city(app: Flask) -> str:
    """What stands in the head of forms."""
    return str(app.config["SETTINGS"].city_name)


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
