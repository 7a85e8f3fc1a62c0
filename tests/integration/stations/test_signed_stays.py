"""What was drawn or signed stays: nobody changes ballots behind a signature, and nobody has it drawn until it suits them."""

import threading

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.committee.use_cases.possible import require_possible
from app.features.stations import sampling
from app.features.stations.commands import DrawSample, SignNumbers, TypeBallot
from app.features.stations.counted import rows_on_paper
from app.features.stations.models import Batch, BatchState, CountState, PaperBallot, PaperRow, SampleState
from app.features.stations.queries import count_of, next_to_read, numbers_of, sample_of
from app.features.stations.use_cases import (
    draw_sample,
    finish_batch,
    judge_sample,
    loosen,
    open_boxes,
    read_again,
    reopen_batch,
    settle,
    sign_numbers,
    signing,
    take_back_signature,
    type_ballot,
)
from app.features.voting.use_cases import count_pot
from app.kernel.errors import Conflict, Forbidden, Refused
from tests.factories import committee, stations

KINDS = committee.DecisionKind


class Boxes:
    """The open boxes of one or two stations of a pot, with so many ballots handed out at each; three clerks."""

    def __init__(self, session, *numbers, **attributes):
        self.session, self.pot = session, stations.paper_pot(**attributes)
        self.places = [committee.station(self.pot.process_id, f"Station {at}") for at in range(len(numbers))]
        for place, number in zip(self.places, numbers, strict=True):
            desk = stations.on_shift(place)
            for stub in range(1, number + 1):
                stations.handed_out(desk, place, self.pot, f"{place.name[-1]}{stub:05}", stub)
        stations.over(self.pot)
        self.first, self.second, self.third = (stations.clerk(self.pot.process_id, name) for name in ("Aino", "Benno", "Cilla"))
        for place in self.places:
            open_boxes(session, self.first, place.id)

    def typed(self, at, *ballots):
        return stations.typed(self.first, self.places[at], self.pot, ballots)

    def draw(self):
        return draw_sample(self.session, self.first, DrawSample(self.pot.id, "6 3 1"))

    def sign(self, who, at, seen=0, reason=""):
        return sign_numbers(self.session, who, SignNumbers(self.places[at].id, self.pot.id, seen, reason))

    def decide(self, batch, number, marks):
        for who in (self.first, self.third):
            settle(self.session, who, TypeBallot(batch.id, number, marks))


def test_what_was_drawn_stays_and_a_batch_that_is_opened_again_is_read_whole(session, monkeypatch):
    monkeypatch.setattr(sampling, "LEAST", 10)
    boxes = Boxes(session, 22, 20, costs=(600_00, 600_00, 600_00), options={"tie_rules": ["listed_first"]})
    one, other = boxes.typed(0, *["1"] * 20), boxes.typed(1, *["1"] * 20)
    sample = boxes.draw()
    for batch in (one, other):
        stations.read_second(boxes.second, batch, ["1"] * 20)
    assert judge_sample(session, boxes.first, boxes.pot.id).state is SampleState.ENOUGH
    reopen_batch(session, boxes.first, one.id, "Two ballots were on the floor")
    type_ballot(session, boxes.first, TypeBallot(one.id, 21, "1"))
    finish_batch(session, boxes.first, one.id, "Two were on the floor")
    assert sample_of(session, boxes.pot.id) is sample
    assert session.scalar(select(func.count()).where(PaperBallot.batch_id == one.id, PaperBallot.wanted)) == 21
    stations.read_second(boxes.second, one, ["1"] * 21)
    late = boxes.typed(0, "3")
    assert late.state is BatchState.READING, "begun after the draw: nobody drew from it"
    stations.read_second(boxes.second, late, ["3"])
    assert [batch.state for batch in (one, other, late)] == [BatchState.RECONCILED] * 3


