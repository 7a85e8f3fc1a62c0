"""The ceremonies on a computer without network: key, rehearsal, opening, each as people do it."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.features.voting.box import custody, opening
from app.features.voting.box.ceremony import keygen, open_box, rehearse
from tests.unit.voting.test_box_opening import FORM, board

HOUSE = Path(__file__).parents[3]


def run(command, *arguments, typed=""):
    return CliRunner().invoke(command, [str(argument) for argument in arguments], input=typed)


@pytest.fixture
def key(tmp_path):
    """The folder with a fresh key: two of three."""
    made = run(keygen, "process", "--out", tmp_path / "key")
    assert made.exit_code == 0, made.output
    return tmp_path / "key"


def share(folder, number):
    return next(line for line in (folder / f"share-{number}.txt").read_text().splitlines() if line.startswith(f"{number}-"))


def sealed_board(folder):
    """A board of this key, as the platform exports it."""
    sheet = custody.KeySheet.from_json(json.loads((folder / "key.json").read_text()))
    path = folder / "board.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in board(sheet=sheet)))
    return path


def test_each_share_has_a_sheet_of_its_own_that_only_its_owner_can_read(key):
    names = sorted(path.name for path in key.iterdir())
    assert names == ["key.json", "share-1.txt", "share-2.txt", "share-3.txt"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in key.iterdir()} == {0o600}
    public = (key / "key.json").read_text()
    assert not any(share(key, number) in public for number in (1, 2, 3))


def test_a_key_is_never_made_over_another(key):
    before = (key / "key.json").read_text()
    again = run(keygen, "process", "--out", key)
    assert again.exit_code != 0
    assert "nothing is overwritten" in again.output
    assert (key / "key.json").read_text() == before


@pytest.mark.parametrize("options", [("--shares", "3", "--needed", "3"), ("--shares", "2"), ("--needed", "1")])
def test_a_key_that_one_person_or_a_lost_sheet_decides_is_not_made(tmp_path, options):
    refused = run(keygen, "process", "--out", tmp_path, *options)
    assert refused.exit_code != 0
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_leaves_a_signed_note_without_a_secret(key, tmp_path):
    result = tmp_path / "rehearsal.json"
    done = run(rehearse, key / "key.json", "--out", result, typed=f"{share(key, 1)}\n{share(key, 3)}\n")

    assert done.exit_code == 0, done.output
    note = json.loads(result.read_text())
    signature = note.pop("signature")
    assert opening.statement_is_signed(note, signature, json.loads((key / "key.json").read_text())["statement_key"])
    assert share(key, 1) not in done.output


def test_a_wrong_share_is_named_and_asked_for_again(key, tmp_path):
    other = run(keygen, "process", "--out", tmp_path / "other")
    assert other.exit_code == 0
    typed = [share(tmp_path / "other", 1), share(key, 1)[:-1] + "?", share(key, 1), share(key, 1), share(key, 2)]
    done = run(rehearse, key / "key.json", "--out", tmp_path / "note.json", typed="\n".join(typed) + "\n")

    assert done.exit_code == 0, done.output
    assert "share 1: it is not the one that was given out" in done.output
    assert "look again at what is printed" in done.output
    assert "share 1 is here already" in done.output


def test_a_wrong_share_in_a_file_opens_nothing_and_is_named(key, tmp_path):
    run(keygen, "process", "--out", tmp_path / "other")
    files = ["--share", key / "share-1.txt", "--share", tmp_path / "other" / "share-2.txt"]
    refused = run(open_box, sealed_board(key), *files, "--by", "Ann", "--out", tmp_path / "opened.jsonl")

    assert refused.exit_code != 0
    assert "share 2: it is not the one that was given out" in refused.output
    assert not (tmp_path / "opened.jsonl").exists()


def test_two_shares_open_the_box_and_the_auditor_finds_the_same(key, tmp_path):
    path = sealed_board(key)
    for name, numbers in (("opener", (1, 2)), ("auditor", (3, 1))):
        files = [part for number in numbers for part in ("--share", key / f"share-{number}.txt")]
        done = run(open_box, path, *files, "--by", name, "--out", tmp_path / f"{name}.jsonl")
        assert done.exit_code == 0, done.output
    files = [(tmp_path / f"{name}.jsonl").read_text().splitlines() for name in ("opener", "auditor")]
    heads, ballots = [json.loads(lines[0]) for lines in files], [lines[1:] for lines in files]
    assert ballots[0] == ballots[1]
    assert heads[0]["statement"]["ballots_sha256"] == heads[1]["statement"]["ballots_sha256"]
    assert [head["statement"]["by"] for head in heads] == ["opener", "auditor"]
    pot = json.loads(ballots[0][0])["pot"]
    assert set(json.loads(ballots[0][0])) == {"pot", "salt"}
    assert json.loads(ballots[0][1]) == {"choices": [], "count": 1, "pot": pot}
    assert len(FORM.projects) == 3


def test_a_board_that_was_cut_off_is_not_opened(key, tmp_path):
    path = sealed_board(key)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    files = ["--share", key / "share-1.txt", "--share", key / "share-2.txt"]
    refused = run(open_box, path, *files, "--by", "Ann", "--out", tmp_path / "opened.jsonl")

    assert refused.exit_code != 0
    assert "cut off" in refused.output
    assert not (tmp_path / "opened.jsonl").exists()


@pytest.mark.parametrize("given", [(1,), (1, 1)])
def test_too_few_shares_open_nothing_and_are_counted(key, tmp_path, given):
    files = [part for number in given for part in ("--share", key / f"share-{number}.txt")]
    refused = run(open_box, sealed_board(key), *files, "--by", "Ann", "--out", tmp_path / "opened.jsonl")

    assert refused.exit_code == 1
    assert "1 different ones are here; 2 are needed" in refused.output
    assert not (tmp_path / "opened.jsonl").exists()


def test_whoever_has_one_share_alone_and_types_no_other_opens_nothing(key, tmp_path):
    typed = f"{share(key, 1)}\n{share(key, 1)}\n"
    refused = run(open_box, sealed_board(key), "--by", "Ann", "--out", tmp_path / "opened.jsonl", typed=typed)

    assert refused.exit_code != 0
    assert "share 1 is here already; another one is needed" in refused.output
    assert not (tmp_path / "opened.jsonl").exists()


NO_BOARDS = {
    "a list": b"[1, 2]\n",
    "nothing": b"",
    "a photo": bytes(range(256)),
    "some text": b"Dear all,\n",
    "other JSON": b'{"hello": "world"}\n',
    "a number": b"7\n",
    "a board without a key": b'{"format": "plaza-board-1"}\n',
}


@pytest.mark.parametrize("content", NO_BOARDS.values(), ids=NO_BOARDS)
def test_a_file_that_is_no_board_is_called_that_in_a_plain_sentence(key, tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    refused = run(open_box, tmp_path / "other", "--by", "Ann", "--out", tmp_path / "opened.jsonl")

    assert refused.exit_code == 1
    assert "is no board. Choose the file board.jsonl that the page of the ballot box gives out" in refused.output
    assert "Traceback" not in refused.output
    assert "Share" not in refused.output  # nobody types a share for nothing


def test_what_came_out_of_a_box_is_not_opened_again(key, tmp_path):
    files = ["--share", key / "share-1.txt", "--share", key / "share-2.txt"]
    assert run(open_box, sealed_board(key), *files, "--by", "Ann", "--out", tmp_path / "opened.jsonl").exit_code == 0
    refused = run(open_box, tmp_path / "opened.jsonl", *files, "--by", "Ben", "--out", tmp_path / "again.jsonl")

    assert "is what came out of a box, not its board" in refused.output


def test_a_key_file_that_is_none_is_called_that(key, tmp_path):
    refused = run(rehearse, sealed_board(key), "--out", tmp_path / "note.json")

    assert refused.exit_code == 1
    assert "is no key. Choose the file key.json" in refused.output


def test_the_ceremony_needs_no_configuration(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "app.features.voting.box", "keygen", "process", "--out", str(tmp_path / "key")],
        cwd=HOUSE,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "key" / "key.json").exists()
