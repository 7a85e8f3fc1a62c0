"""Two readings beside each other: the words that differ are told apart."""

from app.features.intake.rules import compared


def test_the_word_that_differs_is_told_apart():
    first, second = compared("a bench by the tram", "a bank by the tram")
    assert first == [("a ", False), ("bench", True), (" by the tram", False)]
    assert second == [("a ", False), ("bank", True), (" by the tram", False)]


def test_what_only_one_typed_differs_as_a_whole():
    assert compared("050 123", "") == ([("050 123", True)], [])
    assert compared("", "") == ([], [])
