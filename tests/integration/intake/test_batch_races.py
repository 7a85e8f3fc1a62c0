"""Clerks who do the same at the same moment: nothing is doubled, nothing is lost, and whoever was slower is told."""

import uuid

from app.extensions import db
from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetKind
from app.features.intake.use_cases import (
    EnterSheet,
    OpenBatch,
    ReadSheet,
    enter_sheet,
    open_batch,
    read_sheet,
)
from app.features.proposals.models import Proposal
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict
from tests.factories import intake, spaces


def test_two_clicks_at_the_same_moment_open_one_batch(race, committing_db):
    process = spaces.process()
    actor = intake.clerk(process)
    command = OpenBatch(uuid.uuid4(), process.id, SheetKind.PROPOSAL, "Library", intake.today(), 3, intake.ZONE)
    ended = race(lambda: open_batch(db.session(), actor, command).reference)
    assert ended.errors == []
    assert len(set(ended.results)) == 1
    assert db.session.query(IntakeBatch).count() == 1


def test_two_clicks_at_the_same_moment_enter_one_sheet(race, committing_db):
    process = spaces.process()
    actor = intake.clerk(process)
    batch = intake.batch(process, actor)
    command = EnterSheet(batch.id, uuid.uuid4(), intake.entry())
    ended = race(lambda: enter_sheet(db.session(), actor, command).number)
    assert (ended.errors, set(ended.results)) == ([], {1})
    assert db.session.query(IntakeSheet).count() == 1


def test_clerks_who_enter_at_the_same_moment_get_numbers_of_their_own(race, committing_db):
    process = spaces.process()
    actor = intake.clerk(process)
    batch_id = intake.batch(process, actor, declared=8).id
    ended = race(lambda: enter_sheet(db.session(), actor, EnterSheet(batch_id, uuid.uuid4(), intake.entry())).number)
    assert (ended.errors, sorted(ended.results)) == ([], list(range(1, 9)))


def test_the_same_serial_in_many_batches_at_the_same_moment_is_entered_once(race, committing_db):
    process = spaces.process()
    actor = intake.clerk(process)
    batches = [intake.batch(process, actor).id for _number in range(6)]
    ended = race(
        lambda: (
            enter_sheet(
                db.session(), actor, EnterSheet(batches.pop(), uuid.uuid4(), intake.entry(), intake.printed_number("SAME1"))
            ).id
        ),
        6,
    )
    assert len(ended.results) == 1
    assert all(isinstance(error, Conflict) and "entered already" in str(error) for error in ended.errors), ended.errors
    assert db.session.query(IntakeSheet).count() == 1


def test_of_two_readers_of_one_sheet_at_once_one_is_told_to_go_on(race, committing_db):
    process = spaces.process()
    actor = intake.clerk(process)
    batch = intake.batch(process, actor)
    sheet = intake.sheet(batch, actor)
    intake.finish(batch, actor)
    readers = [intake.clerk(process) for _number in range(6)]
    command = ReadSheet(batch.id, sheet.id, dict(sheet.first))
    ended = race(lambda: read_sheet(db.session(), readers.pop(), command).second_by, 6)
    assert len(ended.results) == 1
    assert all(isinstance(error, Conflict) and "A colleague" in str(error) for error in ended.errors), ended.errors


def test_closing_many_times_at_the_same_moment_doubles_nothing(race, committing_db):
    process = spaces.process()
    one, other = intake.clerk(process), intake.clerk(process)
    batch = intake.batch(process, one, declared=2)
    sheets = [intake.sheet(batch, one, title=f"Bench {number}") for number in (1, 2)]
    intake.finish(batch, one)
    for sheet in sheets:
        intake.read(sheet, other)
    intake.reconcile(batch, other)
    ended = race(lambda: intake.close(batch, other).state)
    assert (ended.errors, set(ended.results)) == ([], {BatchState.CLOSED})
    assert db.session.query(Proposal).count() == 2
    assert db.session.query(AuditEntry).filter_by(action="intake_batch.closed").count() == 1
