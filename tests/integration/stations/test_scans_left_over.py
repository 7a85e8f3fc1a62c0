"""An upload becomes a batch when nothing of it waits any more: no set becomes two ballots, and the paper lies in its order."""

from types import SimpleNamespace

import pytest

from app.extensions import db as database
from app.features.accounts.models import Person
from app.features.printing.queries import Kind
from app.features.scans.models import FileState, PageState, PageTray
from app.features.scans.use_cases import set_page_aside
from app.features.stations.commands import TakeScans, TypeBallot
from app.features.stations.models import Batch, BatchState
from app.features.stations.queries import unsettled_in
from app.features.stations.scanned import uploads_waiting
from app.features.stations.use_cases import finish_batch, give_back_scans, read_again, take_scans
from app.kernel.errors import Conflict, Forbidden
from tests.factories import accounts, scans, stations

RULE = {"rule": "equalshares/add1", "max_projects": 3, "limit_by_cost": False}  # every ballot is read a second time
ONE, TWO = ({"code": "7KXMAB2C", "pages": 2, "page": page} for page in (1, 2))


@pytest.fixture
def box(session):
    return stations.OpenBox(4, **RULE)


def refused(box, file, seen, words):
    with pytest.raises(Conflict, match=words):
        take_scans(database.session(), box.first, TakeScans(box.batch().id, file.id, seen))


def waiting(box, file, state=PageState.TO_REVIEW, **more):
    return scans.page(file, box.layout, marked=(2,), state=state, **more)


def accept(page):
    """Somebody has looked the page through."""
    page.state, page.result = PageState.REVIEWED, {"fields": {"1": "none", "2": "none", "3": "=yes"}, "texts": {}}
    database.session.flush()


@pytest.mark.parametrize("state", [PageState.TO_REVIEW, PageState.SECOND, PageState.DIFFERENT])
def test_a_set_of_which_a_page_is_looked_through_later_is_one_ballot(session, box, state):
    first, later = box.upload({"marks": {"1": "yes"}, **ONE}), box.file()
    page = waiting(box, later, state, **TWO)
    refused(box, first, 1, "wait to be looked through or lie in trays: 1")
    accept(page)
    batch = box.taken(first, 1)
    assert box.firsts(batch) == ["1,3"]
    assert uploads_waiting(session, box.pot) == []


def test_the_first_page_that_waits_in_another_upload_holds_the_second_one_up(box):
    one, other = box.file(), box.upload({"marks": {"3": "yes"}, **TWO})
    page = waiting(box, one, **ONE)
    refused(box, other, 1, "wait to be looked through")
    accept(page)
    refused(box, other, 1, "have changed")  # the ballot lies where its first page is
    assert box.firsts(box.taken(one, 1)) == ["3"]


def test_a_page_that_comes_after_its_set_was_taken_is_no_second_ballot(session, box):
    first = box.upload({"marks": {"1": "yes"}, **ONE})
    batch = box.taken(first, 1)
    assert box.firsts(batch) == ["1!"]
    later = box.upload({"marks": {"3": "yes"}, **TWO}, {"marks": {"2": "yes"}})
    refused(box, later, 2, "A page of set 7KXMAB2C is in a batch already")
    give_back_scans(session, box.first, batch.id)
    assert box.firsts(box.taken(first, 1)) == ["1,3"]
    assert box.firsts(box.taken(later, 1)) == ["2"]


def test_the_rest_of_a_set_that_was_taken_can_be_set_aside(session, box):
    box.taken(box.upload({"marks": {"1": "yes"}, **ONE}), 1)
    later = box.file()
    rest, _other = box.page(later, {"3": "yes"}, **TWO), box.page(later, {"2": "yes"})
    set_page_aside(session, box.first, rest.id, "Its first page was counted without it")
    assert box.firsts(box.taken(later, 1)) == ["2"]


@pytest.mark.parametrize("tray", [PageTray.DAMAGED, PageTray.UNKNOWN, PageTray.OUTDATED, PageTray.DUPLICATE, PageTray.BROKEN])
def test_pages_in_trays_hold_an_upload_up_until_somebody_says_what_becomes_of_them(session, box, tray):
    file = box.upload({"marks": {"1": "yes"}})
    named = tray in (PageTray.OUTDATED, PageTray.DUPLICATE)
    page = scans.page(file, box.layout if named else None, tray=tray, state=PageState.IN_TRAY)
    refused(box, file, 1, "lie in trays: 1")
    set_page_aside(session, box.first, page.id, "Typed by hand")
    box.taken(file, 1)


def test_what_needs_nobody_and_other_forms_hold_nothing_up(session, box):
    file = box.upload({"marks": {"1": "yes"}})
    for tray in (PageTray.BLANK, PageTray.TEST_PRINT):
        scans.page(file, tray=tray, state=PageState.IN_TRAY)
    proposal = scans.layout_of(Kind.PROPOSAL, SimpleNamespace(id=box.pot.process_id))
    scans.page(file, proposal)  # somebody looks it through, and it is no ballot
    box.taken(file, 1)


