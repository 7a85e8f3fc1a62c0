"""A stranger counts ballots on paper again, one by one, with the package alone; few of them are never shown."""

import csv
import hashlib
import json
import re
from collections import Counter

import pytest
from pabulib.checker import Checker
from pabutools import election as theirs
from pabutools import rules

from app.features.budgets.choices import Choices
from app.features.budgets.rules import ballot_digest
from app.features.committee.models import DecisionKind
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.publication import likeness_of
from app.features.voting.use_cases import cast_ballot, close_box, count_pot, open_with_the_servers_key
from app.features.voting.voters.announced_setup import setup_digest_part
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import committee, stations, voting
from tests.integration.committee.test_packaged import packed, unpacked, verified


@pytest.fixture
def kept(app):
    with app.app_context():
        yield Keyring(app.config["SETTINGS"].keys)


def certified(session, kept, clock, paper, **attributes):
    """31 ballots from the box, these on paper, read and signed; two members certify and publish rows where they may."""
    pot = stations.paper_pot(**attributes)
    pot.options = {**pot.options, "voters": setup_digest_part(session, pot.process_id)}  # as it is announced
    pot.options = {**pot.options, "digest": ballot_digest(pot)}
    place = committee.station(pot.process_id)
    desk = stations.on_shift(place)
    for stub, _one in enumerate(paper, start=1):
        stations.handed_out(desk, place, pot, f"P{stub:05}", stub)
    for at, person in enumerate(voting.voters(pot, 31)):
        choices = Choices((("1",), ("1", "2"), ("3",), ())[at % 4])
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, choices), kept)
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, kept)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, kept)
    stations.through(place, pot, paper)
    first, _second = committee.two(pot.process_id)
    count_pot(session, first, pot.id)
    if len(paper) >= 30:
        voting.to_publish(pot, "rows", "We talked about it.")
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    return pot


