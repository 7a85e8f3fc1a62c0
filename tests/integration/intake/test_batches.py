"""A bundle of paper from opening to closing: two people read each sheet, then the numbers agree, and all appears at once."""

import uuid

import pytest

from app.extensions import db
from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetState
from app.features.intake.use_cases import (
    EnterSheet,
    SettleSheet,
    UndoSheet,
    VoidSheet,
    enter_sheet,
    settle_sheet,
    undo_sheet,
    void_sheet,
)
from app.features.printing.queries import Look
from app.features.printing.use_cases import proposal_form, proposal_subject
from app.features.proposals.models import GuestContact, Proposal, ProposalState
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, Refused
from app.kernel.permissions import Channel
from tests.factories import intake, printing, spaces


@pytest.fixture
def process(session):
    return spaces.process()


@pytest.fixture
def clerks(process):
    return intake.clerk(process), intake.clerk(process)


def proposals():
    return db.session.query(Proposal).order_by(Proposal.created_at).all()


def deeds(subject):
    found = db.session.query(AuditEntry).filter_by(subject_id=subject.id).order_by(AuditEntry.at).all()
    return [(entry.action, entry.actor_id) for entry in found]


def test_nothing_appears_before_the_batch_is_closed_and_then_all_of_it(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one, declared=2)
    sheets = [intake.sheet(batch, one, title=title) for title in ("A bench", "A tree")]
    assert (proposals(), [sheet.number for sheet in sheets]) == ([], [1, 2])
    intake.finish(batch, one)
    for sheet in sheets:
        assert intake.read(sheet, other).state is SheetState.READ
    intake.reconcile(batch, other)
    assert proposals() == []

    intake.close(batch, other)

    found = {one.title: one for one in proposals()}
    assert set(found) == {"A bench", "A tree"}
    bench = found["A bench"]
    assert (bench.state, bench.channel, bench.author_id) == (ProposalState.PUBLISHED, Channel.PAPER, None)
    assert bench.hands_id == one.person_id, "the hands are those that typed it, not those that closed the batch"
    assert bench.author_name == "Hilja"
    assert db.session.get(GuestContact, bench.id).phone == "050 123 4567"
    assert {sheet.proposal_id for sheet in sheets} == {each.id for each in proposals()}


def test_each_step_is_noted_with_the_hands_that_did_it(process, clerks):
    one, other = clerks
    batch = intake.closed(process, one, other)
    sheet = db.session.query(IntakeSheet).one()
    assert deeds(batch) == [
        ("intake_batch.opened", one.person_id),
        ("intake_batch.finished", one.person_id),
        ("intake_batch.reconciled", other.person_id),
        ("intake_batch.closed", other.person_id),
    ]
    assert deeds(sheet) == [
        ("intake_sheet.typed", one.person_id),
        ("intake_sheet.read", other.person_id),
        ("proposal.taken_in", other.person_id),  # the proposal has the id of its sheet
        ("intake_sheet.taken_in", other.person_id),
    ]
    for entry in db.session.query(AuditEntry):
        assert "bench" not in str(entry.details).lower() + entry.reason.lower(), "the log says nothing of what a sheet says"


def test_closing_again_doubles_nothing(process, clerks):
    one, other = clerks
    batch = intake.closed(process, one, other, sheets=2)
    assert intake.close(batch, one).closed_by == other.person_id
    assert len(proposals()) == 2


def test_when_one_sheet_cannot_be_taken_in_none_is_and_its_number_is_said(process, clerks):
    one, other = clerks
    category = spaces.category(process, "Streets")
    batch = intake.batch(process, one, declared=2)
    sheets = [intake.sheet(batch, one, title=f"Bench {number}", category_id=str(category.id)) for number in (1, 2)]
    intake.finish(batch, one)
    for sheet in sheets:
        intake.read(sheet, other)
    intake.reconcile(batch, other)
    sheets[1].first = {**sheets[1].first, "category_id": str(uuid.uuid4())}
    db.session.commit()

    with pytest.raises(Refused, match=r"Sheet 2 cannot be taken in: .*Nothing of this batch has appeared"):
        intake.close(batch, other)

    db.session.rollback()
    db.session.expire_all()
    assert proposals() == []
    assert db.session.get(IntakeBatch, batch.id).state is BatchState.RECONCILED
    sheets[1].first = {**sheets[1].first, "category_id": str(category.id)}
    intake.close(batch, other)
    assert len(proposals()) == 2, "what was mended is closed as if nothing had happened"


