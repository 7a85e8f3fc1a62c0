"""What the committee adds to the package: the protocol as it was certified, and the totals of paper. It stays the same."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from app.features.budgets.choices import Choices
from app.features.budgets.queries import few_ballots, too_few
from app.features.committee.commands import EnterTotals, Object
from app.features.committee.models import DecisionKind
from app.features.committee.queries import stations_of
from app.features.committee.use_cases import enter_totals, object_to
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.package import archive
from app.features.voting.publication import few, needs_choice, published_of
from app.features.voting.use_cases import (
    cast_ballot,
    close_box,
    count_pot,
    open_with_the_servers_key,
)
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, committee, voting

TOTALS = {"participations": 40, "ballots": 40, "blank": 2, "invalid": 0, "votes": {"2": 38, "3": 1}}


@pytest.fixture
def kept(app):
    """The key folder of the installation; the package speaks its languages."""
    with app.app_context():
        yield Keyring(app.config["SETTINGS"].keys)


def certified(session, kept, clock, number=31, *, paper=True, published="rows", stations=None, **attributes):
    """A pot with ballots from the box, and totals of one station or some, signed by two members."""
    pot = voting.pot(**attributes)
    for at, person in enumerate(voting.voters(pot, number)):
        choices = Choices((("1",), ("1", "2"), ("3",), ())[at % 4])
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, choices), kept)
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, kept)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, kept)
    first, second = committee.two(pot.process_id)
    stations = stations or ({"Library": TOTALS} if paper else {})
    for name, totals in stations.items():
        place = committee.station(pot.process_id, name)
        for member in (first, second):
            enter_totals(session, member, EnterTotals(place.id, pot.id, **totals))
    count_pot(session, first, pot.id)
    if needs_choice(session, pot):
        voting.to_publish(pot, published, "We talked about it.")
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    return pot


def packed(session, pot):
    return b"".join(archive.stream(session, pot))


def unpacked(content, folder):
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        found.extractall(folder)
    return folder


def verified(folder):
    run = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], check=False, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert not run.stderr
    return run.returncode, run.stdout


def test_paper_is_added_to_the_ballots_and_said_to_be_totals(session, kept, clock, tmp_path):
    pot = certified(session, kept, clock)
    folder = unpacked(packed(session, pot), tmp_path)

    code, said = verified(folder)

    assert code == 0, said
    assert "not possible  ballots on paper: 40 ballots at 1 stations are totals, which cannot be checked here" in said
    assert "from the ballots and the totals of paper: 2 winners, the same as published: 2, 1" in said
    paper = json.loads((folder / "paper.json").read_text())
    assert paper["stations"][0]["station"] == "Library"

    paper["stations"][0]["votes"]["3"] = 38
    (folder / "paper.json").write_text(json.dumps(paper))
    code, said = verified(folder)
    assert code == 1
    assert "paper.json was changed" in said
    assert "the result says" in said


def test_with_totals_paper_is_in_them_already(session, kept, clock, tmp_path):
    pot = certified(session, kept, clock, published="totals")
    code, said = verified(unpacked(packed(session, pot), tmp_path))
    assert code == 0, said
    assert "from the totals, which themselves cannot be checked here: 2 winners" in said


def test_few_ballots_from_the_box_are_never_published_however_many_are_on_paper(session, kept, clock, tmp_path, client):
    pot = certified(session, kept, clock, number=4)
    folder = unpacked(packed(session, pot), tmp_path)
    assert not (folder / "opened.jsonl").exists()
    assert json.loads((folder / "publication.json").read_text())["by_rule"] is True
    assert verified(folder)[0] == 0
    pot_id = pot.id
    session.commit()
    assert "So few people voted" in client.get(f"/budgets/{pot_id}/result").text


def ballots_for(number, one):
    """Totals of a station where everybody wanted the same."""
    return {"participations": number, "ballots": number, "blank": 0, "invalid": 0, "votes": {one: number}}


@pytest.mark.parametrize(
    ("number", "on_paper", "expected"),
    [(29, 0, True), (30, 0, False), (29, 50, True), (30, 30, False), (30, 29, True), (30, 1, True), (0, 50, True)],
)
def test_one_function_says_what_few_ballots_are_to_all_who_ask(session, kept, clock, tmp_path, number, on_paper, expected):
    stations = {"Library": ballots_for(on_paper, "2")} if on_paper else None
    pot = certified(session, kept, clock, number, paper=False, stations=stations) if number else None
    if pot is None:
        assert too_few(number, on_paper) is expected
        return
    assert few(session, pot) is few_ballots(pot) is expected
    assert needs_choice(session, pot) is not expected
    assert (published_of(session, pot) == "totals") is expected
    folder = unpacked(packed(session, pot), tmp_path)
    assert json.loads((folder / "publication.json").read_text())["by_rule"] is expected
    code, said = verified(folder)
    assert code == 0, said


@pytest.mark.parametrize(("number", "on_paper"), [(33, 1), (5, 50)])
def test_few_ballots_on_paper_or_from_the_box_never_stand_apart(session, kept, clock, tmp_path, client, number, on_paper):
    pot = certified(session, kept, clock, number, stations={"Care home": ballots_for(on_paper, "2")})
    folder = unpacked(packed(session, pot), tmp_path)

    assert json.loads((folder / "paper.json").read_text()) == {
        "pot": str(pot.id),
        "stations": [],
        "with_the_box": on_paper,
    }
    protocol = json.loads((folder / "protocol.json").read_text())
    assert protocol["paper"][0]["stations"] == []
    assert protocol["pots"][0]["count"]["channels"] == {"joined": number + on_paper}
    certificate = protocol["pots"][0]["certificates"][0]["body"]
    assert "votes" not in certificate["paper"]
    assert not (folder / "opened.jsonl").exists()
    code, said = verified(folder)
    assert code == 0, said
    assert f"{on_paper} ballots on paper, or those from the box, are so few" in said
    urls = [f"/committee/certificate/{pot.id}", f"/committee/certificate/{pot.id}/paper.json", f"/budgets/{pot.id}/result"]
    session.commit()
    texts = [client.get(url).text for url in urls]
    assert all("Care home" not in text for text in texts)
    assert "Small numbers together" in texts[2]


def test_stations_with_few_ballots_are_one_with_the_next_smallest(session, kept, clock, tmp_path):
    stations = {
        "Arena": ballots_for(100, "2"),
        "Care home": ballots_for(1, "2"),
        "Harbour": ballots_for(40, "1"),
        "Library": {"participations": 0, "ballots": 0, "blank": 0, "invalid": 0, "votes": {}},
        "School": ballots_for(4, "3"),
    }
    pot = certified(session, kept, clock, 31, stations=stations)
    folder = unpacked(packed(session, pot), tmp_path)

    paper = json.loads((folder / "paper.json").read_text())
    assert [one["station"] for one in paper["stations"]] == ["Arena", "Care home, Harbour, Library, School"]
    assert paper["stations"][1]["ballots"] == 45
    assert {name: number for name, number in paper["stations"][1]["votes"].items() if number} == {"1": 40, "2": 1, "3": 4}
    protocol = json.loads((folder / "protocol.json").read_text())
    assert [one["station"] for one in protocol["paper"][0]["stations"]] == [one["station"] for one in paper["stations"]]
    code, said = verified(folder)
    assert code == 0, said
    assert "145 ballots at 5 stations" in said


def test_the_package_stays_as_it_was_certified_whatever_happens_later(session, kept, clock, tmp_path):
    pot = certified(session, kept, clock, paper=False)
    before = packed(session, pot)
    folder = unpacked(before, tmp_path)
    protocol = json.loads((folder / "protocol.json").read_text())
    assert [one["version"] for one in protocol["pots"][0]["certificates"]] == [1]
    assert (folder / "protocol.pdf").read_bytes().startswith(b"%PDF")
    assert not (folder / "paper.json").exists()
    assert verified(folder)[0] == 0

    object_to(session, Actor(accounts.person().id), Object(pot.process_id, "I could not vote"))
    clock.advance(days=1)

    assert packed(session, pot) == before
    committee.decided(DecisionKind.CORRECTION, pot.process_id, pot_id=pot.id)
    with zipfile.ZipFile(io.BytesIO(packed(session, pot))) as found:
        protocol = json.loads(found.read("protocol.json"))
    assert [one["version"] for one in protocol["pots"][0]["certificates"]] == [1, 2]
    assert [one["number"] for one in protocol["objections"]] == [1]


def test_totals_typed_again_change_the_package_with_the_correction_and_not_before(session, kept, clock, tmp_path):
    pot = certified(session, kept, clock)
    (place,) = stations_of(session, pot.process_id)
    before = packed(session, pot)
    clock.advance(days=1)
    committee.decided(DecisionKind.TOTALS_AGAIN, pot.process_id, pot_id=pot.id, station_id=place.id)
    assert packed(session, pot) == before
    committee.typed(pot, place, {"3": 40})
    assert packed(session, pot) == before
    code, said = verified(unpacked(before, tmp_path / "before"))
    assert code == 0, said

    clock.advance(days=1)
    committee.decided(DecisionKind.CORRECTION, pot.process_id, pot_id=pot.id)
    folder = unpacked(packed(session, pot), tmp_path / "after")

    assert json.loads((folder / "paper.json").read_text())["stations"][0]["votes"] == {"3": 40}
    decisions = json.loads((folder / "protocol.json").read_text())["decisions"]
    assert [one["kind"] for one in decisions] == ["certification", "totals_again", "correction"]
    assert decisions[1]["outcome"]["before"]["votes"] == TOTALS["votes"]
    code, said = verified(folder)
    assert code == 0, said
    assert "from the ballots and the totals of paper: 2 winners, the same as published: 3, 1" in said
