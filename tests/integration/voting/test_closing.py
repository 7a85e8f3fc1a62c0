"""Closing a box: the page answers at once, the work follows in steps, and whatever ends in the middle goes on where it was."""

from os import urandom
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.committee.commands import Explain
from app.features.committee.use_cases import explain
from app.features.spaces.models import Process
from app.features.voting import sealing
from app.features.voting.box.envelopes import receipt_of
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import BoardBlock, BoardEntry, Box, BoxState, Closing, Envelope, VotingParticipation
from app.features.voting.use_cases import begin_closing, cast_ballot, close_box, closing, go_on_closing, wiped
from app.features.voting.use_cases.casting import ready_box
from app.kernel import outbox
from app.kernel.errors import Conflict
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import committee, voting
from tests.factories.tools import add


@pytest.fixture
def kept(app):
    """The key folder that the tasks use."""
    return Keyring(app.config["SETTINGS"].keys)


def over(session, clock, keyring, people):
    pot = voting.pot()
    for person in voting.voters(pot, people):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    clock.advance(days=400)
    session.commit()
    return pot


def waiting_envelopes(pot, number, keyring):
    """So many participations with an envelope each; nobody opens these."""
    for _ in range(number):
        content = urandom(60)
        add(Envelope(id=uuid4(), pot_id=pot.id, ciphertext=content, receipt=receipt_of(pot.id, content)))
    voting.ballots(pot, [""] * number)
    ready_box(database.session(), pot.process_id, keyring)


def box():
    return database.session.scalars(select(Box).execution_options(populate_existing=True)).one()


def test_the_page_answers_at_once_and_says_how_far_closing_is(session, clock, kept, as_role, process_of):
    pot = over(session, clock, kept, 5)
    the_process = pot.process_id
    client = as_role(Role.COMMITTEE, process_of(pot))
    address = f"/staff/box/{pot.process_id}"

    answer = client.post(f"{address}/close", follow_redirects=True)

    assert "The box is being closed…" in answer.text
    assert box().state is BoxState.OPEN
    assert len(database.session.scalars(select(Envelope)).all()) == 5
    client.post(f"{address}/close")  # a second click begins nothing anew
    assert database.session.scalars(select(OutboxRow.kind).where(OutboxRow.kind == closing.CLOSING)).all() == [closing.CLOSING]
    go_on_closing(database.session(), the_process, kept)
    database.session.commit()
    page = client.get(address)
    assert "Envelopes sealed" in page.text
    assert "5 of 5" in page.text
    assert page.headers["Refresh"] == "10"  # it comes again by itself, without scripts
    still = client.get(f"{address}?still=1")
    assert "Refresh" not in still.headers
    assert "See how far it is" in still.text
    go_on_closing(database.session(), the_process, kept)
    database.session.commit()
    assert "is being wiped" in client.get(address).text
    wiped(database.session(), the_process)
    database.session.commit()
    assert "Refresh" not in client.get(address).headers
    page = client.get(address).text
    assert "The box is closed. Nobody can tell any more" in page
    assert "being closed" not in page


