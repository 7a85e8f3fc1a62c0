"""The publication package: what is in it, and that `verify.py` finds every change of it."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from pabulib import checker
from sqlalchemy.orm import Session

from app.features.budgets.choices import Choices, gives_points, most_projects
from app.features.budgets.models import PotState
from app.features.budgets.use_cases import CertifyPot, certify_pot
from app.features.voting.box import opening
from app.features.voting.commands import CastBallot, DecidePublication
from app.features.voting.exporting import board_file
from app.features.voting.package import archive, files, verify
from app.features.voting.package.readme import readme
from app.features.voting.publication import choice_of, likeness, likeness_of, read_as
from app.features.voting.queries import box_of
from app.features.voting.use_cases import (
    cast_ballot,
    close_box,
    confirm_publication,
    count_pot,
    decide_publication,
    import_opened,
    open_with_the_servers_key,
    seal_boxes,
)
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, voting


@pytest.fixture(autouse=True)
def words(app):
    """The package speaks the languages of the installation."""
    with app.app_context():
        yield


def member(session, role, pot) -> Actor:
    return Actor(person_id=accounts.person().id, roles=frozenset({(role, pot.process_id)}))


def paper(pot, at: int) -> Choices:
    """What somebody chooses, as far as the pot takes it: the same each time."""
    chance = random.Random(at)
    numbers = tuple(chance.sample(["1", "2", "3"], chance.choice([0, 1, 1, 2, 2])))[: most_projects(pot)]
    while pot.limit_by_cost and sum(one.cost for one in pot.projects if one.number in numbers) > pot.amount:
        numbers = numbers[:-1]
    if len(numbers) < pot.min_projects:
        numbers = ()
    return Choices(numbers, tuple(chance.choice([1, 2]) for _ in numbers) if gives_points(pot) else None)


def voted(session, keyring, clock, number=47, choose=paper, **attributes):
    """A pot of which the box is opened twice, with its committee."""
    attributes.setdefault("costs", (300_00, 500_00, 400_00, 0))
    pot = voting.pot(**attributes)
    for at, person in enumerate(voting.voters(pot, number)):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, choose(pot, at)), keyring)
        if at == 40:  # 41 wait: 21 go to a block, the others to the last one
            seal_boxes(session, pot.process_id)
    clock.advance(days=400)
    committee = member(session, Role.COMMITTEE, pot)
    close_box(session, committee, pot.process_id, keyring)
    open_with_the_servers_key(session, committee, pot.process_id, keyring)
    box = box_of(session, pot.process_id)
    seed = keyring.key(pot.process_id, "box", make=True)
    again = opening.open_board(board_file(session, box), seed)
    statement = again.statement("An auditor", clock.now.date().isoformat())
    import_opened(
        session,
        member(session, Role.COMMITTEE, pot),
        pot.process_id,
        again.file(statement, opening.sign_statement(statement, seed, str(pot.process_id))),
    )
    return pot, committee


def published(session, keyring, clock, what="rows", **attributes):
    pot, committee = voted(session, keyring, clock, **attributes)
    count_pot(session, committee, pot.id)
    if attributes.get("number", 47) >= 30:
        voting.to_publish(pot, what, "The committee talked about it.")
    certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))
    return pot


def package(session, pot):
    return b"".join(archive.stream(session, pot))


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        found.extractall(folder)
    return folder


def verified(place: Path, *arguments: str) -> tuple[int, str]:
    """What the program in the package says, run by bare Python in the folder."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments],
        check=False,
        cwd=place,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not run.stderr
    return run.returncode, run.stdout


