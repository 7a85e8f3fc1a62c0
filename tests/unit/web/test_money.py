"""Money as people type it in our languages: exact, and refused kindly where it can mean two things."""

import pytest

from app.kernel.money import NotMoney, Unclear, read_money, typed_money

READ = [
    ("12000", 12000_00), ("12 000,50", 12000_50), ("12,000.50", 12000_50), ("12.000,50", 12000_50), ("12'000", 12000_00),
    ("12’000.5", 12000_50), ("12\u00a0000", 12000_00), ("12\u202f000,05", 12000_05), ("0,99", 99), ("0.5", 50), ("007", 700),
    ("1.234.567", 1234567_00), ("1,234,567", 1234567_00), ("1,234,567.89", 1234567_89), ("12.5", 12_50), ("12,5", 12_50),
    ("١٢٠٠٠", 12000_00), ("١٢٬٠٠٠٫٥٠", 12000_50), ("١٢٫٥", 12_50), ("۱۲", 12_00), ("  1200 ", 1200_00), ("0", 0),
    ("9007199254740.93", 900719925474093),
]  # fmt: skip
REFUSED = [
    "", "twelve", "1e9", "-5", "+5", "NaN", "Infinity", "\x00", "12,", ".5", ",", "1,2,3", "12,34.567,8", "1.2345", "12.505",
    "1 23", "12  000", "12 00", "1,23,456", "1.234,567", "1,234.5.6", "99999999999999999999", "9" * 50, "½", "12€", "1_000",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "cents"), READ)
@pytest.mark.parametrize("mark", [".", ","])
def test_what_people_type_is_read_exactly_in_every_language(typed: str, cents: int, mark: str) -> None:
    assert read_money(typed, 2, mark) == cents


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(NotMoney):
        read_money(typed, 2)


def test_three_digits_after_one_mark_are_thousands_only_where_the_language_groups_with_it() -> None:
    assert read_money("12,000", 2, ".") == 12000_00
    assert read_money("12.000", 2, ",") == 12000_00
    with pytest.raises(Unclear) as unclear:
        read_money("12.000", 2, ".")
    assert unclear.value.large == "12000"
    with pytest.raises(Unclear):
        read_money("12,000", 2, ",")


@pytest.mark.parametrize(("digits", "typed", "units"), [(0, "12 000", 12000), (3, "1,5", 1500), (0, "5", 5)])
def test_currencies_have_none_two_or_three_decimals(digits: int, typed: str, units: int) -> None:
    assert read_money(typed, digits) == units


def test_a_currency_without_cents_takes_none() -> None:
    with pytest.raises(NotMoney):
        read_money("12,50", 0)


@pytest.mark.parametrize(("cents", "text"), [(12000_00, "12000"), (12000_50, "12000.50"), (5, "0.05"), (None, ""), (0, "0")])
def test_an_amount_in_a_form_is_read_again_as_itself(cents: int | None, text: str) -> None:
    assert typed_money(cents, 2) == text
    if cents is not None:
        assert {read_money(text, 2, mark) for mark in ".,"} == {cents}


UNITS = [
    0,
    1,
    5,
    10,
    99,
    100,
    500,
    999,
    1000,
    1001,
    1500,
    12345,
    100_000,
    234_500,
    234_567,
    999_999,
    1_234_500,
    12_345_678,
    10**14,
]


@pytest.mark.parametrize("digits", [0, 2, 3])
@pytest.mark.parametrize("mark", [".", ","])
@pytest.mark.parametrize("units", UNITS)
def test_no_amount_grows_or_shrinks_when_its_form_is_saved_again(units: int, digits: int, mark: str) -> None:
    assert read_money(typed_money(units, digits, mark), digits, mark) == units


def test_three_digits_after_ones_own_mark_are_the_decimals_of_a_currency_that_has_three() -> None:
    assert typed_money(234_500, 3, ",") == "234,500"
    assert read_money("234.500", 3, ".") == 234_500
    assert read_money("234.500", 3, ",") == 234_500_000
