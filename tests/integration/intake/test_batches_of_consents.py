"""Answers about personal data on paper: nothing counts before the batch is closed; everybody gets a code of their own."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.extensions import db
from app.features.accounts.models import Person
from app.features.consents.models import Answer, ConsentEvent, ConsentRecord, Guardian
from app.features.consents.queries import record_of
from app.features.consents.use_cases import NoteAge, UnknownCode, enter_code, give_code, given_code, note_age
from app.features.intake.models import IntakeSheet, SheetKind, SheetState
from app.features.intake.use_cases import MoveBatch, SettleSheet, VoidSheet, reopen_batch, settle_sheet, void_sheet
from app.features.printing.models import PrintedCopy, PrintedForm, PrintRun
from app.features.printing.queries import Kind
from app.features.spaces.models import Process
from app.kernel import clock as time
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.permissions import Channel
from tests.factories import accounts, consents, intake, scans, spaces


@pytest.fixture
def process(session):
    return spaces.process()


@pytest.fixture
def agreement(process):
    return consents.agreement(process, categories=("name", "contact"))


@pytest.fixture
def batch(process, agreement, clerks):
    return intake.batch(process, clerks[0], kind=SheetKind.CONSENT, agreement_id=agreement.id, declared=2)


@pytest.fixture
def clerks(process):
    return intake.clerk(process), intake.clerk(process)


def through(batch, clerks, sheets):
    one, other = clerks
    intake.finish(batch, one)
    for sheet in sheets:
        intake.read(sheet, other)
    intake.reconcile(batch, other)
    return intake.close(batch, other)


def test_answers_count_from_the_closing_on_with_voice_and_hands_apart(batch, clerks):
    sheets = [
        intake.sheet(batch, clerks[0], "C1"),
        intake.sheet(batch, clerks[0], person="Onni", answer="no", name="", address=""),
    ]
    assert db.session.query(ConsentRecord).count() == 0
    through(batch, clerks, sheets)
    events = {event.sheet: event for event in db.session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED)}
    yes, no = events[intake.printed_number("C1")], events[f"{batch.reference}/2"]
    assert (yes.answer, no.answer) == (Answer.GIVEN, Answer.REFUSED)
    assert (yes.channel, yes.hands_id, yes.person_id) == (Channel.PAPER, clerks[0].person_id, sheets[0].person_id)
    assert db.session.get(Person, yes.person_id).display_name == "Hilja Virtanen"
    intake.close(batch, clerks[1])
    assert db.session.query(ConsentRecord).count() == 2


def test_each_closed_sheet_has_a_code_for_its_slip(batch, clerks):
    sheets = [intake.sheet(batch, clerks[0]), intake.sheet(batch, clerks[0], person="Onni")]
    assert given_code(db.session(), sheets[0].id, intake.SECRET) is None
    through(batch, clerks, sheets)
    codes = [given_code(db.session(), sheet.id, intake.SECRET) for sheet in sheets]
    assert [code[1] for code in codes] == [sheet.person_id for sheet in sheets]
    assert codes[0][0] != codes[1][0]


def test_whoever_has_a_slip_keeps_its_code_and_gets_no_second_person(batch, clerks):
    known = accounts.person(email=None)
    code = give_code(db.session(), clerks[0], known.id, intake.SECRET, code_id=uuid.uuid4())
    with pytest.raises(UnknownCode):
        intake.sheet(batch, clerks[0], code="AAAA-AAAA-AAAA-AAAA")
    sheet = intake.sheet(batch, clerks[0], code=code.lower(), person="")
    intake.finish(batch, clerks[0], "The other one is late")
    intake.read(sheet, clerks[1])
    intake.reconcile(batch, clerks[1])
    intake.close(batch, clerks[1])
    assert sheet.person_id == known.id
    assert enter_code(db.session(), code).person_id == known.id
    assert given_code(db.session(), sheet.id, intake.SECRET) is None


def test_a_young_person_answers_with_an_adult(batch, clerks):
    month = (time.now().date() + timedelta(days=400)).replace(day=1).isoformat()
    young = {"of_age": "no", "of_age_on": month}
    with pytest.raises(Invalid) as refused:
        intake.sheet(batch, clerks[0], **young)
    assert "guardian" in refused.value.errors
    sheet = intake.sheet(batch, clerks[0], guardian="Aino Virtanen", **young)
    intake.finish(batch, clerks[0], "The other one is late")
    intake.read(sheet, clerks[1])
    intake.reconcile(batch, clerks[1])
    intake.close(batch, clerks[1])
    assert db.session.query(Guardian).one().minor_id == sheet.person_id


def test_the_code_of_a_slip_is_readable_in_no_row_while_its_sheet_waits(batch, clerks):
    """Of a code a digest is kept, so that a copy of the database opens nobody's answers."""
    known = accounts.person(email=None)
    code = give_code(db.session(), clerks[0], known.id, intake.SECRET, code_id=uuid.uuid4())
    sheet = intake.sheet(batch, clerks[0], code=code, person="")
    intake.finish(batch, clerks[0], "The other one is late")
    intake.read(sheet, clerks[1], name="Somebody else")
    settle_sheet(
        db.session(),
        intake.clerk(db.session.get_one(Process, batch.process_id)),
        SettleSheet(batch.id, sheet.id, {**sheet.first}),
    )
    db.session.expire_all()
    assert (sheet.first["code"], sheet.second["code"], sheet.settled["code"]) == (code, code, code)
    rows = db.session.execute(text("SELECT first, second, settled FROM intake_sheet")).one()
    assert "sealed:" in str(rows)
    assert code not in str(rows)
    intake.reconcile(batch, clerks[1])
    intake.close(batch, clerks[1])
    assert sheet.person_id == known.id


