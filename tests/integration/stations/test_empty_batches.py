"""A double click begins one batch, and a batch in which no ballot lies is removed instead of standing in the way."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.stations.commands import DrawSample, OpenBatch, TypeBallot
from app.features.stations.models import Batch, CountState
from app.features.stations.queries import count_of
from app.features.stations.use_cases import draw_sample, drop_batch, open_batch, open_boxes, reopen_batch, type_ballot
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, NotFound
from tests.factories import accounts, committee, stations


class Box:
    """A station with its boxes open and two ballots in it; two clerks."""

    def __init__(self, session):
        self.session, self.pot = session, stations.paper_pot()
        self.place = committee.station(self.pot.process_id)
        desk = stations.on_shift(self.place)
        for stub in (1, 2):
            stations.handed_out(desk, self.place, self.pot, f"P{stub:05}", stub)
        stations.over(self.pot)
        self.first, self.second = (stations.clerk(self.pot.process_id, name) for name in ("Aino", "Benno"))
        open_boxes(session, self.first, self.place.id)

    def begin(self, who=None, **more):
        return open_batch(self.session, who or self.first, OpenBatch(self.place.id, self.pot.id, 2, **more))

    def drop(self, batch_id, who=None):
        drop_batch(self.session, who or self.first, self.place.id, self.pot.id, batch_id)


@pytest.fixture
def box(session):
    return Box(session)


def number_of_batches(session):
    return session.scalar(select(func.count()).select_from(Batch))


def test_a_page_sent_twice_begins_one_batch(session, box):
    page = uuid4()
    assert box.begin(batch_id=page).id == box.begin(batch_id=page).id == page
    assert number_of_batches(session) == 1
    with pytest.raises(Conflict, match="another batch"):  # back to the page, for the next pile
        open_batch(session, box.first, OpenBatch(box.place.id, box.pot.id, 7, page))
    other = committee.station(box.pot.process_id, "School")
    open_boxes(session, box.first, other.id)
    with pytest.raises(Conflict, match="another batch"):
        open_batch(session, box.first, OpenBatch(other.id, box.pot.id, 2, page))


def test_an_empty_batch_is_removed_once_a_click_and_the_station_is_signed(session, box):
    empty = box.begin()
    batch = stations.typed(box.first, box.place, box.pot, ["1", "2"])
    with pytest.raises(Conflict, match="still being typed"):
        draw_sample(session, box.first, DrawSample(box.pot.id, "6 3"))
    with pytest.raises(Conflict, match="No ballot lies in batch 1"):
        stations.signed(box.first, box.second, box.place, box.pot)
    empty_id = empty.id
    box.drop(empty_id, box.second)
    box.drop(empty_id, box.second)
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "batch.dropped")).one()
    assert (entry.details["number"], entry.details["station"]) == (1, "Library")
    draw_sample(session, box.first, DrawSample(box.pot.id, "6 3"))
    stations.read_second(box.second, batch, ["1", "2"])
    stations.signed(box.first, box.second, box.place, box.pot)
    assert count_of(session, box.place.id, box.pot.id).state is CountState.SIGNED
    assert number_of_batches(session) == 1


def test_a_batch_with_a_ballot_stays_and_so_does_one_that_a_colleague_types(session, box):
    batch = box.begin()
    type_ballot(session, box.first, TypeBallot(batch.id, 1, "1"))
    with pytest.raises(Conflict, match="are typed"):
        box.drop(batch.id)
    type_ballot(session, box.first, TypeBallot(batch.id, 2, "/"))
    with pytest.raises(Conflict, match="Aino types this batch"):
        box.drop(batch.id, box.second)
    with pytest.raises(NotFound):
        box.drop(batch.id, stations.clerk(stations.paper_pot().process_id))
    other = committee.station(box.pot.process_id, "School")
    with pytest.raises(NotFound):
        drop_batch(session, box.first, other.id, box.pot.id, batch.id)
    box.drop(batch.id)
    assert number_of_batches(session) == 0


def test_a_batch_that_was_done_is_opened_again_before_it_is_removed(session, box):
    batch = stations.typed(box.first, box.place, box.pot, ["1"])
    with pytest.raises(Conflict, match="Open it again"):
        box.drop(batch.id)
    reopen_batch(session, box.first, batch.id, "A pile of another station")
    type_ballot(session, box.first, TypeBallot(batch.id, 2, "/"))
    box.drop(batch.id)
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "batch.dropped")).one()
    assert entry.details["reopened_because"] == "A pile of another station"


def test_behind_a_signature_no_batch_is_removed(session, box):
    batch = box.begin()
    kept = count_of(session, box.place.id, box.pot.id)
    kept.state, kept.first_hand, kept.first_name = CountState.PROPOSED, box.second.person_id, "Benno"
    session.flush()
    with pytest.raises(Conflict, match="Benno has signed"):
        box.drop(batch.id)


def test_over_the_pages(app, session, box):
    client = app.test_client()
    accounts.sign_in(client, session.get_one(accounts.Person, box.first.person_id))
    count = f"/staff/stations/count/{box.place.id}/{box.pot.id}"
    session.commit()
    assert 'name="page"' in client.get(count).text
    sent = {"declared": "2", "page": str(uuid4())}
    assert [client.post(f"{count}/batches", data=sent).status_code for _click in range(2)] == [303, 303]
    batch_id = database.session.scalars(select(Batch.id)).one()
    assert "Remove, it is empty" in client.get(count).text
    assert [client.post(f"{count}/batches/{batch_id}/drop").status_code for _click in range(2)] == [303, 303]
    assert number_of_batches(database.session()) == 0
    assert "The empty batch is removed." in client.get(count).text
    assert client.get(f"/staff/stations/batch/{batch_id}").status_code == 404


def test_a_double_click_begins_one_batch(committing_db, race):
    box = Box(database.session())
    command = OpenBatch(box.place.id, box.pot.id, 2, uuid4())
    outcome = race(lambda: open_batch(database.session(), box.first, command).number, times=4)
    assert (outcome.errors, outcome.results) == ([], [1] * 4)
    assert number_of_batches(database.session()) == 1


def test_removed_and_typed_at_once_is_one_of_the_two(committing_db, race):
    box = Box(database.session())
    first, ids = box.first, (box.place.id, box.pot.id, box.begin().id)
    work = [
        lambda: drop_batch(database.session(), first, *ids),
        lambda: drop_batch(database.session(), first, *ids),
        lambda: type_ballot(database.session(), first, TypeBallot(ids[2], 1, "1")),
    ]

    def either():
        work.pop()()

    outcome = race(either, times=3)
    assert all(isinstance(error, Conflict | NotFound) for error in outcome.errors), outcome.errors
    assert number_of_batches(database.session()) == (1 if len(outcome.errors) == 2 else 0)