BY_NUMBER = {"limit_by_cost": False, "max_projects": 2}
POINTS = {"limit_by_cost": False, "vote_type": "cumulative", "max_points": 4}
RULES = {
    "greedy": {},
    "greedy-no-skip": {"rule": "greedy-no-skip"},
    "add1": {"rule": "equalshares/add1", "options": {"tie_rules": ["lower_cost", "more_voters", "listed_first"]}},
    "add1-comparison": {"rule": "equalshares/add1-comparison"},
    "exhaustive": {**BY_NUMBER, "rule": "equalshares/add1", "options": {"stop_when_exhaustive": True}},
    "phragmen": {"rule": "phragmen"},
    "minimum": {**BY_NUMBER, "rule": "greedy-threshold", "options": {"min_project_score_threshold": 5}},
    "share": {**BY_NUMBER, "options": {"threshold_share": "12.5", "threshold_above": True}},
    "least two": {**BY_NUMBER, "min_projects": 2},
    "conflicts": {**BY_NUMBER, "rule": "greedy-exclusive", "options": {"conflicts": [["1", "2"]]}},
    "choose-1": {"limit_by_cost": False, "vote_type": "choose-1", "max_projects": 1},
    "cumulative": {**POINTS, "options": {"max_points_per_project": 3}},
    "cumulative by shares": {**POINTS, "rule": "equalshares/add1"},
    "ordinal": {**BY_NUMBER, "vote_type": "ordinal", "options": {"max_length": 2}},
    "ordinal, longer": {"limit_by_cost": False, "vote_type": "ordinal", "max_projects": 3},
    "yen": {"currency": "JPY"},
}


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("attributes", RULES.values(), ids=RULES)
def test_bare_python_confirms_a_package_in_an_empty_folder(session: Session, keyring, clock, tmp_path, attributes):
    pot = published(session, keyring, clock, **attributes)

    code, said = verified(unpacked(package(session, pot), tmp_path))

    assert code == 0, said
    assert "WRONG" not in said
    assert said.count("in order ") == 13
    assert "2 winners" in said or "3 winners" in said
    with_points = b'"points"' in b"".join(archive.single(session, pot, "opened.jsonl"))
    assert with_points == gives_points(pot)


@pytest.mark.parametrize("rule", ["greedy", "equalshares/add1", "phragmen"])
def test_a_count_that_a_draw_has_decided_is_confirmed(session, keyring, clock, tmp_path, rule):
    alike = {"costs": (600_00, 600_00, 600_00), "limit_by_cost": False, "max_projects": 3}
    alike |= {"rule": rule, "options": {"tie_rules": ["drawn"]}, "choose": lambda *_: Choices(("1", "2", "3"))}
    pot, committee = voted(session, keyring, clock, **alike)
    assert count_pot(session, committee, pot.id).result["draw_among"] == [["1", "2", "3"]]
    order = ("3", "1", "2")
    voting.drawn(pot, (order,))
    voting.to_publish(pot, "rows", "The committee talked about it.")
    certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))
    folder = unpacked(package(session, pot), tmp_path)

    code, said = verified(folder)
    assert "which nobody signed: ask who watched" in said

    assert code == 0, said
    assert f"1 winners, the same as published: {order[0]}" in said
    edit(folder, "result.json", lambda one: one["drawn_order"].reverse())
    assert f"the result names the winners {order[0]}; counted were {order[-1]}" in wrong(folder)


def test_the_package_is_the_same_file_every_time_and_its_parts_are_its_files(session, keyring, clock):
    pot = published(session, keyring, clock)
    content = package(session, pot)

    assert package(session, pot) == content
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert found.namelist() == archive.file_names(session, pot)
        for name in found.namelist():
            assert b"".join(archive.single(session, pot, name)) == found.read(name)
        digest = hashlib.sha256(found.read("frozen.json")).hexdigest()
        assert digest == pot.options["digest"]
        assert b"ciphertext" not in found.read("board.jsonl")
        assert "envelopes" not in json.loads(found.read("board.jsonl").splitlines()[1])
    assert archive.single(session, pot, "roll.csv") is None


def test_other_rooms_add_their_files(session, keyring, clock, tmp_path, monkeypatch):
    pot = published(session, keyring, clock)
    monkeypatch.setattr(files, "package_parts", [lambda session, pot: iter([("protocol.json", lambda: iter([b"{", b"}"]))])])

    folder = unpacked(package(session, pot), tmp_path)

    assert (folder / "protocol.json").read_bytes() == b"{}"
    assert b"".join(archive.single(session, pot, "protocol.json")) == b"{}"
    assert verified(folder)[0] == 0


