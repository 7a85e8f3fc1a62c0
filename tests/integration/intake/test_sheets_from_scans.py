"""What was accepted in the scans is the first reading of a sheet; a second person reads it; what goes back lies there again."""

import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.extensions import db
from app.features.consents.use_cases import enter_code
from app.features.intake.commands import GiveBackScans, TakeScans, UndoSheet, VoidSheet
from app.features.intake.models import IntakeSheet, SheetKind, SheetState
from app.features.intake.queries.batches import next_to_read
from app.features.intake.queries.scanned import copies_for
from app.features.intake.queries.slips import proposal_of_slip
from app.features.intake.use_cases import give_back_scans, settle_sheet, take_scans, undo_sheet, void_sheet
from app.features.intake.use_cases.reading import SettleSheet
from app.features.maps.queries import street_table
from app.features.printing.layout.codes import new_code
from app.features.printing.queries import SERIAL_LENGTH, Kind, Look, Variant, follow_code, grouped
from app.features.proposals.models import Proposal
from app.features.scans.models import ScanPage
from app.features.scans.queries import reviewed
from app.features.scans.use_cases import take_pages
from app.kernel.errors import Forbidden, NotFound
from app.kernel.permissions import Role
from tests.factories import accounts, consents, intake, scans, spaces

TYPED = intake.printed_number("TYPED234")
TEXTS = {
    "title": "A bench at the tram stop",
    "text": "My mother is 84 and cannot stand for ten minutes.",
    "place": "beside the kiosk",
    "contact": "Hilja Virtanen, 050 123 4567",
}


@pytest.fixture
def process(session):
    found = spaces.process("Parks")
    spaces.category(found, "Streets")
    return found


@pytest.fixture
def desk(process):
    """Two clerks, a file, and the numbered form of the process on one page and in large print on several."""
    return SimpleNamespace(
        one=intake.clerk(process),
        other=intake.clerk(process),
        file=scans.file(process),
        form=scans.layout_of(Kind.PROPOSAL, process, numbered=True),
        large=and_a_page_that_asks_nothing(scans.layout_of(Kind.PROPOSAL, process, numbered=True, look=Look(Variant.LARGE))),
        category=str(process.categories[0].id),
    )


def and_a_page_that_asks_nothing(layout):
    """The form with one page more: a text is sometimes so long that a page has nothing to mark or to write on."""
    last = replace(layout.pages[-1], number=len(layout.pages) + 1, bubbles=(), write_ins=())
    return replace(layout, pages=(*layout.pages, last))


def asked_on(layout):
    return [page.number for page in layout.pages if page.bubbles or page.write_ins]


def accepted(desk, code, texts=None, *, layout=None, pages=None, by=(), file=None, chosen=None):
    """The pages of a copy, or some of them, looked through by whom `by` says, else by the first clerk."""
    layout, marked = layout or desk.form, {"category": desk.category, "area": "whole", "show_name": "yes", **(chosen or {})}
    readers = [*by, *[desk.one] * len(layout.pages)]
    return [
        scans.accepted(file or desk.file, layout, who, chosen=marked, texts=TEXTS | (texts or {}), code=code, form_page=number)
        for who, number in zip(readers, pages or asked_on(layout), strict=False)
    ]


def take(batch, actor, file_id=None):
    return take_scans(db.session(), actor, TakeScans(batch.id, file_id), street_table({}))


def reasons(taken):
    return {left.code: str(left.why) for left in taken.left}


def test_an_accepted_sheet_is_a_first_reading_and_becomes_a_proposal_after_the_second(process, desk):
    accepted(desk, "K7Q4M2AA", {"place": ""})
    batch = intake.batch(process, desk.other, declared=1)
    (sheet,) = take(batch, desk.other).sheets
    assert (sheet.serial, sheet.first_by, sheet.state) == ("K7Q4M2AA", desk.one.person_id, SheetState.ENTERED)
    said = ("title", "category_id", "author_name", "phone", "postal", "language", "where")
    assert [sheet.first[name] for name in said] == [
        TEXTS["title"],
        desk.category,
        "Hilja Virtanen",
        "050 123 4567",
        "",
        "en",
        {"kind": "city", "label": ""},
    ]
    assert take(batch, desk.other).sheets == (), "asked again it takes nothing twice"
    intake.finish(batch, desk.other)
    assert next_to_read(db.session(), batch, desk.one.person_id) is None, (
        "whoever looked it through is offered no second reading"
    )
    with pytest.raises(Forbidden):
        intake.read(sheet, desk.one)
    intake.read(sheet, desk.other)
    assert sheet.state is SheetState.READ
    intake.reconcile(batch, desk.other)
    intake.close(batch, desk.other)
    proposal = db.session.query(Proposal).one()
    assert (proposal.id, proposal.hands_id, proposal.author_name) == (sheet.id, desk.one.person_id, "Hilja Virtanen")