def test_only_what_was_drawn_says_how_many_may_be_wrong(session, monkeypatch):
    """Whoever types decides what is in doubt: if that counted as drawn, many doubts would make a small sample look large."""
    monkeypatch.setattr(sampling, "LEAST", 10)
    boxes = Boxes(session, 60, costs=(600_00, 600_00, 600_00), options={"tie_rules": ["listed_first"]})
    batch = boxes.typed(0, *["1?"] * 40, *["1"] * 20)
    assert boxes.draw().size == 10
    while (number := next_to_read(session, batch.id)) is not None:
        read_again(session, boxes.second, TypeBallot(batch.id, number, "1"))
        if number <= 40:
            boxes.decide(batch, number, "1")
    sample = judge_sample(session, boxes.first, boxes.pot.id)
    assert sample.found["read"] == 10
    assert sample.found["most_wrong"] == sampling.most_wrong(60, 10, 0)


def test_what_others_mend_leaves_a_signed_station_alone(session):
    boxes = Boxes(session, 1, 2)
    mine, theirs = boxes.typed(0, "1"), boxes.typed(1, "2", "3")
    boxes.draw()
    stations.read_second(boxes.second, mine, ["1"])
    stations.read_second(boxes.second, theirs, ["2", "3"])
    stations.signed(boxes.first, boxes.second, boxes.places[0], boxes.pot)
    reopen_batch(session, boxes.first, theirs.id, "A wrong pile")
    assert mine.state is BatchState.CLOSED
    for act in (
        lambda: reopen_batch(session, boxes.first, mine.id, "Another look"),
        lambda: type_ballot(session, boxes.first, TypeBallot(mine.id, 2, "1")),
        lambda: read_again(session, boxes.second, TypeBallot(mine.id, 1, "2")),
        lambda: settle(session, boxes.third, TypeBallot(mine.id, 1, "2")),
    ):
        with pytest.raises(Conflict, match="Two people have signed"):
            act()
    finish_batch(session, boxes.first, theirs.id)
    stations.read_second(boxes.second, theirs, ["2", "3"])
    stations.signed(boxes.first, boxes.second, boxes.places[1], boxes.pot)
    assert rows_on_paper(session, boxes.pot) == [("1", "", 1), ("2", "", 1), ("3", "", 1)]


def test_behind_a_first_signature_nothing_changes_until_it_is_taken_back(session):
    boxes = Boxes(session, 1)
    batch = boxes.typed(0, "1")
    boxes.draw()
    stations.read_second(boxes.second, batch, ["1"])
    boxes.sign(boxes.first, 0)
    with pytest.raises(Conflict, match="Aino has signed"):
        reopen_batch(session, boxes.third, batch.id, "Another look")
    with pytest.raises(Forbidden):
        boxes.sign(boxes.first, 0)
    take_back_signature(session, boxes.third, boxes.places[0].id, boxes.pot.id)
    assert reopen_batch(session, boxes.third, batch.id, "Another look").state is BatchState.OPEN


def test_two_members_open_what_was_signed_again_before_it_is_certified(session, keyring):
    pot, place = stations.closed_with_box(["2", "1"], ["1"])
    count_pot(session, committee.member(pot.process_id), pot.id)
    committee.decided(KINDS.TOTALS_AGAIN, pot.process_id, pot_id=pot.id, station_id=place.id)
    kept = count_of(session, place.id, pot.id)
    assert (kept.state, kept.first_hand, kept.second_name) == (CountState.OPENED, None, "")
    (batch,) = session.scalars(select(Batch))
    with pytest.raises(Conflict, match="has not signed"):
        count_pot(session, committee.member(pot.process_id), pot.id)
    first, second = stations.clerk(pot.process_id, "Aino"), stations.clerk(pot.process_id, "Benno")
    reopen_batch(session, first, batch.id, "The last one was misread")
    type_ballot(session, stations.clerk_of(batch), TypeBallot(batch.id, 3, "/"))
    type_ballot(session, stations.clerk_of(batch), TypeBallot(batch.id, 2, "3"))
    finish_batch(session, stations.clerk_of(batch), batch.id)
    stations.read_second(second, batch, ["2", "3"])
    stations.signed(first, second, place, pot)
    count_pot(session, committee.member(pot.process_id), pot.id)
    assert rows_on_paper(session, pot) == [("2", "", 1), ("3", "", 1)]
    committee.decided(KINDS.CERTIFICATION, pot.process_id, pot_id=pot.id)
    with pytest.raises(Conflict, match="lie in no batch"):
        require_possible(session, KINDS.TOTALS_AGAIN, pot.process_id, pot)


