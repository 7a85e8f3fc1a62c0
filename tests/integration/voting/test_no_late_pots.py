"""Once people vote, no other ballot joins those of their process: its box and the votes that people have stay as they were."""

import threading
import time

import pytest

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.commands import FreezePot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.use_cases import freeze_pot
from app.features.spaces.models import Process
from app.features.voting.box import custody, opening
from app.features.voting.commands import CastBallot
from app.features.voting.exporting import board_file
from app.features.voting.models import BoxState, Custody
from app.features.voting.queries import pots_in_box
from app.features.voting.use_cases import begin_closing, cast_ballot, close_box, import_opened
from app.features.voting.use_cases.casting import ready_box
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import voting

SEED = bytes(range(16))


def draft_beside(pot):
    """Another ballot of the same process that could be fixed, were it not too late."""
    late = voting.pot(database.session.get_one(Process, pot.process_id))
    late.state, late.options = PotState.DRAFT, {"tie_rules": ["listed_first"]}
    database.session.flush()
    return late


def cast(session, pot, keyring, number=1):
    for person in voting.voters(pot, number):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)


def test_a_ballot_can_be_fixed_while_the_vote_runs_and_nobody_has_voted(session, keyring):
    pot = voting.pot()
    ready_box(session, pot.process_id, keyring)

    assert freeze_pot(session, SYSTEM, FreezePot(draft_beside(pot).id)).state is PotState.READY


def voted(session, pot, keyring, clock):
    """People still vote."""


def over(session, pot, keyring, clock):
    clock.advance(days=400)


def closing(session, pot, keyring, clock):
    clock.advance(days=400)
    begin_closing(session, SYSTEM, pot.process_id)


def closed(session, pot, keyring, clock):
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, keyring)


def longer(session, pot, keyring, clock):
    """The box is closed, and somebody has moved the end of the phase all the same."""
    closed(session, pot, keyring, clock)
    clock.advance(days=-399)


MOMENTS = {
    "somebody has voted": (voted, "People have voted in this process"),
    "the vote is over": (over, "The time of the vote is over"),
    "the box is being closed": (closing, "The time of the vote is over"),
    "the box is closed": (closed, "The time of the vote is over"),
    "the box is closed before its time": (longer, "The box of this vote is closed"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_ballot_is_fixed_later_and_the_page_says_why_before_the_click(session, keyring, clock, as_role, moment):
    pot = voting.pot()
    cast(session, pot, keyring)
    late_id = draft_beside(pot).id
    happens, why = MOMENTS[moment]
    happens(session, pot, keyring, clock)
    process_id = pot.process_id

    with pytest.raises(Conflict, match=why):
        freeze_pot(session, SYSTEM, FreezePot(late_id))
    session.commit()
    client = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id))
    page = client.get(f"/staff/budgets/{late_id}").text
    assert why in page
    assert f"/staff/budgets/{late_id}/fix" not in page
    steps = client.get("/staff/budgets").text
    assert f"/staff/budgets/{late_id}/fix" not in steps
    assert ("Too late" in steps) == (why in steps) == ("data-steps" in steps)  # a process that is over has no such list
    assert "data-steps" in steps or moment not in ("somebody has voted", "the box is closed before its time")
    confirm = client.get(f"/staff/budgets/{late_id}/fix").text
    assert why in confirm
    assert "This is what will happen" not in confirm
    client.post(f"/staff/budgets/{late_id}/fix")
    assert database.session.get_one(Pot, late_id, populate_existing=True).state is PotState.DRAFT


def test_a_box_has_the_pots_of_its_closing_whatever_is_fixed_later(session, keyring, clock):
    """Earlier versions let a ballot be fixed after the closing, and two who opened the same board then never agreed."""
    pot = voting.pot()
    box = ready_box(session, pot.process_id, keyring)
    box.custody, box.key = Custody.COMMITTEE, custody.key_sheet(SEED, str(pot.process_id)).as_json()
    cast(session, pot, keyring, 3)
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, keyring)
    before = b"".join(board_file(session, box))
    voting.pot(database.session.get_one(Process, pot.process_id))  # fixed, with a digest

    assert b"".join(board_file(session, box)) == before
    assert [one.id for one in pots_in_box(session, box)] == [pot.id]
    for by in ("Olga", "Arto"):
        found = opening.open_board(before.splitlines(keepends=True), SEED)
        statement = found.statement(by, "2027-05-11")
        signature = opening.sign_statement(statement, SEED, str(pot.process_id))
        import_opened(session, voting.committee(pot), pot.process_id, found.file(statement, signature))
    assert box.state is BoxState.CONFIRMED


def test_whoever_fixes_a_ballot_waits_for_those_who_are_casting(committing_db, race, keyring):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    late = draft_beside(pot)
    ready_box(committing_db.session(), pot.process_id, keyring)
    pot_id, late_id, person_id = pot.id, late.id, person.id
    steps, has_cast = ["fix", "cast"], threading.Event()

    def go():
        step = steps.pop()
        if step == "fix":
            has_cast.wait(timeout=20)
        with committing_db.transaction() as session:
            if step == "fix":
                freeze_pot(session, SYSTEM, FreezePot(late_id))
            else:
                cast_ballot(session, Actor(person_id=person_id), CastBallot(pot_id, Choices(("1",))), keyring)
                has_cast.set()
                time.sleep(0.5)  # the other one is there and must wait
        return step

    outcome = race(go, times=2)

    assert outcome.results == ["cast"]
    assert [type(error) for error in outcome.errors] == [Conflict]
    assert committing_db.session.get_one(Pot, late_id).state is PotState.DRAFT