def test_what_paper_leaves_open_is_settled_by_people_and_never_guessed(process, desk):
    accepted(desk, "K7Q4M2AA", chosen={"area": "", "show_name": ""})
    batch = intake.batch(process, desk.one)
    (sheet,) = take(batch, desk.one).sheets
    assert sheet.first["where"] == {"kind": "", "label": "beside the kiosk"}
    assert (sheet.first["author_name"], sheet.first["postal"]) == ("", "Hilja Virtanen"), "who wishes no name gets none"
    intake.finish(batch, desk.one)
    city = {"kind": "city", "label": ""}
    intake.read(sheet, desk.other, where=city)
    assert sheet.state is SheetState.DIFFERS
    settle_sheet(db.session(), desk.other, SettleSheet(batch.id, sheet.id, {**sheet.first, "where": city}))
    intake.reconcile(batch, desk.other)
    intake.close(batch, desk.other)
    assert db.session.query(Proposal).one().author_name == ""


def test_a_sheet_of_several_pages_is_whole_or_stays_and_is_named(process, desk):
    assert len(asked_on(desk.large)) > 1
    accepted(desk, "WHQLE234", layout=desk.large, by=[desk.one, desk.other])
    accepted(desk, "HALF2345", layout=desk.large, pages=[1])
    accepted(desk, "", layout=desk.large, pages=[1])
    batch = intake.batch(process, desk.one)
    taken = take(batch, desk.one)
    assert [sheet.serial for sheet in taken.sheets] == ["WHQLE234"]
    assert "is missing" in reasons(taken)["HALF2345"]
    assert "no number" in reasons(taken)[""]
    intake.finish(batch, desk.one, "one is missing")
    for reader in (desk.one, desk.other):  # each has looked one of its pages through
        with pytest.raises(Forbidden):
            intake.read(taken.sheets[0], reader)
    assert intake.read(taken.sheets[0], intake.clerk(process)).state is SheetState.READ


def test_numbers_and_pages_that_are_elsewhere_stay_and_are_named(process, desk):
    typed = intake.batch(process, desk.one, declared=3)
    intake.sheet(typed, desk.one, TYPED, category_id=desk.category)
    accepted(desk, TYPED)
    held = accepted(desk, "HELD2345")
    take_pages(db.session(), desk.one, [page.id for page in held], "intake:another")
    accepted(desk, "VQDD2345")
    batch = intake.batch(process, desk.one, declared=3)
    (sheet,) = take(batch, desk.one).sheets
    assert sheet.serial == "VQDD2345"
    void_sheet(db.session(), desk.one, VoidSheet(batch.id, sheet.id, "empty on the back"))
    again = take(batch, desk.one)
    assert again.sheets == ()
    assert f"sheet 1 of batch {typed.reference}" in reasons(again)[TYPED]
    assert "does not count" in reasons(again)["VQDD2345"]
    assert "HELD2345" not in reasons(again)
    later = take(intake.batch(process, desk.other, declared=3), desk.other)
    assert later.sheets == (), "what somebody has made void does not count in the next bundle by itself"
    assert f"Sheet 1 of batch {batch.reference}, which does not count: empty on the back." in reasons(later)["VQDD2345"]


