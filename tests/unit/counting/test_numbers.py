"""Money and points are exact."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.counting.numbers import (
    NotANumber,
    TooLarge,
    TooPrecise,
    money_number,
    money_text,
    parse_money,
    parse_score,
    score_text,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0", 0),
        ("12500", 1250000),
        ("12500.5", 1250050),
        ("376634.74", 37663474),
        ("400000.0", 40000000),
        ("400000.000", 40000000),
        ("12500,50", 1250050),
        ("12 500", 1250000),
        ("12\u00a0500,5", 1250050),
        ("1,234,567.89", 123456789),
        ("1.234.567", 123456700),
        ("1.234,56", 123456),
        ("12'500", 1250000),
        ("-3", -300),
    ],
)
def test_sums_of_money_are_read_in_the_ways_people_write_them(text, cents):
    assert parse_money(text) == cents


@pytest.mark.parametrize(
    "text", ["", "abc", "1e5", "1,25E+04", "nan", "inf", "12 50", "1,23,4", "1,234,5", "--3", "١٢", "1_000", "0x10"]
)
def test_what_is_no_number_is_not_guessed(text):
    with pytest.raises(NotANumber):
        parse_money(text)


def test_more_decimals_than_the_currency_has_are_refused_and_never_rounded():
    with pytest.raises(TooPrecise):
        parse_money("0.001")
    assert parse_money("0.001", decimals=3) == 1
    assert parse_money("7", decimals=0) == 7


def test_an_impossible_sum_is_refused():
    with pytest.raises(TooLarge):
        parse_money("1" + "0" * 15)


@given(st.integers(1 - 10**15, 10**15 - 1), st.integers(0, 3))
def test_money_written_is_read_back_the_same(amount, decimals):
    assert parse_money(money_text(amount, decimals), decimals) == amount


def test_money_for_json_has_the_digits_of_the_file():
    assert (money_number(37663474), money_number(37280000)) == (376634.74, 372800)
    assert str(money_number(37663474)) == "376634.74"
    assert str(money_number(123_456_789_012_345)) == money_text(123_456_789_012_345)  # fifteen digits are kept by a double
    assert money_number(99_999_999_999_999_999) == 10**15  # more are not, and the docstring says so
    assert "nearest double" in (money_number.__doc__ or "")


@pytest.mark.parametrize(
    ("text", "score"), [("7", 7), ("-2", -2), ("2.50", Fraction(5, 2)), ("3.0", 3), ("0.1", Fraction(1, 10))]
)
def test_points_are_whole_numbers_or_exact_fractions(text, score):
    assert parse_score(text) == score


@pytest.mark.parametrize("text", ["", "two", "1,5", "1e3", " 1", "9" * 5000, "0." + "1" * 5000], ids=len)
def test_points_that_are_no_number_are_refused(text):
    with pytest.raises(NotANumber):
        parse_score(text)


def test_a_score_is_written_in_its_shortest_exact_form():
    assert [score_text(score) for score in (7, Fraction(6, 2), Fraction(5, 2), Fraction(-1, 8), Fraction(1, 3))] == [
        "7",
        "3",
        "2.5",
        "-0.125",
        "1/3",
    ]
