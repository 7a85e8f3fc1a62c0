"""Files come in once, are read page by page, and every page lies in a tray."""

import io
import uuid
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.extensions import files
from app.features.printing.queries import Kind, Look, Variant
from app.features.printing.use_cases import copies_of, draw
from app.features.scans.commands import TakeInScan
from app.features.scans.models import FileState, PageState, PageTray, ScanFile, ScanPage
from app.features.scans.queries import Fault, Unreadable, missing_pages
from app.features.scans.queries.files import pictures_in_trays, rests, trays_of
from app.features.scans.reading.source import Limits, pages_of
from app.features.scans.use_cases import AlreadyHere, going_on, read_again, read_on, remove_scan, take_in_scan
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import Actor, Role
from app.web.uploads import A_FORM
from tests.factories import intake, scans, spaces, voting
from tests.integration.scans.test_trays import large_png, locked_pdf
from tests.support.paper import CLEAN, Hand, pages_of_pdf, scanned
from tests.support.pictures import IPHONE
from tests.support.worker import work


@pytest.fixture
def take_in(session, pot, clerk):
    """`take_in(content)` stores a file as a clerk and lets the worker read it."""

    def step(content: bytes, process_id=None, actor: Actor | None = None) -> ScanFile:
        command = TakeInScan(process_id or pot.process_id, "box 3.pdf", io.BytesIO(content))
        file = take_in_scan(session, actor or clerk(), command)
        session.commit()
        work()
        session.refresh(file)
        return file

    return step


def pages(session, file: ScanFile) -> list[ScanPage]:
    return list(session.scalars(select(ScanPage).where(ScanPage.file_id == file.id).order_by(ScanPage.number, ScanPage.part)))


