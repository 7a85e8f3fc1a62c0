"""Easy language says one thing in a sentence, and no sentence is long. What an agreement says is the same for everybody."""

import re

import pytest
from flask import Flask

from app.features.printing.queries import FormLayout, Look, Role, Variant
from tests.factories import printing

pytestmark = pytest.mark.one_database("sqlite")
EASY = Look(Variant.EASY)
MOST_WORDS = 16
LEGAL = ("The planning department may write", "Until when", "Text 1")


@pytest.fixture(autouse=True)
def in_app(app: Flask):
    with app.app_context():
        yield


def sentences(form: FormLayout) -> list[str]:
    said = [one.words for page in form.pages for one in page.texts if one.role is Role.WORDS and not one.row]
    return [part.strip() for words in said if not words.startswith(LEGAL) for part in re.split(r"(?<=[.?])\s", words)]


@pytest.mark.parametrize("kind", printing.KINDS)
def test_how_to_vote_is_said_in_short_sentences(kind: str) -> None:
    easy = printing.ballot(kind, EASY)
    assert [one for one in sentences(easy) if len(one.split()) > MOST_WORDS or ";" in one] == []
    assert "Do not write your name." in sentences(easy)


@pytest.mark.parametrize("numbered", [True, False])
def test_forms_in_easy_language_are_written_for_it(numbered: bool) -> None:
    for form in (printing.proposal(EASY, numbered=numbered), printing.consent(EASY, numbered=numbered)):
        assert [one for one in sentences(form) if len(one.split()) > MOST_WORDS or ";" in one] == []


def test_standard_print_says_what_it_said() -> None:
    """Sheets that were printed before stay those of today."""
    said = " ".join(one.words for page in printing.proposal().pages for one in page.texts)
    assert "You may leave this empty: then your proposal has no name." in said