@pytest.mark.parametrize("kind", ["greedy", "choose-1", "cumulative", "ordinal"])
def test_the_ballots_pass_the_checker_of_the_format(session, keyring, clock, kind):
    pot = published(session, keyring, clock, costs=(300_00, 500_00, 400_00), **RULES[kind])
    text = b"".join(archive.single(session, pot, "ballots.pb")).decode()

    found = checker.Checker().process_files([text])

    results = next(value["results"] for value in found.values() if isinstance(value, dict) and "results" in value)
    assert results.get("errors", {}) == {}


def voters_with(custody):
    return {"voters": {"slots": "all", "ways": ["account", "desk"], "custody": custody}}


def test_who_keeps_the_key_is_compared_with_what_was_announced(session, keyring, clock, tmp_path):
    pot = published(session, keyring, clock, options=voters_with("server"))
    folder = unpacked(package(session, pot), tmp_path)
    code, said = verified(folder)
    assert code == 0, said
    assert "kept by the server as announced" in said

    def shared(key):
        key.update(needed=2, commitments={"1": "0" * 64, "2": "1" * 64, "3": "2" * 64})

    edit(folder, "key.json", shared)
    block(folder, 0, lambda head: shared(head["key"]))  # and where it stands on the board
    assert "announced was that the server keeps the key, but key.json is a key that people hold shares of" in wrong(folder)


@pytest.mark.parametrize(
    ("announced", "commitments", "words"),
    [
        ("committee", {}, "announced was that the committee keeps the key, but key.json is a key that the server keeps whole"),
        ("committee", {"1": "0" * 64}, ""),
        ("server", {}, ""),
        (None, {"1": "0" * 64}, ""),  # fixed before this was asked
    ],
)
def test_a_key_that_lies_on_the_server_is_not_the_committees(tmp_path, announced, commitments, words):
    key = {"commitments": commitments}
    (tmp_path / "frozen.json").write_text(json.dumps({"voters": {"custody": announced} if announced else None}))
    checks = verify.Checks(verify.Package(str(tmp_path)))
    board = verify.Board()
    board.head = {"key": key, "rehearsal": False}
    checks.read["board"] = board
    assert "".join(checks._other_keys(key, board)) == words


def test_with_totals_no_ballot_leaves_the_house_and_greedy_is_counted_again(session, keyring, clock, tmp_path):
    pot = published(session, keyring, clock, "totals")

    folder = unpacked(package(session, pot), tmp_path)
    code, said = verified(folder)

    assert code == 0, said
    assert not (folder / "opened.jsonl").exists()
    assert not (folder / "ballots.pb").exists()
    assert said.count("not possible") == 4
    assert "from the totals, which themselves cannot be checked here" in said
    change(folder / "totals.json", lambda text: text.replace('"votes": ', '"votes": 1'))
    assert "counted were" in wrong(folder)


def test_with_totals_equal_shares_says_what_it_cannot_do(session, keyring, clock, tmp_path):
    pot = published(session, keyring, clock, "totals", rule="equalshares")

    code, said = verified(unpacked(package(session, pot), tmp_path))

    assert code == 0
    assert "not possible  count: equalshares needs whole ballots" in said


def test_few_ballots_are_never_published(session, keyring, clock, tmp_path):
    pot = published(session, keyring, clock, number=29)

    folder = unpacked(package(session, pot), tmp_path)

    assert verified(folder)[0] == 0
    assert not (folder / "ballots.pb").exists()
    assert json.loads((folder / "publication.json").read_text())["by_rule"] is True
    assert json.loads((folder / "result.json").read_text())["with_a_winner"] is None


def test_a_receipt_is_found_in_its_block(session, keyring, clock, tmp_path):
    pot = published(session, keyring, clock)
    folder = unpacked(package(session, pot), tmp_path)
    receipt = json.loads((folder / "board.jsonl").read_text().splitlines()[2])["receipts"][3]

    assert verified(folder, "--receipt", receipt[:6].upper()) == (0, f"{receipt} is in block 2 of Streets and squares\n")
    assert verified(folder, "--receipt", "0123456789")[0] == 1
    assert "Examples" not in verified(folder, "--help")[1]
    assert "python3 verify.py --receipt" in verified(folder, "--help")[1]
    assert verified(folder, "--announced", pot.options["digest"])[0] == 0
    assert "not the announced" in verified(folder, "--announced", "00" * 32)[1]


