"""Ballots from reviewed scans become the first entry of a batch: shown before, taken once, given back, read again by people."""

import pytest
from sqlalchemy import event, func, inspect, select

from app.extensions import db as database
from app.features.accounts.models import Person
from app.features.budgets.models import Pot
from app.features.printing.queries import Kind
from app.features.scans.models import ScanPage
from app.features.spaces.models import Process
from app.features.stations.commands import OpenBatch, TakeScans, TypeBallot
from app.features.stations.counted import counted_of_batch
from app.features.stations.models import Batch, PaperBallot
from app.features.stations.queries import unsettled_in
from app.features.stations.scanned import ballots_on, uploads_waiting
from app.features.stations.use_cases import (
    finish_batch,
    give_back_scans,
    open_batch,
    open_boxes,
    read_again,
    take_scans,
    type_ballot,
)
from app.kernel.errors import Conflict, Forbidden, NotFound
from tests.factories import accounts, committee, scans, stations

RULE = "equalshares/add1"  # every ballot is read a second time


@pytest.fixture
def pot(session):
    return stations.paper_pot(rule=RULE)


@pytest.fixture
def box(session, pot):
    """A station with its boxes open and an empty batch of four; two clerks."""
    place = committee.station(pot.process_id)
    stations.over(pot)
    first, second = stations.clerk(pot.process_id, "Aino A"), stations.clerk(pot.process_id, "Benno B")
    open_boxes(session, first, place.id)
    return place, first, second, open_batch(session, first, OpenBatch(place.id, pot.id, 4))


def upload(session, pot, *pages):
    """A file with these reviewed pages of ballots: what is marked, and more that a page has."""
    layout = scans.layout_of(Kind.BALLOT, pot)
    file = scans.file(session.get_one(Process, pot.process_id))
    for marked, more in pages:
        scans.reviewed(file, layout, marked=marked, **more)
    return file


def signed_in(app, person):
    client = app.test_client()
    accounts.sign_in(client, person)
    return client


def first_of(session, batch):
    query = select(PaperBallot.first).where(PaperBallot.batch_id == batch.id).order_by(PaperBallot.number)
    return list(session.scalars(query))


def taken(session):
    return session.scalar(select(func.count()).select_from(ScanPage).where(ScanPage.taken_by.is_not(None)))


def test_scans_are_the_first_reading_and_people_read_the_second_time(session, pot, box):
    _place, first, second, batch = box
    file = upload(session, pot, ((0,), {}), ((0, 1), {}), ((2,), {"doubtful": (0,)}), ((0,), {"code": "7KXMAB2C", "pages": 2}))
    assert take_scans(session, first, TakeScans(batch.id, file.id, 4)) == 4
    assert first_of(session, batch) == ["1", "1,2", "3?", "1!"]
    assert take_scans(session, first, TakeScans(batch.id, file.id, 4)) == 4
    assert len(first_of(session, batch)) == 4

    finish_batch(session, first, batch.id)
    with pytest.raises(Forbidden, match="You typed this batch"):
        read_again(session, first, TypeBallot(batch.id, 1, "1"))
    for number, marks in enumerate(("1", "21", "3", "1!"), start=1):
        read_again(session, second, TypeBallot(batch.id, number, marks))
    assert [one.number for one in unsettled_in(session, batch.id)] == [3]


@pytest.mark.parametrize(("rule", "void"), [("counts", None), ("invalid", "incomplete")])
def test_a_set_with_a_missing_page_counts_as_was_announced(session, pot, box, rule, void):
    _place, first, _second, batch = box
    paper = {"overvote": "invalid", "incomplete_set": rule, "postal_until": None}
    pot.options = {**pot.options, "voters": {"paper": paper}}
    file = upload(session, pot, ((0,), {"code": "7KXMAB2C", "pages": 2}))
    take_scans(session, first, TakeScans(batch.id, file.id, 1))
    ((_read, counted),) = counted_of_batch(session, pot, [batch.id])
    assert counted.void == void
    assert (counted.choices is None) is (void is not None)


def test_a_set_over_several_pages_is_one_ballot_where_its_first_page_lay(session, pot, box):
    _place, first, _second, batch = box
    layout = scans.layout_of(Kind.BALLOT, pot)
    one, other = (scans.file(session.get_one(Process, pot.process_id)) for _ in range(2))
    scans.reviewed(other, layout, marked=(2,), code="7KXMAB2C", page=2, pages=2)
    scans.reviewed(one, layout, marked=(0,), code="7KXMAB2C", page=1, pages=2)
    with pytest.raises(Conflict, match="have changed"):
        take_scans(session, first, TakeScans(batch.id, other.id, 1))
    assert take_scans(session, first, TakeScans(batch.id, one.id, 1)) == 1
    assert first_of(session, batch) == ["1,3"]
    assert taken(session) == 2


