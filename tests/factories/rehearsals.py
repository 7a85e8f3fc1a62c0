"""Rehearsals for tests."""

from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.features.budgets.models import Pot, PotState
from app.features.rehearsals.commands import BeginRehearsal, CastTestBallots, EndVote
from app.features.rehearsals.models import Rehearsal
from app.features.rehearsals.use_cases import begin_rehearsal, cast_test_ballots, end_vote
from app.features.spaces.models import Process
from app.features.voting.keys.keyring import Keyring
from app.kernel import clock
from app.kernel.permissions import SYSTEM
from tests.factories import budgets
from tests.factories.tools import add


def over(process: Process, **attributes: Any) -> Rehearsal:
    """A rehearsal that was thrown away."""
    return add(Rehearsal(**{"process_id": process.id, "voters": 9, "ballots": 7, "thrown_away_at": clock.now(), **attributes}))


def pot_of(copy: Process) -> Pot:
    """The first pot of a rehearsal."""
    return db.session.scalars(select(Pot).where(Pot.process_id == copy.id).order_by(Pot.position, Pot.id)).first()


def running(process: Process, keyring: Keyring, *, voters: int = 5) -> Process:
    """A rehearsal of a process with one pot of three projects; its copy."""
    pot = budgets.pot(process, state=PotState.DRAFT)
    for _ in range(3):
        budgets.project(pot)
    return begin_rehearsal(db.session(), SYSTEM, BeginRehearsal(process.id, voters, {"en": "Rehearsal"}), keyring)


def ended(process: Process, keyring: Keyring) -> Process:
    """A rehearsal whose vote is over, with ballots in its box."""
    copy = running(process, keyring)
    cast_test_ballots(db.session(), SYSTEM, CastTestBallots(copy.id, 4), keyring)
    end_vote(db.session(), SYSTEM, EndVote(copy.id))
    return copy
