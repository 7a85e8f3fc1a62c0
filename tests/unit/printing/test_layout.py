"""Where everything stands on a form: whatever it says, nothing overlaps, nothing leaves the page, nothing is forgotten."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.features.printing.ballots import digit_lines
from app.features.printing.layout.blocks import Block, Columns, Content, Line, Lines, Option, Row, Slip, Words, printable
from app.features.printing.layout.flow import lay_out
from app.features.printing.layout.model import FormKey, FormLayout, Kind, Look, Paper, Rect, Role, Takes, Text, Variant


def guessed(texts: Sequence[Text], language: str, right_to_left: bool) -> list[float]:
    """As high as letters half as wide as they are high would be."""
    lines = (math.ceil(max(1, len(one.words) * one.size * 0.18) / one.width) for one in texts)
    return [round(count * one.size * 0.45, 2) for count, one in zip(lines, texts, strict=True)]


def content(blocks: Sequence[Block], look: Look, *, right_to_left: bool = False, numbered: bool = True) -> Content:
    return Content(
        key=FormKey(Kind.BALLOT, uuid.UUID(int=7)),
        look=look,
        title="Ballot",
        author="City",
        right_to_left=right_to_left,
        blocks=blocks,
        page_words="Page %(page)s of %(pages)s",
        when_several="Hand in all pages together.",
        code_label="Together:",
        several_is_numbered=numbered,
    )


def rows(titles: Sequence[str], circles: int) -> list[Row]:
    found = []
    for at, title in enumerate(titles, start=1):
        if circles == 1:
            lines: tuple[Line, ...] = (Line(str(at), (Option("yes"),), Takes.MANY),)
        elif circles <= 10:
            lines = (Line(str(at), tuple(Option(str(one)) for one in range(1, circles + 1))),)
        else:
            lines = tuple(digit_lines(str(at), circles))
        found.append(Row(title, lines, str(at), "€ 12,000"))
    return found


looks = st.builds(Look, st.sampled_from(Variant), st.just("en"), st.sampled_from(Paper))
titles = st.lists(st.text(max_size=300), min_size=1, max_size=200)
UNHURRIED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def check(layout: FormLayout) -> None:
    width, height = layout.size
    for page in layout.pages:
        taken = [Rect(one.x, one.y, one.size, one.size) for one in page.marks] + [page.qr]
        boxes = [one.box for one in page.bubbles] + [one.place for one in page.write_ins]
        for box in taken + boxes:
            assert box.x >= 0
            assert box.y >= 0
            assert box.right <= width
            assert box.bottom <= height
        for box in boxes:
            assert not any(box.overlaps(other) for other in taken), (box, page.number)
        for first, second in combinations(page.bubbles, 2):
            apart = math.hypot(first.x - second.x, first.y - second.y)
            assert apart >= first.radius + second.radius + 1.5, (first, second)
        for text in page.texts:
            assert text.x >= 0
            assert text.x + text.width <= width + 0.01
            assert text.y < height


@UNHURRIED
@given(titles, st.sampled_from([1, 3, 10, 11, 57, 120]), looks, st.booleans())
def test_circles_never_overlap_and_all_stand_on_the_page(
    names: list[str], circles: int, look: Look, right_to_left: bool
) -> None:
    form = content(
        [Words("How to vote"), Words("Projects", Role.HEADING), *rows(names, circles)], look, right_to_left=right_to_left
    )
    layout = lay_out(form, guessed)
    check(layout)
    wanted = [(line.field, option.value) for row in rows(names, circles) for line in row.lines for option in line.options]
    assert [(one.field, one.value) for _, one in layout.bubbles()] == wanted, "every circle once, in the order of the form"
    assert FormLayout.from_json(layout.as_json()) == layout
    assert [page.number for page in layout.pages] == list(range(1, len(layout.pages) + 1))


@UNHURRIED
@given(titles, looks)
def test_a_row_stays_on_one_page_and_below_the_row_before(names: list[str], look: Look) -> None:
    layout = lay_out(content(rows(names, 1), look), guessed)
    for page in layout.pages:
        assert all(first.y < second.y for first, second in pairwise(page.bubbles))
        lowest = max((rule.y for rule in page.rules), default=0.0)
        assert lowest <= page.marks[2].y + page.marks[2].size


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("paper", Paper)
def test_sixty_projects_in_large_print_are_several_pages_that_belong_together(variant: Variant, paper: Paper) -> None:
    layout = lay_out(
        content(rows([f"A fountain for quarter {at}" for at in range(60)], 1), Look(variant, "en", paper)), guessed
    )
    assert len(layout.pages) > 1
    assert layout.numbered
    assert all(page.code is not None for page in layout.pages)
    words = [one.words for page in layout.pages for one in page.texts]
    assert f"Page 2 of {len(layout.pages)}" in words
    assert "Hand in all pages together." in words


def test_a_ballot_of_one_page_carries_no_code() -> None:
    layout = lay_out(content(rows(["A fountain", "A bench"], 1), Look()), guessed)
    assert len(layout.pages) == 1
    assert not layout.numbered
    assert layout.pages[0].code is None
    assert "Hand in all pages together." not in [one.words for one in layout.pages[0].texts]


def test_a_form_with_lines_columns_and_a_slip_has_each_in_its_place() -> None:
    choices = Columns(tuple(Row(f"Choice {at}", (Line("area", (Option(str(at)),)),)) for at in range(7)))
    slip = Slip((Words("Tear off"),), "Your code:")
    for variant in Variant:
        blocks = [Words("Title", Role.HEADING), Lines("title", 2), choices, Lines("text", 6), slip]
        layout = lay_out(content(blocks, Look(variant)), guessed)
        check(layout)
        assert [one.name for page in layout.pages for one in page.write_ins] == ["title", "text"]
        assert layout.fields == {"area": Takes.ONE}
        last = layout.pages[-1]
        assert last.slip is not None
        dashed = next(one for one in last.rules if one.dashed)
        assert all(one.place.bottom <= dashed.y for one in last.write_ins)
        assert all(one.box.bottom <= dashed.y for one in last.bubbles)


def test_a_heading_stands_on_the_page_of_what_it_heads() -> None:
    blocks = [item for at in range(80) for item in (Words(f"Heading {at}", Role.HEADING), Lines(f"line {at}", 1))]
    layout = lay_out(content(blocks, Look(Variant.LARGE)), guessed)
    for page in layout.pages:
        headings = [one.words.removeprefix("Heading ") for one in page.texts if one.role is Role.HEADING]
        assert headings == [one.name.removeprefix("line ") for one in page.write_ins]


@pytest.mark.parametrize("count", range(1, 40))
def test_what_says_how_to_answer_stands_on_the_page_of_the_answer(count: int) -> None:
    def question(at: int) -> list[Block]:
        return [Words(f"Question {at}", Role.HEADING), Words(f"Hint {at}"), Lines(f"answer {at}", 2)]

    asked = [block for at in range(count) for block in question(at)]
    form = replace(content([*asked, Slip((Words("Keep it"),), "Your code:")], Look()), flexible=True)
    layout = lay_out(form, guessed)
    for page in layout.pages:
        said = [one.words for one in page.texts]
        lines = {one.name for one in page.write_ins}
        assert {f"answer {one.split()[1]}" for one in said if one.startswith(("Question", "Hint"))} == lines
    assert layout.pages[-1].slip is not None
    assert layout.pages[-1].write_ins, "a slip does not stand on a page by itself"


def test_neither_the_first_nor_the_last_choice_stands_on_a_page_by_itself() -> None:
    for count in range(3, 90):
        choices = Columns(tuple(Row(str(at), (Line("area", (Option(str(at)),)),)) for at in range(count)))
        layout = lay_out(content([Words("Where?", Role.HEADING), choices], Look(Variant.LARGE)), guessed)
        assert all(len(page.bubbles) > 1 for page in layout.pages), count


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("circles", [1, 10, 57])
def test_the_last_page_of_a_ballot_has_three_projects_or_more(variant: Variant, circles: int) -> None:
    for count in range(3, 45):
        layout = lay_out(content(rows(["A fountain"] * count, circles), Look(variant)), guessed)
        check(layout)
        projects = {one.field.split("×")[0] for one in layout.pages[-1].bubbles}
        assert len(projects) >= 3, count


def test_projects_too_high_to_stand_on_one_page_are_not_pressed_onto_it() -> None:
    names = ["A very long name of a project " * 8] * 5
    layout = lay_out(content(rows(names, 120), Look(Variant.LARGE, paper=Paper.LETTER)), guessed)
    check(layout)
    for page in layout.pages:
        assert max(one.box.bottom for one in page.bubbles) < page.marks[2].y


@pytest.mark.parametrize("variant", Variant)
def test_neither_a_slip_nor_where_to_take_the_form_stands_on_a_page_by_itself(variant: Variant) -> None:
    slip = [Slip((Words("Keep it"), Words("It tells you what became of it.")), "Your code:")]
    where = [Words("Where to take it", Role.HEADING), Words("To any desk. " * 12)]
    for end, lines in ((end, lines) for end in (slip, where) for lines in range(1, 60)):
        asked = [
            block
            for at in range(lines)
            for block in (Words(f"Question {at}", Role.HEADING), Words("How to answer it."), Lines(f"answer {at}", 1))
        ]
        layout = lay_out(replace(content([*asked, *end], Look(variant)), flexible=True), guessed)
        check(layout)
        assert layout.pages[-1].write_ins, lines


@pytest.mark.parametrize("paper", Paper)
def test_nothing_in_large_print_is_smaller_than_eighteen_points(paper: Paper) -> None:
    asked = [*rows(["Trees"] * 30, 1), *rows(["Points"] * 3, 57), Slip((Words("Keep it"),), "Your code:")]
    layout = lay_out(content(asked, Look(Variant.LARGE, paper=paper)), guessed)
    assert len(layout.pages) > 1
    for page in layout.pages:
        texts = [*page.texts, *(one for one in (page.code, page.slip) if one)]
        assert min(one.size for one in texts) >= 18


def test_from_right_to_left_everything_is_mirrored_but_the_corner_marks() -> None:
    names = [f"Fountain {at}" for at in range(30)]
    left = lay_out(content(rows(names, 5), Look()), guessed)
    right = lay_out(content(rows(names, 5), Look(), right_to_left=True), guessed)
    assert [page.marks for page in left.pages] == [page.marks for page in right.pages]
    for (_, one), (_, other) in zip(left.bubbles(), right.bubbles(), strict=True):
        assert one.x + other.x == pytest.approx(210, abs=0.02)
        assert (one.y, one.value) == (other.y, other.value)


def test_the_revision_changes_with_anything_that_is_printed_and_with_nothing_else() -> None:
    def of(name: str, variant: Variant = Variant.STANDARD) -> str:
        return lay_out(content(rows([name, "A bench"], 1), Look(variant)), guessed).version

    assert of("A fountain") == of("A fountain")
    assert len({of("A fountain"), of("A fountains"), of("A fountain", Variant.LARGE)}) == 3


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "plaza-layout-9"}', '{"format": "plaza-layout-1"}', "null", "3"])
def test_what_is_no_layout_is_refused_as_one(text: str) -> None:
    with pytest.raises(ValueError):
        FormLayout.from_json(text)


@given(st.text(max_size=2000))
def test_names_are_cut_between_words_and_broken_where_they_have_no_place_to_break(name: str) -> None:
    made = printable(name)
    assert len(made.replace("\u200b", "")) <= 240
    assert all(len(piece) <= 24 for word in made.split(" ") for piece in word.split("\u200b"))


def test_parts_of_a_form_stay_together_lines_take_what_is_left_and_marks_stay_above_the_slip() -> None:
    def part(name: str, lines: int, most: int = 0) -> list[Block]:
        return [Words(name, Role.HEADING), Words("How to fill it in."), Lines(name, lines, most)]

    slip = Slip((Words("Tear off"),), "Your code:")
    blocks = [*part("title", 2), *part("text", 6, 14), *part("place", 6), *part("contact", 5), slip]
    layout = lay_out(replace(content(blocks, Look(Variant.LARGE)), flexible=True), guessed)
    check(layout)
    for page in layout.pages:
        headings = [one.words for one in page.texts if one.role is Role.HEADING]
        assert headings == [one.name for one in page.write_ins], "no heading without its lines"
    first = {one.name: one.lines for one in layout.pages[0].write_ins}
    assert first["text"] > 6, "room that is left over is for writing"
    last = layout.pages[-1]
    dashed = next(one for one in last.rules if one.dashed)
    assert all(mark.y + mark.size < dashed.y for mark in last.marks)
    assert all(one.place.bottom < last.marks[2].y for one in last.write_ins)