def test_every_page_of_a_file_lies_in_one_tray_and_none_is_lost(session, take_in, ballot, pot, city) -> None:
    (good,) = scans.sheet(ballot, {1: {0: Hand.FULL}})
    (test_print,) = scans.sheet(ballot, test=True)
    (foreign,) = scans.sheet(scans.layout_of(Kind.BALLOT, voting.closed_pot(), city=city))
    blank = np.full_like(good, 250)
    two = np.hstack([good, np.full((good.shape[0], 30), 90, np.uint8), good])
    damaged = good.copy()
    damaged[: good.shape[0] // 3] = 255
    file = take_in(scans.as_pdf(good, np.rot90(good, 2), blank, test_print, foreign, two, damaged))
    assert (file.state, file.pages_total, file.pages_done) == (FileState.READ, 7, 7)
    found = pages(session, file)
    assert [(one.number, one.tray.value) for one in found] == [
        (1, "read"),
        (2, "turned"),
        (3, "blank"),
        (4, "test_print"),
        (5, "foreign"),
        (6, "two_on_one"),
        (6, "two_on_one"),
        (7, "damaged"),
    ]
    assert found[1].turned == 180
    assert [one.number for one in found if one.state is PageState.TO_REVIEW] == [1, 2, 6, 6]
    trays = trays_of(session, [file.id])[file.id]
    assert sum(trays.values()) == 8
    assert pictures_in_trays(session, file.id) == file.pages_done == 7
    first = found[0].readings["fields"]
    assert [one["values"] for one in first] == [["yes"], [], []]
    assert all(files.path(one.image_key).exists() for one in found if one.image_key)


def test_the_same_file_twice_changes_nothing_and_says_so(session, take_in, ballot) -> None:
    content = scans.as_pdf(*scans.sheet(ballot))
    file = take_in(content)
    before = sum(1 for _ in files.root.rglob("*.pdf"))
    with pytest.raises(AlreadyHere, match="This file is here already") as refused:
        take_in(content)
    assert refused.value.file_id == file.id
    assert session.scalar(select(func.count()).select_from(ScanFile)) == 1
    assert sum(1 for _ in files.root.rglob("*.pdf")) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is no page in this file"),
        (b"PK\x03\x04" + bytes(2000), "neither a PDF nor a picture"),
    ],
)
def test_what_is_no_scan_is_refused_at_once(session, take_in, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        take_in(content)
    assert session.scalar(select(func.count()).select_from(ScanFile)) == 0


@pytest.mark.parametrize(
    ("content", "fault", "words"),
    [
        (locked_pdf(), "encrypted", "locked with a password"),
        (large_png(60_000, 60_000), "too_many_pixels", "too many dots"),
        (b"%PDF-1.7\nnothing", "broken", "damaged or not complete"),
        (IPHONE[:700], "broken", "damaged or not complete"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_on_its_page(
    session, take_in, pot, as_role, content: bytes, fault: str, words: str
) -> None:
    file = take_in(content)
    assert (file.state, file.fault) == (FileState.FAILED, fault)
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    assert words in client.get(f"/staff/scans/file/{file.id}").get_data(as_text=True)


def test_a_photograph_of_an_iphone_is_opened_like_any_other(session, take_in) -> None:
    (page,) = pages_of(IPHONE)
    assert page.grey is not None
    assert page.grey.shape == (240, 320)
    quarters = [int(page.grey[y, x]) for y in (60, 180) for x in (80, 240)]
    assert quarters == pytest.approx([20, 90, 160, 255], abs=4)
    file = take_in(IPHONE)
    assert (file.state, file.pages_done, file.key.endswith(".heic")) == (FileState.READ, 1, True)
    assert [one.tray for one in pages(session, file)] == [PageTray.UNKNOWN], "it shows no form"


def test_a_photograph_of_an_iphone_with_too_many_dots_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Unreadable) as refused:
        list(pages_of(IPHONE, Limits(dots=70_000)))
    assert refused.value.fault is Fault.TOO_MANY_PIXELS


def test_an_earlier_revision_is_outdated_and_can_be_let_in_where_it_was_registered(session, take_in, ballot, pot) -> None:
    (sheet,) = scans.sheet(ballot, {1: {1: Hand.FULL}})
    pot.projects[0].title = {"en": "A name that was printed wrong"}
    session.flush()
    file = take_in(scans.as_pdf(sheet))
    (page,) = pages(session, file)
    assert (page.tray, page.state) == (PageTray.OUTDATED, PageState.IN_TRAY)
    assert page.readings == {}, "nobody knows how this revision looked"


def test_a_photocopied_serial_lies_in_the_tray_of_what_is_here_already(session, take_in, pot, city) -> None:
    process = SimpleNamespace(id=pot.process_id)
    layout = scans.layout_of(Kind.PROPOSAL, process, numbered=True, city=city)
    rng = np.random.default_rng(1)
    pdf = draw(layout, copies_of(layout, 1, b"secret"))
    sheet = [scanned(one, CLEAN, rng) for one in pages_of_pdf(pdf)]
    copy = [scanned(one, CLEAN, rng) for one in pages_of_pdf(pdf)]
    first, second = take_in(scans.as_pdf(*sheet)), take_in(scans.as_pdf(*copy))
    assert {one.tray for one in pages(session, first)} == {PageTray.READ}
    assert {one.tray for one in pages(session, second)} == {PageTray.DUPLICATE}
    assert {one.state for one in pages(session, second)} == {PageState.IN_TRAY}


def test_a_missing_page_of_a_set_is_named(session, take_in, city, clerk) -> None:
    process = spaces.process(open_for=None)
    pot = voting.pot(process, costs=(10_00,) * 30)
    layout = scans.layout_of(Kind.BALLOT, pot, look=Look(Variant.LARGE), city=city)
    assert len(layout.pages) >= 3
    sheets = scans.sheet(layout)
    actor = Actor(clerk().person_id, roles=frozenset({(Role.CLERK, process.id)}))
    file = take_in(scans.as_pdf(sheets[2], sheets[0]), process.id, actor)
    codes = {one.code for one in pages(session, file)}
    assert len(codes) == 1
    (lack,) = missing_pages(session, process.id)
    assert {lack.code} == codes
    assert lack.missing == tuple(one for one in range(1, len(layout.pages) + 1) if one not in (1, 3))


def test_reading_goes_on_where_it_was_cut_off(session, clerk, ballot, pot, city, monkeypatch) -> None:
    (sheet,) = scans.sheet(ballot)
    content = scans.as_pdf(sheet, sheet, sheet)
    file = take_in_scan(session, clerk(), TakeInScan(pot.process_id, "box.pdf", io.BytesIO(content)))
    session.commit()
    real, done = going_on._add, []

    def cut_off(*args, **kwargs) -> None:
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(1)
        real(*args, **kwargs)

    monkeypatch.setattr(going_on, "_add", cut_off)
    with pytest.raises(KeyboardInterrupt):
        read_on(database.separate_transaction, file.id, city)
    session.refresh(file)
    assert (file.pages_done, file.state, len(pages(session, file))) == (1, FileState.READING, 1)
    monkeypatch.setattr(going_on, "_add", real)
    assert read_on(database.separate_transaction, file.id, city, seconds=0) is True, "a portion at a time"
    assert read_on(database.separate_transaction, file.id, city) is False
    session.refresh(file)
    assert (file.pages_done, file.state) == (3, FileState.READ)
    assert [one.number for one in pages(session, file)] == [1, 2, 3]
    assert read_on(database.separate_transaction, file.id, city) is False, "a second worker finds nothing to do"
    assert len(pages(session, file)) == 3


def test_a_file_that_nobody_reads_any_more_is_taken_up_by_a_button(session, clerk, ballot, pot) -> None:
    actor, content = clerk(), scans.as_pdf(*scans.sheet(ballot))
    file = take_in_scan(session, actor, TakeInScan(pot.process_id, "box.pdf", io.BytesIO(content)))
    session.flush()
    assert not rests(session, file)
    with pytest.raises(Conflict):
        read_again(session, actor, file.id)
    session.execute(going_on_rows().delete())
    assert rests(session, file)
    read_again(session, actor, file.id)
    session.commit()
    work()
    session.refresh(file)
    assert file.state is FileState.READ


def going_on_rows():
    from app.kernel.outbox import OutboxRow

    return OutboxRow.__table__


def test_whoever_takes_in_nothing_here_gets_nothing(session, take_in, clerk, ballot, pot) -> None:
    content = scans.as_pdf(*scans.sheet(ballot))
    stranger = Actor(clerk().person_id, roles=frozenset({(Role.CLERK, spaces.process().id)}))
    moderator = Actor(clerk().person_id, roles=frozenset({(Role.MODERATOR, pot.process_id)}))
    for actor in (stranger, moderator, Actor(is_administrator=True)):
        with pytest.raises(NotFound):
            take_in(content, actor=actor)
    file = take_in(content)
    with pytest.raises(NotFound):
        remove_scan(session, stranger, file.id, "not mine")


def test_a_file_is_removed_with_everything_of_it_and_a_reason(session, take_in, clerk, ballot) -> None:
    file = take_in(scans.as_pdf(*scans.sheet(ballot)))
    keys = [file.key, *(one.image_key for one in pages(session, file))]
    with pytest.raises(Refused, match="Say why"):
        remove_scan(session, clerk(), file.id, " ")
    remove_scan(session, clerk(), file.id, "of another vote")
    session.commit()
    work()
    assert session.get(ScanFile, file.id) is None
    assert not any(files.path(key).exists() for key in keys)


class NeverRead(io.RawIOBase):
    """Two gigabytes that fail the test when somebody asks for them."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer) -> int:
        raise AssertionError("a byte of the upload was read")


def never_read(length: int) -> dict[str, Any]:
    """A request that says it has so many bytes of files."""
    return {
        "content_type": "multipart/form-data; boundary=x",
        "environ_overrides": {"CONTENT_LENGTH": str(length), "wsgi.input": NeverRead()},
    }


def test_two_gigabytes_are_refused_before_a_byte_is_read(as_role, pot) -> None:
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    answer = client.post(f"/staff/scans/{pot.process_id}", **never_read(2_000_000_000))
    assert answer.status_code == 413
    text = answer.get_data(as_text=True)
    assert "These files have 2,000 megabytes. At most 300 are taken at once." in text


def test_others_keep_the_usual_limit(as_role, client, pot) -> None:
    most = client.application.config["MAX_CONTENT_LENGTH"]
    outsider = as_role("resident")
    assert outsider.post(f"/staff/scans/{pot.process_id}", **never_read(most + 1)).status_code == 413
    assert most + 1 < 300_000_000 + A_FORM


def test_a_full_disk_is_said_before_it_is_full(as_role, pot, monkeypatch) -> None:
    from app.web import uploads

    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda _place: SimpleNamespace(free=600_000_000))
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    answer = client.post(f"/staff/scans/{pot.process_id}", **never_read(200_000_000))
    assert answer.status_code == 413
    assert "There is no room for these files" in answer.get_data(as_text=True)


def test_several_files_come_in_by_the_page_and_each_refusal_names_its_file(session, as_role, ballot, pot) -> None:
    client = as_role(Role.CLERK, SimpleNamespace(id=pot.process_id))
    good = scans.as_pdf(*scans.sheet(ballot))
    url = f"/staff/scans/{pot.process_id}"
    sent = {"files": [(io.BytesIO(good), "a.pdf"), (io.BytesIO(b"hello"), "letter.txt")]}
    answer = client.post(url, data=sent, content_type="multipart/form-data", follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "letter.txt: This is neither a PDF nor a picture" in text
    assert "Files taken in: 1." in text
    again = client.post(url, data={"files": [(io.BytesIO(good), "b.pdf")]}, follow_redirects=True).get_data(as_text=True)
    assert "b.pdf: This file is here already" in again
    nothing = client.post(url, data={})
    assert nothing.status_code == 422
    assert "Choose a file." in nothing.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ScanFile)) == 1


def test_the_same_pdf_from_many_clerks_at_the_same_moment_is_taken_in_once(race, committing_db) -> None:
    process = spaces.process()
    content = scans.as_pdf(np.full((200, 140), 255, np.uint8))
    clerks = [intake.clerk(process) for _ in range(6)]
    process_id = process.id
    database.session.commit()

    def upload() -> uuid.UUID:
        return take_in_scan(database.session(), clerks.pop(), TakeInScan(process_id, "box.pdf", io.BytesIO(content))).id

    ended = race(upload, 6)
    assert len(ended.results) == 1
    assert [type(error) for error in ended.errors] == [AlreadyHere] * 5, ended.errors
    assert {error.file_id for error in ended.errors} == set(ended.results)
    kept = database.session.query(ScanFile).one()
    assert files.path(kept.key).exists(), "what was refused took no file of the other away"
    database.session.remove()
