"""What was typed from sheets goes after its time, whatever state its batch was left in."""

import pytest

from app.extensions import db
from app.features.intake.models import IntakeBatch, IntakeSheet
from app.features.intake.use_cases import MoveBatch, reopen_batch
from app.kernel import clock as time
from app.kernel.retention import rules
from tests.factories import intake, spaces


def remove(name: str, days: int) -> tuple[int, int]:
    """What a rule counts and then removes, `days` after what it waits for."""
    rule = next(one for one in rules() if one.name == name)
    before = time.shift(days=-days)
    counted, removed = rule.count(db.session(), before), rule.run(db.session(), before, 100)
    db.session.expire_all()
    return counted, removed


@pytest.fixture
def clerks(clock, session):
    process = spaces.process()
    return process, intake.clerk(process), intake.clerk(process)


def test_what_has_appeared_is_emptied_although_nobody_closes_its_batch(clock, clerks):
    process, one, other = clerks
    batch = intake.batch(process, one, declared=2, at_once=True)
    done, waits = intake.sheet(batch, one), intake.sheet(batch, one, title="Waits")
    intake.finish(batch, one)
    intake.read(done, other)
    clock.advance(days=91)
    assert remove("intake_entries", 90) == (1, 1)
    assert (done.first, done.second, done.proposal_id is None) == ({}, {}, False)
    assert waits.first["phone"] == intake.WORDS["phone"]  # somebody may still read it
    clock.advance(days=275)
    assert remove("intake_left", 365) == (1, 1)
    assert db.session.query(IntakeSheet).all() == [done]


def test_a_batch_opened_again_and_left_keeps_nothing_that_was_typed(clock, clerks):
    process, one, other = clerks
    batch = intake.closed(process, one, other)
    reopen_batch(db.session(), one, MoveBatch(batch.id, "A sheet was found"))
    intake.sheet(batch, one, title="Found")
    clock.advance(days=366)
    assert remove("intake_entries", 90) == (1, 1)
    assert remove("intake_left", 365) == (1, 1)
    assert [sheet.first for sheet in db.session.query(IntakeSheet)] == [{}]
    assert db.session.query(IntakeBatch).count() == 1
