"""What tests of the vote share."""

from collections.abc import Callable
from typing import Any

import pytest

from app.extensions import db
from app.features.spaces.models import Process


@pytest.fixture
def process_of() -> Callable[[Any], Process]:
    """The process of a pot."""
    return lambda pot: db.session.get_one(Process, pot.process_id)
