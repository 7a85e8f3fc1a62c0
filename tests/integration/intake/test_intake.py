"""Paper and telephone count exactly as a click does; whose voice and whose hands stay apart."""

import re
import uuid

import pytest
from flask.sessions import SecureCookieSessionInterface

from app.extensions import db
from app.features.printing import setting
from app.features.printing import use_cases as printing
from app.features.proposals.follow_links import slip_token
from app.features.proposals.models import GuestContact, Proposal
from app.features.proposals.use_cases import TakeInProposal, WholeCity, take_in_proposal
from app.features.spaces.models import Process
from app.kernel.audit import AuditEntry
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import accounts, kiosk, proposals, spaces

SHEET = {
    "channel": "desk",
    "title": "A bench at the tram stop",
    "text": "My mother is 84 and cannot stand for ten minutes.",
    "language": "fi",
    "where": "street",
    "street": "Mannerheimintie 5",
    "author_name": "Hilja",
    "read_back": "y",
}


@pytest.fixture
def process(session):
    return spaces.process()


def test_a_visit_becomes_a_proposal_with_voice_and_hands_apart(as_role, process):
    client = as_role(Role.CLERK, process)

    response = client.post(f"/staff/intake/{process.id}", data={**SHEET, "phone": "050 123"}, follow_redirects=True)

    proposal = db.session.query(Proposal).one()
    assert (proposal.channel, proposal.author_id, proposal.author_name) == (Channel.DESK, None, "Hilja")
    assert proposal.hands_id == client.person.id
    assert db.session.get(GuestContact, proposal.id).phone == "050 123"
    assert proposal.reference in response.text
    assert "/proposals/follow/" in response.text


def test_the_slip_leads_to_the_proposal_without_an_account(as_role, client, process):
    page = as_role(Role.CLERK, process).post(f"/staff/intake/{process.id}", data=SHEET, follow_redirects=True).text
    link = page.split("/proposals/follow/")[1].split("<")[0].split('"')[0].strip()

    assert "A bench at the tram stop" in client.get(f"/proposals/follow/{link}", follow_redirects=True).text


def test_whoever_has_no_phone_types_the_code_of_the_slip_at_a_public_screen(app, as_role, process):
    page = as_role(Role.CLERK, process).post(f"/staff/intake/{process.id}", data=SHEET, follow_redirects=True).text
    code = re.search(r"<code[^>]*>([0-9A-Z-]{19})</code>", page)[1]

    screen = kiosk.become(app.test_client())
    assert "A bench at the tram stop" in screen.post("/forms/slip", data={"code": code}, follow_redirects=True).text
    assert code.replace("-", "") not in str(db.session.query(Proposal).one().__dict__)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("7KXM-2AB", "The code has 16 characters. You typed 7."),
        ("P-7KQ4M", "The code has 16 characters. You typed 6."),
        ("\N{GRINNING FACE}", "The code has 16 characters. You typed 0."),
        ("2222-2222-2222-2223", "One of the characters is not as on the slip"),
        ("2222-2222-2222-2222", "We do not know this code."),
    ],
)
def test_whoever_mistypes_the_code_of_a_slip_reads_what_is_wrong(client, typed, says):
    answer = client.post("/forms/slip", data={"code": typed})
    assert answer.status_code == 422
    assert says in answer.text
    if "One of" not in says:  # codes of answers have no check character
        assert says in client.post("/my-data/code", data={"code": typed}).text


def test_a_link_that_works_no_more_says_why(client):
    page = client.get("/proposals/follow/" + "a" * 43)
    assert page.status_code == 404
    assert "Once a proposal was put to an account" in page.text


def test_the_secret_link_is_shown_for_some_minutes_to_this_clerk_alone_and_kept_nowhere(clock, as_role, process):
    clerk = as_role(Role.CLERK, process)
    slip = clerk.post(f"/staff/intake/{process.id}", data=SHEET).location
    plain = slip.split("?")[0]
    secret = slip_token(db.session.query(Proposal).one().id)

    assert secret in clerk.get(slip).text
    assert secret not in slip
    assert secret not in clerk.get(plain).text
    assert secret not in clerk.get(f"{plain}?seal=99999999999.forged").text
    cookie = clerk.get_cookie("plaza").value
    serializer = SecureCookieSessionInterface().get_signing_serializer(clerk.application)
    assert secret not in str(serializer.loads(cookie))

    colleague = as_role(Role.CLERK, process)
    assert colleague.get(slip).status_code == 404
    clock.advance(minutes=11)
    assert secret not in clerk.get(slip).text