def test_whoever_entered_a_sheet_does_not_read_it_the_second_time(process, clerks):
    one, _other = clerks
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one)
    intake.finish(batch, one)
    with pytest.raises(Forbidden, match="Another person"):
        intake.read(sheet, one)


def test_what_two_people_read_differently_is_settled_and_that_counts(process, clerks):
    one, other = clerks
    third = intake.clerk(process)
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one, title="A bend at the tram stop")
    intake.finish(batch, one)
    intake.read(sheet, other, title="A bench at the tram stop")
    assert sheet.state is SheetState.DIFFERS
    with pytest.raises(Refused, match="to be settled"):
        intake.reconcile(batch, other)
    settled = intake.entry(title="A bench at the tram stop")

    settle_sheet(db.session(), third, SettleSheet(batch.id, sheet.id, settled))
    settle_sheet(db.session(), third, SettleSheet(batch.id, sheet.id, settled))  # a double click
    with pytest.raises(Conflict):
        settle_sheet(db.session(), one, SettleSheet(batch.id, sheet.id, intake.entry(title="Something else")))
    intake.reconcile(batch, other)
    intake.close(batch, other)

    (proposal,) = proposals()
    assert (proposal.title, proposal.hands_id) == ("A bench at the tram stop", third.person_id)
    assert sheet.first["title"] == "A bend at the tram stop", "both readings stay as they were typed"


def test_white_space_and_typographic_marks_are_no_difference(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one, text="She said “no” –  twice")
    intake.finish(batch, one)
    assert intake.read(sheet, other, text='She said "no" -\ntwice').state is SheetState.READ


def test_fewer_sheets_than_declared_need_a_written_reason(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one, declared=3)
    sheet = intake.sheet(batch, one)
    with pytest.raises(Refused, match="3 sheets were declared, 1 are here") as refused:
        intake.finish(batch, one)
    assert refused.value.field == "reason"
    intake.finish(batch, one, "Two sheets stuck together, counted twice.")
    intake.read(sheet, other)
    intake.reconcile(batch, other)
    assert batch.count_reason == "Two sheets stuck together, counted twice."


def test_void_sheets_are_counted_and_become_nothing(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one, declared=3)
    good, wrong = intake.sheet(batch, one), intake.sheet(batch, one, title="Wrong")
    with pytest.raises(Refused, match="Write why"):
        void_sheet(db.session(), one, VoidSheet(batch.id, wrong.id, "  "))
    void_sheet(db.session(), one, VoidSheet(batch.id, wrong.id, "The same as sheet 1"))
    empty = void_sheet(db.session(), one, VoidSheet(batch.id, uuid.uuid4(), "Empty sheet"))
    assert (empty.number, empty.state, empty.first) == (3, SheetState.VOID, {})
    intake.finish(batch, one)
    intake.read(good, other)
    intake.reconcile(batch, other)
    intake.close(batch, other)
    assert batch.count_reason == ""
    assert [found.title for found in proposals()] == ["A bench at the tram stop"]


def test_only_the_clerks_own_last_sheet_is_taken_back_and_its_words_come_back(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one, declared=3)
    first, second = intake.sheet(batch, one, title="First"), intake.sheet(batch, one, "k7q4", title="Second")
    for actor, sheet in ((other, second), (one, first)):
        with pytest.raises(Conflict):
            undo_sheet(db.session(), actor, UndoSheet(batch.id, sheet.id))
    said = undo_sheet(db.session(), one, UndoSheet(batch.id, second.id))
    assert (said["title"], said["serial"]) == ("Second", intake.printed_number("K7Q4"))
    assert db.session.query(IntakeSheet).count() == 1
    intake.sheet(batch, one, "K7Q4", title="Second, corrected")  # its serial is free again
    intake.finish(batch, one, "One is missing")
    with pytest.raises(Conflict):
        undo_sheet(db.session(), one, UndoSheet(batch.id, first.id))


