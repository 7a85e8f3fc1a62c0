"""What somebody hears who lets a form be read out: paragraphs, lists, and every code behind the words that say what it is."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app.features.printing.layout.blocks import printable
from app.features.printing.layout.codes import grouped
from app.features.printing.queries import FormLayout, Look, Role, Variant
from app.features.printing.setting import Copy, measure
from app.features.printing.use_cases import copies_of, draw
from tests.factories import printing
from tests.support.pdf import heard, words_heard, words_of_pdf

pytestmark = pytest.mark.one_database("sqlite")
SERIAL, SLIP = "AAAABBBBCCCC", "DDDDEEEEFFFFGGGG"


@pytest.fixture(autouse=True)
def in_app(app: Flask):
    with app.app_context():
        yield


@pytest.mark.parametrize("variant", Variant)
def test_the_code_of_a_slip_is_heard_behind_its_words_and_last(variant: Variant) -> None:
    for form in (printing.proposal(Look(variant)), printing.consent(Look(variant))):
        words = words_heard(draw(form, [Copy(SERIAL, SLIP)]))
        assert words[-2:] == ["Your code:", grouped(SLIP)]
        for at, one in enumerate(words):
            assert (one == grouped(SERIAL)) == (words[at - 1] == "Number of this sheet:"), "the number follows what names it"


def test_what_can_be_chosen_is_a_list_and_each_choice_one_item() -> None:
    tags = heard(draw(printing.proposal(), [Copy(SERIAL, SLIP)]))
    assert [tag for tag, _ in tags].count("L") == 3, "areas, categories, whether the name is shown"
    assert [tag for tag, _ in tags].count("LI") == 1 + len(printing.AREAS) + len(printing.CATEGORIES) + 1
    at = tags.index(("P", "Parks and nature"))
    assert [tag for tag, _ in tags[at - 4 : at]] == ["LI", "Lbl", "LBody", "P"]
    assert tags[at - 1] == ("P", "2"), "its number is heard with it"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_ballot_is_a_list_of_projects_on_each_page_and_its_words_are_paragraphs(language: str) -> None:
    form = printing.ballot("approval", Look(Variant.LARGE, language), projects=30)
    tags = [tag for tag, _ in heard(draw(form, copies_of(form, 1)))]
    assert (tags.count("H1"), tags.count("H2"), tags.count("LI")) == (1, 1, 30)
    assert tags.count("L") == tags.count("Figure") == len(form.pages) > 1
    assert "Span" not in tags, "nothing runs into what is beside it"


def test_the_square_code_says_which_page_it_is() -> None:
    form = printing.ballot("approval", Look(Variant.LARGE), projects=12)
    pdf = draw(form, copies_of(form, 1))
    for page in range(1, len(form.pages) + 1):
        said = f"QR: Page {page} of {len(form.pages)}"
        assert said.encode("utf-16-be") in pdf or said.encode() in pdf


def test_in_a_file_of_many_copies_a_choice_is_still_one_item_and_each_code_behind_its_words() -> None:
    form = printing.proposal()
    tags = heard(draw(form, [Copy(SERIAL, SLIP), Copy(SERIAL, SLIP)]))
    assert [tag for tag, _ in tags].count("LI") == 2 * (1 + len(printing.AREAS) + len(printing.CATEGORIES) + 1)
    assert ("LBody", "2Parks and nature") in tags
    assert tags[-2:] == [("P", "Your code:"), ("P", grouped(SLIP))]


@pytest.mark.parametrize("bold", [False, True])
def test_arabic_words_are_copied_and_read_out_as_they_are_written(bold: bool) -> None:
    """A letter that is drawn together with its neighbour still comes out before it: "no" must not be read as "the"."""
    said = "مقترحك في لا الآن لأنها الإجابة سلام بين على"
    form = printing.proposal(Look(language="ar"))
    first = next(one for one in form.pages[0].texts if one.role is Role.WORDS)
    words = replace(first, words=said, bold=bold, width=160.0)
    page = replace(form.pages[0], texts=(words,), code=None, slip=None)
    found = words_of_pdf(draw(replace(form, pages=(page,)), [Copy()]))
    assert set(said.split()) <= set(re.sub("[\u200e-\u200f\u202a-\u202e]", "", found).split())


def test_a_long_word_is_broken_between_its_syllables_and_is_copied_whole() -> None:
    compound = "Hochwasserschutzmaßnahmenkoordinierung"
    form = printing.proposal(Look(language="de"))
    first = next(one for one in form.pages[0].texts if one.role is Role.WORDS)
    words = replace(first, words=printable(f"Das Amt für {compound}, ein {'x' * 70}"), width=50.0)
    page = replace(form.pages[0], texts=(words,), code=None, slip=None)
    pdf = draw(replace(form, pages=(page,)), [Copy()])
    lines = words_of_pdf(pdf)
    assert "Hochwasser\xad schutz" in lines, "with a hyphen that whoever copies it does not get"
    assert compound in lines.replace("\xad ", "")
    measured = measure([words], "de", False)
    assert measured[0] > 3 * 11 * 25.4 / 72, "what has no syllables is broken too, and does not leave the page"


def test_a_layout_that_was_kept_before_there_were_rows_keeps_its_revision_and_can_be_printed() -> None:
    now = printing.ballot("approval")
    pages = tuple(replace(page, texts=tuple(replace(one, row=0) for one in page.texts)) for page in now.pages)
    kept = replace(now, pages=pages)
    text = kept.as_json()
    assert '"row"' not in text
    read = FormLayout.from_json(text)
    assert (read, read.version) == (kept, kept.version)
    assert [tag for tag, _ in heard(draw(read, copies_of(read, 1)))].count("L") == 0
    assert now.version != kept.version