def test_the_worker_takes_every_step_to_the_end(app, committing_db, keyring, clock):
    pot = voting.pot()
    people = voting.voters(pot, 3)
    process_id = pot.process_id
    for person in people:
        cast_ballot(committing_db.session(), Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    committing_db.session.commit()
    clock.advance(days=400)
    with committing_db.transaction() as session:
        begin_closing(session, SYSTEM, process_id)

    with app.app_context():
        while outbox.deliver_due(committing_db.transaction):
            pass

    assert box().state is BoxState.CLOSED
    assert box().closing["step"] == Closing.DONE


def test_closing_that_was_interrupted_goes_on_where_it_was(session, clock, kept, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_IN_A_BLOCK", 2)
    monkeypatch.setattr(sealing, "FEWEST_IN_A_BLOCK", 2)
    pot = over(session, clock, kept, 7)
    process_id = pot.process_id
    begin_closing(session, SYSTEM, process_id)
    go_on_closing(session, process_id, kept, at_once=3)
    assert box().closing["done"] == 3
    assert len(session.scalars(select(Envelope)).all()) == 4
    session.commit()
    with pytest.raises(RuntimeError), session.begin_nested():  # the computer stops in the middle of the next step
        go_on_closing(session, process_id, kept, at_once=2)
        raise RuntimeError("power")
    assert box().closing["done"] == 3

    for _ in range(3):
        go_on_closing(session, process_id, kept, at_once=2)
        go_on_closing(session, process_id, kept, at_once=2)  # and a message that came twice

    assert box().state is BoxState.CLOSED
    assert box().closing["step"] == Closing.WIPING
    assert len(session.scalars(select(BoardEntry)).all()) == 7


def test_a_transaction_that_has_done_enough_cuts_no_block_of_the_next_pot(session, clock, kept, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_IN_A_BLOCK", 30)
    pot = voting.pot()
    other = voting.pot(database.session.get_one(Process, pot.process_id))
    waiting_envelopes(pot, 45, kept)
    waiting_envelopes(other, 61, kept)
    clock.advance(days=400)
    begin_closing(session, SYSTEM, pot.process_id)

    steps = 0
    while box().state is BoxState.OPEN:
        go_on_closing(session, pot.process_id, kept, at_once=25)
        steps += 1

    sizes = [session.scalars(select(BoardBlock.size).where(BoardBlock.pot_id == one.id)).all() for one in (pot, other)]
    assert [sorted(one) for one in sizes] == [[22, 23], [20, 20, 21]]
    assert steps > 3


def test_an_unbalanced_box_is_not_closed_before_the_difference_is_explained(session, clock, kept):
    pot = over(session, clock, kept, 3)
    process_id = pot.process_id
    session.delete(session.scalars(select(VotingParticipation).limit(1)).one())
    session.flush()
    with pytest.raises(Conflict, match="2 participations and 3 envelopes"):
        begin_closing(session, SYSTEM, process_id)

    first, second = committee.two(process_id)
    explain(session, first, Explain(pot.id, "A row was lost when the disk failed."))
    with pytest.raises(Conflict, match="2 participations and 3 envelopes"):  # ballots that nobody cast look like this, too
        begin_closing(session, SYSTEM, process_id)
    with pytest.raises(Conflict, match="Another member"):
        explain(session, first, Explain(pot.id, "It really was."))
    explain(session, second, Explain(pot.id, "I have seen the log of the disk."))

    begin_closing(session, SYSTEM, process_id)
    assert close_box(session, SYSTEM, process_id, kept).state is BoxState.CLOSED


def test_what_stops_closing_is_said_on_the_page_and_closing_can_begin_again(session, clock, kept, as_role, process_of):
    pot = over(session, clock, kept, 3)
    process_id = pot.process_id
    begin_closing(session, SYSTEM, process_id)
    session.delete(session.scalars(select(VotingParticipation).limit(1)).one())
    go_on_closing(session, process_id, kept)
    go_on_closing(session, process_id, kept)
    session.commit()
    client = as_role(Role.COMMITTEE, process_of(pot))

    page = client.get(f"/staff/box/{process_id}").text

    assert "Closing has stopped" in page
    assert "2 participations and 3 envelopes" in page
    assert f"/staff/box/{process_id}/close" in page


def test_a_vote_that_never_had_envelopes_is_not_called_unbalanced(session, clock, kept, as_role, process_of):
    pot = over(session, clock, kept, 2)
    address = f"/staff/box/{pot.process_id}"
    session.execute(delete(Envelope))
    session.commit()
    assert "Not balanced" in as_role(Role.COMMITTEE, process_of(pot)).get(address).text

    session.execute(delete(Box))
    session.commit()
    page = as_role(Role.COMMITTEE, process_of(pot)).get(address).text

    assert "Held without envelopes" in page
    assert "alanced" not in page