def test_what_is_taken_back_lies_in_the_scans_again(process, desk):
    accepted(desk, "AAAA2345")
    accepted(desk, "BBBB2345")
    batch = intake.batch(process, desk.one, declared=2)
    assert len(take(batch, desk.one).sheets) == 2
    last = db.session.query(IntakeSheet).filter_by(serial="BBBB2345").one()
    undo_sheet(db.session(), desk.one, UndoSheet(batch.id, last.id))
    assert [page.code for page in reviewed(db.session(), process.id)] == ["BBBB2345"]
    intake.sheet(batch, desk.one, TYPED, category_id=desk.category)
    assert give_back_scans(db.session(), desk.other, GiveBackScans(batch.id)) == 1
    assert [page.code for page in reviewed(db.session(), process.id)] == ["AAAA2345", "BBBB2345"]
    assert [sheet.serial for sheet in db.session.query(IntakeSheet)] == [TYPED]


def test_a_batch_takes_the_sheets_of_one_file_and_nothing_of_another_process(process, desk):
    accepted(desk, "AAAA2345")
    second = scans.file(process)
    accepted(desk, "BBBB2345", file=second)
    foreign = spaces.process("Harbour")
    their_clerk = intake.clerk(foreign)
    theirs = scans.layout_of(Kind.PROPOSAL, foreign, numbered=True)
    elsewhere = SimpleNamespace(one=their_clerk, form=theirs, file=scans.file(foreign), category="")
    accepted(elsewhere, "CCCC2345")
    batch = intake.batch(process, desk.one)
    assert [sheet.serial for sheet in take(batch, desk.one, second.id).sheets] == ["BBBB2345"]
    assert {copy.code for copy in copies_for(db.session(), batch)} == {"AAAA2345"}
    with pytest.raises(Forbidden):
        take(batch, their_clerk)
    with pytest.raises(NotFound):
        take(SimpleNamespace(id=uuid.uuid4()), desk.one)


def test_the_pages_take_them_name_what_stays_and_show_the_picture_alone_to_the_second_reader(as_role, process, desk):
    clerk = as_role(Role.CLERK, process)
    accepted(desk, "K2R4T6W8")
    accepted(desk, "H2K4M6P8", layout=desk.large, pages=[1])
    batch = intake.batch(process, desk.one)
    db.session.commit()
    address = f"/staff/intake/batches/{batch.id}"
    page = clerk.get(f"{address}/scans").text
    assert "All that can be taken: 1" in page
    assert "is missing, or is not looked through yet" in page
    wrong = clerk.post(f"{address}/scans", data={"file": str(uuid.uuid4())})
    assert wrong.status_code == 422
    assert db.session.query(IntakeSheet).count() == 0
    done = clerk.post(f"{address}/scans", data={"file": ""}, follow_redirects=True).text
    assert "1 sheet is taken from the scans." in done
    assert "H2K4 M6P8" in done or "H2K4-M6P8" in done
    again = clerk.post(f"{address}/scans/back", follow_redirects=True).text
    assert "1 sheet lies in the scans again." in again
    assert "There is no sheet from the scans to take back." in clerk.post(f"{address}/scans/back", follow_redirects=True).text
    clerk.post(f"{address}/scans", data={"file": ""})
    clerk.post(f"{address}/finish", data={"reason": ""})
    reading = clerk.get(f"{address}/read").text
    assert "The scanned sheet, page 1 of" in reading
    assert TEXTS["title"] not in reading
    (held,) = [one for one in db.session.query(ScanPage) if one.taken_by]
    assert TEXTS["title"] not in clerk.get(f"/staff/scans/page/{held.id}").text, "the first reading is not shown there either"
    assert clerk.get(f"/staff/scans/page/{held.id}.jpg").status_code == 200


def test_of_batches_that_take_the_same_scans_at_once_one_gets_each_sheet(race, committing_db):
    process = spaces.process("Parks")
    actor = intake.clerk(process)
    form = scans.layout_of(Kind.PROPOSAL, process, numbered=True)
    desk = SimpleNamespace(one=actor, form=form, file=scans.file(process), category="")
    for code in ("AAAA2345", "BBBB2345", "CCCC2345"):
        accepted(desk, code)
    db.session.commit()
    batches = [intake.batch(process, actor, declared=3) for _number in range(4)]
    db.session.commit()
    waiting = [SimpleNamespace(id=one.id) for one in batches]
    ended = race(lambda: len(take(waiting.pop(), actor).sheets), 4)
    assert (ended.errors, sum(ended.results)) == ([], 3)
    assert db.session.query(IntakeSheet).count() == 3
    held = [page.taken_by for page in db.session.query(ScanPage)]
    assert set(held) == {f"intake:{sheet.id}" for sheet in db.session.query(IntakeSheet)}


