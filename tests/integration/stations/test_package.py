"""A stranger counts ballots on paper again, one by one, with the package alone; few of them are never shown."""

import hashlib
import json

import pytest

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


@pytest.mark.parametrize("rule", ["greedy", "equalshares/add1"])
def test_a_stranger_counts_paper_again_ballot_by_ballot(session, kept, clock, tmp_path, rule):
    paper = ["2"] * 25 + ["23"] * 6 + ["0", "0", "-1", "1"]
    pot = certified(session, kept, clock, paper, rule=rule)
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
    code, said = verified(folder)
    assert code == 0, said
    assert "needs whole ballots, and only totals are published" in said