def test_a_form_sent_twice_enters_one_sheet_and_other_words_under_it_are_not_lost(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one, declared=2)
    sheet_id = uuid.uuid4()
    command = EnterSheet(batch.id, sheet_id, intake.entry())
    assert enter_sheet(db.session(), one, command) is enter_sheet(db.session(), one, command)
    assert db.session.query(IntakeSheet).count() == 1
    for actor, said in ((one, intake.entry(title="Other")), (other, intake.entry())):
        with pytest.raises(Conflict, match="already entered"):
            enter_sheet(db.session(), actor, EnterSheet(batch.id, sheet_id, said))


def test_the_same_sheet_twice_is_refused_and_it_is_said_where_it_lies(process, clerks):
    one, other = clerks
    batch, later = intake.batch(process, one, declared=2), intake.batch(process, other)
    intake.sheet(batch, one, "P7KQ-4M2X")
    for where, actor in ((batch, one), (later, other)):
        with pytest.raises(Conflict, match=f"sheet 1 of batch {batch.reference}") as refused:
            intake.sheet(where, actor, "p7kq 4m2x")
        assert refused.value.field == "serial"
    intake.sheet(batch, one)
    intake.sheet(later, other)  # sheets without a serial are never the same


def test_a_sheet_of_another_process_is_put_aside(process, clerks):
    elsewhere = spaces.process()
    theirs = intake.clerk(elsewhere)
    intake.sheet(intake.batch(elsewhere, theirs), theirs, "P7KQ4M2X")
    with pytest.raises(Conflict, match="belongs to another process"):
        intake.sheet(intake.batch(process, clerks[0]), clerks[0], "P7KQ4M2X")
    foreign = spaces.category(elsewhere, "Trees")
    with pytest.raises(Invalid) as refused:
        intake.sheet(intake.batch(process, clerks[0]), clerks[0], category_id=str(foreign.id))
    assert "category_id" in refused.value.errors


def test_a_typed_number_is_one_that_was_printed_for_this_process(process, clerks):
    """Mistyped, of a test print, of another process, of no run: each in its words. What was never registered is taken only
    where nothing was."""
    one, _other = clerks
    batch, elsewhere = intake.batch(process, one, declared=9), spaces.process()
    before = intake.sheet(batch, one, "EARLY")
    for where, word, test in ((process, "HERE", False), (process, "TEST", True), (elsewhere, "THERE", False)):
        layout = proposal_form(proposal_subject(db.session(), where, "City", numbered=True), Look())
        printing.copy(printing.run(where, layout, test=test), intake.printed_number(word))
    right = intake.printed_number("HERE")
    swapped = right[:2] + right[3] + right[2] + right[4:]
    assert swapped != right
    refused = {}
    for typed in (swapped, right[:-1], "TEST", "THERE", "NOBODY"):
        with pytest.raises(Refused) as refusal:
            number = typed if typed in (swapped, right[:-1]) else intake.printed_number(typed)
            enter_sheet(db.session(), one, EnterSheet(batch.id, uuid.uuid4(), intake.entry(), number))
        assert refusal.value.field == "serial"
        refused[typed] = str(refusal.value.message)
    assert [words.split(".")[0].split(":")[0] for words in refused.values()] == [
        "This is not the number of a sheet",
        "This is not the number of a sheet",
        "This sheet is a test print",
        "This sheet is the form of another process or asks something else",
        "No print run of this form has this number",
    ]
    assert intake.sheet(batch, one, "HERE").serial == right
    assert before.serial == intake.printed_number("EARLY")
    assert void_sheet(db.session(), one, VoidSheet(batch.id, uuid.uuid4(), "A test print", intake.printed_number("TEST")))
