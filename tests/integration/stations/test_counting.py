"""After the vote: boxes are opened, ballots typed, read again, decided on, signed, and counted with those of the box."""

import pytest
from sqlalchemy import select

from app.features.accounts.models import RoleAssignment
from app.features.committee.balances import unsettled
from app.features.stations import sampling
from app.features.stations.commands import DrawSample, OpenBatch, SignNumbers, TypeBallot
from app.features.stations.counted import rows_on_paper
from app.features.stations.models import BatchState, Issue, PaperBallot, SampleState
from app.features.stations.queries import batches_of, numbers_of, unsettled_in
from app.features.stations.use_cases import (
    draw_sample,
    finish_batch,
    judge_sample,
    loosen,
    open_batch,
    open_boxes,
    pots_to_loosen,
    read_again,
    reopen_batch,
    settle,
    sign_numbers,
    take_back_signature,
    type_ballot,
)
from app.features.stations.use_cases.batches import commitment_of
from app.features.voting.models import VotingParticipation
from app.features.voting.use_cases import count_pot
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from tests.factories import committee, stations, voting


class Box:
    """A station whose boxes are open, with so many ballots handed out; three clerks."""

    def __init__(self, session, number=3, **attributes):
        self.session = session
        self.pot = stations.paper_pot(**attributes)
        self.place = committee.station(self.pot.process_id)
        desk = stations.on_shift(self.place)
        for stub in range(1, number + 1):
            stations.handed_out(desk, self.place, self.pot, f"P{stub:05}", stub)
        stations.over(self.pot)
        self.first, self.second, self.third = (
            stations.clerk(self.pot.process_id, name) for name in ("Aino A", "Benno B", "Cilla C")
        )
        open_boxes(session, self.first, self.place.id)

    def typed(self, *ballots, finish=True):
        return stations.typed(self.first, self.place, self.pot, ballots, finish=finish)

    def drawn(self):
        return draw_sample(self.session, self.first, DrawSample(self.pot.id, "6 3 1"))

    @property
    def numbers(self):
        return numbers_of(self.session, self.place.id, self.pot.id)


@pytest.fixture
def box(session):
    return Box(session)


def test_opening_forgets_at_which_station_people_voted_and_whose_a_stub_is(session, box):
    assert set(session.scalars(select(VotingParticipation.station))) == {"*"}
    assert set(session.scalars(select(Issue.proof))) == {""}
    assert (box.numbers.issued, box.numbers.expected) == (3, 3)
    open_boxes(session, box.first, box.place.id)
    assert box.numbers.issued == 3


def test_paper_and_box_are_counted_together_and_every_channel_is_named(session, keyring):
    pot, _place = stations.closed_with_box(["2", "12", "2", "0", "-2"] + ["2"] * 30, ["1", "1", ""] + ["3"] * 32)
    member = committee.member(pot.process_id)
    assert unsettled(session, pot) == []
    record = count_pot(session, member, pot.id).result
    assert record["voters"] == 34 + 35
    assert record["channels"] == {"web": 35, "paper": 34}
    assert record["paper"]["invalid"] == 1
    assert (record["why"]["2"]["votes"], record["why"]["1"]["votes"], record["blank"]) == (33, 3, 2)


def test_nothing_is_counted_before_every_station_has_signed_and_the_missing_one_is_named(session, box):
    with pytest.raises(Conflict, match="Library"):
        count_pot(session, committee.member(box.pot.process_id), box.pot.id)
    batch = box.typed("1", "2", "3")
    box.drawn()
    stations.read_second(box.second, batch, ["1", "2", "3"])
    stations.signed(box.first, box.second, box.place, box.pot)
    committee.station(box.pot.process_id, "School")
    with pytest.raises(Conflict, match="School"):
        count_pot(session, committee.member(box.pot.process_id), box.pot.id)


