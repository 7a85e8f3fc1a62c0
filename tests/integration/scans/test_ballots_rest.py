"""Ballots on scans rest until the vote is over for good, and stay until it is certified."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.features.budgets.models import Pot, PotState
from app.features.committee.use_cases import require_possible
from app.features.printing.queries import Kind
from app.features.scans.commands import DecidePage
from app.features.scans.models import FileState, PageState, PageTray, ScanFile, ScanPage
from app.features.scans.queries.files import next_to_review
from app.features.scans.use_cases import (
    ballots_rest,
    count_old_scans,
    decide_page,
    page_to_review,
    remove_old_scans,
    take_pages,
)
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.permissions import Actor, Role
from tests.factories import committee, scans, stations, voting

PAGE = "/staff/scans/page/"


@pytest.fixture
def file(pot) -> ScanFile:
    return scans.file(SimpleNamespace(id=pot.process_id))


def see(session, actor: Actor, page: ScanPage) -> ScanPage:
    fields = {one["name"]: f"={one['values'][0]}" if one["values"] else "none" for one in page.readings["fields"]}
    return decide_page(session, actor, DecidePage(page.id, page.version, fields))


def resting(pot, clerk) -> tuple[ScanPage, Actor]:
    """A ballot of a pot on a scan, and a clerk of its process."""
    file = scans.file(SimpleNamespace(id=pot.process_id))
    page = scans.page(file, scans.layout_of(Kind.BALLOT, pot), marked=(0,))
    return page, Actor(clerk().person_id, roles=frozenset({(Role.CLERK, pot.process_id)}))


def test_ballots_rest_while_people_vote(session, clerk, as_role) -> None:
    pot = voting.pot()
    page, actor = resting(pot, clerk)
    with pytest.raises(Conflict, match="Voting goes on"):
        see(session, actor, page)
    assert next_to_review(session, pot.process_id, actor.person_id, ballots=False) is None
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    led_back = client.get(f"{PAGE}{page.id}", follow_redirects=True)
    assert (led_back.status_code, led_back.request.path) == (200, f"/staff/scans/file/{page.file_id}")
    assert "Voting goes on" in led_back.text
    assert client.post(f"{PAGE}{page.id}", data={"version": "1"}).status_code == 409
    assert client.get(f"{PAGE}{page.id}.jpg").status_code == 409
    assert "Voting goes on" in client.get(f"/staff/scans/{pot.process_id}/review").get_data(as_text=True)


def test_ballots_rest_until_a_box_is_open_because_the_vote_can_be_extended_before(session, clerk, as_role) -> None:
    pot = voting.closed_pot()
    page, actor = resting(pot, clerk)
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    with pytest.raises(Conflict, match="No box of this vote is open yet"):
        see(session, actor, page)
    assert [client.get(f"{PAGE}{page.id}{part}").status_code for part in ("", ".jpg")] == [302, 409]
    text = client.get(f"/staff/scans/{pot.process_id}/review").get_data(as_text=True)
    assert "No box of this vote is open yet" in text
    stations.box_is_open(pot)
    assert ballots_rest(session, pot.process_id) is None
    with pytest.raises(Conflict):  # from the same moment on
        require_possible(session, committee.DecisionKind.EXTENSION, pot.process_id, None)
    assert client.get(f"{PAGE}{page.id}").status_code == 200
    assert see(session, actor, page).state is PageState.REVIEWED


def test_a_page_without_a_name_among_ballots_rests_too_and_elsewhere_it_does_not(session, clerk) -> None:
    pot = voting.pot()
    page, actor = resting(pot, clerk)
    torn = scans.page(session.get_one(ScanFile, page.file_id), tray=PageTray.UNKNOWN, state=PageState.IN_TRAY)
    letter = scans.page(scans.file(SimpleNamespace(id=pot.process_id)), tray=PageTray.UNKNOWN, state=PageState.IN_TRAY)
    with pytest.raises(Conflict, match="Voting goes on"):
        page_to_review(session, actor, torn.id)
    assert page_to_review(session, actor, letter.id) is letter


@pytest.mark.parametrize("state", [PageState.TO_REVIEW, PageState.SECOND, PageState.DIFFERENT, PageState.IN_TRAY])
def test_a_ballot_that_nobody_has_read_is_kept_until_the_vote_is_certified(session, file, ballot, pot, state) -> None:
    scans.page(file, ballot, marked=(0,), state=state)
    kept_until_certified(session, pot)


def test_a_ballot_that_is_accepted_or_in_a_batch_is_kept_until_the_vote_is_certified(session, file, ballot, pot, clerk) -> None:
    actor = clerk()
    page = see(session, actor, scans.page(file, ballot, marked=(0,)))
    assert remove_old_scans(session, clock.shift(days=1), 10) == 0
    take_pages(session, actor, [page.id], "ballots:1")
    kept_until_certified(session, pot)


def test_a_file_that_nobody_has_read_is_kept_until_the_vote_is_certified(session, file, pot) -> None:
    file.state = FileState.WAITING
    session.flush()
    kept_until_certified(session, pot)


def test_test_prints_keep_no_file(session, file, ballot) -> None:
    scans.page(file, ballot, tray=PageTray.TEST_PRINT, state=PageState.IN_TRAY)
    assert remove_old_scans(session, clock.shift(days=1), 10) == 1


def kept_until_certified(session, pot) -> None:
    assert count_old_scans(session, clock.shift(days=1)) == remove_old_scans(session, clock.shift(days=1), 10) == 0
    session.get_one(Pot, pot.id).state = PotState.CERTIFIED
    session.flush()
    assert count_old_scans(session, clock.shift(days=1)) == remove_old_scans(session, clock.shift(days=1), 10) == 1
    assert session.scalars(select(ScanPage.id)).all() == []
