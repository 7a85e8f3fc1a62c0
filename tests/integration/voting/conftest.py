"""What tests of the vote share."""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.extensions import db as database
from app.features.spaces.models import Process
from app.features.voting.commands import IssueCodes
from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import SlotMode, VotingSetup
from app.features.voting.use_cases import issue_codes
from app.kernel.database import Database
from app.kernel.permissions import SYSTEM
from tests.factories import spaces, voting
from tests.factories.tools import add


@pytest.fixture
def process_of() -> Callable[[Any], Process]:
    """The process of a pot."""
    return lambda pot: database.session.get_one(Process, pot.process_id)


@pytest.fixture
def letters(app: Flask, db: Database) -> Callable[..., tuple[UUID, list[str]]]:
    """A process with a list of voters who have letters, and what opens each one's way."""

    def issue(*numbers: str, slots: SlotMode = SlotMode.ALL) -> tuple[UUID, list[str]]:
        session, settings = db.session(), app.config["SETTINGS"]
        city = spaces.area("City")
        quarter = spaces.area("Quarter", parent=city)
        process = spaces.process("Vote on your street", open_for=["vote"], area_id=city.id)
        add(VotingSetup(process_id=process.id, slots=slots))
        secret, spool = Keyring(settings.keys).key(process.id, "voters", make=True), Spool(settings.var / "letters")
        for number in numbers:
            voting.listed(process, number, secret=secret, area=quarter)
        pot = voting.pot(process, area_id=quarter.id)
        printed = issue_codes(session, SYSTEM, IssueCodes(process.id, numbers), secret, spool)
        assert printed is not None
        codes = [letter.code for letter in spool.letters(printed.id)]
        pot_id = pot.id
        session.commit()
        return pot_id, codes

    return issue


class Told(logging.Handler):
    """Everything that is logged, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()} {record.exc_info or ''}")


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Every line of every log while the test runs."""
    handler, root = Told(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)
