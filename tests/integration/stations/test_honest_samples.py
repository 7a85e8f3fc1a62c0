"""A sample says what it said when it was drawn: whatever is opened again, begun late or signed meanwhile."""

import pytest

from app.features.stations import sampling
from app.features.stations.commands import OpenBatch, TypeBallot
from app.features.stations.models import BatchState, CountState, SampleState
from app.features.stations.queries import count_of, sample_of
from app.features.stations.use_cases import finish_batch, judge_sample, open_batch, read_all, reopen_batch, type_ballot
from app.kernel.errors import Conflict
from tests.factories import stations
from tests.integration.stations.test_pages import signed_in
from tests.integration.stations.test_signed_stays import Boxes

CLEAR = {"costs": (600_00, 600_00, 600_00), "options": {"tie_rules": ["listed_first"]}}


@pytest.fixture(autouse=True)
def small_samples(monkeypatch):
    """A sample of 10 is large enough, so that the tests need not type hundreds of ballots."""
    monkeypatch.setattr(sampling, "LEAST", 10)


def begun(boxes, declared, *ballots, at=0):
    """A batch that is still being typed."""
    batch = open_batch(boxes.session, boxes.first, OpenBatch(boxes.places[at].id, boxes.pot.id, declared))
    for number, marks in enumerate(ballots, start=1):
        type_ballot(boxes.session, boxes.first, TypeBallot(batch.id, number, marks))
    return batch


@pytest.mark.parametrize("read", [True, False])
def test_an_error_in_a_batch_that_is_opened_again_still_counts(session, read):
    """Whoever opened each batch again in which an error was found would be left with a sample without any.

    Of a ballot that nobody has read yet, whoever opens its batch may know that it is wrong.
    """
    boxes = Boxes(session, 40, **CLEAR)
    one, other = boxes.typed(0, *["1"] * 32), boxes.typed(0, *["1"] * 8)  # ten are drawn, so two of the first at least
    sample = boxes.draw()
    drawn = [ballot.number for ballot in stations.drawn_from(one)]
    assert len(drawn) >= 2
    if read:
        stations.read_second(boxes.second, one, ["2" if at == drawn[0] else "1" for at in range(1, 33)])
        boxes.decide(one, drawn[0], "2")
    reopen_batch(session, boxes.first, one.id, "One was typed wrongly")
    finish_batch(session, boxes.first, one.id)
    for batch, number in ((one, 32), (other, 8)):
        stations.read_second(boxes.second, batch, ["1"] * number)
    assert judge_sample(session, boxes.first, boxes.pot.id) is sample
    wrong = 1 if read else len(drawn)
    assert (sample.found["read"], sample.found["wrong"]) == (10, wrong)
    assert sample.found["most_wrong"] == sampling.most_wrong(40, 10, wrong)
    assert sample.found["reopened"] == {"drawn": len(drawn), "wrong": wrong}


def test_what_was_read_without_an_error_is_not_wrong_because_its_batch_is_opened_again(session):
    boxes = Boxes(session, 40, **CLEAR)
    one, other = boxes.typed(0, *["1"] * 20), boxes.typed(0, *["1"] * 20)
    sample = boxes.draw()
    for _twice in range(2):
        for batch in (one, other):
            stations.read_second(boxes.second, batch, ["1"] * 20)
        reopen_batch(session, boxes.first, one.id, "Another look")
        finish_batch(session, boxes.first, one.id)
    stations.read_second(boxes.second, one, ["1"] * 20)
    judge_sample(session, boxes.first, boxes.pot.id)
    assert (sample.found["read"], sample.found["wrong"]) == (10, 0)


@pytest.mark.parametrize("ballots", [(), ("1", "3")])
def test_reading_all_leaves_a_batch_alone_that_is_being_typed(session, ballots):
    """It would be done without as many ballots as declared, without a reason and without a check code."""
    boxes = Boxes(session, 30, **CLEAR)
    boxes.typed(0, *["1"] * 20)
    boxes.draw()
    late = begun(boxes, 10, *ballots)
    read_all(session, boxes.first, boxes.pot.id)
    assert (late.state, late.commitment) == (BatchState.OPEN, "")
    for number in range(len(ballots) + 1, 10):
        type_ballot(session, boxes.first, TypeBallot(late.id, number, "1"))
    with pytest.raises(Conflict, match="9 ballots are typed, and 10 were declared"):
        finish_batch(session, boxes.first, late.id)
    assert finish_batch(session, boxes.first, late.id, "One was counted twice").state is BatchState.READING


def test_nobody_judges_while_a_batch_is_being_typed(session):
    """What is in it may make the result close."""
    boxes = Boxes(session, 60, **CLEAR)
    stations.read_second(boxes.second, _drawn(boxes), ["1"] * 20)
    late = begun(boxes, 40, *["3"] * 19)
    with pytest.raises(Conflict, match="still being typed"):
        judge_sample(session, boxes.first, boxes.pot.id)
    assert (late.state, sample_of(session, boxes.pot.id).state) == (BatchState.OPEN, SampleState.DRAWN)


def _drawn(boxes):
    batch = boxes.typed(0, *["1"] * 20)
    boxes.draw()
    return batch


@pytest.mark.parametrize("hands", [1, 2])
def test_behind_a_signature_nobody_has_all_read_again(session, hands):
    """Else the page would say that all are read a second time, and nobody could read them."""
    boxes = Boxes(session, 20, **CLEAR)
    batch = _drawn(boxes)
    stations.read_second(boxes.second, batch, ["1"] * 20)
    judge_sample(session, boxes.first, boxes.pot.id)
    for who in (boxes.first, boxes.second)[:hands]:
        boxes.sign(who, 0)
    before = batch.state
    with pytest.raises(Conflict, match=r"signed the numbers of this station"):
        read_all(session, boxes.third, boxes.pot.id)
    assert (batch.state, sample_of(session, boxes.pot.id).state) == (before, SampleState.ENOUGH)


def test_a_box_that_was_empty_is_signed_and_holds_nobody_up(session):
    """Somebody left with the only ballot unseen: there is nothing to type, and the others are drawn all the same."""
    boxes = Boxes(session, 20, 1, **CLEAR)
    boxes.typed(0, *["1"] * 20)
    with pytest.raises(Conflict, match="If its box was empty, two people sign its numbers first"):
        boxes.draw()
    boxes.sign(boxes.first, 1, 1, "The voter left with it")
    with pytest.raises(Conflict, match="No ballot of the station “Station 1” is typed yet"):
        boxes.draw()
    boxes.sign(boxes.second, 1, 1)
    assert count_of(session, boxes.places[1].id, boxes.pot.id).state is CountState.SIGNED
    assert boxes.draw().size == 10


def test_the_page_says_what_opening_a_batch_again_does(app, session):
    boxes = Boxes(session, 20, **CLEAR)
    batch, pot_id = _drawn(boxes), boxes.pot.id
    batch_id = batch.id
    client = signed_in(app, boxes.pot)
    said = client.get(f"/staff/stations/batch/{batch_id}/reopen").text
    assert "What was drawn stays drawn" in said
    assert "drawn anew" not in said
    assert client.post(f"/staff/stations/batch/{batch_id}/reopen", data={"reason": "A look"}).status_code == 303
    assert (
        "Drawn from batches that were opened again: 10. Of these 10 count as wrong"
        in client.get(f"/staff/stations/second/{pot_id}").text
    )
