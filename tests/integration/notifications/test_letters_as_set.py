"""How letters on paper are set: in two directions, over several sheets, and read out from begin to end."""

import subprocess
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app.features.notifications.paper import letters_pdf
from tests.support.pdf import words_heard

pytestmark = pytest.mark.one_database("sqlite")
FOOT = "You get this letter because"


@pytest.fixture(autouse=True)
def request_of_a_clerk(app: Flask):
    with app.test_request_context("/"):
        yield


def letter(text: str, **attributes: Any) -> Any:
    values = {"language": "en", "large": True, "address": "Aino Virtanen\n00100 Helsinki", "subject": "News of your proposal"}
    return SimpleNamespace(created_at=datetime(2026, 5, 4, 9, tzinfo=UTC), text=text, **{**values, **attributes})


def pages(*letters: Any) -> list[str]:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=letters_pdf(letters), capture_output=True, check=True)
    return found.stdout.decode().strip("\f\n").split("\f")


def test_each_line_of_an_address_is_set_as_the_post_reads_it() -> None:
    (page,) = pages(letter("مرحبًا", language="ar", address="ليلى حداد\nHämeentie 12 A 4\n00530 Helsinki"))
    assert "00530 Helsinki" in page
    assert "Hämeentie 12 A 4" in page


def test_why_the_letter_comes_is_read_out_with_it() -> None:
    words = words_heard(letters_pdf([letter("Hello")]))
    assert words.index("Hello") < next(at for at, one in enumerate(words) if one.startswith(FOOT)), "no mere decoration"


def test_the_sheets_of_a_letter_are_counted_where_there_are_several() -> None:
    short, long = letter("Hello"), letter("Once more.\n\n" * 40)
    first, *others = pages(short, long)
    assert "Page" not in first
    assert len(others) > 1
    assert [f"Page {at} of {len(others)}" in one for at, one in enumerate(others, start=1)] == [True] * len(others)
    assert [FOOT in one for one in (first, *others)] == [True, *[False] * (len(others) - 1), True], "once a letter, at its end"


def test_a_reference_is_not_broken_over_two_lines() -> None:
    for page in pages(*(letter(f"{'an ' * words}(P-JE5KN)", language="ar") for words in range(8, 24))):
        assert "P-JE5KN" in page


def test_between_the_heading_and_the_first_words_there_is_room() -> None:
    found = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=letters_pdf([letter("Hello")]), capture_output=True, check=True
    )
    lines = found.stdout.decode().splitlines()
    below = {
        word: float(line.split('yMax="')[1].split('"')[0])
        for line in lines
        for word in ("proposal", "Hello")
        if f">{word}<" in line
    }
    above = next(float(line.split('yMin="')[1].split('"')[0]) for line in lines if ">Hello<" in line)
    assert above - below["proposal"] > 8
