"""Opening an exported board: everything in it is counted or named, and nothing done to it goes unseen."""

import base64
import hashlib
import json
import random
from uuid import UUID

import pytest

from app.features.voting.box import custody, envelopes, opening
from app.features.voting.box.board import BEGINNING, Block, canonical
from app.features.voting.box.contents import Form, pack

ELECTION = "process"
SEED = bytes(range(16))
KEY = custody.private_key(SEED, ELECTION)
POT = str(UUID(int=7))
FORM = Form("ab" * 32, ("1", "2", "3"), most_choices=3)
BALLOTS = [(), ("1",), ("1", "2"), ("1", "2"), ("3",), ("2",), ("1",)]


def board(ballots=BALLOTS, sizes=(4, 3), extra=(), sheet=None):
    """The lines of a board file."""
    sheet = sheet or custody.key_sheet(SEED, ELECTION)
    sealed = [envelopes.seal(bytes.fromhex(sheet.public_key), pack(FORM, choices)) for choices in ballots] + list(extra)
    pot = {"pot": POT, "digest": FORM.digest, "projects": list(FORM.projects), "most_choices": 3, "with_points": False}
    head = {"format": "plaza-board-1", "election": ELECTION, "title": {}, "key": sheet.as_json(), "pots": [pot]}
    lines, previous, at = [canonical(head)], BEGINNING, 0
    for number, size in enumerate((*sizes, *([len(extra)] if extra else [])), 1):
        part = sealed[at : at + size]
        block = Block(POT, number, previous, tuple(envelopes.receipt_of(UUID(POT), one) for one in part))
        given = {"pot": POT, "number": number, "previous": previous, "receipts": list(block.receipts)}
        lines.append(canonical({**given, "envelopes": [base64.b64encode(one).decode() for one in part]}))
        previous, at = block.digest, at + size
    return [*lines, foot(lines, len(lines) - 1, at)]


def foot(lines, blocks, number):
    digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
    return canonical({"blocks": blocks, "envelopes": number, "sha256": digest})


def found(opened):
    return {choices: count for (choices, _points), count in opened.pots[POT].ballots.items()}


def test_every_ballot_is_there_once():
    progress = []
    opened = opening.open_board(board(), SEED, progress.append)

    assert found(opened) == {(): 1, ("1",): 2, ("1", "2"): 2, ("3",): 1, ("2",): 1}
    assert opened.pots[POT].unreadable == {}
    assert progress == [4, 3]


def test_two_who_open_the_same_ballots_sign_the_same_digest_whatever_the_order():
    shuffled = random.Random(1).sample(BALLOTS, len(BALLOTS))
    one, two = opening.open_board(board(), SEED), opening.open_board(board(shuffled), SEED)

    assert one.ballots_sha256 == two.ballots_sha256
    assert list(one.lines()) == list(two.lines())
    assert one.ballots_sha256 != opening.open_board(board([*BALLOTS[:-1], ("2",)]), SEED).ballots_sha256


def test_the_salt_is_the_same_for_every_opener_and_another_one_for_each_key_vote_and_pot():
    assert opening.open_board(board(), SEED).pots[POT].salt == custody.ballots_salt(SEED, ELECTION, POT)
    others = {
        custody.ballots_salt(seed, election, pot)
        for seed in (SEED, bytes(16))
        for election in (ELECTION, "other")
        for pot in (POT, "other")
    }
    assert len(others) == 8


def test_an_envelope_that_cannot_be_read_is_counted_and_named():
    strange = envelopes.seal(bytes(KEY.public_key), b"no ballot")
    foreign = envelopes.seal(bytes(custody.private_key(bytes(16), ELECTION).public_key), pack(FORM, ["1"]))
    opened = opening.open_board(board(extra=(strange, foreign)), SEED)

    reasons = opened.pots[POT].unreadable
    assert reasons[envelopes.receipt_of(UUID(POT), strange)] == "it has another length than the ballots of this pot"
    assert reasons[envelopes.receipt_of(UUID(POT), foreign)] == "this key does not open the envelope"
    assert opened.pots[POT].envelopes == len(BALLOTS) + 2 == opened.pots[POT].ballots.total() + 2


def test_a_statement_is_signed_by_whoever_had_the_shares():
    opened = opening.open_board(board(), SEED)
    statement = opened.statement("Ann Auditor", "2026-06-01")
    signature = opening.sign_statement(statement, SEED, ELECTION)
    key = custody.key_sheet(SEED, ELECTION).statement_key

    assert opening.statement_is_signed(statement, signature, key)
    assert not opening.statement_is_signed({**statement, "ballots_sha256": "00"}, signature, key)
    assert not opening.statement_is_signed(statement, opening.sign_statement(statement, bytes(16), ELECTION), key)
    assert not opening.statement_is_signed(statement, "no signature", key)


