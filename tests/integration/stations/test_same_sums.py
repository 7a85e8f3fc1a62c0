"""Nothing is counted, certified or drawn from ballots on paper that are not those whose sums two people signed."""

import pytest
from sqlalchemy import delete, update

from app.features.committee.models import DecisionKind, PaperEntry
from app.features.stations.models import Batch, PaperBallot, PaperRow
from app.features.stations.use_cases import loosen
from app.features.stations.use_cases.sums import require_same_sums
from app.features.voting.use_cases import begin_counting, count_pot
from app.kernel.errors import Conflict
from tests.factories import committee, stations, voting
from tests.factories.tools import add

POINTS = {"vote_type": "cumulative", "max_points": 10, "limit_by_cost": False}
RANKING = {"vote_type": "ordinal", "max_projects": 3, "limit_by_cost": False}


def two_stations(session, here=("1", "2", "-2"), there=("3",), **attributes):
    """A pot with these ballots at the library and at the school, read and signed; and the library's batch."""
    pot = stations.paper_pot(**attributes)
    places = [committee.station(pot.process_id, name) for name in ("Library", "School")]
    for place, ballots in zip(places, (here, there), strict=True):
        desk = stations.on_shift(place)
        for stub, _one in enumerate(ballots, start=1):
            stations.handed_out(desk, place, pot, f"{place.name[:3]}{stub:05}", stub)
    voting.ballots(pot, [""])
    stations.over(pot)
    first, second = stations.clerk(pot.process_id, "Aino"), stations.clerk(pot.process_id, "Benno")
    batches = []
    for place, ballots in zip(places, (here, there), strict=True):
        stations.open_boxes(session, first, place.id)
        batches.append(stations.typed(first, place, pot, ballots))
    if not stations.reads_all(pot):
        stations.draw_sample(session, first, stations.DrawSample(pot.id, "6 3 1 4"))
    for place, batch, ballots in zip(places, batches, (here, there), strict=True):
        stations.read_second(second, batch, ballots)
        stations.signed(first, second, place, pot)
    return pot, batches[0]


def changed(session, batch, number, **values):
    """Somebody writes into the table."""
    which = (PaperBallot.batch_id == batch.id, PaperBallot.number == number)
    session.execute(update(PaperBallot).where(*which).values(values).execution_options(synchronize_session="fetch"))


def removed(session, batch, number):
    session.execute(delete(PaperBallot).where(PaperBallot.batch_id == batch.id, PaperBallot.number == number))


def added(session, batch):
    add(PaperBallot(batch_id=batch.id, number=9, first="1"))


def moved(session, batch):
    """Both stations together still have the same sums."""
    other = session.query(Batch).filter(Batch.id != batch.id).one()
    which = (PaperBallot.batch_id == batch.id, PaperBallot.number == 1)
    session.execute(update(PaperBallot).where(*which).values(batch_id=other.id, number=9))


def planted(session, batch):
    add(PaperRow(pot_id=batch.pot_id, choices="1", number=1))


def resigned(session, batch):
    """The sums of one signature are changed, or taken away."""
    session.execute(delete(PaperEntry).where(PaperEntry.station_id == batch.station_id, PaperEntry.turn == 1))


def summed(session, batch):
    session.execute(update(PaperEntry).where(PaperEntry.station_id == batch.station_id).values(votes={"1": 2}))


CHANGES = [
    lambda session, batch: changed(session, batch, 1, first="2"),
    lambda session, batch: changed(session, batch, 1, settled="2"),
    lambda session, batch: changed(session, batch, 1, first="0"),
    lambda session, batch: changed(session, batch, 3, first="0"),
    lambda session, batch: removed(session, batch, 1),
    lambda session, batch: removed(session, batch, 3),
    added,
    moved,
    summed,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_station_whose_ballots_are_not_those_that_were_signed_is_named_with_its_pot(session, keyring, change):
    pot, batch = two_stations(session)
    member = committee.member(pot.process_id)
    require_same_sums(session, pot)
    change(session, batch)
    for count in (count_pot, begin_counting):
        with pytest.raises(Conflict, match="of the station “Library” for “Streets and squares” are not those") as refused:
            count(session, member, pot.id)
        assert "Nothing is counted from them" in str(refused.value)
    assert pot.result is None


@pytest.mark.parametrize("change", [planted, resigned])
def test_rows_that_nobody_typed_and_a_signature_that_is_gone_are_found(session, keyring, change):
    pot, batch = two_stations(session)
    change(session, batch)
    with pytest.raises(Conflict):
        count_pot(session, committee.member(pot.process_id), pot.id)


@pytest.mark.parametrize(
    ("attributes", "ballots", "other"),
    [
        (POINTS, ("1:3 2:4", "3:10"), "1:4,2:3"),  # as many votes and as many points in all
        (RANKING, ("1 2", "3"), "2,1"),  # the same projects in another order
        ({"rule": "equalshares/add1", "limit_by_cost": False, "max_projects": 3}, ("12", "3"), "1,3"),
    ],
)
def test_points_and_places_are_compared_too(session, keyring, attributes, ballots, other):
    pot, batch = two_stations(session, ballots, ballots[1:], **attributes)
    require_same_sums(session, pot)
    changed(session, batch, 1, first=other)
    with pytest.raises(Conflict, match="Library"):
        require_same_sums(session, pot)


def test_what_was_changed_after_counting_is_not_certified(session, keyring):
    pot, batch = two_stations(session)
    count_pot(session, committee.member(pot.process_id), pot.id)
    changed(session, batch, 1, first="2")
    with pytest.raises(Conflict, match="Library"):
        committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)


@pytest.mark.parametrize(
    "attributes", [{}, {**POINTS, "here": ("1:3 2:4", "-2"), "there": ("3:10",)}, {**RANKING, "here": ("12",)}]
)
def test_after_certification_those_of_all_stations_are_compared_together(session, keyring, attributes):
    pot, _batch = two_stations(session, **attributes)
    count_pot(session, committee.member(pot.process_id), pot.id)
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    require_same_sums(session, pot)
    loosen(session, pot.id)
    require_same_sums(session, pot)
    row = session.query(PaperRow).filter(PaperRow.choices != "").first()
    for choices, number in ((row.choices, row.number + 1), ("9", row.number)):
        before = (row.choices, row.number)
        row.choices, row.number = choices, number
        session.flush()
        with pytest.raises(Conflict, match=r"for “Streets and squares” are not those .* stations “Library, School”"):
            require_same_sums(session, pot)
        row.choices, row.number = before
    session.execute(delete(PaperRow))
    with pytest.raises(Conflict, match="Library, School"):
        require_same_sums(session, pot)
