"""On a public screen no address holds a secret, and what a visit leaves in the browser's history opens nothing afterwards."""

import re
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import select

from app.extensions import db
from app.features.proposals import follow_links
from app.features.proposals.models import PlaceKind, Proposal, ProposalState
from app.features.spaces.models import Participation
from app.kernel.codes import grouped
from app.kernel.references import token_hash
from app.web import kiosk_addresses
from app.web.kiosk import VISIT
from app.web.kiosk_addresses import SECRETS
from tests.factories import accounts, kiosk, proposals, spaces

TITLE = "A bench that nobody else shall find"
ADDRESSES = re.compile(r'\s(?:href|action|formaction|src|data-[\w-]+)="([^"]*)"')


@pytest.fixture
def proposal(session):
    """Sent without an account, and waiting: only whoever holds the slip sees it."""
    found = proposals.proposal(
        spaces.process("Parks", slug="parks", participation=Participation.ANYBODY),
        title=TITLE,
        author=None,
        state=ProposalState.PENDING,
    )
    found.follow_token_hash = token_hash(follow_links.follow_token(found.id))
    found.follow_code_hash = token_hash(follow_links.follow_code(found.id))
    db.session.commit()
    return found


@pytest.fixture
def secret(proposal):
    return follow_links.follow_token(proposal.id)


@pytest.fixture
def screen(client):
    return kiosk.become(client)


def by_code(screen, proposal):
    """Where the code of the slip leads."""
    return screen.post("/forms/slip", data={"code": grouped(follow_links.follow_code(proposal.id))}).location


def test_the_code_of_a_slip_leads_to_the_proposal_by_an_address_without_a_secret(screen, proposal, secret):
    address = by_code(screen, proposal)
    page = screen.get(address)
    assert TITLE in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert secret not in address
    assert secret not in page.text

    ask = re.search(r'href="(/proposals/follow/[^"]+/withdraw)"', page.text)[1]
    back = screen.post(ask).location
    assert secret not in unquote(back)
    db.session.expire_all()
    assert db.session.get(Proposal, proposal.id).state is ProposalState.WITHDRAWN
    assert "You have taken your proposal back." in screen.get(back).text


def test_after_the_reset_it_leads_to_the_start_page_whoever_asks(app, screen, proposal):
    address = by_code(screen, proposal)
    kept = screen.get_cookie(VISIT).value
    screen.post("/kiosk/reset")
    assert screen.get_cookie(VISIT) is None
    for path in (address, f"{address}/withdraw", f"{address}/claim", f"/kiosk/phone?page={quote(address)}"):
        assert screen.get(path).location == "/kiosk", path
        assert screen.get(path, follow_redirects=True).status_code == 200
    assert screen.post(f"{address}/withdraw").location == "/kiosk"
    assert screen.get_cookie(VISIT).value != kept
    assert app.test_client().get(address).status_code == 404
    other = kiosk.become(app.test_client())
    assert other.get(address).location == "/kiosk"
    db.session.expire_all()
    assert db.session.get(Proposal, proposal.id).state is ProposalState.PENDING


def test_a_visit_that_ends_without_scripts_takes_its_addresses_along(screen, proposal, clock):
    address = by_code(screen, proposal)
    clock.advance(minutes=5)
    assert screen.get(address).location == "/kiosk"
    screen.get("/kiosk")
    assert screen.get(address).location == "/kiosk"


def test_an_answer_that_comes_late_brings_no_visit_back(screen):
    screen.get("/proposals")
    answers = [screen.get("/proposals"), screen.post("/kiosk/here"), screen.post("/kiosk/lower")]
    for answer in answers:
        assert not any(cookie.startswith(f"{VISIT}=") for cookie in answer.headers.getlist("Set-Cookie"))


def secret_addresses(app, word):
    """Every address of the installation that has a secret in it, with `word` as the secret."""
    for rule in app.url_map.iter_rules():
        if SECRETS & set(rule.arguments):
            at = iter(["receipt.jsonld", "x", "y"])
            yield (
                re.sub(r"<[^>]*\btoken>", word, rule.rule)
                if rule.arguments <= SECRETS
                else re.sub(r"<([^>]*)>", lambda found, at=at: word if found[1].endswith("token") else next(at), rule.rule)
            )


def test_a_bare_secret_comes_from_the_history_on_a_screen_of_the_city(app, screen, secret):
    for path in {*secret_addresses(app, secret), *secret_addresses(app, "~of-an-earlier-visit"), *secret_addresses(app, "~ö")}:
        answer = screen.get(path)
        if answer.status_code != 405:
            assert (answer.status_code, answer.location) == (303, "/kiosk"), path


def test_in_anybodys_own_browser_a_bare_secret_is_exchanged(client, secret):
    client.get("/kiosk")
    answer = client.get(f"/proposals/follow/{secret}?lang=en")
    assert answer.status_code == 303
    assert secret not in answer.location
    assert answer.location.endswith("?lang=en")
    assert TITLE in client.get(answer.location).text
    client.post("/kiosk/reset")
    assert client.get(answer.location).location == "/kiosk"
    client.post("/kiosk/leave")
    assert TITLE in client.get(f"/proposals/follow/{secret}").text