def test_the_package_can_be_checked_without_unpacking_it(session, keyring, clock, tmp_path, capsys):
    pot = published(session, keyring, clock)
    whole = tmp_path / "vote.zip"
    whole.write_bytes(package(session, pot))

    assert verify.main([str(whole)]) == 0
    assert verify.main([str(tmp_path / "nothing.zip")]) == 1
    assert "neither a folder nor a ZIP file" in capsys.readouterr().out


# Changes that must be named


def change(path: Path, how) -> None:
    before = path.read_text(encoding="utf-8")
    after = how(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def remade(folder: Path) -> None:
    """A liar makes the manifest anew, so that it hides nothing."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def foot(folder: Path) -> None:
    """The last line of the board, made anew, too."""
    *lines, _ = (folder / "board.jsonl").read_text().splitlines()
    blocks = [json.loads(line) for line in lines[1:]]
    end = {"blocks": len(blocks), "envelopes": sum(len(block["receipts"]) for block in blocks)}
    end["sha256"] = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    (folder / "board.jsonl").write_text("".join(f"{line}\n" for line in [*lines, json.dumps(end)]))


def wrong(folder: Path) -> str:
    """The wrong things, once nothing is wrong with the manifest."""
    remade(folder)
    code, said = verified(folder)
    assert code == 1, said
    return "\n".join(line for line in said.splitlines() if line.startswith("WRONG"))


_MADE: list[bytes] = []


@pytest.fixture
def folder(session, keyring, clock, tmp_path) -> Path:
    """An unpacked package; it is made once and changed in a new place each time."""
    if not _MADE:
        _MADE.append(package(session, published(session, keyring, clock, rule="equalshares/add1")))
    return unpacked(_MADE[0], tmp_path)


def edit(folder: Path, name: str, how) -> None:
    content = json.loads((folder / name).read_text())
    how(content)
    (folder / name).write_bytes(verify.canonical(content))


def block(folder: Path, number: int, how) -> None:
    lines = (folder / "board.jsonl").read_text().splitlines()
    content = json.loads(lines[number])
    how(content)
    lines[number] = verify.canonical(content).decode()
    (folder / "board.jsonl").write_text("".join(f"{line}\n" for line in lines))
    foot(folder)


def test_any_changed_file_is_named_by_the_manifest(folder):
    change(folder / "README.txt", lambda text: text + "!")
    assert "README.txt was changed" in verified(folder)[1]


@pytest.mark.parametrize("name", [one for one in verify.ALWAYS + verify.ROWS if one != "verify.py"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    code, said = verified(folder)
    assert code == 1
    assert f"{name} is missing" in said


def test_a_file_too_many_is_named(folder):
    (folder / "more.txt").write_text("x")
    assert "more.txt does not belong to the package" in verified(folder)[1]


def test_the_download_beside_the_unpacked_files_is_a_remark(folder):
    (folder / "p.zip").write_bytes(b"x")
    code, said = verified(folder)
    assert code == 0
    assert "remark: p.zip lies beside them" in said
    (folder / "inner").mkdir()
    (folder / "inner" / "p.zip").write_bytes(b"x")
    assert "inner/p.zip does not belong to the package" in verified(folder)[1]


def test_an_exchanged_receipt_in_a_block_is_named(folder):
    block(folder, 1, lambda one: one["receipts"].__setitem__(0, "ab" * 32))
    said = wrong(folder)
    assert "block 2 of pot" in said
    assert "does not follow from block 1" in said


def test_an_exchanged_receipt_in_the_last_block_is_named_by_heads_and_statements(folder):
    block(folder, 2, lambda one: one["receipts"].__setitem__(0, "ab" * 32))
    said = wrong(folder)
    assert "signed heads: the head of" in said
    assert "a statement was made from another board than this one" in said


def test_a_removed_envelope_is_named(folder):
    block(folder, 2, lambda one: one["receipts"].pop())
    said = wrong(folder)
    assert "the board announces 47 envelopes" in said
    assert "46 envelopes, but 47 ballots" in said


def test_a_removed_block_is_named(folder):
    lines = (folder / "board.jsonl").read_text().splitlines()
    del lines[1]
    (folder / "board.jsonl").write_text("".join(f"{line}\n" for line in lines))
    foot(folder)
    assert "block 1 of pot" in wrong(folder)


def test_a_receipt_that_stands_twice_is_named(folder):
    block(folder, 2, lambda one: one["receipts"].__setitem__(0, one["receipts"][1]))
    assert "is twice on the board" in wrong(folder)


def test_a_cut_board_is_named(folder):
    lines = (folder / "board.jsonl").read_text().splitlines()
    (folder / "board.jsonl").write_text("".join(f"{line}\n" for line in lines[:-1]))
    assert "board.jsonl is cut off" in wrong(folder)


def test_an_altered_file_of_ballots_is_named(folder):
    change(folder / "ballots.pb", lambda text: text.replace("\n5;", "\n5;1," if "\n5;1" not in text else "\n5;2,", 1))
    assert "ballots.pb: ballots.pb has 1 ballots that were not opened, and lacks 1 that were" in wrong(folder)


def test_an_altered_cost_in_the_file_of_ballots_is_named(folder):
    change(folder / "ballots.pb", lambda text: text.replace("\n1;300;", "\n1;200;"))
    assert "project 1 is not in ballots.pb as it was announced" in wrong(folder)


def swap(folder: Path) -> None:
    """Turn ballots for one project into ballots for another one, in both files of ballots, result and totals left alone."""
    lines = [json.loads(line) for line in (folder / "opened.jsonl").read_text().splitlines()]
    one, two = (line for line in lines[1:] if len(line["choices"]) == 1 and line["choices"][0] in "12")
    one["count"], two["count"] = one["count"] - 1, two["count"] + 1
    (folder / "opened.jsonl").write_bytes(b"".join(verify.canonical(line) + b"\n" for line in lines))


def test_swapped_ballots_are_named_by_the_digest_that_the_openers_signed(folder):
    swap(folder)
    said = wrong(folder)
    assert "but Plaza signed" in said
    assert "count: the result says" in said


def test_statements_changed_with_the_ballots_are_not_signed_any_more(folder):
    swap(folder)
    digest = hashlib.sha256((folder / "opened.jsonl").read_bytes()).hexdigest()

    def lie(statements):
        for one in statements:
            next(iter(one["pots"].values()))["ballots_sha256"] = digest

    edit(folder, "statements.json", lie)
    said = wrong(folder)
    assert "the statement of Plaza is not signed with the key of this vote" in said
    assert "the statement of An auditor is not signed" in said


def test_the_salt_is_published_with_the_ballots_and_belongs_to_what_was_signed(folder):
    salt = json.loads((folder / "opened.jsonl").read_text().splitlines()[0])["salt"]
    assert len(salt) == 64
    change(folder / "opened.jsonl", lambda text: text.replace(salt, "00" * 32))
    assert "but Plaza signed" in wrong(folder)


@pytest.mark.parametrize("most", [{"number": 12}, {"what": "totals"}], ids=["few ballots", "totals"])
def test_where_ballots_are_not_published_their_salt_is_not_either(session, keyring, clock, tmp_path, most):
    pot = published(session, keyring, clock, **most)
    folder = unpacked(package(session, pot), tmp_path)
    salt = box_of(session, pot.process_id).salts[str(pot.id)].encode()
    assert not [file.name for file in folder.iterdir() if salt in file.read_bytes()]
    code, said = verified(folder)
    assert code == 0, said


def test_a_digest_of_the_whole_box_that_hides_another_pot_is_named(folder):
    edit(folder, "statements.json", lambda all_: all_[0].__setitem__("ballots_sha256", "00" * 32))
    assert "has a digest that is not that of the digests of its pots" in wrong(folder)


def test_openers_who_found_different_ballots_are_named(folder):
    edit(folder, "statements.json", lambda all_: next(iter(all_[1]["pots"].values())).__setitem__("ballots_sha256", "00" * 32))
    assert "the openers found different ballots" in wrong(folder)


def test_a_wrong_signature_of_a_head_is_named(folder):
    edit(folder, "heads.json", lambda one: one["heads"][0].__setitem__("signature", "00" * 64))
    assert "is not signed with the key of the board" in wrong(folder)


def test_another_key_is_named(folder):
    edit(folder, "key.json", lambda one: one.__setitem__("statement_key", "ab" * 32))
    said = wrong(folder)
    assert "key.json is not the key that stands on the board" in said


def test_a_changed_result_is_named(folder):
    edit(folder, "result.json", lambda one: one["winners"].reverse())
    assert "the result names the winners" in wrong(folder)


def test_a_changed_score_in_the_result_is_named(folder):
    edit(folder, "result.json", lambda one: one["projects"][0].__setitem__("score", "99"))
    assert "the result says 99 for project" in wrong(folder)


def first_of(outcome):
    return lambda one: next(row for row in one["projects"] if row["outcome"] == outcome)


@pytest.mark.parametrize(
    ("lie", "sentence"),
    [
        (lambda one: one.__setitem__("left", "99"), "the result says that 99 is left over"),
        (lambda one: first_of("won")(one).__setitem__("outcome", "did_not_fit"), "the result says “did_not_fit” of project"),
        (lambda one: one["projects"][0].__setitem__("outcome", "no_votes"), "the result says “no_votes” of project"),
    ],
)
def test_a_changed_reason_or_sum_in_the_result_is_named(folder, lie, sentence):
    edit(folder, "result.json", lie)
    assert sentence in wrong(folder)


def test_a_tie_that_is_none_is_named(session, keyring, clock, tmp_path):
    folder = unpacked(package(session, published(session, keyring, clock)), tmp_path)
    scores = [row["score"] for row in json.loads((folder / "result.json").read_text())["projects"]]
    assert scores[0] != scores[1]

    def tied(one):
        numbers = [row["number"] for row in one["projects"][:2]]
        one["ties"].append({"projects": numbers, "score": scores[0], "decided_by": ["listed_first"], "decisive": True})

    edit(folder, "result.json", tied)
    assert "equal to others" in wrong(folder)


def test_the_package_of_a_rehearsal_is_said_to_be_one(folder):
    lines = (folder / "board.jsonl").read_text().splitlines()
    (folder / "board.jsonl").write_text("\n".join([lines[0].replace("{", '{"rehearsal":true,', 1), *lines[1:]]) + "\n")
    assert "this is a REHEARSAL" in wrong(folder)


def test_an_annulled_vote_is_said_to_be_annulled_by_the_package_and_its_words(session, keyring, clock, tmp_path):
    pot = published(session, keyring, clock)
    assert "annulled" not in b"".join(files.file(session, pot, "README.txt")).decode()
    pot.annulled_at = clock.now
    folder = unpacked(package(session, pot), tmp_path)
    code, said = verified(folder)
    assert code == 1
    assert f"the committee has ANNULLED this vote on {clock.now:%Y-%m-%d}" in said
    assert len([line for line in said.splitlines() if line.startswith("WRONG")]) == 1
    assert "The committee has annulled this vote later." in (folder / "README.txt").read_text()


def test_the_words_of_a_rehearsal_say_that_it_counts_for_nothing(session, keyring, clock):
    pot = published(session, keyring, clock)
    assert "This is a rehearsal" in readme(pot, rows=True, rehearsal=True)
    assert "This is a rehearsal" not in readme(pot, rows=True, rehearsal=False)


def test_a_changed_rule_is_named(folder):
    def greedy(one):
        one["rule"] = "greedy"

    edit(folder, "frozen.json", greedy)
    edit(folder, "result.json", greedy)
    said = wrong(folder)
    assert "announced ballot: the board names the digest" in said
    assert "statement 2 names the digest" in said


def test_a_changed_cost_is_named(folder):
    edit(folder, "frozen.json", lambda one: one["projects"][0].__setitem__("cost", 1))
    said = wrong(folder)
    assert "announced ballot" in said
    assert "project 1 is not in ballots.pb as it was announced" in said


def test_ballots_beyond_the_limits_are_named(folder):
    vote = verify.Vote(json.loads((folder / "frozen.json").read_text()))
    assert vote.broken_limit((("1", "2"), None)) == ""
    assert "more than the pot holds" in vote.broken_limit((("1", "2", "3"), None))
    assert "twice" in vote.broken_limit((("1", "1"), None))
    assert "not on the list" in vote.broken_limit((("9",), None))
    assert "points" in vote.broken_limit((("1",), (3,)))


def test_rubbish_is_named_and_nothing_breaks(folder):
    for name in ("frozen.json", "heads.json", "statements.json", "result.json", "opened.jsonl"):
        before = (folder / name).read_bytes()
        for rubbish in (b"", b"[]", b"{}", b"\xff\xfe", b'{"pots": 1}'):
            (folder / name).write_bytes(rubbish)
            code, said = verified(folder)
            assert code == 1, (name, rubbish, said)
            assert "Traceback" not in said
        (folder / name).write_bytes(before)


# The decision


def test_nothing_is_certified_before_it_is_decided_what_is_published(session, keyring, clock):
    pot, committee = voted(session, keyring, clock)
    committee = voting.committee(pot)
    count_pot(session, committee, pot.id)

    with pytest.raises(Conflict, match="Decide first"):
        certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))
    with pytest.raises(Invalid):
        decide_publication(session, committee, DecidePublication(pot.id, "rows", " "))
    with pytest.raises(Invalid):
        decide_publication(session, committee, DecidePublication(pot.id, "both", "Why not"))
    for viewer in (member(session, Role.AUDITOR, pot), member(session, Role.MODERATOR, pot)):
        with pytest.raises(NotFound):
            decide_publication(session, viewer, DecidePublication(pot.id, "rows", "Because"))
    assert not archive.has_package(session, pot)

    committee = voting.committee(pot)  # who holds the role when the other one signs
    decide_publication(session, committee, DecidePublication(pot.id, "rows", "Because"))
    read = read_as(choice_of(session, pot.id))
    choice = decide_publication(session, committee, DecidePublication(pot.id, "totals", "On second thoughts"))
    with pytest.raises(Conflict, match="Decide first"):
        certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))
    with pytest.raises(Forbidden, match="signed this already"):
        confirm_publication(session, committee, pot.id, read_as(choice))
    other = voting.committee(pot)
    with pytest.raises(Conflict, match="changed since"):
        confirm_publication(session, other, pot.id, read)
    with pytest.raises(NotFound):
        confirm_publication(session, member(session, Role.AUDITOR, pot), pot.id, read_as(choice))
    confirm_publication(session, other, pot.id, read_as(choice))
    with pytest.raises(Conflict, match="Nothing waits"):
        confirm_publication(session, other, pot.id, read_as(choice))
    certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))

    assert (choice.ballots, choice.published, choice.reason) == (47, "totals", "On second thoughts")
    assert pot.state is PotState.CERTIFIED
    with pytest.raises(Conflict, match="stays as it is"):
        decide_publication(session, committee, DecidePublication(pot.id, "rows", "Too late"))


def test_with_few_ballots_there_is_nothing_to_decide(session, keyring, clock):
    pot, committee = voted(session, keyring, clock, number=5)
    with pytest.raises(Conflict, match="so few ballots"):
        decide_publication(session, committee, DecidePublication(pot.id, "rows", "Because"))


def test_nobody_decides_before_the_box_is_open(session, keyring):
    pot = voting.pot()
    committee = member(session, Role.COMMITTEE, pot)
    with pytest.raises(Conflict, match="not opened"):
        decide_publication(session, committee, DecidePublication(pot.id, "rows", "Because"))


def test_how_alike_ballots_are():
    measured = likeness([("a", 1), ("b", 1), ("c", 3), ("d", 40)])
    assert (measured.ballots, measured.unique) == (45, 2)
    assert measured.by_size == ((1, 1, 2), (2, 4, 3), (5, 9, 0), (10, 29, 0), (30, None, 40))
    assert measured.suggested == "rows"
    assert likeness([(number, 1) for number in range(40)]).suggested == "totals"
    assert likeness([]).share == 0


def test_the_order_of_choices_makes_no_ballot_unique_unless_it_is_a_ranking(session):
    for kind, unique in (("approval", 0), ("ordinal", 2)):
        pot = voting.closed_pot(vote_type=kind)
        voting.ballots(pot, ["1,2", "2,1"])
        assert likeness_of(session, pot).unique == unique
