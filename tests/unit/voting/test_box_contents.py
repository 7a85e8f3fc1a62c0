"""What is in an envelope, and that its size says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.voting.box import contents, custody, envelopes
from app.features.voting.box.contents import Form, NotABallot, pack, unpack

DIGEST = "ab" * 32
NUMBERS = tuple(f"B{n}" for n in range(1, 40))
APPROVAL = Form(DIGEST, NUMBERS, most_choices=39)
POINTS = Form(DIGEST, NUMBERS, most_choices=5, with_points=True)


@given(st.lists(st.sampled_from(NUMBERS), unique=True))
def test_what_is_packed_is_unpacked_in_the_same_order(choices):
    assert unpack(APPROVAL, pack(APPROVAL, choices)) == (tuple(choices), None)


POINTED = st.tuples(st.sampled_from(NUMBERS), st.integers(0, contents.MOST_POINTS))


@given(st.lists(POINTED, max_size=5, unique_by=lambda choice: choice[0]))
def test_points_stay_with_their_projects(given_points):
    choices, points = [one for one, _ in given_points], [many for _, many in given_points]
    assert unpack(POINTS, pack(POINTS, choices, points)) == (tuple(choices), tuple(points))


def test_every_ballot_of_a_pot_has_the_same_length_sealed_or_not():
    key = custody.private_key(custody.new_seed(), "e").public_key
    ballots = [(), ("B1",), NUMBERS, NUMBERS[:20]]
    packed = {len(pack(APPROVAL, choices)) for choices in ballots}
    sealed = {len(envelopes.seal(bytes(key), pack(APPROVAL, choices))) for choices in ballots}

    assert packed == {APPROVAL.length}
    assert sealed == {APPROVAL.length + envelopes.OVERHEAD}


@given(st.binary(max_size=120))
def test_other_bytes_are_no_ballot_or_a_whole_one(noise):
    form = Form(DIGEST, NUMBERS, most_choices=50)
    content = (b"\x01" + bytes.fromhex(DIGEST)[:8] + noise).ljust(form.length, b"\0")[: form.length]
    try:
        choices, _points = unpack(form, content)
    except NotABallot:
        return
    assert pack(form, choices) == content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "another length"),
        (pack(APPROVAL, ["B1"])[:-1], "another length"),
        (b"\x02" + pack(APPROVAL, ["B1"])[1:], "unknown version"),
        (pack(Form("cd" * 32, NUMBERS, 39), ["B1"]), "another pot"),
        (pack(APPROVAL, ["B1"])[:-1] + b"\1", "do not fit"),
        (pack(APPROVAL, ["B1", "B2"]).replace(b"\0\1\0\0", b"\0\0\0\0", 1), "twice|do not fit"),
    ],
)
def test_a_ballot_that_was_meddled_with_is_refused(content, why):
    with pytest.raises(NotABallot, match=why):
        unpack(APPROVAL, content)


@pytest.mark.parametrize(
    ("form", "choices", "points"),
    [
        (APPROVAL, ["nowhere"], None),
        (APPROVAL, ["B1"], [1]),
        (POINTS, ["B1"], None),
        (POINTS, ["B1"], [-1]),
        (POINTS, ["B1"], [2**32]),
        (POINTS, ["B1", "B2"], [1]),
        (POINTS, list(NUMBERS[:6]), [1] * 6),
    ],
)
def test_what_the_form_cannot_hold_is_not_packed(form, choices, points):
    with pytest.raises(NotABallot):
        pack(form, choices, points)


def test_a_sealed_ballot_opens_with_its_key_alone_and_only_unchanged():
    key, other = custody.private_key(custody.new_seed(), "e"), custody.private_key(custody.new_seed(), "e")
    sealed = envelopes.seal(bytes(key.public_key), b"ballot")

    assert envelopes.open_envelope(key, sealed) == b"ballot"
    assert envelopes.seal(bytes(key.public_key), b"ballot") != sealed
    for wrong_key, wrong in [(other, sealed), (key, sealed[:-1]), (key, bytes([sealed[0] ^ 1]) + sealed[1:]), (key, b"")]:
        with pytest.raises(envelopes.CannotOpen):
            envelopes.open_envelope(wrong_key, wrong)
