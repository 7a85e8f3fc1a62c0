"""What staff do in a vote, by the pages: list of voters, letters, key, ballot, and afterwards box, count and certificate."""

import csv
import hashlib
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.main_job.city import City
from tests.browser.main_job.laptop import Laptop
from tests.browser.main_job.visitor import MAIN_BUTTON, Visitor

PROJECTS = {
    "A bench under the lime tree": 12_000,
    "A skating rink": 50_000,
    "Lamps along the canal": 30_000,
    "A garden for the school": 20_000,
    "A fountain": 9_000,
}
MONEY = 80_000


def sets_up_the_pot(city: City, committee: Visitor) -> None:
    """One question after the other: Equal Shares, and whatever a voter chooses costs at most what the pot holds."""
    committee.open("/staff/budgets").press("main a[href*='/staff/budgets/new/']")
    committee.fill(title_en="Money for the old town", amount=str(MONEY)).press(MAIN_BUTTON)
    committee.choose("vote_type", "approval").press(MAIN_BUTTON)
    expect(committee.page.locator("main input[name=limit_by_cost]")).to_be_checked()
    committee.press(MAIN_BUTTON).choose("rule", "equalshares").press(MAIN_BUTTON)
    committee.choose("completion", "add1").choose("last_tie", "listed_first").press(MAIN_BUTTON)
    city.pot_id = committee.at("/staff/budgets/([0-9a-f-]{36})$")[1]
    for title, cost in PROJECTS.items():
        committee.press("main a[href$='/projects/new']").fill(title_en=title, cost=str(cost)).press(MAIN_BUTTON)


def imports_the_roll(committee: Visitor, process_id: str, roll: Path, voters: int) -> None:
    """The list of voters, a second time without any change; the one way in that this vote has, and who keeps its key."""
    for added in (voters, 0):
        committee.open(f"/staff/voters/{process_id}")
        committee.page.locator("main input[name=file]").set_input_files(roll)
        committee.press("main form[enctype] button[type=submit]").reads(f"{added} voters are new on the list.")
        expect(committee.page.locator("main .stat__value")).to_have_text(str(voters))
    committee.press(f"main [data-voters] a[href$='/how-people-vote/{process_id}']")
    committee.page.locator("main input[name=by_card]").uncheck()
    committee.page.locator("main input[name=by_account]").uncheck()
    committee.choose("custody", "committee").press(MAIN_BUTTON)


def issues_letters(committee: Visitor, process_id: str, roll: Path) -> dict[str, str]:
    """Codes by card number, as the mailing house gets them; afterwards the house has none of them any more."""
    committee.open(f"/staff/letters/{process_id}")
    committee.page.locator("main form[action$='/issue'] input[name=file]").set_input_files(roll)
    committee.press("main form[action$='/issue'] button[type=submit]")
    link = "main a[href*='/staff/letters/file/'][href$='.csv']"
    address = committee.page.locator(link).get_attribute("href")
    with Path(committee.download(link)).open(encoding="utf-8", newline="") as file:
        codes = {row["number"]: row["code"] for row in csv.DictReader(file)}
    if committee.scripts:
        committee.page.once("dialog", lambda dialog: dialog.accept())
    committee.press("main form[action$='/delete'] button").sees(link, 0)
    committee.open(str(address), status=404)
    return codes


def brings_the_key(committee: Visitor, process_id: str, laptop: Laptop) -> Path:
    """A key made and rehearsed without network; returns the folder with its three sheets."""
    sheets = laptop.keygen(process_id, "key")
    note = laptop.rehearse(sheets / "key.json", [sheets / "share-1.txt", sheets / "share-3.txt"])
    committee.open(f"/staff/box/{process_id}").reads(
        "has not brought it yet", f"python3 -m app.features.voting.box keygen {process_id}"
    )
    committee.page.locator("main input[name=key]").set_input_files(sheets / "key.json")
    committee.page.locator("main input[name=rehearsal]").set_input_files(note)
    committee.press("main form[action$='/prepare'] button").reads("2 of 3 are needed")
    return sheets


def fixes_the_ballot(city: City, committee: Visitor) -> str:
    """Returns the check code that everybody can read from then on."""
    committee.open(f"/staff/budgets/{city.pot_id}").press("main a[href$='/fix']").press(MAIN_BUTTON)
    committee.open(f"/budgets/{city.pot_id}")
    code = committee.page.locator("main code.digest").first.text_content() or ""
    ballot = committee.page.request.get(f"/budgets/{city.pot_id}/ballot.json").body()
    assert hashlib.sha256(ballot).hexdigest() == code, "the announced code is not the one of the announced ballot"
    return code


def replaces_a_code(clerk: Visitor, number: str) -> str:
    """At the desk somebody has lost the letter; returns the new code."""
    clerk.open("/staff/desk").press("main a[href*='/staff/desk/voter/']")
    clerk.fill(number=number).send("look").send("renew").press(".confirm button")
    return clerk.page.locator("main .receipt__code code").inner_text()


def sees_turnout_only(city: City, somebody: Visitor, process_id: str, voted: int) -> None:
    """Whoever works for the vote learns how many have voted, and nothing else."""
    somebody.open(f"/staff/committee/{city.pot_id}")
    expect(somebody.page.locator("main .stat__value")).to_have_text(str(voted))
    somebody.sees("main section[aria-labelledby=channels]", 0).sees("main section[aria-labelledby=outcome]", 0)
    somebody.sees("main form[action$='/count']", 0)
    somebody.open(f"/staff/publication/{city.pot_id}", status=404)
    somebody.open(f"/staff/how-people-vote/{process_id}/turnout").sees("main .page__content table", 0)
    somebody.open(f"/budgets/{city.pot_id}/result").sees(".result-row", 0)


def closes_the_box(committee: Visitor, process_id: str, voted: int, folder: Path) -> Path:
    """The worker closes it; returns the board with its envelopes."""
    committee.open(f"/staff/reconciliation/{process_id}").reads("Balanced", f"Web {voted}")
    committee.open(f"/staff/box/{process_id}").press("main form[action$='/close'] button")
    committee.waits_for("main form[action$='/opened'] button")
    return carried(committee, folder)


def carried(somebody: Visitor, folder: Path) -> Path:
    """The closed board, on the stick that goes to a computer without network."""
    board = folder / "board.jsonl"
    board.write_bytes(Path(somebody.download("main a[href$='/board.jsonl']")).read_bytes())
    return board


def brings_the_ballots(committee: Visitor, process_id: str, opened: Path) -> None:
    """What came out of the box goes to the page."""
    committee.open(f"/staff/box/{process_id}")
    committee.page.locator("main input[name=file]").set_input_files(opened)
    committee.press("main form[action$='/opened'] button")


def counts_and_certifies(city: City, committee: Visitor, second: Visitor) -> None:
    """Each ballot is published, and the result certified: one member proposes, a different one signs."""
    committee.open(f"/staff/committee/{city.pot_id}").press("main form[action$='/count'] button")
    committee.press(f"main a[href='/staff/publication/{city.pot_id}']").choose("published", "rows")
    committee.fill(reason="Whoever wants to can count again.").press(MAIN_BUTTON).sees("main form.confirm", 0)
    second.open(f"/staff/publication/{city.pot_id}").press("main form.confirm button[type=submit]")
    committee.open(f"/staff/committee/{city.pot_id}").press("main a[href*='/propose/certification']")
    committee.fill(reason_en="Every participation has a ballot.").press(MAIN_BUTTON).sees("main form[action$='/sign']", 0)
    decision = committee.page.url
    second.open(decision[decision.index("/staff/") :]).press("main form.confirm button[type=submit]")
