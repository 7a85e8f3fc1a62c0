"""Serials, set codes and square codes: what is misread is noticed."""

import uuid

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.printing.layout import squares
from app.features.printing.layout.codes import (
    ALPHABET,
    FOLLOW_LENGTH,
    SERIAL_LENGTH,
    SET_LENGTH,
    follow_code,
    grouped,
    new_code,
    read_code,
)
from app.features.printing.layout.marks import MARKS
from app.features.printing.layout.model import FormKey, FormLayout, Kind, Look, Mark, PageLayout, Paper, Rect, Variant


@pytest.mark.parametrize("length", [SET_LENGTH, SERIAL_LENGTH, FOLLOW_LENGTH])
def test_a_code_is_read_as_it_was_printed_and_never_with_one_character_wrong(length: int) -> None:
    code = new_code(length)
    assert len(code) == length
    assert read_code(grouped(code).lower()) == code
    for at, right in enumerate(code):
        for wrong in ALPHABET:
            if wrong != right:
                assert read_code(code[:at] + wrong + code[at + 1 :]) is None
    for at in range(length - 1):
        changed = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        assert changed == code or read_code(changed) is None


def test_the_code_of_a_slip_is_found_again_with_the_secret_alone() -> None:
    serial = new_code(SERIAL_LENGTH)
    assert follow_code(b"secret", serial) == follow_code(b"secret", serial)
    assert follow_code(b"another", serial) != follow_code(b"secret", serial)
    assert read_code(follow_code(b"secret", serial))


@given(st.text())
def test_any_text_is_read_as_a_code_or_as_none(text: str) -> None:
    code = read_code(text)
    assert code is None or set(code) <= set(ALPHABET)


def layout(look: Look, kind: Kind = Kind.BALLOT) -> FormLayout:
    marks = tuple(Mark(number, 8, 8, 9) for number in range(4))
    pages = tuple(PageLayout(number, marks, Rect(0, 0, 1, 1)) for number in range(1, 4))
    return FormLayout(FormKey(kind, uuid.uuid4()), look, "Ballot", "City", False, pages)


@pytest.mark.parametrize("language", ["en", "fi", "ar", "pt_BR", "zh_Hant", "sr_Latn_RS"])
@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("paper", Paper)
def test_a_square_code_says_which_page_of_which_form_this_is(language: str, variant: Variant, paper: Paper) -> None:
    form, code = layout(Look(variant, language, paper), Kind.PROPOSAL), new_code(SERIAL_LENGTH)
    text = squares.write(form, 2, code=code, test=True)
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "two characters in eleven bits"
    found = squares.read(text)
    assert (found.key, found.look, found.page, found.pages, found.code) == (form.key, form.look, 2, 3, code)
    assert found.test
    assert found.version == form.short_version


def test_a_square_code_with_a_wrong_character_in_its_serial_is_none_of_ours() -> None:
    code = new_code(SERIAL_LENGTH)
    text = squares.write(layout(Look()), 1, code=code)
    with pytest.raises(squares.NotOurs):
        squares.read(text[:-1] + ("A" if text[-1] != "A" else "B"))


@given(st.text() | st.text().map(lambda end: squares.BEGINNING + end))
def test_any_other_text_is_none_of_ours(text: str) -> None:
    with pytest.raises(squares.NotOurs):
        squares.read(text)


def test_the_corner_marks_are_those_that_the_reader_looks_for() -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_50)
    for number, mark in enumerate(MARKS):
        drawn = cv2.aruco.generateImageMarker(dictionary, number, len(mark))
        assert (np.array(mark) * 255 == drawn).all()