def test_equal_shares_counts_whole_ballots_on_paper(session, keyring):
    whole = {"rule": "equalshares/add1", "limit_by_cost": False, "max_projects": 3}
    pot, _place = stations.closed_with_box(["12", "2", "13"], ["1", "2", "1,3"], **whole)
    record = count_pot(session, committee.member(pot.process_id), pot.id).result
    assert record["supported"]
    assert record["voters"] == 6
    assert record["why"]["1"]["votes"] == 4
    assert sorted(rows_on_paper(session, pot)) == [("1,2", "", 1), ("1,3", "", 1), ("2", "", 1)]


def test_only_one_clerk_types_a_batch_and_another_takes_over_who_left_office(session, box):
    batch = box.typed("1", finish=False)
    with pytest.raises(Conflict, match="Aino A types"):
        type_ballot(session, box.second, TypeBallot(batch.id, 2, "2"))
    session.query(RoleAssignment).filter_by(person_id=box.first.person_id).delete()
    with pytest.raises(NotFound):
        type_ballot(session, box.first, TypeBallot(batch.id, 2, "2"))
    assert type_ballot(session, box.second, TypeBallot(batch.id, 2, "2")) == 2


def test_a_page_sent_twice_is_one_ballot_and_undo_takes_the_last_one_out(session, box):
    batch = box.typed("1", "2", finish=False)
    assert type_ballot(session, box.first, TypeBallot(batch.id, 2, "2")) == 2
    with pytest.raises(Conflict, match="Ballot 3 is the next"):
        type_ballot(session, box.first, TypeBallot(batch.id, 2, "3"))
    assert type_ballot(session, box.first, TypeBallot(batch.id, 3, "/")) == 1
    assert type_ballot(session, box.first, TypeBallot(batch.id, 3, "/")) == 1
    assert type_ballot(session, box.first, TypeBallot(batch.id, 2, "3")) == 2


def test_a_batch_that_differs_from_its_declaration_needs_a_reason(session, box):
    batch = open_batch(session, box.first, OpenBatch(box.place.id, box.pot.id, 3))
    type_ballot(session, box.first, TypeBallot(batch.id, 1, "1"))
    with pytest.raises(Conflict, match="1 ballots are typed, and 3"):
        finish_batch(session, box.first, batch.id)
    assert finish_batch(session, box.first, batch.id, "Two stuck together").short_because == "Two stuck together"


def test_what_was_typed_is_committed_and_a_change_shows(session, box):
    batch = box.typed("1", "2", "3")
    assert batch.commitment == commitment_of(session, batch)
    session.get_one(PaperBallot, (batch.id, 2)).first = "3"
    session.flush()
    assert batch.commitment != commitment_of(session, batch)


def test_whoever_typed_does_not_read_and_a_third_person_neither(session, box):
    batch = box.typed("1", "2", "3")
    box.drawn()
    with pytest.raises(Forbidden, match="You typed"):
        read_again(session, box.first, TypeBallot(batch.id, 1, "1"))
    assert read_again(session, box.second, TypeBallot(batch.id, 1, "1")) == 2
    with pytest.raises(Conflict, match="Benno B reads"):
        read_again(session, box.third, TypeBallot(batch.id, 2, "2"))
    assert read_again(session, box.second, TypeBallot(batch.id, 1, "1")) == 2
    assert read_again(session, box.second, TypeBallot(batch.id, 2, "/")) == 1


def test_two_people_decide_where_readings_differ_or_one_is_in_doubt(session, box):
    batch = box.typed("1", "2?", "3")
    box.drawn()
    stations.read_second(box.second, batch, ["3", "2", "3"])
    assert [one.number for one in unsettled_in(session, batch.id)] == [1, 2]
    assert batch.state is BatchState.READING
    settle(session, box.first, TypeBallot(batch.id, 1, "1"))
    with pytest.raises(Forbidden, match="second person"):
        settle(session, box.first, TypeBallot(batch.id, 1, "1"))
    settle(session, box.third, TypeBallot(batch.id, 1, "3"))  # says something else: begins anew
    settle(session, box.second, TypeBallot(batch.id, 1, "3"))
    settle(session, box.first, TypeBallot(batch.id, 2, "-1"))
    settle(session, box.second, TypeBallot(batch.id, 2, "-1"))
    assert batch.state is BatchState.RECONCILED
    with pytest.raises(Conflict, match="agree"):
        settle(session, box.third, TypeBallot(batch.id, 1, "1"))
    stations.signed(box.first, box.second, box.place, box.pot)
    assert rows_on_paper(session, box.pot) == [("3", "", 2)]


