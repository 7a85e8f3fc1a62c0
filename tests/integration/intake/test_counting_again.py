"""What was set aside by mistake comes back: a sheet that was made void counts again, an empty batch goes away."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from app.features.intake.commands import VoidSheet
from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetState
from app.features.intake.queries.batches import numbers_of
from app.features.intake.use_cases import count_again, drop_batch, void_sheet
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden
from app.kernel.permissions import Role
from tests.factories import accounts, intake, spaces


@pytest.fixture
def process(session):
    return spaces.process()


@pytest.fixture
def hands(process):
    return intake.clerk(process), intake.clerk(process)


def voided(batch, one, actor):
    return void_sheet(object_session(one), actor, VoidSheet(batch.id, one.id, "Only a copy"))


def test_a_sheet_counts_again_and_is_read_anew(session, process, hands):
    typist, reader = hands
    batch = intake.batch(process, typist)
    sheet = intake.sheet(batch, typist)
    intake.finish(batch, typist)
    intake.read(sheet, reader)
    voided(batch, sheet, reader)
    assert numbers_of(session, batch)[0].void == 1
    count_again(session, reader, batch.id, sheet.id)
    count_again(session, reader, batch.id, sheet.id)
    assert (sheet.state, sheet.void_reason, sheet.void_by, sheet.second, sheet.second_by) == (
        SheetState.ENTERED,
        "",
        None,
        {},
        None,
    )
    assert numbers_of(session, batch)[0].void == 0
    intake.read(sheet, reader)
    intake.reconcile(batch, typist)
    intake.close(batch, typist)
    assert sheet.proposal_id is not None
    told = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "intake_sheet.counts_again")
    assert session.scalar(told) == 1


def test_its_number_may_lie_in_another_sheet_by_now(session, process, hands):
    typist, _reader = hands
    serial = intake.printed_number("K7Q4M2")
    batch, other = intake.batch(process, typist), intake.batch(process, typist)
    sheet = intake.sheet(batch, typist, serial)
    voided(batch, sheet, typist)
    again = intake.sheet(other, typist, serial)
    with pytest.raises(Conflict, match="sheet 1 of batch"):
        count_again(session, typist, batch.id, sheet.id)
    assert sheet.state is SheetState.VOID
    voided(other, again, typist)
    assert count_again(session, typist, batch.id, sheet.id).state is SheetState.ENTERED


def test_of_which_nothing_was_typed_is_typed_in(session, process, hands):
    typist, _reader = hands
    batch = intake.batch(process, typist)
    empty = void_sheet(session, typist, VoidSheet(batch.id, uuid4(), "Cannot be read"))
    with pytest.raises(Conflict, match="Nothing was typed"):
        count_again(session, typist, batch.id, empty.id)


def test_once_signed_a_batch_stays_as_it_is(session, process, hands):
    typist, reader = hands
    batch = intake.batch(process, typist, declared=2)
    kept, sheet = intake.sheet(batch, typist), intake.sheet(batch, typist)
    voided(batch, sheet, typist)
    intake.finish(batch, typist)
    intake.read(kept, reader)
    intake.reconcile(batch, typist)
    with pytest.raises(Conflict, match="signed"):
        count_again(session, typist, batch.id, sheet.id)


def test_an_empty_batch_goes_away_and_one_with_a_sheet_stays(session, process, hands):
    typist, _reader = hands
    empty, full = intake.batch(process, typist), intake.batch(process, typist)
    intake.sheet(full, typist)
    elsewhere = intake.clerk(spaces.process("Other", slug="other"))
    with pytest.raises(Forbidden):
        drop_batch(session, elsewhere, empty.id)
    drop_batch(session, typist, empty.id)
    with pytest.raises(Conflict, match="has just entered"):
        drop_batch(session, typist, full.id)
    assert list(session.scalars(select(IntakeBatch.id))) == [full.id]
    assert full.state is BatchState.OPEN


def test_over_the_pages(app, session, process, hands):
    person = accounts.staff(Role.CLERK, process, display_name="Aino")
    actor = intake.clerk(process, person)
    batch, empty = intake.batch(process, actor), intake.batch(process, actor)
    sheet = intake.sheet(batch, actor)
    voided(batch, sheet, actor)
    client, (batch_id, empty_id, sheet_id) = app.test_client(), (batch.id, empty.id, sheet.id)
    accounts.sign_in(client, person)
    page = f"/staff/intake/batches/{batch_id}"
    assert "It counts after all" in client.get(page).text
    assert "It counts again." in client.post(f"{page}/sheets/{sheet_id}/counts", follow_redirects=True).text
    assert "It counts after all" not in client.get(page).text
    assert "Remove, it is empty" not in client.get(page).text
    assert "Remove, it is empty" in client.get(f"/staff/intake/batches/{empty_id}").text
    assert "The empty batch is removed." in client.post(f"/staff/intake/batches/{empty_id}/remove", follow_redirects=True).text
    assert client.get(f"/staff/intake/batches/{empty_id}").status_code == 404


def test_two_sheets_with_one_number_that_are_brought_back_at_once_count_once(committing_db, race):
    process = spaces.process()
    actor, serial = intake.clerk(process), intake.printed_number("K7Q4M2")
    made = []
    for _twice in range(2):
        batch = intake.batch(process, actor)
        sheet = intake.sheet(batch, actor, serial)
        voided(batch, sheet, actor)
        made.append((batch.id, sheet.id))
    committing_db.session.commit()
    work = list(made)
    outcome = race(lambda: count_again(committing_db.session(), actor, *work.pop()), times=2)
    assert [type(error) for error in outcome.errors] == [Conflict], outcome.errors
    committing_db.session.remove()
    states = [committing_db.session.get_one(IntakeSheet, sheet_id).state for _batch_id, sheet_id in made]
    assert sorted(states) == [SheetState.ENTERED, SheetState.VOID]