def test_a_page_on_which_nothing_is_asked_is_missed_by_nobody(session, box):
    """Such as the last page of a ballot of which all projects were withdrawn: it is set aside by itself."""
    file = box.file()
    page = box.page(file, {"1": "yes"}, **ONE)
    page.readings = {**page.readings, "asked_on": [1]}
    scans.page(file, box.layout, state=PageState.SET_ASIDE, **TWO)
    (upload,) = uploads_waiting(session, box.pot)
    assert (upload.left, upload.why_not) == ((), None)
    assert box.firsts(box.taken(file, 1)) == ["1"]


@pytest.mark.parametrize("state", [FileState.WAITING, FileState.READING, FileState.FAILED])
def test_an_upload_that_is_not_read_to_its_end_waits(session, box, state):
    file = box.upload({"marks": {"1": "yes"}})
    file.state = state
    session.flush()
    refused(box, file, 1, "not read to its end")


def test_the_page_names_what_waits_and_what_was_set_aside(app, session, box):
    file = box.upload({"marks": {"1": "yes"}, "number": 1}, {"marks": {"2": "yes"}, "number": 4})
    tray = scans.page(file, tray=PageTray.DAMAGED, state=PageState.IN_TRAY, number=2)
    aside = scans.page(file, tray=PageTray.UNKNOWN, state=PageState.SET_ASIDE, number=3, why="A shopping list")
    batch = box.batch()
    client = app.test_client()
    accounts.sign_in(client, session.get_one(Person, box.first.person_id))
    url, (tray_id, aside_id, file_id, batch_id) = (
        f"/staff/stations/batch/{batch.id}/scans",
        (tray.id, aside.id, file.id, batch.id),
    )
    session.commit()
    text = client.get(url).text
    assert "lie in trays: 1. Accept each or set it aside first." in text
    assert f"/staff/scans/page/{tray_id}" in text
    assert f"/staff/scans/page/{aside_id}" in text
    assert "A shopping list" in text
    assert "Take these ballots into the batch" not in text
    assert client.post(url, data={"upload": str(file_id), "seen": "2"}).status_code == 409
    set_page_aside(database.session(), box.first, tray_id, "Typed by hand")
    database.session.commit()
    assert "Take these ballots into the batch" in client.get(url).text
    assert client.post(url, data={"upload": str(file_id), "seen": "2"}).status_code == 303
    assert box.firsts(database.session.get_one(Batch, batch_id)) == ["1", "2"]


def test_whoever_looked_scans_of_a_batch_through_does_not_read_it_a_second_time(app, session, box):
    """Else one person alone could say twice what stands on a ballot, while a colleague pressed the button in between."""
    file = box.file()
    scans.accepted(file, box.layout, box.second, chosen={"1": "yes"})
    batch = box.taken(file, 1)
    finish_batch(session, box.first, batch.id)
    assert batch.state is BatchState.READING
    with pytest.raises(Forbidden, match="You looked through scans of this batch"):
        read_again(session, box.second, TypeBallot(batch.id, 1, "1"))
    pages = {}
    session.commit()
    for who in (box.first, box.second, box.third):
        client = app.test_client()
        accounts.sign_in(client, database.session.get_one(Person, who.person_id))
        pages[who] = client.get(f"/staff/stations/count/{box.place.id}/{box.pot.id}").text
    assert [f"/staff/stations/batch/{batch.id}/second" in pages[who] for who in pages] == [False, False, True]
    assert read_again(database.session(), box.third, TypeBallot(batch.id, 1, "1")) is None


def test_what_was_typed_is_shown_to_whoever_typed_it_alone(app, session, box):
    batch = stations.typed(box.first, box.place, box.pot, ["1,3"])
    session.commit()
    seen = []
    for who in (box.first, box.second):
        client = app.test_client()
        accounts.sign_in(client, database.session.get_one(Person, who.person_id))
        seen.append("1,3" in client.get(f"/staff/stations/batch/{batch.id}").text)
    assert seen == [True, False]


@pytest.mark.parametrize(("typed", "read"), [("1", "0"), ("1?", "1")])
def test_a_reading_that_differs_stays_for_two_people_to_decide(session, box, typed, read):
    """Else whoever reads could look at both readings, take theirs back, and say what the first one says."""
    batch = stations.typed(box.first, box.place, box.pot, [typed, "2"])
    read_again(session, box.second, TypeBallot(batch.id, 1, read))
    with pytest.raises(Conflict, match="Two people decide on ballot 1 now"):
        read_again(session, box.second, TypeBallot(batch.id, 2, "/"))
    assert [one.number for one in unsettled_in(session, batch.id)] == [1]
    assert read_again(session, box.second, TypeBallot(batch.id, 2, "2")) is None
    assert read_again(session, box.second, TypeBallot(batch.id, 0, "/")) == 2, "a reading that agreed can be mended"
