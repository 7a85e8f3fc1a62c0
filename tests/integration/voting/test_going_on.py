"""Long work that was given up: the page says so, a button and a command take it up; wiping is tried for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.models import Pot, PotState
from app.features.voting import tasks
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Box, BoxState, Closing
from app.features.voting.sealing import NotWiped
from app.features.voting.use_cases import (
    begin_closing,
    begin_counting,
    begin_opening,
    cast_ballot,
    close_box,
    go_on_closing,
    open_with_the_servers_key,
    under_way,
)
from app.features.voting.use_cases.closing import CLOSING, WIPING
from app.kernel import clock as now
from app.kernel import outbox
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import voting


@pytest.fixture
def kept(app):
    """The key folder that the tasks use."""
    return Keyring(app.config["SETTINGS"].keys)


@pytest.fixture
def pot(session, clock, kept, monkeypatch):
    """The vote is over, and its box a large one."""
    monkeypatch.setattr(under_way, "AT_ONCE", 3)
    monkeypatch.setattr(tasks, "wipe", lambda _engine: None)  # not inside the transaction of a test
    found = voting.pot()
    for person in voting.voters(found, 5):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(found.id, Choices(("1",))), kept)
    clock.advance(days=400)
    session.commit()
    return found


def box():
    return database.session.scalars(select(Box).execution_options(populate_existing=True)).one()


def give_up():
    """As the outbox does after a day and a half of failures."""
    for row in database.session.scalars(select(OutboxRow).where(OutboxRow.delivered_at.is_(None))):
        row.attempts, row.gave_up_at = outbox.GIVE_UP_AFTER, now.now()
    database.session.commit()


def deliver(app):
    with app.app_context():
        while outbox.deliver_due(database.transaction):
            pass


def to_wiping(session, pot, kept):
    process_id = pot.process_id
    begin_closing(session, SYSTEM, process_id)
    for _ in range(2):  # all envelopes are sealed at once, then the box is closed
        session.commit()
        go_on_closing(session, process_id, kept)
    for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == CLOSING)):
        row.delivered_at = now.now()
    session.commit()


def closing_begins(session, pot, kept):
    begin_closing(session, SYSTEM, pot.process_id)


def opening_begins(session, pot, kept):
    close_box(session, SYSTEM, pot.process_id, kept)
    begin_opening(session, SYSTEM, pot.process_id, kept)


def counting_begins(session, pot, kept):
    close_box(session, SYSTEM, pot.process_id, kept)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, kept)
    begin_counting(session, SYSTEM, pot.id)


def is_closed(_pot_id):
    return box().state is BoxState.CLOSED and box().closing["step"] == Closing.DONE


def is_opened(_pot_id):
    return box().state is BoxState.OPENED


def is_counted(pot_id):
    return database.session.get_one(Pot, pot_id, populate_existing=True).state is PotState.COUNTED


STEPS = {
    "closing": (closing_begins, "/staff/box/{process}", "/staff/box/{process}/close", is_closed),
    "wiping": (to_wiping, "/staff/box/{process}", "/staff/box/{process}/close", is_closed),
    "opening": (opening_begins, "/staff/box/{process}", "/staff/box/{process}/open", is_opened),
    "counting": (counting_begins, "/staff/committee/{pot}", "/staff/committee/{pot}/count", is_counted),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("by", ["button", "command"])
def test_work_that_was_given_up_is_taken_up_again(app, session, pot, kept, as_role, process_of, step, by):
    begins, page, button, is_done = STEPS[step]
    pot_id, names = pot.id, {"process": pot.process_id, "pot": pot.id}
    client = as_role(Role.COMMITTEE, process_of(pot))
    begins(session, pot, kept)
    session.commit()
    assert "Take it up again" not in client.get(page.format(**names)).text
    give_up()
    deliver(app)
    assert not is_done(pot_id)

    stopped = client.get(page.format(**names))
    assert "Nobody is at this work now" in stopped.text
    assert f'action="{button.format(**names)}"' in stopped.text
    assert "Refresh" not in stopped.headers
    if by == "button":
        client.post(button.format(**names))
        client.post(button.format(**names))  # a second click
    else:
        runner = app.test_cli_runner()
        assert runner.invoke(args=["voting", "go-on"]).output == f"{step}: taken up again\n"
        assert runner.invoke(args=["voting", "go-on"]).output == f"{step}: on its way\n"
    undone = select(OutboxRow.id).where(OutboxRow.delivered_at.is_(None), OutboxRow.gave_up_at.is_(None))
    assert len(database.session.scalars(undone).all()) == 1
    assert "Nobody is at this work now" not in client.get(page.format(**names)).text
    deliver(app)

    assert is_done(pot_id)
    assert app.test_cli_runner().invoke(args=["voting", "go-on"]).output == "Nothing is under way.\n"


def test_wiping_is_tried_for_ever_and_the_page_names_what_holds_it(
    app, session, pot, kept, as_role, process_of, clock, monkeypatch
):
    def held(_engine):
        raise NotWiped([("replica", "standby1 10.0.0.5"), ("slot", "archive")])

    address, space = f"/staff/box/{pot.process_id}", process_of(pot)
    to_wiping(session, pot, kept)
    session.commit()
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "wipe", held)
        for _ in range(outbox.GIVE_UP_AFTER + 3):
            deliver(app)
            clock.advance(minutes=10)
    client = as_role(Role.COMMITTEE, space)
    page = client.get(address).text
    assert "A replica of the database: standby1 10.0.0.5" in page
    assert "A replication slot: archive" in page
    assert "can be opened" not in page
    assert "Nobody is at this work now" not in page  # it is tried again soon, without a button

    deliver(app)

    assert is_closed(None)
    assert "held_by" not in box().closing
    assert "standby1" not in client.get(address).text


def test_what_waits_for_hours_after_it_failed_is_due_at_once(app, session, pot, kept):
    to_wiping(session, pot, kept)
    row = session.scalars(select(OutboxRow).where(OutboxRow.kind == WIPING)).one()
    row.available_at, process_id = now.now() + timedelta(hours=6), pot.process_id
    session.commit()

    begin_closing(session, SYSTEM, process_id)
    session.commit()
    deliver(app)

    assert is_closed(None)
    assert len(database.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == WIPING)).all()) == 1


def test_the_command_says_what_it_does_and_knows_no_process_that_is_not_there(app, session, pot):
    runner = app.test_cli_runner()
    assert "flask --app wsgi voting go-on light-in-the-dark" in runner.invoke(args=["voting", "go-on", "--help"]).output
    missing = runner.invoke(args=["voting", "go-on", "nowhere"])
    assert missing.exit_code == 1
    assert "no process" in missing.output
