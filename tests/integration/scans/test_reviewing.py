"""Nothing that a machine read is accepted unseen; what is doubtful on a ballot is decided by two people."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.features.accounts.models import RoleAssignment
from app.features.intake.models import BatchState, SheetKind
from app.features.printing.queries import Kind
from app.features.scans.commands import DecidePage
from app.features.scans.models import PageState, PageTray, ScanFile, ScanPage
from app.features.scans.queries import reviewed
from app.features.scans.queries.files import last_of
from app.features.scans.use_cases import (
    admit_page,
    decide_page,
    give_back_pages,
    remove_old_scans,
    set_page_aside,
    take_pages,
    undo_decision,
)
from app.features.spaces.models import Process
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import consents, intake, scans, spaces


@pytest.fixture
def file(pot) -> ScanFile:
    return scans.file(SimpleNamespace(id=pot.process_id))


def see(session, actor: Actor, page: ScanPage, **answers: str) -> ScanPage:
    """Answer about a page: what the machine read where it is clear, and what is said here."""
    fields = {one["name"]: f"={one['values'][0]}" if one["values"] else "none" for one in page.readings["fields"]}
    return decide_page(session, actor, DecidePage(page.id, page.version, fields | answers))


def test_a_clear_ballot_is_accepted_by_one_person_and_handed_over_as_a_plain_value(session, file, ballot, pot, clerk) -> None:
    page = scans.page(file, ballot, marked=(0, 2))
    assert reviewed(session, pot.process_id) == []
    assert see(session, clerk(), page).state is PageState.REVIEWED
    (value,) = reviewed(session, pot.process_id, kind=Kind.BALLOT, subject=pot.id)
    assert value.values == {"1": ("yes",), "2": (), "3": ("yes",)}
    assert (value.form.subject, value.page, value.pages, value.taken_by) == (pot.id, 1, 1, None)


def test_what_is_doubtful_has_to_be_decided_and_on_a_ballot_by_two_people_who_agree(session, file, ballot, pot, clerk) -> None:
    page = scans.page(file, ballot, marked=(0,), doubtful=(1,))
    first, second, third = clerk(), clerk(), clerk()
    with pytest.raises(Invalid) as refused:
        see(session, first, page, **{"2": ""})
    assert list(refused.value.errors) == ["f-1"]
    assert see(session, first, page, **{"2": "none"}).state is PageState.SECOND
    assert reviewed(session, pot.process_id) == []
    with pytest.raises(Conflict, match="You have answered about this page already"):
        see(session, first, page, **{"2": "none"})
    assert see(session, second, page, **{"2": "=yes"}).state is PageState.DIFFERENT
    assert see(session, third, page, **{"2": "none"}).state is PageState.REVIEWED
    (value,) = reviewed(session, pot.process_id)
    assert value.values == {"1": ("yes",), "2": (), "3": ()}


def test_changing_what_the_machine_read_on_a_ballot_needs_two_people_too(session, file, ballot, clerk) -> None:
    page = scans.page(file, ballot, marked=(0,))
    assert see(session, clerk(), page, **{"1": "none"}).state is PageState.SECOND
    assert see(session, clerk(), page, **{"1": "none"}).state is PageState.REVIEWED


def test_what_nobody_can_tell_is_handed_over_as_that(session, file, ballot, pot, clerk) -> None:
    page = scans.page(file, ballot, doubtful=(1,))
    for _ in range(2):
        see(session, clerk(), page, **{"2": "unclear"})
    (value,) = reviewed(session, pot.process_id)
    assert (value.values["2"], value.unclear) == ((), {"2"})


def test_on_a_proposal_one_person_decides_and_types_the_handwriting(session, file, pot, clerk, city) -> None:
    layout = scans.layout_of(Kind.PROPOSAL, SimpleNamespace(id=pot.process_id), city=city)
    page = scans.page(file, layout, marked=(0,), doubtful=(1,))
    fields = {one["name"]: f"={one['options'][0]}" for one in page.readings["fields"]}
    command = DecidePage(page.id, page.version, fields, {"title": "A bench\0 please", "nothing like this": "x"})
    assert decide_page(session, clerk(), command).state is PageState.REVIEWED
    (value,) = reviewed(session, pot.process_id, kind=Kind.PROPOSAL)
    assert value.texts == {"title": "A bench please"}


def test_an_answer_can_be_taken_back_until_the_page_is_in_a_batch(session, file, ballot, pot, clerk) -> None:
    page, actor = scans.page(file, ballot, marked=(0,)), clerk()
    see(session, actor, page)
    assert undo_decision(session, actor, page.id).state is PageState.TO_REVIEW
    with pytest.raises(Conflict, match="no answer of yours"):
        undo_decision(session, actor, page.id)
    see(session, actor, page)
    (taken,) = take_pages(session, actor, [page.id], "intake:1")
    assert taken.taken_by == "intake:1"
    assert take_pages(session, actor, [page.id], "intake:1") == [taken], "the same once more changes nothing"
    assert reviewed(session, pot.process_id) == []
    assert reviewed(session, pot.process_id, taken_by="intake:1") == [taken]
    with pytest.raises(Conflict, match="another batch"):
        take_pages(session, actor, [page.id], "intake:2")
    with pytest.raises(Conflict, match="in a batch already"):
        undo_decision(session, actor, page.id)
    with pytest.raises(Conflict, match="in a batch already"):
        set_page_aside(session, actor, page.id, "no")
    assert give_back_pages(session, actor, "intake:1") == 1
    assert len(reviewed(session, pot.process_id)) == 1


def test_nobody_decides_about_a_page_that_has_just_changed(session, file, ballot, clerk) -> None:
    page = scans.page(file, ballot, doubtful=(0,))
    fields = {one["name"]: "none" for one in page.readings["fields"]}
    command = DecidePage(page.id, page.version, fields)
    decide_page(session, clerk(), command)
    with pytest.raises(Conflict, match="Look at it again"):
        decide_page(session, clerk(), command)


def test_a_clerk_whose_role_is_withdrawn_in_the_middle_gets_no_further(session, file, ballot, pot, as_role) -> None:
    page = scans.page(file, ballot, marked=(0,))
    page_id = page.id
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    assert client.get(f"/staff/scans/page/{page.id}").status_code == 200
    given = session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == client.person.id)).one()
    session.delete(given)
    session.commit()
    answers = {f"f-{at}": "none" for at in range(3)} | {"version": str(page.version)}
    answer = client.post(f"/staff/scans/page/{page.id}", data=answers)
    assert answer.status_code in (403, 404), answer.headers.get("Location")
    assert client.get(f"/staff/scans/page/{page.id}.jpg").status_code in (403, 404)
    session.expire_all()
    assert session.get_one(ScanPage, page_id).state is PageState.TO_REVIEW


def test_strangers_find_no_page(session, file, ballot, clerk) -> None:
    page = scans.page(file, ballot, marked=(0,))
    stranger = Actor(clerk().person_id, roles=frozenset({(Role.CLERK, spaces.process().id)}))
    for step in (
        lambda: see(session, stranger, page),
        lambda: undo_decision(session, stranger, page.id),
        lambda: set_page_aside(session, stranger, page.id, "x"),
        lambda: admit_page(session, stranger, page.id, "x"),
        lambda: take_pages(session, stranger, [page.id], "x"),
    ):
        with pytest.raises(NotFound):
            step()


def test_an_earlier_form_is_let_in_with_a_reason_and_what_cannot_be_read_is_not(session, file, ballot, clerk) -> None:
    old = scans.page(file, ballot, marked=(0,), tray=PageTray.OUTDATED, state=PageState.IN_TRAY)
    unknown = scans.page(file, tray=PageTray.UNKNOWN, state=PageState.IN_TRAY)
    actor = clerk()
    with pytest.raises(Refused, match="Say why"):
        admit_page(session, actor, old.id, "  ")
    assert admit_page(session, actor, old.id, "printed before the name was mended").state is PageState.TO_REVIEW
    with pytest.raises(Refused, match="Nothing on this page could be read"):
        admit_page(session, actor, unknown.id, "please")
    assert set_page_aside(session, actor, unknown.id, "a letter").state is PageState.SET_ASIDE
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "scan_page.set_aside")).one()
    assert (entry.reason, entry.actor_id, entry.subject_id) == ("a letter", actor.person_id, unknown.id)


def test_the_better_of_two_scans_takes_the_place_of_the_other(session, file, pot, clerk, city) -> None:
    layout = scans.layout_of(Kind.PROPOSAL, SimpleNamespace(id=pot.process_id), numbered=True, city=city)
    poor = scans.page(file, layout, code="7KXMAB2C")
    good = scans.page(file, layout, code="7KXMAB2C", tray=PageTray.DUPLICATE, state=PageState.IN_TRAY)
    actor = clerk()
    with pytest.raises(Conflict, match="Another page with this number"):
        admit_page(session, actor, good.id, "sharper")
    set_page_aside(session, actor, poor.id, "blurred")
    assert admit_page(session, actor, good.id, "sharper").state is PageState.TO_REVIEW


def test_the_page_shows_pictures_beside_values_and_keeps_what_was_answered(session, file, ballot, pot, as_role) -> None:
    page = scans.page(file, ballot, marked=(0,), doubtful=(1,))
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    review = client.get(f"/staff/scans/{pot.process_id}/review")
    assert review.headers["Location"].endswith(f"/page/{page.id}")
    text = client.get(f"/staff/scans/page/{page.id}").get_data(as_text=True)
    assert text.count(f"/staff/scans/page/{page.id}.jpg") >= 4
    assert "A mark is struck through." in text
    assert client.get(f"/staff/scans/page/{page.id}.jpg").headers["Cache-Control"] == "no-store"
    sent = {"version": str(page.version), "f-0": "=yes", "f-2": "unclear"}
    again = client.post(f"/staff/scans/page/{page.id}", data=sent)
    assert again.status_code == 422
    assert "Decide what is marked here." in (html := again.get_data(as_text=True))
    assert 'name="f-2" value="unclear" checked' in html
    done = client.post(f"/staff/scans/page/{page.id}", data=sent | {"f-1": "none"}, follow_redirects=True)
    assert "Somebody else looks at this page, too." in done.get_data(as_text=True)
    undone = client.post(f"/staff/scans/page/{page.id}/undo", follow_redirects=True).get_data(as_text=True)
    assert "Your answer is taken back" in undone


def test_scans_go_after_their_time_and_leave_a_note(session, file, pot, city) -> None:
    layout = scans.layout_of(Kind.PROPOSAL, SimpleNamespace(id=pot.process_id), city=city)
    page_id = scans.page(file, layout, marked=(0,)).id
    assert remove_old_scans(session, clock.shift(days=-1), 10) == 0
    assert remove_old_scans(session, clock.shift(days=1), 10) == 1
    session.expunge_all()
    assert session.get(ScanPage, page_id) is None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "scan_file.removed")).one()
    assert entry.details["not_looked_through"] == 1


def test_an_accepted_sheet_is_kept_while_a_batch_is_open(session, file, pot, clerk, city) -> None:
    layout = scans.layout_of(Kind.PROPOSAL, SimpleNamespace(id=pot.process_id), city=city)
    see(session, clerk(), scans.page(file, layout, marked=(0,)))
    process = session.get_one(Process, pot.process_id)
    agreement = consents.agreement(process)
    batch = intake.batch(process, kind=SheetKind.CONSENT, agreement_id=agreement.id)
    assert remove_old_scans(session, clock.shift(days=1), 10) == 0
    batch.state = BatchState.CLOSED
    session.flush()
    assert remove_old_scans(session, clock.shift(days=1), 10) == 1


def test_a_page_that_was_set_aside_does_not_return_by_taking_an_answer_back(session, file, ballot, pot, clerk) -> None:
    """Its number is free for another scan: both would count."""
    actor = clerk()
    page = see(session, actor, scans.page(file, ballot, marked=(0,)))
    set_page_aside(session, actor, page.id, "Scanned twice")
    assert last_of(session, pot.process_id, actor.person_id) is None
    with pytest.raises(Conflict, match="set aside"):
        undo_decision(session, actor, page.id)
    assert (page.state, page.copy_key) == (PageState.SET_ASIDE, None)