@pytest.fixture
def answers(app, process, desk):
    """An agreement that asks for name, contact and age, its numbered form, and a batch of answers to it."""
    asked = consents.agreement(process, categories=("name", "contact", "age_band"))
    form = scans.layout_of(Kind.CONSENT, asked, numbered=True, city=app.config["SETTINGS"].city_name)
    batch = intake.batch(process, desk.one, kind=SheetKind.CONSENT, agreement_id=asked.id)
    return SimpleNamespace(asked=asked, form=form, batch=batch)


SAID = {"person": "Hilja Virtanen", "name": "Hilja Virtanen", "address": "hilja@example.org", "guardian": ""}
MARKED = {"answer": "yes", "of_age": "yes", "age_band": "75_or_older"}


def test_an_answer_from_the_scans_counts_and_its_printed_slip_shows_it(process, desk, answers):
    serial = new_code(SERIAL_LENGTH)
    bands = [one.value for page in answers.form.pages for one in page.bubbles if one.field == "age_band"]
    accepted(desk, serial, SAID, layout=answers.form, chosen=MARKED | {"age_band": bands[-1]})
    (sheet,) = take(answers.batch, desk.one).sheets
    said = ("person", "answer", "of_age", "name", "address", "age_band")
    assert [sheet.first[name] for name in said] == ["Hilja Virtanen", "yes", "yes", *(SAID[n] for n in said[3:5]), bands[-1]]
    intake.finish(answers.batch, desk.one)
    intake.read(sheet, desk.other)
    assert sheet.state is SheetState.READ
    intake.reconcile(answers.batch, desk.other)
    intake.close(answers.batch, desk.other)
    printed = grouped(follow_code(intake.SECRET.encode(), serial))
    assert enter_code(db.session(), printed.lower()).person_id == sheet.person_id


def test_an_answer_to_an_earlier_text_stays_and_the_person_is_asked_again(process, desk, answers):
    accepted(desk, new_code(SERIAL_LENGTH), SAID, layout=answers.form, chosen=MARKED)
    consents.revise(answers.asked, notice={"en": "Other words."}, material=True)
    batch = intake.batch(process, desk.one, kind=SheetKind.CONSENT, agreement_id=answers.asked.id)
    (why,) = reasons(take(batch, desk.one)).values()
    assert "earlier text" in why


def test_the_code_of_a_torn_off_slip_leads_to_the_proposal_and_no_other_code_does(process, desk, client):
    serial = new_code(SERIAL_LENGTH)
    accepted(desk, serial, {"place": ""})
    batch = intake.batch(process, desk.one)
    (sheet,) = take(batch, desk.one).sheets
    code = grouped(follow_code(intake.SECRET.encode(), serial))
    assert proposal_of_slip(db.session(), code) is None, "nothing of a batch is seen before it is closed"
    intake.finish(batch, desk.one)
    intake.read(sheet, desk.other)
    intake.reconcile(batch, desk.other)
    intake.close(batch, desk.other)
    db.session.commit()
    found = client.post("/forms/slip", data={"code": f" {code.lower().replace('-', ' ')}"})
    assert TEXTS["title"] in client.get(found.location).text
    for wrong in (code[:-1] + ("2" if code[-1] != "2" else "3"), serial, sheet.serial, "", "x" * 61):
        answer = client.post("/forms/slip", data={"code": wrong})
        assert (answer.status_code, TEXTS["title"] in answer.text) == (422, False)
    proposal = db.session.query(Proposal).one()
    proposal.author_id, proposal.follow_token_hash = accounts.person().id, None  # as claiming leaves it
    db.session.commit()
    assert f"/{proposal.reference}" in client.post("/forms/slip", data={"code": code}).location
    guesses = [client.post("/forms/slip", data={"code": serial}).status_code for _guess in range(9)]
    assert guesses[-1] == 429
    right = client.post("/forms/slip", data={"code": code})
    assert right.status_code == 302, "a library shares one network: whoever mistypes keeps nobody from their own proposal"