def test_a_double_click_takes_one_sheet_in_and_leads_to_the_same_slip(as_role, process):
    client = as_role(Role.CLERK, process)
    address = f"/staff/intake/{process.id}?channel=phone"
    sheet = {**SHEET, "channel": "phone", "sheet": sheet_on(client.get(address).text)}

    first, second = client.post(address, data=sheet), client.post(address, data=sheet)

    assert first.location == second.location
    assert db.session.query(Proposal).count() == 1
    assert db.session.query(AuditEntry).filter_by(action="proposal.taken_in").count() == 1
    assert "/proposals/follow/" in client.get(second.location).text


def test_another_sheet_under_the_same_form_is_not_lost_and_becomes_one_of_its_own(as_role, process):
    client = as_role(Role.CLERK, process)
    address = f"/staff/intake/{process.id}"
    sheet = {**SHEET, "sheet": sheet_on(client.get(address).text)}
    client.post(address, data=sheet)

    again = client.post(address, data={**sheet, "title": "Something else"})

    assert again.status_code == 409
    assert "already taken in" in again.text
    assert "Something else" in again.text
    assert client.post(address, data={**sheet, "title": "Something else", "sheet": sheet_on(again.text)}).status_code == 302
    assert db.session.query(Proposal).count() == 2


CORRECTIONS = [
    {"language": "en"}, {"author_name": "Hilja Virtanen"}, {"author_name": ""}, {"phone": "050 124"}, {"phone": ""},
    {"email": "hilja@example.org"}, {"postal": "Mannerheimintie 5"}, {"street": "Mannerheimintie 7"},
    {"where": "coordinates", "coordinates": "60.1699, 24.9384"}, {"where": "city"}, {"channel": "phone"},
    {"category_id": "other"},
]  # fmt: skip


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda change: " ".join(f"{k} {v}" for k, v in change.items()))
def test_a_correction_of_anything_on_a_sheet_is_not_lost_silently(as_role, process, correction):
    one, other = (spaces.category(process, name) for name in ("Streets", "Parks"))
    client = as_role(Role.CLERK, process)
    address = f"/staff/intake/{process.id}"
    sheet = {**SHEET, "sheet": sheet_on(client.get(address).text), "phone": "050 123", "category_id": str(one.id)}
    assert client.post(address, data=sheet).status_code == 302
    assert client.post(address, data=sheet).status_code == 302, "the same again is a double click"
    if "category_id" in correction:
        correction = {"category_id": str(other.id)}

    again = client.post(address, data={**sheet, **correction})

    assert again.status_code == 409
    assert "already taken in" in again.text
    assert all(value in again.text for value in correction.values())
    assert client.post(address, data={**sheet, **correction, "sheet": sheet_on(again.text)}).status_code == 302
    assert db.session.query(Proposal).count() == 2


def test_nobody_gets_at_a_proposal_by_naming_it_as_ones_own_sheet(as_role, process):
    theirs = proposals.proposal(process, title=SHEET["title"], text=SHEET["text"])
    response = as_role(Role.CLERK, process).post(f"/staff/intake/{process.id}", data={**SHEET, "sheet": str(theirs.id)})

    assert response.status_code == 409
    assert db.session.query(Proposal).count() == 1


def test_two_clicks_at_the_same_moment_take_in_one_sheet(race, committing_db):
    process_id = spaces.process().id
    actor = Actor(person_id=accounts.person().id, roles=frozenset({(Role.CLERK, process_id)}))
    command = TakeInProposal(process_id, "A bench", "My mother", WholeCity(), Channel.PAPER, form_id=uuid.uuid4())

    ended = race(lambda: take_in_proposal(db.session(), actor, command)[0].reference)

    assert ended.errors == []
    assert len(set(ended.results)) == 1
    assert db.session.query(Proposal).count() == 1
    assert db.session.query(AuditEntry).filter_by(action="proposal.taken_in").count() == 1


def test_only_the_field_of_the_chosen_way_counts(as_role, process):
    client = as_role(Role.CLERK, process)

    response = client.post(f"/staff/intake/{process.id}", data={**SHEET, "where": "city", "coordinates": "1" * 90})

    assert response.status_code == 302


def test_a_street_that_nobody_knows_opens_the_areas_and_is_kept(as_role, process):
    client = as_role(Role.CLERK, process)

    page = client.post(f"/staff/intake/{process.id}", data={**SHEET, "street": "Nowhere Street 9"})

    assert page.status_code == 422
    assert "Nowhere Street 9" in page.text
    assert 'value="area" checked' in page.text


def test_everything_that_is_wrong_is_said_at_once(as_role, process):
    client = as_role(Role.CLERK, process)

    page = client.post(f"/staff/intake/{process.id}", data={**SHEET, "title": "", "read_back": "", "street": ""}).text

    for words in ("Write a title.", "Write the name of the street.", "then tick this"):
        assert words in page