def test_a_young_person_who_is_known_by_their_code_is_refused_at_the_keyboard(batch, clerks):
    """At the closing alone, their sheet would hold up all others of the bundle."""
    known = accounts.person(email=None)
    code = give_code(db.session(), clerks[0], known.id, intake.SECRET, code_id=uuid.uuid4())
    month = (time.now().date() + timedelta(days=400)).replace(day=1)
    note_age(db.session(), clerks[0], NoteAge(known.id, month))
    with pytest.raises(Refused, match="below the age") as refused:
        intake.sheet(batch, clerks[0], code=code, person="")
    assert refused.value.field == "of_age"
    young = {"of_age": "no", "of_age_on": month.isoformat(), "guardian": "Aino Virtanen"}
    assert intake.sheet(batch, clerks[0], code=code, person="", **young).number == 1
    assert intake.sheet(batch, clerks[0], code=code, person="", answer="no").number == 2


def test_a_yes_that_lacks_what_is_asked_is_said_at_the_keyboard(batch, clerks):
    with pytest.raises(Invalid) as refused:
        intake.sheet(batch, clerks[0], name="", address="not an address")
    assert set(refused.value.errors) == {"name", "address"}


def test_an_answer_to_an_old_text_is_refused_before_and_at_the_closing(batch, agreement, clerks):
    sheet = intake.sheet(batch, clerks[0])
    intake.finish(batch, clerks[0], "One only")
    intake.read(sheet, clerks[1])
    intake.reconcile(batch, clerks[1])
    consents.revise(agreement, notice={"en": "Other words."})
    with pytest.raises(Refused, match="Sheet 1 cannot be taken in"):
        intake.close(batch, clerks[1])
    db.session.rollback()
    assert db.session.query(ConsentRecord).count() == 0


def test_an_old_text_is_said_while_entering(batch, agreement, clerks):
    consents.revise(agreement, notice={"en": "Other words."})
    with pytest.raises(Conflict, match="since these sheets were printed"):
        intake.sheet(batch, clerks[0])
    assert db.session.query(IntakeSheet).count() == 0


def test_only_what_people_are_asked_here_has_batches(process, clerks):
    elsewhere = consents.agreement(spaces.process())
    for agreement_id in (elsewhere.id, uuid.uuid4(), None):
        with pytest.raises(NotFound):
            intake.batch(process, clerks[0], kind=SheetKind.CONSENT, agreement_id=agreement_id)


def test_an_older_yes_on_paper_brings_back_nothing_that_was_taken_back_since(clock, batch, process, agreement, clerks):
    """The person took it back while the batch waited; a no on paper has nothing in its way, and a newer yes neither."""
    known = accounts.person(email=None)
    code = give_code(db.session(), clerks[0], known.id, intake.SECRET, code_id=uuid.uuid4())
    old = intake.sheet(batch, clerks[0], code=code, person="")
    sheets = [old, intake.sheet(batch, clerks[0], person="Onni")]
    intake.finish(batch, clerks[0])
    for sheet in sheets:
        intake.read(sheet, clerks[1])
    intake.reconcile(batch, clerks[1])
    clock.advance(days=2)
    consents.consent(agreement, known)
    consents.withdraw(agreement, known)
    with pytest.raises(Refused, match="Sheet 1 cannot be taken in: Something newer than this sheet"), db.session.begin_nested():
        intake.close(batch, clerks[1])
    assert record_of(db.session(), agreement.id, known.id).answer is Answer.WITHDRAWN

    reopen_batch(db.session(), clerks[0], MoveBatch(batch.id, "Sheet 1 is older"))
    with pytest.raises(Refused, match="Something newer"):
        intake.sheet(batch, clerks[0], code=code, person="")
    void_sheet(db.session(), clerks[0], VoidSheet(batch.id, old.id, "Taken back since"))
    no = intake.sheet(batch, clerks[0], code=code, person="", answer="no", name="", address="")
    intake.finish(batch, clerks[0], "A sheet was found")
    intake.read(no, clerks[1])
    intake.reconcile(batch, clerks[1], "A sheet was found")
    intake.close(batch, clerks[1])
    assert record_of(db.session(), agreement.id, known.id).answer is Answer.REFUSED

    clock.advance(days=1)
    newer = intake.batch(process, clerks[0], kind=SheetKind.CONSENT, agreement_id=agreement.id, declared=1)
    through(newer, clerks, [intake.sheet(newer, clerks[0], code=code, person="")])
    assert record_of(db.session(), agreement.id, known.id).answer is Answer.GIVEN


