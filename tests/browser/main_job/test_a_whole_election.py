"""A whole election, from the list of voters to a stranger who counts again, as the people of a city go through it.

A real Chromium, the web server and the worker as `make run` starts them, and three computers that never see the network: the
committee's, the auditor's and a stranger's. Sixty people vote with the codes of their letters.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.main_job import town_hall, voters
from tests.browser.main_job.city import City, opened
from tests.browser.main_job.laptop import Laptop
from tests.browser.main_job.visitor import Visitor
from tests.browser.main_job.windows import Windows
from tests.support import plain_counting
from tests.support.processes import House
from tests.support.services import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(600)]
ENGLISH = {"locale": "en"}
LISTED, VOTERS = 70, voters.VOTERS


@pytest.fixture
def city(open_warm_house: Callable[..., House], smtp_server: SmtpServer, tmp_path: Path) -> Iterator[City]:
    """An open house with a process, and people who work there."""
    with opened(open_warm_house, smtp_server, tmp_path, "en") as found:
        yield found


@pytest.fixture
def windows(browser: Any, city: City) -> Iterator[Windows]:
    """Windows onto the house."""
    found = Windows(browser, city.url)
    yield found
    found.close()


def test_a_city_votes_and_a_stranger_counts_again(city: City, windows: Windows, tmp_path: Path) -> None:
    with city.data() as session:
        process_id = str(city.process(session).id)
    roll = tmp_path / "roll.csv"
    cards = [f"AA {10_000 + at}" for at in range(LISTED)]
    lines = [f"{card},{1940 + at}-0{1 + at % 9}-1{at % 10}\r\n" for at, card in enumerate(cards)]
    roll.write_text("number,born\r\n" + "".join(lines), encoding="utf-8", newline="")

    committee = Visitor(windows, ENGLISH).sign_in("committee", staff=True, then="/staff/budgets")
    town_hall.sets_up_the_pot(city, committee)
    town_hall.imports_the_roll(committee, process_id, roll, LISTED)
    codes = list(town_hall.issues_letters(committee, process_id, roll).values())
    assert len(set(codes)) == LISTED
    laptop = Laptop(tmp_path / "committee")
    sheets = town_hall.brings_the_key(committee, process_id, laptop)
    announced = town_hall.fixes_the_ballot(city, committee)

    city.phases(proposals=(-30, -1), vote=(-1, 10))
    clerk = Visitor(windows, ENGLISH).sign_in("clerk", staff=True, then="/staff/desk")
    receipt = voters.sixty_people_vote(city, windows, clerk, codes, cards)
    auditor = Visitor(windows, ENGLISH).sign_in("auditor", staff=True, then="/staff/committee")
    for somebody in (committee, auditor):
        town_hall.sees_turnout_only(city, somebody, process_id, VOTERS)

    city.phases(proposals=(-30, -20), vote=(-20, -0.001))
    board = town_hall.closes_the_box(committee, process_id, VOTERS, laptop.folder)
    the_receipt_is_on_the_board(city, windows, receipt)
    the_committee_opens(committee, process_id, laptop, board, sheets)
    second = Visitor(windows, ENGLISH).sign_in("second", staff=True)
    an_auditor_opens_again(second, auditor, process_id, sheets, Laptop(tmp_path / "auditor"))
    town_hall.counts_and_certifies(city, committee, second)

    stranger = Visitor(windows, ENGLISH, phone=True)
    reads_result_and_certificate(city, stranger)
    counts_again(city, stranger, tmp_path, announced, sheets / "key.json", receipt)


def the_receipt_is_on_the_board(city: City, windows: Windows, receipt: str) -> None:
    """Whoever has a receipt finds it by its first four characters, now in a block."""
    visitor = Visitor(windows, ENGLISH, phone=True).open(f"/voting/{city.pot_id}/board")
    visitor.fill(begins=receipt[:4]).press("main form button")
    expect(visitor.page.locator(f"main li[id='{receipt}']")).to_contain_text("On the board, in block")


def the_committee_opens(committee: Visitor, process_id: str, laptop: Laptop, board: Path, sheets: Path) -> None:
    """A share of another key is named; two of the three right ones open the box."""
    wrong = laptop.keygen(process_id, "another key") / "share-2.txt"
    opened, said = laptop.open(board, [sheets / "share-1.txt", wrong], "Olga Opener", fails=True)
    assert "share 2: it is not the one that was given out for this election" in said
    assert not opened.exists()
    opened, said = laptop.open(board, [sheets / "share-1.txt", sheets / "share-2.txt"], "Olga Opener")
    assert f"{VOTERS} envelopes, {VOTERS} ballots, 0 unreadable" in said
    town_hall.brings_the_ballots(committee, process_id, opened)
    committee.reads("Opened by Olga Opener")


def an_auditor_opens_again(second: Visitor, auditor: Visitor, process_id: str, sheets: Path, laptop: Laptop) -> None:
    """On another computer, with other shares; the auditor changes nothing, so another member brings what came out."""
    auditor.open(f"/staff/box/{process_id}").sees("main form[action$='/opened']", 0)
    board = town_hall.carried(auditor, laptop.folder)
    opened, said = laptop.open(board, [sheets / "share-3.txt", sheets / "share-2.txt"], "Arto Auditor")
    town_hall.brings_the_ballots(second, process_id, opened)
    second.reads("Opened by Olga Opener", "Opened by Arto Auditor", "Both openings found the same ballots.")
    auditor.open(f"/staff/box/{process_id}").reads(said.split("Digest of the ballots: ")[1].split()[0])


def reads_result_and_certificate(city: City, stranger: Visitor) -> None:
    """The winners are those of a plain count of what people wanted; two names stand below them."""
    costs = list(town_hall.PROJECTS.values())
    names = list(town_hall.PROJECTS)
    wanted = [{names[place - 1]: 1 for place in voters.wish(at)} for at in range(VOTERS)]
    cents = {name: 100 * cost for name, cost in zip(names, costs, strict=True)}
    expected = set(plain_counting.add1(wanted, cents, 100 * town_hall.MONEY, names, unit=100))
    stranger.open(f"/budgets/{city.pot_id}").press(f"main a[href='/budgets/{city.pot_id}/result']")
    won = {row.locator("th a").inner_text() for row in stranger.page.locator(".result-row--won").all()}
    assert won == expected
    assert 0 < len(won) < len(names)
    stranger.press(f"main a[href='/committee/certificate/{city.pot_id}']").reads("Sam Committee", "Sam Second", *won)


def counts_again(city: City, stranger: Visitor, folder: Path, announced: str, key: Path, receipt: str) -> None:
    """The package, in an empty folder, by a Python that has nothing but itself; then with one ballot changed."""
    package = stranger.open(f"/budgets/{city.pot_id}/result").download("main a[href$='/package.zip']")
    home = Laptop(folder / "stranger")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(home.folder)
    said = home.verify("--announced", announced, "--key", str(key))
    assert "Everything is in order." in said
    assert "WRONG" not in said
    assert f"{receipt} is in block" in home.verify("--receipt", receipt[:6])

    for name, before, after in (
        ("ballots.pb", ";1,3\n", ";1,4\n"),
        ("opened.jsonl", '["1","3"]', '["1","4"]'),
    ):
        liar = Laptop(folder / f"liar with {name}")
        shutil.copytree(home.folder, liar.folder, dirs_exist_ok=True)
        text = (liar.folder / name).read_bytes().decode()
        assert before in text, text
        (liar.folder / name).write_bytes(text.replace(before, after, 1).encode())
        assert f"{name} was changed" in liar.verify(wrong=True)
        manifest = json.loads((liar.folder / "manifest.json").read_text())  # a better liar changes this, too
        manifest["files"][name] = hashlib.sha256((liar.folder / name).read_bytes()).hexdigest()
        (liar.folder / "manifest.json").write_text(json.dumps(manifest))
        found = [line for line in liar.verify(wrong=True).splitlines() if line.startswith("WRONG")]
        assert any(name in line for line in found), found