def test_more_ballots_than_were_handed_out_are_named_and_need_a_reason_of_two(session, box):
    batch = box.typed("1", "2", "3", "3")
    box.drawn()
    stations.read_second(box.second, batch, ["1", "2", "3", "3"])
    with pytest.raises(Refused, match="more ballots in the box than were handed out"):
        sign_numbers(session, box.first, SignNumbers(box.place.id, box.pot.id, -1))
    with pytest.raises(Conflict, match="changed"):
        sign_numbers(session, box.first, SignNumbers(box.place.id, box.pot.id, 0, "One too many"))
    sign_numbers(session, box.first, SignNumbers(box.place.id, box.pot.id, -1, "One of the other pot"))
    with pytest.raises(Forbidden, match="second person"):
        sign_numbers(session, box.first, SignNumbers(box.place.id, box.pot.id, -1))
    assert unsettled(session, box.pot) != []
    sign_numbers(session, box.second, SignNumbers(box.place.id, box.pot.id, -1))
    assert unsettled(session, box.pot) == []
    assert count_pot(session, committee.member(box.pot.process_id), box.pot.id).result["voters"] == 4


def test_a_first_signature_can_be_taken_back_and_a_signed_station_is_closed(session, box):
    batch = box.typed("1", "2", "3")
    with pytest.raises(Conflict, match="Batch 1"):
        sign_numbers(session, box.first, SignNumbers(box.place.id, box.pot.id, 0))
    box.drawn()
    stations.read_second(box.second, batch, ["1", "2", "3"])
    sign_numbers(session, box.first, SignNumbers(box.place.id, box.pot.id, 0))
    take_back_signature(session, box.third, box.place.id, box.pot.id)
    stations.signed(box.second, box.third, box.place, box.pot)
    with pytest.raises(Conflict, match="signed"):
        open_batch(session, box.first, OpenBatch(box.place.id, box.pot.id, 1))
    with pytest.raises(Conflict, match="signed"):
        reopen_batch(session, box.first, batch.id, "Another look")
    with pytest.raises(Conflict, match="signed"):
        sign_numbers(session, box.first, SignNumbers(box.place.id, box.pot.id, 0))


def test_a_reopened_batch_begins_anew(session, box):
    batch = box.typed("1", "2", "3")
    box.drawn()
    with pytest.raises(Refused, match="why"):
        reopen_batch(session, box.first, batch.id, " ")
    reopen_batch(session, box.first, batch.id, "The batch fell down")
    assert batch.commitment == ""
    assert type_ballot(session, box.first, TypeBallot(batch.id, 4, "/")) == 2


def test_nothing_is_drawn_before_all_is_typed(session, box):
    with pytest.raises(Conflict, match="No ballot of the station “Library”"):
        box.drawn()
    box.typed("1", finish=False)
    with pytest.raises(Conflict, match="still being typed"):
        box.drawn()


@pytest.fixture
def small_samples(monkeypatch):
    """A sample of 30 is large enough, so that the test need not type hundreds of ballots."""
    monkeypatch.setattr(sampling, "LEAST", 30)


def many(session, truth, planted=()):
    """Ballots for 1 and 3, of which money is there for one; the first clerk typed some of those for 1 as 3."""
    box = Box(session, number=len(truth), costs=(600_00, 600_00, 600_00), options={"tie_rules": ["listed_first"]})
    shown = ["3" if at in planted else one for at, one in enumerate(truth)]
    return box, box.typed(*shown)


def decided(session, box, batch, truth):
    """What differs is looked at by two people, who see what stands there."""
    for ballot in unsettled_in(session, batch.id):
        for clerk in (box.first, box.third):
            settle(session, clerk, TypeBallot(batch.id, ballot.number, truth[ballot.number - 1]))