def resigned(folder, name, content):
    """The file changed, with a manifest that fits: whoever changes one makes the other anew, too."""
    (folder / name).write_text(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256(content.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


PAPER = ["2"] * 25 + ["23"] * 6 + ["0", "0", "-1", "1"]


def votes_in(path):
    """The rows of VOTES: (how it came in, what it names) with how many are alike."""
    rows = list(csv.reader(path.read_text().splitlines(), delimiter=";"))
    head = rows.index(["VOTES"]) + 1
    method = rows[head].index("voting_method")
    return Counter((row[method], row[rows[head].index("vote")]) for row in rows[head + 1 :])


def counted_by_others(path, rule):
    """Who wins by pabutools, a program of others that knows nothing but this file."""
    instance, profile = theirs.parse_pabulib(str(path))
    if rule == "greedy":
        won = rules.greedy_utilitarian_welfare(instance, profile, sat_class=theirs.Cost_Sat)
    else:
        won = rules.method_of_equal_shares(instance, profile, sat_class=theirs.Cost_Sat, voter_budget_increment=1)
    return {project.name for project in won}


@pytest.mark.parametrize(
    ("rule", "wanted", "won", "by_the_box"),
    [("greedy", "3", {"1", "3"}, {"1", "2"}), ("equalshares/add1", "2", {"1", "2"}, {"1", "3"})],
)
def test_a_program_of_others_counts_everybody_from_the_one_file(session, kept, clock, tmp_path, rule, wanted, won, by_the_box):
    pot = certified(session, kept, clock, [wanted] * 25 + ["23"] * 6 + ["0", "0", "-1", "1"], rule=rule)
    folder = unpacked(packed(session, pot), tmp_path / "package")
    path = folder / "ballots.pb"
    assert votes_in(path) == {
        ("internet", "1"): 8,
        ("internet", "1,2"): 8,
        ("internet", "3"): 8,
        ("paper", "1"): 1,
        ("paper", wanted): 25,
        ("paper", "2,3"): 6,
    }
    assert counted_by_others(path, rule) == set(pot.result["winners"]) == won
    box_alone = tmp_path / "box.pb"
    box_alone.write_text(re.sub(r"^.*;paper\n", "", path.read_text(), flags=re.M))
    assert counted_by_others(box_alone, rule) == by_the_box, "paper decides this vote"
    found = Checker().process_files([str(path)])
    assert next(one["results"] for one in found.values() if isinstance(one, dict) and "results" in one).get("errors", {}) == {}
    assert '""paper""' not in path.read_text(), "their sums would be counted twice"
    assert "ballots.pb holds everybody's ballot, from the box and on paper." in " ".join(
        (folder / "README.txt").read_text().split()
    )

    text = path.read_text()
    for other, problem in (
        (text.replace(f";{wanted};paper", f";{wanted};internet", 1), "1 ballots that were not opened, and lacks 1 that were"),
        (text.replace(f";{wanted};paper", f";{wanted};post", 1), "1 ballots that were not opened, and lacks 1 that were"),
        (re.sub(";(internet|paper|voting_method)$", "", text, flags=re.M), "must say of each ballot how it came in"),
    ):
        resigned(folder, "ballots.pb", other)
        code, said = verified(folder)
        assert code == 1
        assert problem in said


def result_of(folder):
    return json.loads((folder / "result.json").read_text())


def votes_of(folder):
    return {row["number"]: row["votes"] for row in result_of(folder)["projects"]}


@pytest.mark.parametrize("rule", ["greedy", "equalshares/add1"])
def test_a_stranger_counts_paper_again_ballot_by_ballot(session, kept, clock, tmp_path, rule):
    pot = certified(session, kept, clock, PAPER, rule=rule)
    folder = unpacked(packed(session, pot), tmp_path)
    lines = [json.loads(line) for line in (folder / "paper_ballots.jsonl").read_text().splitlines()]
    assert [(one["choices"], one["count"], one["channel"]) for one in lines] == [
        ([], 2, "paper"),
        (["1"], 1, "paper"),
        (["2"], 25, "paper"),
        (["2", "3"], 6, "paper"),
    ]
    assert (likeness_of(session, pot).ballots, likeness_of(session, pot).unique) == (31 + 34, 1)

    code, said = verified(folder)
    assert code == 0, said
    assert "34 ballots, 4 different ones, add up to what was signed at 1 stations" in said
    assert f"by {rule}, from the ballots of the box and those on paper" in said
    assert "holds the same 56 ballots, costs and rule; 9 blank ballots have no row there; 32 of them are on paper" in said

    told = {row["number"]: (row["votes_box"], row["votes_paper"]) for row in result_of(folder)["projects"]}
    assert {number: paper for number, (_, paper) in told.items()} == {"1": 1, "2": 31, "3": 6}
    assert all(box + paper == votes_of(folder)[number] for number, (box, paper) in told.items())
    for name in ("votes_box", "votes_paper"):
        content, before = result_of(folder), (folder / "result.json").read_text()
        content["projects"][0][name] += 1
        resigned(folder, "result.json", json.dumps(content))
        code, said = verified(folder)
        assert code == 1
        assert f"the result says votes_box {content['projects'][0]['votes_box']} and votes_paper" in said
        resigned(folder, "result.json", before)

    other = [{**one, "choices": ["3"]} if one["choices"] == ["2"] else one for one in lines]
    resigned(folder, "paper_ballots.jsonl", "".join(json.dumps(one) + "\n" for one in other))
    code, said = verified(folder)
    assert code == 1
    assert "project 3 has 31 votes in paper_ballots.jsonl; the stations signed others" in said
    assert "the result says" in said


def test_few_on_paper_are_never_shown_and_neither_are_those_from_the_box(session, kept, clock, tmp_path):
    pot = certified(session, kept, clock, ["2"] * 29, rule="equalshares/add1")
    folder = unpacked(packed(session, pot), tmp_path)
    assert not (folder / "paper_ballots.jsonl").exists()
    assert not (folder / "opened.jsonl").exists()
    assert not (folder / "ballots.pb").exists()
    assert {(row["votes_box"], row["votes_paper"]) for row in result_of(folder)["projects"]} == {(None, None)}
    told = " ".join((folder / "README.txt").read_text().split())
    assert "With fewer than 30 ballots in the box, or with some but fewer on paper, only totals of all together" in told
    code, said = verified(folder)
    assert code == 0, said
    assert "needs whole ballots, and only totals are published" in said