def test_more_ballots_than_declared_other_ones_than_shown_and_a_batch_with_ballots_are_refused(session, pot, box):
    place, first, _second, batch = box
    file = upload(session, pot, *[((0,), {})] * 5)
    with pytest.raises(Conflict, match="5 ballots are on these scans, and 4 were declared"):
        take_scans(session, first, TakeScans(batch.id, file.id, 5))
    with pytest.raises(Conflict, match="have changed"):
        take_scans(session, first, TakeScans(batch.id, file.id, 4))
    type_ballot(session, first, TypeBallot(batch.id, 1, "1"))
    with pytest.raises(Conflict, match="has ballots already"):
        take_scans(session, first, TakeScans(batch.id, file.id, 5))
    assert taken(session) == 0
    stranger = stations.clerk(stations.paper_pot().process_id, "Elsewhere")
    with pytest.raises(NotFound):
        take_scans(session, stranger, TakeScans(batch.id, file.id, 5))
    assert place.process_id == pot.process_id


def test_a_page_is_in_one_batch_and_free_again_when_it_is_given_back(session, pot, box):
    place, first, _second, batch = box
    file = upload(session, pot, ((0,), {}), ((1,), {}))
    other = open_batch(session, first, OpenBatch(place.id, pot.id, 2))
    take_scans(session, first, TakeScans(batch.id, file.id, 2))
    with pytest.raises(Conflict, match="have changed"):
        take_scans(session, first, TakeScans(other.id, file.id, 2))
    with pytest.raises(Conflict, match="came from a scan"):
        type_ballot(session, first, TypeBallot(batch.id, 3, "/"))
    type_ballot(session, first, TypeBallot(batch.id, 3, "3"))
    assert type_ballot(session, first, TypeBallot(batch.id, 4, "/")) == 2
    assert give_back_scans(session, first, batch.id) == 2
    assert first_of(session, batch) == []
    with pytest.raises(Conflict, match="No ballot of this batch"):
        give_back_scans(session, first, batch.id)
    assert take_scans(session, first, TakeScans(other.id, file.id, 2)) == 2


def test_the_page_shows_what_will_happen_takes_and_gives_back(app, session, pot, box):
    _place, first, _second, batch = box
    file = upload(session, pot, ((0,), {}), ((1,), {"doubtful": (0,)}), ((0,), {"code": "7KXMAB2C", "pages": 2}))
    client = signed_in(app, session.get_one(Person, first.person_id))
    url, batch_id, file_id = f"/staff/stations/batch/{batch.id}/scans", batch.id, file.id
    session.commit()
    page = client.get(url).text
    assert "They become number 1 to 3 of this batch" in page
    assert "Set \u20667KXM-AB2C\u2069: missing are the pages 2." in page
    for bad in ({}, {"upload": "x", "seen": "3"}, {"upload": str(file_id), "seen": "²"}, {"upload": str(file_id), "seen": "2"}):
        assert client.post(url, data=bad).status_code == 409
    assert client.post(url, data={"upload": str(file_id), "seen": "3"}).status_code == 303
    assert "as number 1 to 3 of the batch" in client.get(url).text
    assert client.post(f"{url}/back").status_code == 303
    database.session.rollback()
    assert first_of(database.session, database.session.get_one(Batch, batch_id)) == []
    nobody = signed_in(app, accounts.person())
    assert nobody.get(url).status_code in (403, 404)


def test_of_thousands_of_pages_nothing_is_fetched_that_nobody_needs(session, monkeypatch):
    """Each page has kilobytes of circles, and whoever takes one upload does not wait for all others."""
    box = stations.OpenBox(2)
    one, _other = (box.upload({"marks": {"1": "yes"}}, {"marks": {"2": "yes"}}) for _upload in range(2))
    one_id, pot_id = one.id, box.pot.id
    batch_id, first = box.batch(2).id, box.first
    session.commit()
    session.expunge_all()
    fetched, looked_at = [], []

    def note(page, _context):
        fetched.append(set(inspect(page).unloaded))

    def spied(pot, pages):
        looked_at.append(list(pages))
        return ballots_on(pot, looked_at[-1])

    monkeypatch.setattr("app.features.stations.scanned.ballots_on", spied)
    event.listen(ScanPage, "load", note)
    try:
        assert len(uploads_waiting(session, session.get_one(Pot, pot_id))) == 2
    finally:
        event.remove(ScanPage, "load", note)
    assert len(fetched) == 4
    assert all("readings" in unloaded for unloaded in fetched)
    looked_at.clear()
    assert take_scans(session, first, TakeScans(batch_id, one_id, 2)) == 2
    assert max(map(len, looked_at)) == 2
