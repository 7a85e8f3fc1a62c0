"""The pages of batches: one sheet after another, a blind second reading, and nothing that is typed is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.extensions import db
from app.features.accounts.models import RoleAssignment
from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetState
from app.features.intake.queries import batches as queries
from app.features.printing.queries import follow_code, grouped
from app.features.proposals.models import Proposal
from app.features.spaces.models import Process, Publication
from app.kernel.audit import AuditEntry
from app.kernel.permissions import Role
from tests.factories import accounts, intake, spaces

TYPED = {
    "title": "A bench at the tram stop",
    "text": "My mother is 84 and cannot stand for ten minutes.",
    "language": "fi",
    "where": "street",
    "street": "Mannerheimintie 5",
    "author_name": "Hilja",
    "phone": "050 123 4567",
}


@pytest.fixture
def process(session):
    return spaces.process()


@pytest.fixture
def clerks(as_role, process):
    return as_role(Role.CLERK, process), as_role(Role.CLERK, process)


def hidden(page, name):
    """What a hidden field of the page holds."""
    return page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]


def opened(client, process, declared=1):
    page = client.get("/staff/intake/batches/new").text
    sent = {
        "batch_id": hidden(page, "batch_id"),
        "what": f"proposal:{process.id}",
        "station": "Library",
        "day": intake.today().isoformat(),
        "declared": str(declared),
    }
    answers = [client.post("/staff/intake/batches/new", data=sent) for _click in range(2)]
    assert answers[0].location == answers[1].location
    return answers[0].location.removesuffix("/enter")


def test_a_batch_goes_from_opening_to_slips_through_the_pages_alone(clerks, client, process):
    one, other = clerks
    address = opened(one, process)
    entry = one.get(f"{address}/enter").text
    sheet = {**TYPED, "sheet": hidden(entry, "sheet"), "serial": grouped(intake.printed_number("K7Q4M2")).lower()}
    answers = [one.post(f"{address}/enter", data=sheet, follow_redirects=True) for _click in range(2)]
    assert all("Sheet 1 is entered." in answer.text for answer in answers)
    assert db.session.query(IntakeSheet).one().serial == intake.printed_number("K7Q4M2")
    assert one.post(f"{address}/finish", data={}).status_code == 302
    assert f"{address}/reconcile" not in other.get(address).text, "what waits for a second reading is read first"

    reading = other.get(f"{address}/read").text
    assert grouped(intake.printed_number("K7Q4M2")) in reading
    for secret in ("A bench at", "My mother", "050 123", "Mannerheimintie 5", "Hilja"):
        assert secret not in reading, "the second reader sees nothing of what the first one typed"
    again = {**TYPED, "reading": hidden(reading, "reading")}
    assert "both readings agree" in other.post(f"{address}/read", data=again, follow_redirects=True).text
    assert db.session.query(Proposal).count() == 0
    assert f"{address}/reconcile" in other.get(address).text
    other.post(f"{address}/reconcile", data={})
    for _click in range(2):
        assert other.post(f"{address}/close", data={}).status_code == 302
    proposal = db.session.query(Proposal).one()
    assert proposal.reference in other.get(address).text

    plain = other.get(f"{address}/slips").text
    assert "/proposals/follow/" not in plain
    shown = other.post(f"{address}/slips", follow_redirects=True).text
    link = shown.split("/proposals/follow/")[1].split("<")[0].split('"')[0].strip()
    assert "A bench at the tram stop" in client.get(f"/proposals/follow/{link}").text
    noted = db.session.query(AuditEntry).filter_by(action="intake_batch.slips_shown").one()
    assert noted.actor_id == other.person.id


def test_the_codes_of_slips_are_shown_for_some_minutes_to_whoever_asked(clock, as_role):
    process = spaces.process()  # in the time of the clock that stands still
    one, other = as_role(Role.CLERK, process), as_role(Role.CLERK, process)
    batch_id = intake.closed(process, intake.clerk(process, one.person), intake.clerk(process, other.person)).id
    db.session.commit()
    page = one.post(f"/staff/intake/batches/{batch_id}/slips")
    assert "/proposals/follow/" in one.get(page.location).text
    assert "/proposals/follow/" not in other.get(page.location).text
    clock.advance(minutes=11)
    assert "/proposals/follow/" not in one.get(page.location).text


def _last(address):
    sheet = db.session.query(IntakeSheet).order_by(IntakeSheet.number.desc()).first()
    return f"{address}/sheets/{sheet.id}/again", sheet.id


def test_the_last_sheet_comes_back_into_the_form_to_be_corrected(clerks, process):
    one, _other = clerks
    address = opened(one, process, 2)
    one.post(f"{address}/enter", data=TYPED)
    again, before = _last(address)
    page = one.get(again).text
    for words in ("A bench at the tram stop", "My mother is 84", "Mannerheimintie 5", "050 123 4567", "Hilja"):
        assert words in page
    assert db.session.get(IntakeSheet, before) is not None, "opened and left again, it is still there"
    sent = {**TYPED, "title": "Two benches", "sheet": str(uuid4())}
    for _click in range(2):
        assert one.post(again, data=sent).status_code == 302
    assert [sheet.first["title"] for sheet in db.session.query(IntakeSheet)] == ["Two benches"]
    assert "no sheet of yours" in one.get(again, follow_redirects=True).text


def test_what_is_wrong_in_the_correction_leaves_the_sheet_as_it_was(clerks, process):
    one, _other = clerks
    address = opened(one, process, 2)
    one.post(f"{address}/enter", data=TYPED)
    again, before = _last(address)
    answer = one.post(again, data={**TYPED, "title": "", "text": "Said better", "sheet": str(uuid4())})
    assert (answer.status_code, "Said better" in answer.text) == (422, True)
    answer = one.post(again, data={**TYPED, "serial": "AAAA-BBBB-CCCC", "sheet": str(uuid4())})
    assert answer.status_code >= 400
    assert [sheet.id for sheet in db.session.query(IntakeSheet)] == [before]


def test_a_sheet_is_taken_out_once_however_often_the_button_is_pressed(clerks, process):
    one, _other = clerks
    address = opened(one, process, 2)
    one.post(f"{address}/enter", data=TYPED)
    first = _last(address)[1]
    one.post(f"{address}/enter", data={**TYPED, "title": "Another one", "sheet": str(uuid4())})
    last = _last(address)[1]
    assert "is taken out" in one.post(f"{address}/undo", data={"sheet": last}, follow_redirects=True).text
    assert "no sheet of yours" in one.post(f"{address}/undo", data={"sheet": last}, follow_redirects=True).text
    assert [sheet.id for sheet in db.session.query(IntakeSheet)] == [first]


def test_the_language_of_the_last_sheet_is_kept_for_the_next(clerks, process):
    one, _other = clerks
    address = opened(one, process, 2)
    page = one.post(f"{address}/enter", data=TYPED, follow_redirects=True).text
    assert 'selected value="fi"' in page or 'value="fi" selected' in page
    assert "A bench at" not in page.split("<form")[-1]


@pytest.mark.parametrize("changes", [{"title": ""}, {"street": "Nowhere Street 9"}, {"serial": "x" * 41}, {"email": "a@b"}])
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(clerks, process, changes):
    one, _other = clerks
    answer = one.post(f"{opened(one, process)}/enter", data={**TYPED, **changes})
    assert answer.status_code == 422
    assert "My mother is 84" in answer.text
    assert db.session.query(IntakeSheet).count() == 0


def test_a_clerk_whose_role_is_withdrawn_in_the_middle_changes_nothing_and_is_told(as_role, process):
    other_process = spaces.process()
    one = as_role(Role.CLERK, process)
    accounts.grant(one.person, Role.CLERK, other_process)
    db.session.commit()
    address = opened(one, process)
    assert one.post(f"{address}/enter", data=TYPED).status_code == 302
    role = db.session.query(RoleAssignment).filter_by(person_id=one.person.id, process_id=process.id).one()
    db.session.delete(role)
    db.session.commit()

    answer = one.post(f"{address}/enter", data={**TYPED, "title": "One more"})

    assert answer.status_code in (403, 404)
    assert db.session.query(IntakeSheet).count() == 1
    assert one.post(f"{address}/finish").status_code in (403, 404)
    assert db.session.query(IntakeBatch).one().state is BatchState.OPEN


def test_a_wrong_number_of_sheets_asks_for_a_reason(clerks, process):
    one, _other = clerks
    address = opened(one, process, 60)
    one.post(f"{address}/enter", data=TYPED)
    answer = one.post(f"{address}/finish", data={})
    assert answer.status_code == 422
    assert "60 sheets were declared, 1 are here" in answer.text
    assert 'id="reason-error"' in answer.text
    assert one.post(f"{address}/finish", data={"reason": "Miscounted"}).status_code == 302


def test_both_readings_stand_beside_each_other_to_be_settled(clerks, process):
    one, other = (intake.clerk(process, each.person) for each in clerks)
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one, title="A bend")
    intake.finish(batch, one)
    intake.read(sheet, other, title="A bench", where={"kind": "city", "label": ""})
    db.session.commit()
    address = f"/staff/intake/batches/{batch.id}/sheets/{sheet.id}/settle"
    first, second = clerks[0].get(address).text, clerks[0].get(f"{address}?begin=second").text
    for page in (first, second):
        assert 'A <mark translate="no">bend</mark>' in page
        assert 'A <mark translate="no">bench</mark>' in page
    assert 'value="A bend"' in first
    assert 'value="A bench"' in second
    typed = {**TYPED, "title": "A bench", "where": "city"}
    assert clerks[0].post(address, data=typed).status_code == 302
    db.session.expire_all()
    assert db.session.get(IntakeSheet, sheet.id).state is SheetState.SETTLED


def test_a_sheet_that_cannot_be_entered_gets_its_number_and_its_reason(clerks, process):
    one, _other = clerks
    address = opened(one, process)
    assert one.post(f"{address}/void", data={"reason": ""}).status_code == 422
    assert one.post(f"{address}/void", data={"reason": "Empty"}).status_code == 302
    assert "Empty" in one.get(address).text


def test_batches_of_other_processes_are_not_there(clerks, process):
    elsewhere = spaces.process()
    batch = intake.batch(elsewhere)
    batch_id, reference = batch.id, batch.reference
    db.session.commit()
    for page in ("", "/enter", "/read", "/finish", "/void", "/slips"):
        assert clerks[0].get(f"/staff/intake/batches/{batch_id}{page}").status_code == 404
    assert reference not in clerks[0].get("/staff/intake/batches").text


def test_what_is_typed_is_kept_on_the_device_for_this_sheet_alone(clerks, process):
    one, _other = clerks
    address = opened(one, process, 2)
    first = one.get(f"{address}/enter").text
    one.post(f"{address}/enter", data=TYPED)
    second = one.get(f"{address}/enter").text
    keys = [page.split('data-key="')[1].split('"')[0] for page in (first, second)]
    assert keys[0] != keys[1]


def test_a_sheet_without_a_category_or_a_place_is_entered_as_that_and_not_guessed(clerks, process):
    spaces.category(process, "Streets")
    db.session.commit()
    one, other = clerks
    address = opened(one, process)
    typed = {**TYPED, "where": "city"}

    passed_over = one.post(f"{address}/enter", data=typed)
    taken = one.post(f"{address}/enter", data={**typed, "category_id": "none"})

    assert passed_over.status_code == 422
    assert "Choose the category that is marked, or that none is." in passed_over.text
    assert taken.status_code == 302
    sheet = db.session.query(IntakeSheet).one()
    assert (sheet.first["category_id"], sheet.first["where"]) == ("", {"kind": "city", "label": ""})
    one.post(f"{address}/finish", data={})
    read = {**typed, "category_id": "none", "reading": str(sheet.id)}
    assert other.post(f"{address}/read", data=read).status_code == 302
    for step in ("reconcile", "close"):
        other.post(f"{address}/{step}", data={})
    assert db.session.query(Proposal).one().category_id is None


def test_where_moderators_look_first_the_clerk_is_told_and_can_open_the_page(clerks, process, client):
    db.session.query(Process).update({"publication": Publication.AFTER_APPROVAL})
    db.session.commit()
    one, other = clerks
    address = opened(one, process)
    one.post(f"{address}/enter", data=TYPED)
    sheet = db.session.query(IntakeSheet).one()
    one.post(f"{address}/finish", data={})
    other.post(f"{address}/read", data={**TYPED, "reading": str(sheet.id)})
    other.post(f"{address}/reconcile", data={})

    before = other.get(f"{address}/close").text
    after = other.post(f"{address}/close", data={}, follow_redirects=True).text

    assert "Each appears when a moderator has looked at it." in before
    assert "Proposals appear, answers count" not in before
    assert "Everything in it counts now" not in after
    assert "1 proposal of this batch waits for a moderator" in after
    reference = db.session.query(Proposal).one().reference
    assert f'href="/proposals/{reference}"' in after
    assert one.get(f"/proposals/{reference}").status_code == 200
    assert client.get(f"/proposals/{reference}").status_code == 404


@pytest.mark.parametrize("state", [BatchState.OPEN, BatchState.CLOSED])
def test_every_batch_is_found_however_many_there_are(clerks, process, state, monkeypatch):
    """A sheet that comes alone is a batch of one, so there are hundreds; the one that nobody went on with is the last."""
    monkeypatch.setattr(queries, "SHOWN", 2)
    actor = intake.clerk(process, clerks[0].person)
    made = [intake.batch(process, actor) for _number in range(5)]
    for batch in made:
        batch.state = state
    forgotten = made[0].reference
    made[0].changed_at -= timedelta(days=30)
    db.session.commit()
    address = f"/staff/intake/batches?closed={'yes' if state is BatchState.CLOSED else ''}"
    assert forgotten not in clerks[0].get(address).text
    assert "page=2" in clerks[0].get(address).text
    assert forgotten in clerks[0].get(f"{address}&page=3").text
    begun = clerks[0].get(f"/staff/intake/batches/new?what=proposal:{process.id}").text
    assert (made[1].reference in begun) is (state is BatchState.OPEN)
    assert clerks[0].get("/staff/intake/batches/new?what=nothing:of-ours").status_code == 200


def test_a_reason_that_is_written_is_shown_and_not_asked_for_again(clerks, process):
    one, _other = clerks
    batch = intake.batch(process, intake.clerk(process, one.person), declared=4)
    batch.count_reason = "Two stuck together"
    db.session.commit()
    address = f"/staff/intake/batches/{batch.id}"
    for step, asks in (("finish", True), ("close", False), ("reopen", False)):
        page = one.get(f"{address}/{step}").text
        assert ("Count the bundle again" in page) is asks, step
        assert asks or "Two stuck together" in page, step


def test_the_list_of_keys_has_those_that_work_now(clerks, process):
    one, _other = clerks
    page = one.get(opened(one, process)).text
    assert "<kbd>e</kbd>" in page
    for key in "trpc":
        assert f"<kbd>{key}</kbd>" not in page


def test_whoever_types_the_code_of_the_slip_is_told_which_number_is_meant(clerks, process):
    one, _other = clerks
    code = follow_code(b"any", intake.printed_number("K7Q4M2"))
    answer = one.post(f"{opened(one, process)}/enter", data={**TYPED, "serial": grouped(code)})
    assert (answer.status_code, "the code of the slip" in answer.text) == (422, True)


def test_forms_in_easy_language_stand_beside_the_others(clerks, process):
    page = clerks[0].get("/staff/intake").text
    assert f"/forms/{process.slug}/proposal.pdf?in=fi&amp;print=easy" in page