def test_an_opener_who_swaps_ballots_is_found_by_the_auditor():
    lines = board()
    honest, swapped = opening.open_board(lines, SEED), opening.open_board(lines, SEED)
    swapped.pots[POT].ballots[("3",), None] += 1
    swapped.pots[POT].ballots[("1",), None] -= 1

    assert honest.ballots_sha256 != swapped.ballots_sha256
    assert honest.board_sha256 == swapped.board_sha256


def exchanged(lines):
    block = json.loads(lines[1])
    block["envelopes"][0] = base64.b64encode(envelopes.seal(bytes(KEY.public_key), pack(FORM, ["3"]))).decode()
    return [lines[0], canonical(block), *lines[2:]]


def removed(lines):
    block = json.loads(lines[1])
    del block["envelopes"][0], block["receipts"][0]
    return [lines[0], canonical(block), *lines[2:]]


def with_head(change):
    def meddle(lines):
        head = json.loads(lines[0])
        change(head)
        return [canonical(head), *lines[1:]]

    return meddle


DAMAGED = {
    "no election": lambda head: head.pop("election"),
    "no key": lambda head: head.pop("key"),
    "a key that is a word": lambda head: head.update(key="key"),
    "no pots": lambda head: head.pop("pots"),
    "pots that are a number": lambda head: head.update(pots=3),
    "a pot without a digest": lambda head: head["pots"][0].pop("digest"),
    "a digest that is none": lambda head: head["pots"][0].update(digest="xyz"),
    "a pot that is a word": lambda head: head.update(pots=["pot"]),
    "a pot whose name is a list": lambda head: head["pots"][0].update(pot=["x"]),
    "a pot with another name": lambda head: head["pots"][0].update(pot="x"),
    "projects that are numbers": lambda head: head["pots"][0].update(projects=[1, 2]),
    "projects that are none": lambda head: head["pots"][0].update(projects=None),
    "many choices in words": lambda head: head["pots"][0].update(most_choices="many"),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_head_is_named_as_such(how):
    with pytest.raises(opening.BrokenBoard, match="line 1: the head of the board is damaged"):
        opening.open_board(with_head(DAMAGED[how])(board()), SEED)


MEDDLED = {
    "the end cut off": (lambda lines: lines[:-1], "cut off"),
    "nothing": (lambda lines: [], "cut off"),
    "a block taken out": (lambda lines: [lines[0], *lines[2:]], "line 2: block 2 does not follow block 0"),
    "an envelope exchanged": (exchanged, "line 2: the envelope of receipt"),
    "an envelope removed": (removed, "line 3: block 2 does not follow"),
    "the last block removed, with a new end": (lambda lines: [*lines[:2], foot(lines[:2], 1, 7)], "envelopes is 4"),
    "no JSON": (lambda lines: [lines[0], b"{", *lines[2:]], "line 2: this is no JSON"),
    "another file": (lambda lines: [b'{"format": "x"}', *lines[1:]], "line 1: this is no board file"),
    "a line too many": (lambda lines: [*lines, lines[1]], "after the end"),
    "no block": (lambda lines: [lines[0], b'{"pot": "x"}', *lines[2:]], "line 2: this is no block"),
}  # fmt: skip


@pytest.mark.parametrize("how", MEDDLED)
def test_whatever_was_done_to_the_board_is_named_with_its_line(how):
    meddle, words = MEDDLED[how]
    with pytest.raises(opening.BrokenBoard, match=words):
        opening.open_board(meddle(board()), SEED)


def test_the_shares_of_another_vote_open_nothing():
    with pytest.raises(opening.BrokenBoard, match="another vote"):
        opening.open_board(board(), bytes(16))


def test_a_key_sheet_is_read_as_it_was_written_and_nothing_else_is():
    shares = custody.split(SEED, 3, 2)
    sheet = custody.key_sheet(SEED, ELECTION, shares, 2)

    assert custody.KeySheet.from_json(json.loads(json.dumps(sheet.as_json()))) == sheet
    spoiled = [{"public_key": "zz"}, {"format": "x"}, {"commitments": {"1": "x"}}, {"commitments": None}, {"needed": "two"}]
    for change in spoiled:
        with pytest.raises(ValueError):
            custody.KeySheet.from_json(sheet.as_json() | change)
    with pytest.raises(ValueError):
        custody.KeySheet.from_json([])