def test_whoever_has_to_sign_in_first_comes_back_by_an_address_without_a_secret(screen, proposal, secret):
    proposal.channel = "paper"
    db.session.commit()
    address = by_code(screen, proposal)
    ask = screen.get(f"{address}/claim").location
    assert secret not in unquote(unquote(ask))
    assert "Put it to my account" in screen.get(address).text
    accounts.sign_in(screen, accounts.person())
    onwards = screen.get(ask).location
    assert unquote(onwards) == f"{address}/claim"
    assert screen.get(onwards).status_code == 200


def test_the_code_for_ones_own_phone_opens_the_same_page_there(app, screen, proposal, secret):
    address = by_code(screen, proposal)
    head = re.search(r'href="(/kiosk/phone\?page=[^"]+)"', screen.get(address).text)[1]
    assert secret not in unquote(unquote(head))
    page = screen.get(head).text
    assert f"/proposals/follow/{secret}</span>" in page
    assert not [one for one in ADDRESSES.findall(page) if secret in unquote(one)]
    assert TITLE in app.test_client().get(f"/proposals/follow/{secret}").text


def test_a_page_of_a_visit_that_has_ended_says_so(screen):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    draft = re.search(r'name="draft"[^>]*value="([^"]+)"', screen.get("/proposals/new?process=open").text)[1]
    sent = {"draft": draft, "title": TITLE, "text": "For my aunt", "where": "city", "action": "continue"}
    address = screen.post("/proposals/new?process=open", data=sent).location
    assert TITLE in screen.get(address).text
    screen.post("/kiosk/reset")
    screen.get("/kiosk")
    page = screen.get(address)
    assert (page.status_code, page.headers["Cache-Control"]) == (404, "no-store")
    assert "the visit that this page belonged to has ended" in page.text
    assert 'href="/kiosk"' in page.text


def test_the_slip_of_a_screen_has_a_short_code_of_which_only_a_hash_is_kept(app, screen):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    db.session.commit()
    draft = re.search(r'name="draft"[^>]*value="([^"]+)"', screen.get("/proposals/new?process=open").text)[1]
    sent = {"draft": draft, "title": TITLE, "text": "For my aunt", "where": "city", "action": "continue"}
    screen.post("/proposals/new?process=open", data=sent)
    found = db.session.scalars(select(Proposal)).one()
    proposal_id, secret = found.id, follow_links.follow_token(found.id)
    code = grouped(follow_links.follow_code(proposal_id))
    assert found.follow_code_hash is None
    assert screen.post("/forms/slip", data={"code": code}).status_code == 422  # nobody has got it yet
    found.place_kind = PlaceKind.WHOLE_CITY
    db.session.commit()
    thanks = screen.post(f"/proposals/{proposal_id}/publish").location
    page = screen.get(thanks).text
    assert secret in page  # in words, to take a photo of
    assert not [one for one in ADDRESSES.findall(page) if secret in unquote(one)]

    slip = screen.get(re.search(r'href="(/proposals/[\w-]+/slip)"', page)[1]).text
    assert f'<code dir="ltr">{code}</code>' in slip
    assert re.fullmatch(r"[2-9A-KMNPR-Z]{4}(-[2-9A-KMNPR-Z]{4}){3}", code)
    db.session.expire_all()
    kept = db.session.get(Proposal, proposal_id)
    assert kept.follow_code_hash == token_hash(code.replace("-", ""))
    assert code not in str(kept.__dict__)
    assert code.replace("-", "") not in str(kept.__dict__)

    elsewhere = app.test_client().post("/forms/slip", data={"code": f" {code.lower().replace('-', ' ')}"})
    assert elsewhere.location == f"/proposals/follow/{secret}"
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert app.test_client().post("/forms/slip", data={"code": wrong}).status_code == 422


def test_the_page_for_codes_is_linked_for_everybody(client, proposal):
    for path in ("/", "/processes/parks", "/proposals"):
        assert 'href="/forms/slip"' in client.get(path).text, path
    kiosk.become(client)
    for path in ("/kiosk", "/processes/parks"):
        assert re.search(r'<a href="/forms/slip" class="button', client.get(path).text), path


def test_only_addresses_of_ours_are_changed_and_each_once(app, proposal):
    with app.test_request_context("http://city.example/"):
        bare = "/proposals/follow/abc.def/claim?x=1&next=/my-data/letter/ghi#top"
        away = kiosk_addresses.hidden(bare, "one")
        for word in ("abc.def", "ghi"):
            assert word not in unquote(unquote(away))
        assert away.startswith("/proposals/follow/~")
        assert away.endswith("#top")
        assert kiosk_addresses.hidden(away, "one") == away
        assert unquote(kiosk_addresses.shown(away, "one")) == bare
        assert kiosk_addresses.shown(away, "another") is None
        assert kiosk_addresses.hidden("http://city.example/mail/stop/abc", "one").startswith("/mail/stop/~")
        for other in ("http://elsewhere.example/mail/stop/abc", "/proposals?q=a+b", "mailto:a@b.example", "//[", "", "#x"):
            assert kiosk_addresses.hidden(other, "one") == other
        page = '<a href="/mail/stop/abc?a=1&amp;b=2">/mail/stop/abc</a><p data-x="/proposals">'
        hidden = kiosk_addresses.hide_all(page, "one")
        assert re.fullmatch(r'<a href="/mail/stop/~[\w-]+\?a=1&amp;b=2">/mail/stop/abc</a><p data-x="/proposals">', hidden)
