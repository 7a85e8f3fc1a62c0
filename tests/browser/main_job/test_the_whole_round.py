"""One whole round, from a pin on the map to the aggregated export, as the people of a city walk it.

A real Chromium, the web server and the worker as `make run` starts them, a mail server on this machine. The same walk twice:
with scripts, and in Arabic without scripts, so that each stands alone in one of them. Time passes by moving the dates of the
phases.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.features.budgets.models import Pot
from app.features.consents.models import DataAgreement
from app.features.moderation.models import Reason
from app.features.proposals.models import PlaceKind, Proposal, ProposalState
from tests.browser.main_job import crowd
from tests.browser.main_job.city import PASSWORD, City, opened, text_of
from tests.browser.main_job.visitor import MAIN_BUTTON, Visitor
from tests.browser.main_job.windows import Windows
from tests.factories import accounts, proposals
from tests.support.processes import House
from tests.support.services import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(240)]
WALKS = {
    "with scripts": {"locale": "en"},
    "in Arabic, without scripts": {"locale": "ar", "java_script_enabled": False},
}
TITLE = "A bench under the lime tree"
ROSA = "rosa@example.org"
TAKE_BACK = "main form[action*='/my-data/withdraw/']"


@pytest.fixture
def city(
    open_warm_house: Callable[..., House], smtp_server: SmtpServer, tmp_path: Path, walk: dict[str, Any]
) -> Iterator[City]:
    """An open house with a process that takes proposals, and people who work there."""
    with opened(open_warm_house, smtp_server, tmp_path, walk["locale"]) as found:
        yield found


@pytest.fixture
def windows(browser: Any, city: City) -> Iterator[Windows]:
    """Windows onto the house."""
    found = Windows(browser, city.url)
    yield found
    found.close()


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_a_city_runs_one_whole_round(city: City, windows: Windows, walk: dict[str, Any]) -> None:
    with city.data() as session:
        crowd.took_part(city.process(session))
        accounts.person(display_name="Nils Neighbour", **city.login("nils"))
        accounts.person(display_name="Olga", **city.login("olga"))

    rosa = Visitor(windows, walk, phone=True)
    signs_up(city, rosa)
    proposes(city, rosa)
    publishes_one_and_hides_another(city, Visitor(windows, walk))
    supports(city, Visitor(windows, walk, phone=True))
    answers(city, Visitor(windows, walk), rosa)

    committee = Visitor(windows, walk)
    numbers = sets_up_the_ballot(city, committee)
    city.phases(proposals=(-30, -1), vote=(-1, 10))
    everybody_votes_once(city, windows, walk, rosa, numbers)
    nobody_sees_counts_before_the_end(city, committee)
    city.phases(proposals=(-30, -20), vote=(-20, -0.001))
    second = Visitor(windows, walk).sign_in("second", staff=True)
    counts_and_certifies(city, committee, second)
    reads_the_result(city, rosa)

    steward = Visitor(windows, walk)
    asks_for_consent(city, steward)
    consents(city, rosa)
    releases_what_people_said(city, steward)
    releases_who_may_be_contacted_before_and_after_a_withdrawal(city, steward, rosa)


def signs_up(city: City, rosa: Visitor) -> None:
    rosa.open(f"/account/sign-up?next=/proposals/new%3Fprocess%3D{city.slug}")
    rosa.fill(display_name="Rosa", email=ROSA, password=PASSWORD).press(MAIN_BUTTON)
    link = re.search(rf"{re.escape(city.url)}/account/link/\S+", text_of(city.letter(ROSA, "/account/link/")))
    assert link
    rosa.open(link.group()).press(MAIN_BUTTON)
    rosa.at(rf"/proposals/new\?process={city.slug}$")


def proposes(city: City, rosa: Visitor) -> None:
    page = rosa.page
    rosa.fill(title=TITLE, text="My mother cannot walk to the library without sitting down once.")
    page.locator("main select[name=category_id]").select_option(index=1)
    if rosa.scripts:
        page.locator(".map-tools").wait_for()
        page.locator(".map canvas").first.wait_for()
        page.locator(".map").first.tap(position={"x": 150, "y": 200})
        expect(page.locator("#drawing")).not_to_have_value("")
    else:
        rosa.choose("where", "street").fill(street="Vuorikatu 5")
    rosa.press("main #proposal-form .button-row button[value=continue]")
    rosa.at("/review")
    rosa.reads(TITLE).press("main #publish-form button[type=submit]")
    with city.data() as session:
        found = session.scalars(select(Proposal).where(Proposal.title == TITLE)).one()
        assert found.state is ProposalState.PENDING
        assert found.place_kind is PlaceKind.POINT
        assert found.place_label == ("" if rosa.scripts else "Vuorikatu 5")
        assert found.area_id == city.process(session).area_id
        city.reference = found.reference
    rosa.reads(city.reference)


def publishes_one_and_hides_another(city: City, moderator: Visitor) -> None:
    with city.data() as session:
        loud = accounts.person(display_name="Loud Larry", email="larry@example.org", locale=city.locale)
        shop = proposals.proposal(city.process(session), title="Buy my phones", author=loud, state=ProposalState.PENDING)
        shop_reference, shop_id = shop.reference, shop.id
    moderator.open(f"/proposals/{city.reference}", status=404)
    moderator.sign_in("moderator", staff=True, then="/staff/moderation").sees("article.queue__item", 2)
    advert = f"#item-{shop_id}"
    moderator.use(f"{advert} summary")
    moderator.page.locator(f"{advert} input[name=reason][value={Reason.ADVERTISING}]").check()
    moderator.page.locator(f"{advert} textarea[name=text]").fill("This is a shop window.")
    moderator.press(f"{advert} .queue__hideform button[type=submit]").sees("article.queue__item", 1)
    assert "This is a shop window." in text_of(city.letter("larry@example.org", shop_reference))
    moderator.press("article.queue__item button[name=verb][value=approve]").sees("article.queue__item", 0)
    moderator.open(f"/proposals/{city.reference}").reads(TITLE)


def supports(city: City, nils: Visitor) -> None:
    nils.sign_in("nils", then=f"/proposals/{city.reference}")
    nils.press("main form[action$='/support'] button").sees("main form[action*='withdraw'] button, main .proposal__mine", 2)


def answers(city: City, officer: Visitor, rosa: Visitor) -> None:
    reasons = "We will put the bench there in spring."
    officer.sign_in("officer", staff=True, then="/staff/answers").press(f"main a[href='/staff/answers/{city.reference}']")
    officer.choose("status", "accepted").fill(reasons=reasons, department="Parks and Gardens", cost="1200").send("preview")
    officer.reads(reasons).send("publish")
    letter = city.letter(ROSA, reasons)
    assert f"{city.url}/proposals/{city.reference}" in text_of(letter)
    rosa.open(f"/proposals/{city.reference}").reads(reasons)


def sets_up_the_ballot(city: City, committee: Visitor) -> dict[str, str]:
    """A review says that Rosa's bench can be built, then pot and projects; returns the projects' numbers by title."""
    committee.sign_in("committee", staff=True, then="/staff/budgets").press("main a[href*='/staff/budgets/feasibility/']")
    committee.press(f"main a[href='/staff/budgets/review/{city.reference}']")
    committee.choose("outcome", "feasible").fill(reason_en="The ground is firm there.", cost="40000").press(MAIN_BUTTON)
    committee.open("/staff/budgets").press("main a[href*='/staff/budgets/new/']")
    committee.fill(title_en="Money for the old town", amount="80000").press(MAIN_BUTTON)
    for _question in ("ballot", "limits", "rule", "details"):
        committee.press(MAIN_BUTTON)
    city.pot_id = committee.at("/staff/budgets/([0-9a-f-]{36})$")[1]
    committee.page.locator("main input[name=proposal]").check()
    committee.press("main form[method=get] button[type=submit]").press(MAIN_BUTTON)
    for title, cost in (("A skating rink", "50000"), ("Lamps along the canal", "30000")):
        committee.press("main a[href$='/projects/new']").fill(title_en=title, cost=cost).press(MAIN_BUTTON)
    committee.press("main a[href$='/fix']").press("main form.confirm button[type=submit]")
    with city.data() as session:
        pot = session.scalars(select(Pot)).one()
        rosas = next(one for one in pot.projects if one.title.get("en", "") == TITLE or TITLE in one.title.values())
        assert [link.proposal_id for link in rosas.proposals], "the project does not remember its proposal"
        return {next(iter(one.title.values())): one.number for one in pot.projects}


def everybody_votes_once(city: City, windows: Windows, walk: dict[str, Any], rosa: Visitor, numbers: dict[str, str]) -> None:
    bench, rink, lamps = numbers[TITLE], numbers["A skating rink"], numbers["Lamps along the canal"]
    ballot = f"/voting/{city.pot_id}"
    votes(city, rosa, "AA 10001", bench, lamps)
    nils = Visitor(windows, walk, phone=True).sign_in("nils")
    votes(city, nils, "AA 10002", bench)

    clerk = Visitor(windows, walk).sign_in("clerk", staff=True, then="/staff/desk").press(f"main a[href$='{city.pot_id}']")
    clerk.fill(number="AA 10003", choices=f"{rink} {lamps}").send("review").reads("A skating rink").send("cast")
    clerk.at("/staff/desk/")

    # Rosa comes to the desk as well; Olga, whose ballot the clerk has entered, tries the web.
    clerk.fill(number="aa-10001", choices=rink).send("review", status=409).sees(".error-summary")
    olga = Visitor(windows, walk, phone=True).sign_in("olga").open(ballot)
    olga.at("/who$")
    olga.fill(number="AA10003").press(MAIN_BUTTON)
    olga.at(f"{ballot}$")
    olga.sees("main input[name=choice]", 0)


def votes(city: City, voter: Visitor, card: str, *choices: str) -> None:
    voter.open(f"/budgets/{city.pot_id}").press(f"main a[href='/voting/{city.pot_id}']")
    voter.at("/who$")
    voter.fill(number=card).press(MAIN_BUTTON)
    voter.choose("choice", *choices).send("review").sees("main input[name=choice][type=hidden]", len(choices)).send("cast")
    voter.at("/thanks$")


def nobody_sees_counts_before_the_end(city: City, committee: Visitor) -> None:
    committee.open(f"/staff/committee/{city.pot_id}").sees("main section[aria-labelledby=channels]", 0).sees(
        "main form[action$='/count']", 0
    )
    expect(committee.page.locator("main .stat__value")).to_have_text(re.compile("^[3٣]$"))


def counts_and_certifies(city: City, committee: Visitor, second: Visitor) -> None:
    committee.open(f"/staff/committee/{city.pot_id}").sees("section[aria-labelledby=channels] tbody tr", 2)
    committee.press("main a[href*='/staff/box/']").press("main form[action$='/close'] button")
    committee.waits_for("main form[action$='/open'] button")  # the worker closes the box
    committee.press("main form[action$='/open'] button").open(f"/staff/committee/{city.pot_id}")
    committee.press("main form[action$='/count'] button").press("main a[href*='/propose/certification']")
    committee.fill(reason_en="Every participation has a ballot.").press(MAIN_BUTTON)
    committee.sees("main form[action$='/sign']", 0)
    decision = committee.page.url
    second.open(decision[decision.index("/staff/") :]).press("main form.confirm button[type=submit]")
    second.open(f"/budgets/{city.pot_id}/result")


def reads_the_result(city: City, rosa: Visitor) -> None:
    rosa.open(f"/budgets/{city.pot_id}").press(f"main a[href='/budgets/{city.pot_id}/result']")
    rows = rosa.page.locator(".result-row")
    expect(rows).to_have_count(3)
    won = [row.locator("th a").inner_text() for row in rosa.page.locator(".result-row--won").all()]
    # 2 votes, 2 votes, 1 vote: the bench and the lamps cost 70,000 of 80,000; the rink no longer fits.
    assert won == [TITLE, "Lamps along the canal"]
    rosa.sees(".ties li")
    if rosa.scripts:
        rosa.page.locator(".map canvas").first.wait_for()


def asks_for_consent(city: City, steward: Visitor) -> None:
    steward.sign_in("steward", staff=True, then="/staff/agreements/recipients/new")
    steward.fill(**{f"name_{code}": "Planning department" for code in ("en", "ar")}).press(MAIN_BUTTON)
    steward.open("/staff/agreements").press("main a[href$='/staff/agreements/new']")
    for code in ("en", "ar"):
        texts = {"purpose": "Contact about parks", "notice": "We may write to you."}
        steward.fill(**{f"{name}_{code}": text for name, text in texts.items()})
    steward.page.locator("[name=recipient]").select_option(index=1)
    steward.fill(retention_days="365").press(MAIN_BUTTON)
    steward.press("main form[action$='/submit'] button")
    with city.data() as session:
        crowd.reviewed(session, session.scalars(select(DataAgreement)).one())
    steward.open(steward.page.url).press("main a[href$='/in-force']").press("main form.confirm button[type=submit]")
    with city.data() as session:
        crowd.answered(session, session.scalars(select(DataAgreement)).one())


def consents(city: City, rosa: Visitor) -> None:
    rosa.open(f"/processes/{city.slug}").press("main a[href*='/my-data/ask/']").reads("We may write to you.")
    rosa.sees("main input:checked", 0)
    rosa.page.locator("[name=of_age][value=yes]").check()
    rosa.fill(name="Rosa Rautio", address=ROSA).send("yes")
    rosa.open("/my-data").sees(TAKE_BACK)


def releases_what_people_said(city: City, steward: Visitor) -> None:
    text = released(steward, "feedback-by-area")
    rows = {row["category_code"]: row for row in csv.DictReader(io.StringIO(text))}
    for code, expected in crowd.CELLS.items():
        assert {name: rows[code][name] for name in expected} == expected, code
    # Rosa proposed and Nils supported: two people, so their number is withheld.
    mine = rows["benches"]
    assert (mine["proposals"], mine["supports"], mine["people"], mine["suppressed"]) == ("1", "1", "", "true")
    assert mine["area_code"] == "old-town"
    public = steward.page.request.get("/data/feedback-by-area.csv")
    assert public.ok
    assert public.text() == text
    layer = steward.page.request.get("/data/feedback-by-area.geojson").json()
    people = {one["properties"]["category_code"]: one["properties"]["people"] for one in layer["features"]}
    assert people == {"nine": None, "ten": 10, "twenty-five": 25, "benches": None}


def releases_who_may_be_contacted_before_and_after_a_withdrawal(city: City, steward: Visitor, rosa: Visitor) -> None:
    assert on_the_list(steward) == crowd.ALLOWED | {("Rosa Rautio", ROSA)}
    used = "section[aria-labelledby=used] .timeline > li"
    rosa.open("/my-data").sees(used, 2)  # the moderator who saw her name in the queue, and the release
    rosa.press(f"{TAKE_BACK} button")
    rosa.at("/my-data(#.*)?$")
    rosa.sees(TAKE_BACK, 0)
    assert on_the_list(steward) == crowd.ALLOWED
    rosa.open("/my-data").sees(used, 2)


def on_the_list(steward: Visitor) -> set[tuple[str, str]]:
    rows = list(csv.DictReader(io.StringIO(released(steward, "contact-opt-ins"))))
    found = {(row["name"], row["address"]) for row in rows}
    assert len(found) == len(rows), "somebody is on the list twice"
    return found


def released(steward: Visitor, name: str) -> str:
    """The table in the file that the steward is handed."""
    steward.open("/staff/releases").press(f"main a[href='/staff/releases/{name}']")
    with zipfile.ZipFile(steward.download("main form.confirm button[type=submit]")) as archive:
        return archive.read(f"{name}.csv").decode("utf-8-sig")
