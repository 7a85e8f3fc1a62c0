"""The board: what is changed on it shows."""

import dataclasses
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from app.features.voting.box import merkle
from app.features.voting.box.board import BEGINNING, Block, Head, broken_link, is_signed, sign


def receipt(name):
    return hashlib.sha256(str(name).encode()).hexdigest()


def chain(*sizes):
    blocks, previous, name = [], BEGINNING, 0
    for number, size in enumerate(sizes, 1):
        blocks.append(Block("pot", number, previous, tuple(receipt(name + at) for at in range(size))))
        previous, name = blocks[-1].digest, name + size
    return blocks


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.data())
def test_every_entry_is_proven_and_no_other(entries, data):
    place = data.draw(st.integers(0, len(entries) - 1))
    path = merkle.proof(entries, place)

    assert merkle.proves(entries[place], path, merkle.root(entries))
    assert not merkle.proves(entries[place] + b"!", path, merkle.root(entries))


def test_the_tree_is_that_of_rfc_6962():
    # Roots of the first leaves of the test tree that Certificate Transparency implementations share.
    leaves = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    roots = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    }
    assert {size: merkle.root(leaves[:size]).hex() for size in roots} == roots


def test_a_whole_chain_has_no_broken_link():
    assert broken_link(chain(40, 40, 25)) == ""


@pytest.mark.parametrize(
    ("meddle", "words"),
    [
        (lambda blocks: [blocks[0], blocks[2]], "block 2 is missing"),
        (lambda blocks: [blocks[0], dataclasses.replace(blocks[1], receipts=blocks[1].receipts[1:]), blocks[2]], "block 3"),
        (lambda blocks: [dataclasses.replace(blocks[0], receipts=(*blocks[0].receipts, receipt("x"))), *blocks[1:]], "block 2"),
        (lambda blocks: [blocks[0], dataclasses.replace(blocks[1], receipts=blocks[1].receipts[::-1]), blocks[2]], "block 3"),
        (lambda blocks: [*blocks[:2], dataclasses.replace(blocks[2], receipts=blocks[0].receipts)], "repeats"),
    ],
    ids=["taken out", "an envelope removed", "an envelope added", "another order", "a block twice"],
)
def test_what_was_done_to_the_board_is_named(meddle, words):
    assert words in broken_link(meddle(chain(40, 40, 25)))


def test_a_head_is_signed_by_the_key_of_the_election_alone():
    seed, other = bytes(range(32)), bytes(32)
    key = bytes(SigningKey(seed).verify_key)
    head = Head("election", "2026-05-11", (("pot", 3, 105, "ab" * 32),))
    signature = sign(head, seed)

    assert is_signed(head, signature, key)
    assert not is_signed(dataclasses.replace(head, day="2026-05-12"), signature, key)
    assert not is_signed(head, sign(head, other), key)
    assert not is_signed(head, "zz", key)
    assert not is_signed(head, "", key)
