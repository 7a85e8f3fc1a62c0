"""Who may do what with a batch, in which order, and what is refused before anything is typed."""

import uuid
from datetime import timedelta

import pytest

from app.extensions import db
from app.features.intake.models import BatchState, IntakeSheet, SheetState
from app.features.intake.use_cases import (
    EnterSheet,
    MoveBatch,
    SettleSheet,
    UndoSheet,
    VoidSheet,
    enter_sheet,
    reopen_batch,
    settle_sheet,
    undo_sheet,
    void_sheet,
)
from app.features.proposals.models import Proposal
from app.features.spaces.models import Phase, Publication
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PhaseClosed, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, intake, spaces


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


def test_nobody_but_clerks_of_the_process_does_anything(process, clerks):
    one, _other = clerks
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one)
    stranger = intake.clerk(spaces.process())
    moderator = Actor(person_id=accounts.person().id, roles=frozenset({(Role.MODERATOR, process.id)}))
    for actor in (stranger, moderator):
        for step in (
            lambda who: intake.batch(process, who),
            lambda who: intake.sheet(batch, who),
            lambda who: undo_sheet(db.session(), who, UndoSheet(batch.id, sheet.id)),
            lambda who: void_sheet(db.session(), who, VoidSheet(batch.id, sheet.id, "no")),
            lambda who: intake.finish(batch, who),
            lambda who: intake.read(sheet, who),
            lambda who: settle_sheet(db.session(), who, SettleSheet(batch.id, sheet.id, intake.entry())),
            lambda who: intake.reconcile(batch, who),
            lambda who: intake.close(batch, who),
            lambda who: reopen_batch(db.session(), who, MoveBatch(batch.id, "why not")),
        ):
            with pytest.raises(Forbidden, match="not any more"):
                step(actor)
    assert (batch.state, sheet.state) == (BatchState.OPEN, SheetState.ENTERED)
    with pytest.raises(NotFound):
        enter_sheet(db.session(), one, EnterSheet(uuid.uuid4(), uuid.uuid4(), intake.entry()))


def test_the_steps_have_their_order(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one)
    with pytest.raises(Refused, match="no sheet"):
        intake.finish(batch, one)
    sheet = intake.sheet(batch, one)
    for step in (lambda: intake.read(sheet, other), lambda: intake.reconcile(batch, other), lambda: intake.close(batch, other)):
        with pytest.raises(Conflict):
            step()
    intake.finish(batch, one)
    assert intake.finish(batch, one).state is BatchState.ENTERED  # a double click
    with pytest.raises(Conflict):
        intake.sheet(batch, one)
    with pytest.raises(Refused, match="1 sheet waits"):
        intake.reconcile(batch, other)
    intake.read(sheet, other)
    assert batch.state is BatchState.SECOND_READING
    intake.reconcile(batch, other)
    with pytest.raises(Conflict):
        void_sheet(db.session(), one, VoidSheet(batch.id, sheet.id, "late"))


def test_a_closed_batch_is_opened_again_with_a_reason_for_a_sheet_that_was_found_later(process, clerks):
    one, other = clerks
    batch = intake.closed(process, one, other)
    first = db.session.query(IntakeSheet).one()
    with pytest.raises(Refused, match="Write why"):
        reopen_batch(db.session(), other, MoveBatch(batch.id))
    reopen_batch(db.session(), other, MoveBatch(batch.id, "One lay behind the cupboard."))
    assert (batch.state, batch.closed_by, batch.reconciled_by) == (BatchState.REOPENED, None, None)
    with pytest.raises(Conflict, match="already become"):
        void_sheet(db.session(), one, VoidSheet(batch.id, first.id, "no"))
    late = intake.sheet(batch, other, title="Found later")
    intake.finish(batch, other, "One more than declared")
    intake.read(late, one)
    intake.reconcile(batch, one)
    intake.close(batch, one)
    assert sorted(found.title for found in proposals()) == ["Bench 1", "Found later"]
    reopened = db.session.query(AuditEntry).filter_by(action="intake_batch.reopened").one()
    assert (reopened.reason, reopened.details["before"]) == ("One lay behind the cupboard.", "closed")


def test_where_the_batch_says_so_a_sheet_appears_when_two_people_agree(process, clerks):
    one, other = clerks
    batch = intake.batch(process, one, declared=2, at_once=True)
    sheets = [intake.sheet(batch, one, title=title) for title in ("Agreed", "Misread")]
    intake.finish(batch, one)
    intake.read(sheets[0], other)
    intake.read(sheets[1], other, title="Read otherwise")
    assert [found.title for found in proposals()] == ["Agreed"]
    settle_sheet(db.session(), other, SettleSheet(batch.id, sheets[1].id, intake.entry(title="Settled")))
    assert {found.title for found in proposals()} == {"Agreed", "Settled"}
    intake.reconcile(batch, other)
    intake.close(batch, other)
    assert len(proposals()) == 2


def test_nothing_appears_at_once_where_moderators_look_first(session):
    process = spaces.process(publication=Publication.AFTER_APPROVAL)
    with pytest.raises(Invalid) as refused:
        intake.batch(process, at_once=True)
    assert "at_once" in refused.value.errors


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"station": "  "}, "station"),
        ({"station": "x" * 81}, "station"),
        ({"declared": 0}, "declared"),
        ({"declared": 501}, "declared"),
    ],
)
def test_what_is_wrong_with_a_batch_is_said_beside_its_field(process, changes, field):
    with pytest.raises(Invalid) as refused:
        intake.batch(process, **changes)
    assert field in refused.value.errors


def test_sheets_count_for_the_day_on_which_they_arrived(process, clerks):
    phase = db.session.query(Phase).one()
    yesterday = intake.today() - timedelta(days=1)
    batch = intake.batch(process, clerks[0], day=yesterday)
    sheet = intake.sheet(batch, clerks[0])
    intake.finish(batch, clerks[0])
    phase.ends_at = batch.received_at + timedelta(milliseconds=1)  # over by now, on the same day, and not yet when they arrived
    db.session.flush()
    intake.read(sheet, clerks[1])
    intake.reconcile(batch, clerks[1])
    intake.close(batch, clerks[1])
    assert len(proposals()) == 1
    with pytest.raises(PhaseClosed):
        intake.batch(process, clerks[0])
    with pytest.raises(Invalid) as refused:
        intake.batch(process, clerks[0], day=intake.today() + timedelta(days=1))
    assert "day" in refused.value.errors
