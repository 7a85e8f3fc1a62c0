"""Opening and counting that take long: the page answers at once, says how far the work is, and nothing is done twice."""

import re
from collections import Counter

import pytest
from sqlalchemy import delete, select, update

from app.extensions import db as database
from app.features.accounts.models import Person, RoleAssignment
from app.features.budgets.choices import Choices
from app.features.budgets.models import Pot, PotState
from app.features.voting import tasks
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Ballot, BoardEntry, Box, BoxState, Closing
from app.features.voting.use_cases import (
    begin_counting,
    begin_opening,
    cast_ballot,
    close_box,
    closing,
    counted_from,
    finish_counting,
    note_done,
    open_with_the_servers_key,
    outcome_of,
    under_way,
)
from app.features.voting.use_cases.counting_long import COUNTING
from app.features.voting.use_cases.opening_here import OPENING
from app.kernel import outbox
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import committee, voting


@pytest.fixture
def kept(app):
    """The key folder that the tasks use."""
    return Keyring(app.config["SETTINGS"].keys)


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    """A box with more than three envelopes is a large one."""
    monkeypatch.setattr(under_way, "AT_ONCE", 3)


def closed(session, clock, kept, people=7):
    pot = voting.pot()
    for at, person in enumerate(voting.voters(pot, people)):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",) if at % 3 else ("2",))), kept)
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, kept)
    session.commit()
    return pot


def box():
    return database.session.scalars(select(Box).execution_options(populate_existing=True)).one()


def posted(kind):
    return database.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == kind)).all()


def deliver(app, db):
    with app.app_context():
        while outbox.deliver_due(db.transaction):
            pass


def bar(page):
    return re.search(r'class="progress__number">([^<]*)<', page.text)[1]


def test_a_large_box_is_opened_in_the_background_and_the_page_says_how_far(app, session, clock, kept, as_role, process_of):
    pot = closed(session, clock, kept)
    pot_id, process_id = pot.id, pot.process_id
    box().closing = {"step": Closing.DONE.value, "done": 7, "total": 7, "since": "2026-01-01T10:00:00+00:00"}
    session.commit()
    client = as_role(Role.COMMITTEE, process_of(pot))
    address = f"/staff/box/{process_id}"

    page = client.post(f"{address}/open", follow_redirects=True)

    assert "The box is being opened…" in page.text
    assert bar(page) == "0 of 7"
    assert box().closing["since"] == "2026-01-01T10:00:00+00:00"  # closing began then; the protocol tells it
    assert box().state is BoxState.CLOSED
    note_done(database.session(), process_id, 4)
    database.session.commit()
    again = client.post(f"{address}/open", follow_redirects=True)  # a second press says how far it is
    assert bar(again) == "4 of 7"
    assert len(posted(OPENING)) == 1
    assert client.get(address).headers["Refresh"] == "10"
    still = client.get(f"{address}?still=1")
    assert "Refresh" not in still.headers
    assert "See how far it is" in still.text
    deliver(app, database)
    assert (box().state, box().closing["step"]) == (BoxState.OPENED, Closing.DONE)
    assert Counter(database.session.scalars(select(Ballot.choices).where(Ballot.pot_id == pot_id))) == {"1": 4, "2": 3}
    done = client.get(address)
    assert "Refresh" not in done.headers
    assert "being opened" not in done.text


def test_an_opening_that_is_delivered_twice_takes_ballots_in_once(app, session, clock, kept):
    pot = closed(session, clock, kept)
    begin_opening(session, SYSTEM, pot.process_id, kept)
    outbox.post(session, OPENING, process_id=str(pot.process_id))
    session.commit()

    deliver(app, database)

    assert box().state is BoxState.OPENED
    assert len(database.session.scalars(select(Ballot.id)).all()) == 7


def test_a_box_that_is_still_being_closed_is_not_opened(session, clock, kept):
    pot = closed(session, clock, kept)
    box().closing = {"step": Closing.WIPING.value, "done": 7, "total": 7}
    session.flush()

    with pytest.raises(Conflict, match="still being closed"):
        begin_opening(session, SYSTEM, pot.process_id, kept)


def test_a_damaged_board_stops_opening_with_the_reason_and_it_can_begin_again(app, session, clock, kept, as_role, process_of):
    pot = closed(session, clock, kept)
    process_id = pot.process_id
    entry = session.scalars(select(BoardEntry).limit(1)).one()
    receipt, whole = entry.receipt, entry.ciphertext
    session.execute(update(BoardEntry).where(BoardEntry.receipt == receipt).values(ciphertext=bytes(len(whole))))
    client = as_role(Role.COMMITTEE, process_of(pot))
    begin_opening(session, SYSTEM, process_id, kept)
    session.commit()

    deliver(app, database)

    page = client.get(f"/staff/box/{process_id}").text
    assert "Opening has stopped" in page
    assert f"the envelope of receipt {receipt[:12]}… was exchanged" in page
    assert "Refresh" not in client.get(f"/staff/box/{process_id}").headers
    assert not database.session.scalars(select(Ballot.id)).all()
    database.session.execute(update(BoardEntry).where(BoardEntry.receipt == receipt).values(ciphertext=whole))
    database.session.commit()
    client.post(f"/staff/box/{process_id}/open")
    deliver(app, database)
    assert box().state is BoxState.OPENED