def test_a_code_of_somebody_else_is_refused_and_without_a_name_the_code_decides(batch, clerks):
    onni = accounts.person(email=None, display_name="Onni Virtanen")
    code = give_code(db.session(), clerks[0], onni.id, intake.SECRET, code_id=uuid.uuid4())
    with pytest.raises(Refused, match="somebody of another name") as refused:
        intake.sheet(batch, clerks[0], code=code, person="Hilja Virtanen")
    assert refused.value.field == "person"
    for name in ("VIRTANEN onni", "Onni", ""):
        assert intake.sheet(batch, clerks[0], code=code, person=name).first["person"] == name


def run_of(agreement, name):
    """A print run of the form as it is now, with one copy; returns its serial."""
    session = db.session()
    layout = scans.layout_of(Kind.CONSENT, agreement, numbered=True)
    form = PrintedForm(
        process_id=agreement.process_id,
        kind="C",
        subject=agreement.id,
        revision=layout.version,
        short_revision=layout.short_version,
        layout="{}",
    )
    session.add(form)
    session.flush()
    run = PrintRun(
        process_id=agreement.process_id, form_id=form.id, variant="standard", language="en", paper="a4", number=1, done=1
    )
    session.add(run)
    session.flush()
    session.add(PrintedCopy(serial=intake.printed_number(name), run_id=run.id))
    session.flush()
    return intake.printed_number(name)


def test_a_sheet_with_an_earlier_text_is_refused_at_the_keyboard(process, agreement, clerks, clock):
    earlier = run_of(agreement, "EARLIER2")
    clock.advance(days=1)
    consents.revise(agreement, notice={"en": "Other words."}, material=True)
    clock.advance(days=1)
    now = run_of(agreement, "NOWNOW22")
    batch = intake.batch(process, clerks[0], kind=SheetKind.CONSENT, agreement_id=agreement.id)
    with pytest.raises(Refused, match="earlier text") as refused:
        intake.sheet(batch, clerks[0], earlier)
    assert refused.value.field == "serial"
    assert intake.sheet(batch, clerks[0], now).serial == now


def test_a_batch_of_a_day_with_an_earlier_text_is_not_opened(process, agreement, clerks, clock):
    clock.advance(days=3)
    consents.revise(agreement, notice={"en": "Other words."}, material=True)
    with pytest.raises(Invalid) as refused:
        intake.batch(
            process,
            clerks[0],
            kind=SheetKind.CONSENT,
            agreement_id=agreement.id,
            day=intake.today() - timedelta(days=1),
        )
    assert "another text" in str(refused.value.errors["day"])
    assert intake.batch(process, clerks[0], kind=SheetKind.CONSENT, agreement_id=agreement.id).id


def settle(batch, sheet, actor, **said):
    return settle_sheet(db.session(), actor, SettleSheet(batch.id, sheet.id, intake.answer(**said)))


def test_nobody_decides_alone_what_somebody_allows(process, batch, clerks):
    one, other = clerks
    sheet = intake.sheet(batch, one)
    intake.finish(batch, one, "The other one is late")
    intake.read(sheet, other, answer="no", of_age="", name="", address="")
    assert sheet.state is SheetState.DIFFERS
    for actor, said in [(one, {}), (other, {"answer": "no", "of_age": "", "name": "", "address": ""}), (one, {"name": "H"})]:
        with pytest.raises(Refused, match="Take over what your colleague read"):
            settle(batch, sheet, actor, **said)
    assert settle(batch, sheet, other).state is SheetState.SETTLED  # gives way to the first reading


def test_somebody_who_has_read_nothing_of_it_decides_freely(process, batch, clerks):
    one, other = clerks
    sheet = intake.sheet(batch, one)
    intake.finish(batch, one, "The other one is late")
    intake.read(sheet, other, name="Hilja Wirtanen")
    assert settle(batch, sheet, intake.clerk(process), name="Hilja V.").settled["name"] == "Hilja V."
