"""The scan of a consent on paper is kept with the answer, also when scans go; whoever answered sees it, and takes it along."""

import io
import zipfile

import pytest
from sqlalchemy import select

from app.features.consents.models import Answer, ConsentEvent, ConsentPaper
from app.features.consents.takeout import takeout
from app.features.consents.use_cases import KeepPaper, keep_paper
from app.features.erasure.use_cases import erase_now
from app.features.erasure.use_cases.running import one_step
from app.features.intake.commands import TakeScans
from app.features.intake.use_cases import take_scans
from app.features.maps.queries import street_table
from app.features.printing.layout.codes import new_code
from app.features.printing.queries import SERIAL_LENGTH, Kind, follow_code, grouped
from app.features.scans.models import ScanDecision, ScanFile, ScanPage
from app.features.scans.use_cases import remove_old_scans
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.files import files
from app.kernel.permissions import Actor
from tests.factories import accounts, answers_from_scans, intake, proposals, scans, spaces
from tests.support.worker import work

TEXTS = {"title": "A bench", "text": "My mother is 84.", "place": "beside the kiosk", "contact": "Hilja, 050 123 4567"}


@pytest.fixture
def desk(session, app):
    """Two clerks and an open batch with one sheet from the scans that gives a consent."""
    return answers_from_scans.entered(app.config["SETTINGS"].city_name)


@pytest.fixture
def answered(session, desk):
    """The batch is read a second time and closed."""
    found = answers_from_scans.closed(desk)
    session.commit()
    return found


def erase(session, person_id):
    class Book:
        def add(self, *_arguments):
            pass

    erasure_id = erase_now(session, Actor(person_id=person_id), person_id).id
    while one_step(session, erasure_id, Book()) is not None:
        pass
    session.commit()


def test_the_scan_goes_and_its_picture_stays_with_the_answer(session, answered) -> None:
    keys = list(session.scalars(select(ScanPage.image_key).order_by(ScanPage.page)))
    assert [paper.key for paper in answered.papers] == keys
    event = session.scalars(select(ConsentEvent).where(ConsentEvent.answer == Answer.GIVEN)).one()
    assert {(paper.event_id, paper.person_id) for paper in answered.papers} == {(event.id, answered.sheet.person_id)}
    scan = answered.file.key
    assert remove_old_scans(session, clock.shift(days=1), 10) == 1
    session.commit()
    work()
    assert session.scalars(select(ScanFile)).all() == []
    assert not files.path(scan).exists()
    assert all(files.path(key).exists() for key in keys)


def test_a_scan_stays_while_its_sheet_has_become_nothing(session, desk) -> None:
    assert remove_old_scans(session, clock.shift(days=1), 10) == 0
    intake.finish(desk.batch, desk.one)
    assert remove_old_scans(session, clock.shift(days=1), 10) == 0
    desk.batch.changed_at = clock.shift(days=-366)  # nobody went on with it for a year
    session.flush()
    assert remove_old_scans(session, clock.shift(days=1), 10) == 1


def test_whoever_answered_sees_their_sheet_and_nobody_else_does(answered, client) -> None:
    paths = [f"/my-data/paper/{paper.id}.jpg" for paper in answered.papers]
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    client.post("/my-data/code", data={"code": grouped(follow_code(intake.SECRET.encode(), answered.serial))})
    page = client.get("/my-data/code/cards").text
    assert all(path in page for path in paths)
    picture = client.get(paths[0])
    assert (picture.status_code, picture.mimetype, picture.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert picture.data == answered.pictures[0]
    client.post("/my-data/code/leave")
    assert client.get(paths[0]).status_code == 404


def test_it_is_taken_along_and_it_is_erased_with_the_person(session, answered) -> None:
    person_id, keys = answered.sheet.person_id, [paper.key for paper in answered.papers]
    with zipfile.ZipFile(io.BytesIO(b"".join(takeout(session, person_id, str)))) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("papers/")]
        assert [archive.read(name) for name in pictures] == answered.pictures
    raw = answered.file.key
    erase(session, person_id)
    work()
    assert not files.path(raw).exists(), "the file as it was scanned shows them too"
    pages = session.scalars(select(ScanPage)).all()
    assert {(str(page.readings), page.result, page.code, page.image_key, page.taken_by) for page in pages} == {
        ("{}", None, "", "", None)
    }
    assert session.scalars(select(ScanDecision)).all() == []
    assert session.scalars(select(ConsentPaper)).all() == []
    assert not any(files.path(key).exists() for key in keys)


def test_only_the_hands_that_typed_an_answer_keep_its_sheet(session, answered) -> None:
    command = KeepPaper(answered.asked.id, answered.sheet.person_id, answered.serial, (answered.papers[0].key,))
    with pytest.raises(NotFound):
        keep_paper(session, answered.other, command)
    assert len(keep_paper(session, answered.one, command)) == len(answered.papers), "again changes nothing"


def test_the_scan_of_a_proposal_is_erased_with_whoever_it_was_put_to(session) -> None:
    process, author = spaces.process("Parks"), accounts.person()
    spaces.category(process, "Streets")
    one, form = intake.clerk(process), scans.layout_of(Kind.PROPOSAL, process, numbered=True)
    marked = {"category": str(process.categories[0].id), "area": "whole", "show_name": "yes"}
    file, serial = scans.file(process), new_code(SERIAL_LENGTH)
    for page in form.pages:
        if page.bubbles or page.write_ins:
            scans.accepted(file, form, one, chosen=marked, texts=TEXTS, code=serial, form_page=page.number)
    (sheet,) = take_scans(session, one, TakeScans(intake.batch(process, one).id, None), street_table({})).sheets
    sheet.proposal_id = proposals.proposal(process, author=author).id
    session.commit()
    erase(session, author.id)
    assert {(page.result, page.code, page.image_key) for page in session.scalars(select(ScanPage))} == {(None, "", "")}
