"""Screens that the city has enrolled: a code lets a browser in, a token keeps it in, and an administrator ends it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.features.kiosk.models import KioskDevice, KioskHandover, KioskToken, PrintWish
from app.features.kiosk.use_cases import revoke_device
from app.features.proposals.models import Proposal, Support
from app.features.spaces.models import Participation
from app.kernel.audit import AuditEntry
from app.kernel.permissions import SYSTEM, Channel
from app.kernel.references import token_hash
from app.web.kiosk import TOKEN
from tests.factories import accounts, kiosk, proposals, spaces, voting

OFF = "This screen is switched off; ask at the desk."
FORM = {"name": "Library", "place": "Beside the returns desk", "supports": "y", "voting": "y"}


def code_on(page: str) -> str:
    found = re.search(r'<p class="screen-code"><bdi[^>]*>(\d{4} \d{4})</bdi>', page)
    assert found
    return found[1]


def screens() -> list[KioskDevice]:
    db.session.expire_all()
    return list(db.session.scalars(select(KioskDevice).order_by(KioskDevice.created_at)))


def test_a_code_lets_one_browser_in_once(app, as_role):
    page = as_role("administrator").post("/staff/screens/new", data=FORM)
    code = code_on(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert code.replace(" ", "") not in str(screens()[0].__dict__)

    screen = app.test_client()
    answer = screen.post("/kiosk/enrol", data={"code": code}, follow_redirects=True)
    assert "This is now the screen “Library”." in answer.text
    assert "data-kiosk" in screen.get("/").text
    cookie = screen.get_cookie(TOKEN)
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert db.session.scalars(select(KioskToken.token_hash)).one() == token_hash(cookie.value)
    assert len(cookie.value) >= 43  # 256 bits

    second = app.test_client()
    assert second.post("/kiosk/enrol", data={"code": code}).status_code == 422
    assert second.get_cookie(TOKEN) is None


def test_a_form_that_is_sent_twice_sets_one_screen_up(app, as_role):
    admin = as_role("administrator")
    form_id = re.search(r'name="screen_id"[^>]*value="([^"]+)"', admin.get("/staff/screens/new").text)[1]
    codes = [code_on(admin.post("/staff/screens/new", data=FORM | {"screen_id": form_id}).text) for _press in range(2)]

    assert len(screens()) == 1
    assert app.test_client().post("/kiosk/enrol", data={"code": codes[0]}).status_code == 422
    assert app.test_client().post("/kiosk/enrol", data={"code": codes[1]}).status_code == 303
    admin.post("/staff/screens/new", data=FORM)
    assert len(screens()) == 2


def test_a_code_is_over_after_fifteen_minutes_and_guesses_are_slowed_down(client, clock):
    device = kiosk.device()
    db.session.commit()
    clock.advance(minutes=15, seconds=1)
    assert "fifteen minutes are over" in client.post("/kiosk/enrol", data={"code": device.code_for_tests}).text
    answers = [client.post("/kiosk/enrol", data={"code": "00000000"}).status_code for _ in range(12)]
    assert 429 in answers
    right = kiosk.device().code_for_tests
    db.session.commit()
    assert client.post("/kiosk/enrol", data={"code": right}).status_code == 429  # a right guess among many is none
    assert client.get_cookie(TOKEN) is None
    clock.advance(minutes=16)
    again = kiosk.device().code_for_tests
    db.session.commit()
    assert client.post("/kiosk/enrol", data={"code": again}).status_code == 303


@pytest.mark.parametrize("code", ["", "1", "abcdefgh", "12345678901234567890", "١٢٣٤٥٦٧٨"])
def test_what_is_no_code_lets_nobody_in(client, code):
    kiosk.device()
    db.session.commit()
    assert client.post("/kiosk/enrol", data={"code": code}).status_code == 422
    assert client.get_cookie(TOKEN) is None


def test_whoever_enrols_a_screen_is_signed_out_of_it(as_role):
    administrator = as_role("administrator")
    code = code_on(administrator.post("/staff/screens/new", data=FORM).text)
    administrator.post("/kiosk/enrol", data={"code": code})
    assert administrator.get("/staff/screens").status_code == 302


def test_only_an_enrolled_screen_counts_as_one(app, client):
    proposal = proposals.proposal(spaces.process())
    reference = proposal.reference
    enrolled = app.test_client()
    kiosk.become(enrolled)
    channels = []
    for browser in (client, enrolled):
        accounts.sign_in(browser, accounts.person())
        browser.get("/kiosk")
        browser.post(f"/proposals/{reference}/support")
        channels.append({support.channel for support in db.session.query(Support)})
    assert channels == [{Channel.WEB}, {Channel.WEB, Channel.KIOSK}]


def test_a_screen_that_is_switched_off_says_so_with_its_very_next_page_and_signs_its_visitor_out(app, as_role):
    device = kiosk.device()
    screen = as_role("resident")
    kiosk.become(screen, device)
    accounts.sign_in(screen, accounts.person())
    db.session.commit()
    screen.get("/kiosk")
    assert "Sign in to see your data" not in screen.get("/my-data").text

    answer = as_role("administrator").post(f"/staff/screens/{device.id}/switch-off", data={"reason": "Stolen"})
    assert answer.status_code == 302

    page = screen.get("/my-data")
    assert page.status_code == 403
    assert OFF in page.text
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert screen.get("/proposals").status_code == 403
    screen.delete_cookie(TOKEN)  # an ordinary browser again, with what is left in it
    assert "Sign in to see your data" in screen.get("/my-data").text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "kiosk.revoked")).one()
    assert entry.reason == "Stolen"


def test_an_unknown_token_opens_nothing(client):
    client.set_cookie(TOKEN, "stolen-and-changed")
    assert OFF in client.get("/proposals").text


def test_a_screen_switched_off_can_be_enrolled_again_or_become_an_ordinary_browser(client):
    kiosk.become(client)
    revoke_device(db.session(), SYSTEM, screens()[0].id, "moved")
    other = kiosk.device()
    db.session.commit()
    client.post("/kiosk/enrol", data={"code": other.code_for_tests})
    assert client.get("/proposals").status_code == 200

    revoke_device(db.session(), SYSTEM, other.id, "moved")
    db.session.commit()
    client.post("/kiosk/leave")
    assert "data-kiosk" not in client.get("/").text


def test_a_visitor_cannot_turn_an_enrolled_screen_into_an_ordinary_browser(client):
    kiosk.become(client)
    assert client.post("/kiosk/leave").status_code == 403
    assert "data-kiosk" in client.get("/").text
    assert "/kiosk/leave" not in client.get("/kiosk").text


def test_last_seen_is_written_at_most_once_a_minute(client, clock):
    kiosk.become(client)
    first = screens()[0].seen_at
    clock.advance(seconds=30)
    client.get("/kiosk")
    assert screens()[0].seen_at == first
    clock.advance(seconds=31)
    client.get("/kiosk")
    assert screens()[0].seen_at - first == timedelta(seconds=61)


def test_a_screen_gets_another_token_every_quarter_of_an_hour_and_a_copy_of_the_older_is_noticed(app, client, as_role, clock):
    kiosk.become(client)
    first = client.get_cookie(TOKEN).value
    thief = app.test_client()
    thief.set_cookie(TOKEN, first)
    assert thief.get("/kiosk", follow_redirects=True).status_code == 200  # nothing tells the two apart yet
    clock.advance(minutes=14, seconds=59)
    client.get("/kiosk")
    assert client.get_cookie(TOKEN).value == first

    clock.advance(seconds=1)
    client.get("/kiosk")
    second = client.get_cookie(TOKEN).value
    assert second != first
    client.get("/kiosk")
    assert client.get_cookie(TOKEN).value == second
    clock.advance(minutes=2)

    assert OFF in thief.get("/kiosk").text
    assert client.get("/kiosk", follow_redirects=True).status_code == 200
    page = as_role("administrator").get("/staff/screens").text
    assert "One of them is a copy" in page
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "kiosk.copied")) == 1
    thief.get("/kiosk")
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "kiosk.copied")) == 1


def test_a_thief_who_is_first_is_noticed_as_well(app, client, clock):
    kiosk.become(client)
    thief = app.test_client()
    thief.set_cookie(TOKEN, client.get_cookie(TOKEN).value)
    clock.advance(minutes=15)
    thief.get("/kiosk")
    thief.get("/kiosk")
    clock.advance(minutes=2)
    assert OFF in client.get("/kiosk").text
    assert screens()[0].copied_at is not None


def test_a_lost_answer_shuts_no_screen_out(app, client, clock):
    kiosk.become(client)
    old = client.get_cookie(TOKEN).value
    clock.advance(minutes=15)
    client.get("/kiosk")
    client.set_cookie(TOKEN, old)  # the answer with the new one never came
    clock.advance(minutes=5)
    assert client.get("/kiosk", follow_redirects=True).status_code == 200
    assert client.get_cookie(TOKEN).value != old
    assert client.get("/kiosk").status_code == 200
    assert screens()[0].copied_at is None


def test_what_a_browser_asks_for_side_by_side_is_no_copy(client, clock):
    kiosk.become(client)
    old = client.get_cookie(TOKEN).value
    clock.advance(minutes=15)
    client.get("/kiosk")
    new = client.get_cookie(TOKEN).value
    client.get("/kiosk")
    client.set_cookie(TOKEN, old)  # a request that had left before the answer came
    assert client.get("/proposals").status_code == 200
    assert client.get_cookie(TOKEN).value == old
    client.set_cookie(TOKEN, new)
    assert client.get("/kiosk").status_code == 200


def test_another_code_shuts_every_earlier_browser_out(app, client, as_role):
    device = kiosk.device()
    device_id = device.id
    kiosk.become(client, device)
    code = code_on(as_role("administrator").post(f"/staff/screens/{device_id}/code").text)
    assert client.get("/kiosk").status_code == 200  # until the new code is used
    other = app.test_client()
    other.post("/kiosk/enrol", data={"code": code})
    assert other.get("/kiosk").status_code == 200
    assert OFF in client.get("/kiosk").text


def test_a_screen_offers_what_it_is_set_up_for(client):
    shown, hidden = spaces.process("Parks"), spaces.process("Streets")
    proposal = proposals.proposal(shown)
    reference = proposal.reference
    device = kiosk.device(languages=("fi", "ar"), process_ids=(shown.id,), supports=False, voting=False)
    assert hidden.id
    kiosk.become(client, device)
    page = client.get("/kiosk").text
    assert "Parks" in page
    assert "Streets" not in page
    assert 'hreflang="fi"' in page
    assert 'hreflang="ar"' in page
    assert 'hreflang="en"' not in page
    assert 'hreflang="de"' not in page
    assert client.get("/voting/code").status_code == 403
    accounts.sign_in(client, accounts.person())
    db.session.commit()
    client.get("/kiosk")
    assert client.post(f"/proposals/{reference}/support").status_code == 403
    assert db.session.query(Support).count() == 0


def test_a_screen_without_voting_does_not_show_what_it_would_refuse(client):
    pot = voting.pot()
    kiosk.become(client, kiosk.device(voting=False))
    assert "/budgets" not in client.get("/kiosk").text
    db.session.expire_all()
    kiosk.become(client, kiosk.device(voting=True))
    assert "/budgets" in client.get("/kiosk").text
    assert pot


def test_controls_go_down_for_one_visit_or_for_every_one(client):
    kiosk.become(client)
    assert "kiosk--lowered" not in client.get("/kiosk").text
    client.post("/kiosk/lower", data={"back": "/proposals"})
    assert "kiosk--lowered" in client.get("/proposals").text
    client.post("/kiosk/reset")
    assert "kiosk--lowered" not in client.get("/kiosk").text
    device = screens()[0]
    device.lower_half = True
    db.session.commit()
    assert "kiosk--lowered" in client.get("/kiosk").text


def test_only_administrators_see_screens(as_role):
    process = spaces.process()
    for role in ("clerk", "moderator", "auditor", "steward", "committee", "officer"):
        assert as_role(role, process).get("/staff/screens").status_code == 403


def writing(client, process):
    page = client.get(f"/proposals/new?process={process}").text
    return re.search(r'name="draft"[^>]*value="([^"]+)"', page)[1]


def test_what_was_typed_goes_to_the_phone_once_and_nobody_else_can_read_it(app, client):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    kiosk.become(client)
    typed = {"draft": writing(client, "open"), "title": "A secret bench", "text": "For my aunt", "where": "street"}
    page = client.post("/kiosk/to-phone?process=open", data=typed)
    assert page.status_code == 200
    path = re.search(r"(/kiosk/continue/[\w-]+)", page.text)[1]
    asks = re.search(r'data-asks="([^"]+)"', page.text)[1]

    stored = db.session.scalars(select(KioskHandover)).one()
    assert "bench" not in stored.sealed
    assert path.rsplit("/", 1)[1] not in str(stored.__dict__)
    assert db.session.query(Proposal).count() == 0
    assert client.get(asks).json == {"taken": False}

    phone = app.test_client()
    assert "A secret bench" not in phone.get(path).text  # programs look at links before people do
    opened = phone.post(path)
    assert "A secret bench" in opened.text
    assert "For my aunt" in opened.text
    assert client.get(asks).json == {"taken": True}
    assert db.session.scalars(select(KioskHandover)).one().sealed is None
    assert phone.post(path).status_code == 404
    assert app.test_client().get(path).status_code == 404

    sent = phone.post("/proposals/new?process=open", data={"title": "A secret bench", "text": "For my aunt", "where": "city"})
    assert sent.status_code in (302, 422)
    assert db.session.scalars(select(Proposal)).one().channel is Channel.WEB


def test_a_hand_over_is_over_after_ten_minutes(app, client, clock):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    kiosk.become(client)
    page = client.post("/kiosk/to-phone?process=open", data={"title": "A secret bench"}).text
    path = re.search(r"(/kiosk/continue/[\w-]+)", page)[1]
    clock.advance(minutes=10, seconds=1)
    assert app.test_client().post(path).status_code == 404


def test_no_browser_of_ones_own_makes_hand_overs(client):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    assert client.post("/kiosk/to-phone?process=open", data={"title": "x"}).status_code == 403


def test_whoever_was_writing_when_the_screen_was_switched_off_takes_it_along(app, client):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    kiosk.become(client)
    draft = writing(client, "open")
    revoke_device(db.session(), SYSTEM, screens()[0].id, "Stolen")
    db.session.commit()

    page = client.post("/proposals/new?process=open", data={"draft": draft, "title": "Half a bench", "text": "More"})
    assert page.status_code == 403
    assert OFF in page.text
    assert db.session.query(Proposal).count() == 0
    path = re.search(r"(/kiosk/continue/[\w-]+)", page.text)[1]
    assert "Half a bench" in app.test_client().post(path).text
    assert "/kiosk/continue/" not in client.get("/proposals").text


def test_nobody_but_a_screen_of_ours_has_something_rescued_and_not_without_end(app, client):
    form = {"title": "Half a bench", "text": "More"}
    client.set_cookie(TOKEN, "made-up")
    assert "/kiosk/continue/" not in client.post("/proposals/new?process=open", data=form).text
    assert db.session.query(KioskHandover).count() == 0

    kiosk.become(client)
    revoke_device(db.session(), SYSTEM, screens()[0].id, "Stolen")
    db.session.commit()
    token = client.get_cookie(TOKEN).value
    for _ in range(20):
        client.set_cookie(TOKEN, token)
        client.post("/proposals/new?process=open", data=form)
    assert 0 < db.session.query(KioskHandover).count() < 10


def test_a_form_in_large_letters_is_asked_for_with_a_number_and_printed_at_the_desk(client, as_role):
    process = spaces.process("Parks")
    clerk = as_role("clerk", process)
    process_id = process.id
    kiosk.become(client)
    answer = client.post("/kiosk/large-print", data={"process_id": str(process_id), "language": "ar"})
    wish = db.session.scalars(select(PrintWish)).one()
    shown = f'<p class="kiosk__number">{wish.number}</p>'
    assert shown in client.get(answer.location).text
    assert shown in client.get(f"{answer.location}&lang=ar").text  # whoever changes the language still holds it
    assert db.session.query(PrintWish).count() == 1
    assert shown not in kiosk.become(client.application.test_client()).get(answer.location).text  # another screen's

    queue = clerk.get("/staff/screens/prints").text
    assert str(wish.number) in queue
    assert "print=large" in queue
    assert "in=ar" in queue
    wish_id = wish.id
    clerk.post(f"/staff/screens/prints/{wish_id}/printed")
    assert "Nobody waits for a print." in clerk.get("/staff/screens/prints").text
    clerk.post(f"/staff/screens/prints/{wish_id}/again")
    assert "Nobody waits for a print." not in clerk.get("/staff/screens/prints").text


def test_an_ordinary_browser_cannot_fill_the_queue_of_the_desk(client):
    process_id = spaces.process("Parks").id
    db.session.commit()
    client.get("/kiosk")
    client.post("/kiosk/large-print", data={"process_id": str(process_id), "language": "en"})
    assert db.session.query(PrintWish).count() == 0
