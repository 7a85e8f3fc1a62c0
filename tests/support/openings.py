"""A box whose ballots are all for one project, and people who open it and say what they like."""

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.committee.models import DecisionKind
from app.features.voting.box import custody, opening
from app.features.voting.commands import CastBallot
from app.features.voting.exporting import board_file
from app.features.voting.models import Custody
from app.features.voting.queries import box_of
from app.features.voting.use_cases import (
    cast_ballot,
    close_box,
    count_pot,
    import_opened,
)
from app.features.voting.use_cases.casting import ready_box
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import committee, voting

SEED = bytes(range(16))
REASON = {"en": "One of the computers was not clean."}


def a_closed_pot(session, keyring, clock):
    """A pot with three ballots for project 1; its box is closed, and the committee holds the key."""
    found = voting.pot()
    box = ready_box(session, found.process_id, keyring)
    box.custody, box.key = Custody.COMMITTEE, custody.key_sheet(SEED, str(found.process_id)).as_json()
    box.rehearsed_on = "2026-05-01"
    session.flush()
    for person in voting.voters(found, 3):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(found.id, Choices(("1",))), keyring)
    clock.advance(days=400)
    close_box(session, SYSTEM, found.process_id, keyring)
    return found


def opened(pot, by, *, seed=SEED, spoil=None):
    """The file that `by` makes of the board; `spoil` changes what they say that they found."""
    found = opening.open_board(board_file(database.session(), box_of(database.session(), pot.process_id)), seed)
    if spoil is not None:
        spoil(found.pots[str(pot.id)])
    statement = found.statement(by, "2026-05-11")
    return list(found.file(statement, opening.sign_statement(statement, seed, str(pot.process_id))))


def for_another(inside):
    """Three ballots for project 2 instead of 1."""
    inside.ballots.clear()
    inside.ballots[("2",), None] = 3


def bring(pot, lines):
    """Somebody of the committee brings a file; returns the box."""
    return import_opened(database.session(), voting.committee(pot), pot.process_id, lines)


def disputed(pot):
    """A liar opened first, an honest member second."""
    bring(pot, opened(pot, "Olga", spoil=for_another))
    return bring(pot, opened(pot, "Arto"))


def certified_lie(session, pot):
    """Two colluded, the result is certified, then an honest opening comes."""
    bring(pot, opened(pot, "Olga", spoil=for_another))
    bring(pot, opened(pot, "Zoe", spoil=for_another))
    count_pot(session, voting.committee(pot), pot.id)
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    bring(pot, opened(pot, "Arto"))
