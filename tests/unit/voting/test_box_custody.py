"""Shares of the key: any that suffice open the box, a wrong one is named."""

import itertools

import pytest

from app.features.voting.box import custody

ELECTION = "a city 2026"


def shares_of(seed, shares=3, needed=2):
    made = custody.split(seed, shares, needed)
    return made, {share.number: share.commitment(ELECTION) for share in made}


def test_any_two_of_three_give_the_seed_back():
    seed = custody.new_seed()
    shares, commitments = shares_of(seed)

    for pair in itertools.permutations(shares, 2):
        assert custody.combine(pair, 2, commitments, ELECTION) == seed
    assert custody.combine(shares, 2, commitments, ELECTION) == seed


def test_one_alone_gives_nothing_and_the_same_one_twice_is_one():
    shares, commitments = shares_of(custody.new_seed())

    with pytest.raises(custody.WrongShare, match="2 are needed"):
        custody.combine(shares[:1], 2, commitments, ELECTION)
    with pytest.raises(custody.WrongShare, match="2 are needed"):
        custody.combine([shares[0], shares[0]], 2, commitments, ELECTION)


def test_a_wrong_share_is_named():
    shares, commitments = shares_of(custody.new_seed())
    foreign, _ = shares_of(custody.new_seed())

    with pytest.raises(custody.WrongShare, match="share 2: it is not the one"):
        custody.combine([shares[0], foreign[1]], 2, commitments, ELECTION)
    with pytest.raises(custody.WrongShare, match="share 4: this election has no"):
        custody.combine([shares[0], custody.Share(4, bytes(16))], 2, commitments, ELECTION)


def test_a_share_of_one_election_is_wrong_in_another():
    shares, commitments = shares_of(custody.new_seed())

    with pytest.raises(custody.WrongShare):
        custody.combine(shares, 2, commitments, "another city")


@pytest.mark.parametrize(("shares", "needed"), [(3, 1), (3, 3), (2, 2), (16, 2), (1, 1)])
def test_one_lost_sheet_must_not_lose_the_vote_and_nobody_opens_alone(shares, needed):
    with pytest.raises(ValueError, match="at least two people"):
        custody.split(custody.new_seed(), shares, needed)


def test_a_share_can_be_typed_from_paper_in_any_hand():
    (share, *_others), _commitments = shares_of(custody.new_seed())

    assert custody.read_share(share.text) == share
    assert custody.read_share(f"  {share.text.upper().replace('-', ' ')} ") == share
    assert len(share.text.split("-")[1:]) == 7


def test_every_mistyped_or_swapped_character_is_found():
    (share, *_others), _commitments = shares_of(bytes(range(16)))
    head, _, body = share.text.partition("-")
    letters = body.replace("-", "")

    for at, letter in enumerate(letters):
        for other in set(custody.ALPHABET) - {letter}:
            with pytest.raises(custody.WrongShare):
                custody.read_share(f"{head}-{letters[:at]}{other}{letters[at + 1 :]}")
    for at, (one, two) in enumerate(itertools.pairwise(letters)):
        if one != two:
            with pytest.raises(custody.WrongShare):
                custody.read_share(f"{head}-{letters[:at]}{two}{one}{letters[at + 2 :]}")


@pytest.mark.parametrize(
    "text", ["", "h7kd", "2-", "2-h7kd", "2-" + "0" * 28, "x-" + "a" * 27, "2-" + "z" * 27, "99-" + "2" * 27]
)
def test_what_is_no_share_is_refused_with_a_reason(text):
    with pytest.raises(custody.WrongShare) as refused:
        custody.read_share(text)
    assert refused.value.reason


def test_the_secret_is_in_no_representation():
    share = custody.split(bytes(range(16)), 3, 2)[0]
    assert share.secret.hex() not in repr(share)
    assert str(share.secret) not in repr(share)


def test_each_election_has_a_key_of_its_own():
    seed = custody.new_seed()
    one, two = custody.private_key(seed, "one"), custody.private_key(seed, "two")
    assert bytes(one.public_key) != bytes(two.public_key)
    assert bytes(custody.private_key(seed, "one")) == bytes(one)
