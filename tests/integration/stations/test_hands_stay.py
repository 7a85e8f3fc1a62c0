"""Roles that are taken away in the middle: what somebody typed stays theirs, and whoever signs next is asked for a reason."""

import pytest
from sqlalchemy import delete, select

from app.features.accounts.models import RoleAssignment
from app.features.scans.models import ScanDecision, ScanPage
from app.features.stations.commands import DrawSample, OpenBatch, SignNumbers, TypeBallot
from app.features.stations.models import CountState
from app.features.stations.queries import count_of
from app.features.stations.use_cases import (
    draw_sample,
    finish_batch,
    open_batch,
    read_again,
    settle,
    sign_numbers,
    type_ballot,
)
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden
from app.kernel.permissions import Role
from tests.factories import stations
from tests.factories.tools import add
from tests.integration.stations.test_pages import signed_in
from tests.integration.stations.test_signed_stays import Boxes


def out_of_office(session, actor):
    session.execute(delete(RoleAssignment).where(RoleAssignment.person_id == actor.person_id))
    session.flush()


def test_whoever_typed_a_part_is_named_and_does_not_read_it_a_second_time(app, session):
    """Also when a colleague went on, and the role came back."""
    boxes = Boxes(session, 3)
    place, pot, first = boxes.places[0], boxes.pot, boxes.first
    batch = open_batch(session, first, OpenBatch(place.id, pot.id, 3))
    for number in (1, 2):
        type_ballot(session, first, TypeBallot(batch.id, number, "1"))
    out_of_office(session, first)
    type_ballot(session, boxes.second, TypeBallot(batch.id, 3, "1"))
    finish_batch(session, boxes.second, batch.id)
    draw_sample(session, boxes.second, DrawSample(pot.id, "6 3 1"))
    add(RoleAssignment(person_id=first.person_id, role=Role.CLERK, process_id=pot.process_id))
    for who in (first, boxes.second):
        with pytest.raises(Forbidden, match="You typed this batch"):
            read_again(session, who, TypeBallot(batch.id, 1, "1"))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "batch.taken_over")).one()
    assert (entry.actor_id, entry.subject_id) == (boxes.second.person_id, batch.id)
    assert (entry.details["before"], entry.details["typed"]) == (str(first.person_id), 2)
    stations.read_second(boxes.third, batch, ["1"] * 3)


def test_an_empty_batch_is_taken_over_without_a_word(session):
    boxes = Boxes(session, 1)
    batch = open_batch(session, boxes.first, OpenBatch(boxes.places[0].id, boxes.pot.id, 1))
    type_ballot(session, boxes.first, TypeBallot(batch.id, 1, "1"))
    type_ballot(session, boxes.first, TypeBallot(batch.id, 2, "/"))
    out_of_office(session, boxes.first)
    type_ballot(session, boxes.second, TypeBallot(batch.id, 1, "1"))
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "batch.taken_over")).all() == []


def test_where_the_first_hand_has_left_office_the_page_asks_the_next_one_for_the_reason(app, session):
    boxes = Boxes(session, 2)
    batch = boxes.typed(0, "1")
    boxes.draw()
    stations.read_second(boxes.second, batch, ["1"])
    boxes.sign(boxes.first, 0, 1, "One left")
    client = signed_in(app, boxes.pot)
    place_id, pot_id, second = boxes.places[0].id, boxes.pot.id, boxes.second
    page = f"/staff/stations/count/{place_id}/{pot_id}"
    assert 'name="reason"' not in client.get(page).text, "the reason is there, the second hand signs it"
    out_of_office(session, boxes.first)
    assert 'name="reason"' in client.get(page).text
    refused = client.post(page, data={"seen": "1"})
    assert refused.status_code == 422
    assert 'name="reason"' in refused.text
    assert client.post(page, data={"seen": "1", "reason": "One left with it"}).status_code == 303
    kept = count_of(session, place_id, pot_id)
    assert (kept.state, kept.reason) == (CountState.PROPOSED, "One left with it")
    assert sign_numbers(session, second, SignNumbers(place_id, pot_id, 1)).state is CountState.SIGNED


@pytest.mark.parametrize("number", ["10000", "9999999999", "9" * 30])
def test_a_ballot_that_cannot_be_is_not_found(app, session, number):
    boxes = Boxes(session, 1)
    batch_id = boxes.typed(0, "1").id
    client = signed_in(app, boxes.pot)
    assert client.get(f"/staff/stations/second/batch/{batch_id}/{number}").status_code == 404
    assert client.get(f"/staff/stations/second/batch/{batch_id}/1").status_code == 200


def test_a_ballot_is_decided_by_two_people_who_are_in_office(session):
    boxes = Boxes(session, 1)
    batch = boxes.typed(0, "1?")
    boxes.draw()
    read_again(session, boxes.second, TypeBallot(batch.id, 1, "1"))
    settle(session, boxes.second, TypeBallot(batch.id, 1, "1"))
    out_of_office(session, boxes.second)
    assert settle(session, boxes.first, TypeBallot(batch.id, 1, "1")).unsettled, (
        "the other one has left: this is the first word"
    )
    with pytest.raises(Forbidden):
        settle(session, boxes.first, TypeBallot(batch.id, 1, "1"))
    assert not settle(session, boxes.third, TypeBallot(batch.id, 1, "1")).unsettled


def test_whoever_took_an_answer_about_a_scan_back_has_seen_it_all_the_same(session):
    box = stations.OpenBox(1)
    file = box.upload({"marks": {"1": "yes"}})
    page = session.scalars(select(ScanPage)).one()
    add(ScanDecision(page_id=page.id, person_id=box.second.person_id, answers=page.result, undone_at=clock.now()))
    batch = finish_batch(session, box.first, box.taken(file, 1).id)
    draw_sample(session, box.first, DrawSample(box.pot.id, "6 3 1"))
    with pytest.raises(Forbidden, match="You looked through scans of this batch"):
        read_again(session, box.second, TypeBallot(batch.id, 1, "1"))
    assert read_again(session, box.third, TypeBallot(batch.id, 1, "1")) is None
