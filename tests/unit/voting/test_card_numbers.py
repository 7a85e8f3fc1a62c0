"""A card number is the same however its digits and letters are typed."""

import pytest

from app.features.voting.rules import canonical_number
from app.kernel.errors import Refused


@pytest.mark.parametrize("typed", ["AB12345", "ab 123-45", "AB١٢٣٤٥", "AB۱۲۳۴۵", "ＡＢ１２３４５", "AB १२३४५", " ab12 ٣٤٥ "])
def test_a_card_number_is_read_in_the_digits_of_every_script(typed: str) -> None:
    assert canonical_number(typed) == "AB12345"


@pytest.mark.parametrize("typed", ["", "1234", "½½½½½", "AB_12345", "Ⅻ", "١٢٣٤", "9" * 33, "hello"])
def test_what_cannot_be_a_card_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        canonical_number(typed)