def test_a_sample_without_an_error_is_enough_where_the_result_is_clear(session, small_samples):
    truth = ["1"] * 55 + ["3"] * 5
    box, batch = many(session, truth)
    sample = box.drawn()
    assert (sample.size, sample.state) == (30, SampleState.DRAWN)
    with pytest.raises(Conflict, match="still to be read"):
        judge_sample(session, box.first, box.pot.id)
    stations.read_second(box.second, batch, truth)
    assert batch.state is BatchState.READING
    assert judge_sample(session, box.first, box.pot.id).state is SampleState.ENOUGH
    assert sample.found["wrong"] == 0
    assert 0 < sample.found["most_wrong"] < 10
    assert batch.state is BatchState.RECONCILED


def test_a_sample_grows_to_all_where_planted_errors_could_change_a_winner(session, small_samples):
    """As typed first, another project would have won."""
    truth = ["1"] * 33 + ["3"] * 27
    box, batch = many(session, truth, planted=range(0, 33, 5))
    sample = box.drawn()
    stations.read_second(box.second, batch, truth)
    decided(session, box, batch, truth)
    assert judge_sample(session, box.first, box.pot.id).state is SampleState.ALL
    assert sample.found["could_change"]
    assert sample.found["wrong"] > 0
    assert batch.state is BatchState.READING
    stations.read_second(box.second, batch, truth)
    decided(session, box, batch, truth)
    assert batch.state is BatchState.RECONCILED
    stations.signed(box.first, box.second, box.place, box.pot)
    assert rows_on_paper(session, box.pot) == [("1", "", 33), ("3", "", 27)]
    assert count_pot(session, committee.member(box.pot.process_id), box.pot.id).result["winners"] == ["1"]


def test_everybody_can_draw_the_same_sample_again(session, small_samples):
    box, batch = many(session, ["1"] * 40)
    sample = box.drawn()
    chosen = {one.number for one in session.scalars(select(PaperBallot).where(PaperBallot.wanted))}
    again = sampling.drawn("6 3 1", sample.committed, [(batch.id, at) for at in range(40, 0, -1)], 30)
    assert {number for _batch, number in again} == chosen
    other = sampling.drawn("6 3 2", sample.committed, [(batch.id, at) for at in range(1, 41)], 30)
    assert {number for _batch, number in other} != chosen


def test_after_certification_no_ballot_lies_in_a_batch_and_the_count_is_the_same(session, keyring):
    pot, _place = stations.closed_with_box(["2", "12", "0"], ["1"])
    member = committee.member(pot.process_id)
    before = count_pot(session, member, pot.id).result
    rows = rows_on_paper(session, pot)
    assert pots_to_loosen(session) == []
    committee.decided(committee.DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    assert list(pots_to_loosen(session)) == [pot.id]
    assert loosen(session, pot.id) == 3
    assert session.scalar(select(PaperBallot.number)) is None
    assert rows_on_paper(session, pot) == rows
    assert [batch.commitment for batch in batches_of(session, pot.id)] != [""]
    assert before["voters"] == 4


def test_totals_are_not_typed_where_ballots_are(session, box):
    with pytest.raises(Refused, match="one by one"):
        committee.typed(box.pot, box.place, {"1": 3})


def test_a_station_in_use_cannot_be_taken_out(session, box):
    from app.features.committee.use_cases import remove_station

    with pytest.raises(Conflict, match="stays"):
        remove_station(session, committee.member(box.pot.process_id), box.place.id)


def test_a_pot_of_equal_shares_takes_stations_where_paper_is_announced(session):
    from app.features.committee.use_cases import add_station

    pot = stations.paper_pot(rule="equalshares/add1")
    assert add_station(session, committee.member(pot.process_id), pot.process_id, "School").name == "School"
    other = voting.pot(rule="equalshares/add1")
    with pytest.raises(Refused):
        add_station(session, committee.member(other.process_id), other.process_id, "School")
