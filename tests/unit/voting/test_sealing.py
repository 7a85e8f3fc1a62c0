"""How envelopes are divided into blocks: a small rest would say whose they are to whoever knows when somebody voted."""

import pytest

from app.features.voting.sealing import FEWEST_IN_A_BLOCK, MOST_IN_A_BLOCK, sizes_of_blocks


@pytest.mark.parametrize("number", [1, 19, 20, 25, 39, 41, 59, 61, 1999, 2000, 2001, 2019, 3999, 4001, 19_990, 20_001, 500_000])
def test_every_envelope_is_in_a_block_and_no_block_is_a_rest(number):
    sizes = sizes_of_blocks(number)

    assert sum(sizes) == number
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= MOST_IN_A_BLOCK
    assert min(sizes) >= min(number, FEWEST_IN_A_BLOCK)


@pytest.mark.parametrize("number", [2001, 7999, 19_990])
def test_what_is_left_after_some_blocks_is_divided_as_evenly(number):
    left, sizes = number, []
    while left:
        sizes.append(sizes_of_blocks(left)[0])
        left -= sizes[-1]

    assert min(sizes) >= MOST_IN_A_BLOCK // 2


def test_a_block_is_rather_larger_than_usual_than_one_of_a_few(monkeypatch):
    monkeypatch.setattr("app.features.voting.sealing.MOST_IN_A_BLOCK", 25)

    assert sizes_of_blocks(26) == [26]
    assert sizes_of_blocks(41) == [21, 20]
    assert sizes_of_blocks(59) == [30, 29]
    assert sizes_of_blocks(61) == [21, 20, 20]
    assert sizes_of_blocks(0) == []