def sheet_on(page):
    """What tells this sheet from every other, as the form carries it."""
    return page.split('name="sheet"')[1].split('value="')[1].split('"')[0]


def test_what_is_missing_is_said_and_nothing_typed_is_lost(as_role, process):
    client = as_role(Role.CLERK, process)

    response = client.post(f"/staff/intake/{process.id}", data={**SHEET, "street": "Nowhere Street 9", "read_back": ""})

    assert response.status_code == 422
    assert "A bench at the tram stop" in response.text
    assert "My mother is 84" in response.text
    assert db.session.query(Proposal).count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x" * 500},
        {"text": "\x00"},
        {"category_id": "none-of-ours"},
        {"where": "moon"},
        {"where": "coordinates", "coordinates": "here"},
        {"where": "coordinates", "coordinates": "0, 0"},
        {"where": "area", "area": "00000000-0000-0000-0000-000000000000"},
        {"channel": "web"},
        {"language": "xx"},
        {"channel": ["desk", "phone"], "title": ["a", "b"]},
    ],
)
def test_whatever_is_typed_gets_an_answer(as_role, process, changes):
    response = as_role(Role.CLERK, process).post(f"/staff/intake/{process.id}", data={**SHEET, **changes})

    assert response.status_code in (302, 422)


def test_a_clerk_of_another_process_finds_no_form(as_role, process):
    client = as_role(Role.CLERK, spaces.process())

    assert client.get(f"/staff/intake/{process.id}").status_code in (403, 404)


@pytest.mark.parametrize("size", ["standard", "large"])
@pytest.mark.parametrize("language", ["en", "de", "fi", "ar"])
def test_the_form_can_be_printed_in_every_language_and_in_large_print(client, process, size, language):
    response = client.get(f"/forms/{process.slug}/proposal.pdf?print={size}&in={language}")

    assert response.data.startswith(b"%PDF")
    assert b"StructTreeRoot" in response.data or b"ObjStm" in response.data


@pytest.fixture
def typesettings(monkeypatch, process):
    """How often a form was typeset."""
    db.session.commit()
    done = []
    real = setting.typst.compile
    monkeypatch.setattr(setting.typst, "compile", lambda *args, **more: done.append(1) or real(*args, **more))
    printing._drawn.cache_clear()
    return done


def test_a_form_is_typeset_once_and_not_sent_again_to_who_has_it(client, process, typesettings):
    address = f"/forms/{process.slug}/proposal.pdf?in=en"
    first = client.get(address)
    again = client.get(address)
    known = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert len(typesettings) == 1
    assert again.data == first.data
    assert (known.status_code, known.data) == (304, b"")
    assert known.headers["ETag"] == first.headers["ETag"]
    assert known.headers["Cache-Control"] == first.headers["Cache-Control"]


@pytest.mark.parametrize("change", ["title", "category", "size", "language"])
def test_a_form_is_typeset_anew_when_what_is_printed_on_it_changes(client, process, typesettings, change):
    address = f"/forms/{process.slug}/proposal.pdf"
    before = client.get(f"{address}?in=en")
    printed = db.session.query(Process).one()
    if change == "title":
        printed.title = {"en": "More benches"}
    elif change == "category":
        spaces.category(printed, "Benches")
    db.session.commit()
    language = "fi" if change == "language" else "en"
    more = "&print=large" if change == "size" else ""
    after = client.get(f"{address}?in={language}{more}", headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.data != before.data
    assert len(typesettings) == 2


def test_a_reader_who_knows_the_form_causes_no_typesetting_even_when_it_was_dropped(client, process, typesettings):
    address = f"/forms/{process.slug}/proposal.pdf?in=en"
    known = client.get(address).headers["ETag"]
    printing._drawn.cache_clear()

    assert client.get(address, headers={"If-None-Match": known}).status_code == 304
    assert client.get(address, headers={"If-None-Match": f'"other", W/{known}'}).status_code == 304  # from a cache on the way
    assert len(typesettings) == 1
    assert printing._drawn.cache_info().maxsize == printing.KEPT_MOST


def test_unknown_forms_are_not_found(client, process):
    assert client.get("/forms/no-such-process/proposal.pdf").status_code == 404
    assert client.get(f"/forms/{process.slug}/proposal.pdf?print=tiny").status_code == 404
    assert client.get(f"/forms/{process.slug}/proposal.pdf?in=xx").status_code == 404


@pytest.mark.parametrize(("field", "typed"), [("email", "a@b"), ("email", "abc"), ("phone", "abc"), ("phone", "12")])
def test_what_nobody_can_be_reached_at_is_said_before_it_is_taken_in(as_role, process, field, typed):
    answer = as_role(Role.CLERK, process).post(f"/staff/intake/{process.id}", data={**SHEET, field: typed})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert db.session.query(Proposal).count() == 0