def opened(session, clock, kept):
    pot = closed(session, clock, kept)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, kept)
    session.commit()
    return pot


def test_a_large_pot_is_counted_in_the_background_for_whoever_asked(app, session, clock, kept, as_role, process_of):
    pot = opened(session, clock, kept)
    pot_id = pot.id
    client = as_role(Role.COMMITTEE, process_of(pot))
    address = f"/staff/committee/{pot_id}"

    page = client.post(f"{address}/count", follow_redirects=True)

    assert "The pot is being counted…" in page.text
    assert bar(page) == "0 of 7"
    assert f'action="{address}/count"' not in page.text
    note_done(database.session(), pot.process_id, 5, pot_id=pot_id)
    database.session.commit()
    assert bar(client.post(f"{address}/count", follow_redirects=True)) == "5 of 7"
    assert len(posted(COUNTING)) == 1
    assert client.get(address).headers["Refresh"] == "10"
    deliver(app, database)
    counted = database.session.get_one(Pot, pot_id, populate_existing=True)
    assert counted.state is PotState.COUNTED
    assert counted.result["voters"] == 7
    done = client.get(address)
    assert "Refresh" not in done.headers
    assert "Count again" in done.text


@pytest.mark.parametrize("left", ["role", "account"])
@pytest.mark.parametrize("work", ["opening", "counting"])
def test_nothing_is_done_in_the_name_of_somebody_who_has_left_meanwhile(app, session, clock, kept, left, work):
    pot = opened(session, clock, kept) if work == "counting" else closed(session, clock, kept)
    pot_id, member = pot.id, committee.member(pot.process_id)
    if work == "counting":
        begin_counting(session, member, pot_id)
    else:
        begin_opening(session, member, pot.process_id, kept)
    if left == "role":
        session.execute(delete(RoleAssignment).where(RoleAssignment.person_id == member.person_id))
    else:
        session.get_one(Person, member.person_id).blocked_at = clock.now
    session.commit()

    deliver(app, database)

    action = "pot.counted" if work == "counting" else "box.opened"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.at.desc())).first()
    assert entry.actor_id is None
    begun = session.scalars(select(AuditEntry).where(AuditEntry.action == f"{'pot' if work == 'counting' else 'box'}.{work}"))
    assert begun.one().actor_id == member.person_id


@pytest.mark.parametrize("people", [2, 7])
def test_a_box_whose_key_was_destroyed_says_so(app, session, clock, kept, as_role, process_of, people):
    pot = closed(session, clock, kept, people=people)
    process_id, space = pot.process_id, process_of(pot)
    kept.destroy(process_id, "box")
    client = as_role(Role.COMMITTEE, space)

    answer = client.post(f"/staff/box/{process_id}/open", follow_redirects=True)
    deliver(app, database)

    page = answer.text if people == 2 else client.get(f"/staff/box/{process_id}").text
    assert answer.status_code == 200
    assert "The key of this box was destroyed, so nobody can open it any more." in page
    assert box().state is BoxState.CLOSED


def test_a_draw_entered_while_it_is_counted_is_not_lost(app, session, clock, kept):
    pot = opened(session, clock, kept)
    begin_counting(session, SYSTEM, pot.id)
    before = counted_from(session, pot)
    record = outcome_of(session, pot)
    pot.options = {**pot.options, "drawn_order": ["1", "2", "3"]}
    session.flush()

    finish_counting(session, pot.id, record, before)

    assert pot.state is PotState.READY
    assert len(posted(COUNTING)) == 2  # it is counted once more
    session.commit()
    deliver(app, database)
    assert database.session.get_one(Pot, pot.id, populate_existing=True).state is PotState.COUNTED


def test_what_counting_would_refuse_is_refused_at_once_and_what_comes_later_is_said(
    app, session, clock, kept, as_role, process_of, monkeypatch
):
    pot = closed(session, clock, kept)
    pot_id = pot.id
    with pytest.raises(Conflict, match="has not been opened"):
        begin_counting(session, committee.member(pot.process_id), pot_id)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, kept)
    begin_counting(session, SYSTEM, pot_id)
    session.commit()

    def refuse(*_args):
        raise Conflict(closing.msg("Paper came meanwhile."))

    monkeypatch.setattr(tasks, "outcome_of", refuse)
    deliver(app, database)

    page = as_role(Role.COMMITTEE, process_of(pot)).get(f"/staff/committee/{pot_id}").text
    assert "Counting has stopped" in page
    assert "Paper came meanwhile." in page
    assert f'action="/staff/committee/{pot_id}/count"' in page


def test_small_boxes_and_pots_are_done_at_once(session, clock, kept):
    pot = closed(session, clock, kept, people=3)

    assert begin_opening(session, SYSTEM, pot.process_id, kept).state is BoxState.OPENED
    assert begin_counting(session, SYSTEM, pot.id).state is PotState.COUNTED
    assert not posted(OPENING)
    assert not posted(COUNTING)
