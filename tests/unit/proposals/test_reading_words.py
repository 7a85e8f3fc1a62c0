"""What is left of what people type into a search box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.proposals.search_words import WORD_LENGTH_MOST, WORDS_MOST, fold, search_words


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("A Bench!", ["a", "bench"]),
        ("Käthe-Kollwitz-Straße", ["kathe", "kollwitz", "strasse"]),
        ("Œuvre Łódź Þórr", ["oeuvre", "lodz", "thorr"]),
        ("مُحَمَّد", ["محمد"]),
        ("ﬁne", ["fine"]),
        ("bench bench BENCH", ["bench"]),
        ("***", []),
        ("", []),
        ("🙂 \0 \u202e", []),
        ("snake_case", ["snake", "case"]),
    ],
)
def test_words_are_made_small_and_bare(typed, bare):
    assert [word.bare for word in search_words(typed)] == bare


@given(st.text(max_size=300))
def test_nothing_but_letters_and_digits_ever_reaches_the_database(typed):
    words = search_words(typed)
    assert len(words) <= WORDS_MOST
    for word in words:
        assert word.bare.isalnum()
        assert word.spelled.isalnum()
        assert 0 < len(word.bare) <= WORD_LENGTH_MOST


def test_folding_twice_changes_nothing():
    text = "Ærlig talt: Straße, Ελλάδα, май, أحمد"
    assert fold(fold(text)) == fold(text)