def test_once_a_box_is_open_the_vote_is_over_for_good(session, keyring):
    boxes = Boxes(session, 1)
    for kind, pot in ((KINDS.EXTENSION, None), (KINDS.WITHDRAWAL, boxes.pot)):
        with pytest.raises(Conflict):
            require_possible(session, kind, boxes.pot.process_id, pot)
    assert signing._is_seen(session, boxes.pot.process_id)
    assert not signing._is_seen(session, stations.paper_pot().process_id)


def test_a_batch_that_is_opened_while_somebody_signs_waits_and_stays_closed(committing_db, race, monkeypatch):
    boxes = Boxes(committing_db.session(), 1, rule="equalshares/add1")
    batch = boxes.typed(0, "1")
    stations.read_second(boxes.second, batch, ["1"])
    place_id, pot_id, batch_id = boxes.places[0].id, boxes.pot.id, batch.id
    looked, opened, look = threading.Event(), threading.Event(), signing.missing_before_signing

    def look_slowly(*given):
        missing = look(*given)
        looked.set()
        opened.wait(1)
        return missing

    monkeypatch.setattr(signing, "missing_before_signing", look_slowly)

    def sign():
        sign_numbers(database.session(), boxes.first, SignNumbers(place_id, pot_id, 0))

    def reopen():
        assert looked.wait(10)
        with committing_db.transaction() as session:
            reopen_batch(session, boxes.third, batch_id, "Another look")
        opened.set()

    work = iter([sign, reopen])

    def either():
        next(work)()

    outcome = race(either, times=2)
    assert [type(error) for error in outcome.errors] == [Conflict], outcome.errors
    assert numbers_of(database.session(), place_id, pot_id).state is CountState.PROPOSED
    assert database.session.scalars(select(Batch.state)).one() is BatchState.RECONCILED


def test_two_who_loosen_at_once_keep_each_ballot_once_and_no_salt(committing_db, race, keyring):
    pot, _place = stations.closed_with_box(["2", "1"], ["1"])
    count_pot(database.session(), committee.member(pot.process_id), pot.id)
    committee.decided(KINDS.CERTIFICATION, pot.process_id, pot_id=pot.id)
    pot_id = pot.id
    outcome = race(lambda: loosen(database.session(), pot_id), times=3)
    assert outcome.errors == []
    assert sorted(outcome.results) == [0, 0, 2]
    assert database.session.scalar(select(func.sum(PaperRow.number))) == 2
    assert database.session.scalars(select(Batch.salt)).all() == [""]


def test_boxes_stay_shut_while_post_may_arrive_in_time(session, clock):
    pot = stations.paper_pot()
    setup = session.scalars(select(stations.VotingSetup).where(stations.VotingSetup.process_id == pot.process_id)).one()
    place, setup.postal_until = committee.station(pot.process_id), clock.now + stations.timedelta(days=1)
    clerk = stations.clerk(pot.process_id)
    stations.over(pot)
    with pytest.raises(Conflict, match="may arrive until"):
        open_boxes(session, clerk, place.id)
    clock.advance(days=2)
    assert [kept.state for kept in open_boxes(session, clerk, place.id)] == [CountState.OPENED]


def test_a_second_signature_on_other_numbers_is_refused(session):
    boxes = Boxes(session, 2)
    batch = boxes.typed(0, "1")
    boxes.draw()
    stations.read_second(boxes.second, batch, ["1"])
    with pytest.raises(Refused, match="Write down why"):
        boxes.sign(boxes.first, 0, seen=1)
    boxes.sign(boxes.first, 0, seen=1, reason="Somebody took it home")
    with pytest.raises(Conflict, match="changed"):
        boxes.sign(boxes.second, 0, seen=0)
    assert boxes.sign(boxes.second, 0, seen=1).state is CountState.SIGNED
