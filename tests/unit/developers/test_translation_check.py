"""The translation check finds what would be wrong on a page, and nothing else."""

import pytest
from babel.messages.catalog import Catalog

from app.developers.checks.translations import problems_in


def check(source, translated, *, same: frozenset[str] = frozenset(), locale: str = "fi", fuzzy: bool = False) -> list[str]:
    """What the check says about one message."""
    template, target = Catalog(), Catalog(locale=locale)
    template.add(source)
    target.add(source, translated, flags={"fuzzy"} if fuzzy else ())
    return list(problems_in(target, template, set(same)))


@pytest.mark.parametrize(
    ("source", "translated"),
    [
        ("Publish proposal", "Julkaise ehdotus"),
        ("%(count)s of %(total)s", "%(count)s / %(total)s"),
        ("Read <strong>all</strong>", "Lue <strong>kaikki</strong>"),
        (("%(num)s vote", "%(num)s votes"), ("%(num)s ääni", "%(num)s ääntä")),
        (("One vote", "%(num)s votes"), ("Yksi ääni", "%(num)s ääntä")),
        ("100 %", "100 %"),
        ("%(city)s", "%(city)s"),
    ],
)
def test_a_good_translation_is_left_alone(source, translated) -> None:
    assert check(source, translated) == []


@pytest.mark.parametrize(
    ("source", "translated", "complaint"),
    [
        ("Publish proposal", "", "empty"),
        ("Publish proposal", "  ", "empty"),
        ("Publish proposal", "Publish proposal", "copied from English"),
        ("Hello %(name)s", "Hei", "parameter name forgotten"),
        ("Hello %(name)s", "Hei %(nimi)s", "unknown parameter nimi"),
        ("Hello %(name)s", "Hei %(name)s 50 %!", "a % that is no parameter"),
        ("Hello %(name)s", "Hei %(name)", "parameter name forgotten"),
        ("Read <strong>all</strong>", "Lue kaikki", "other markup"),
        ("Read <strong>all</strong>", "Lue <b>kaikki</b>", "other markup"),
        ("Name: ", "Nimi:", "white space"),
        (("%(num)s vote", "%(num)s votes"), ("%(num)s ääni", ""), "empty"),
        (("%(num)s vote of %(n)s", "%(num)s votes of %(n)s"), ("%(num)s ääni", "%(num)s ääntä %(n)s"), "parameter n forgotten"),
    ],
)
def test_a_bad_translation_is_found(source, translated, complaint) -> None:
    found = check(source, translated)
    assert any(complaint in problem for problem in found), found


def test_a_guess_that_nobody_looked_at_is_found() -> None:
    assert check("Publish", "Julkaise", fuzzy=True) == ["fuzzy: 'Publish'"]


def test_too_few_plural_forms_are_found() -> None:
    found = check(("%(num)s vote", "%(num)s votes"), ("صوت", "أصوات"), locale="ar")
    assert "2 plural forms instead of 6: '%(num)s vote'" in found


def test_a_text_that_may_stay_english_is_left_alone() -> None:
    assert check("Plaza", "Plaza", same=frozenset({"Plaza"})) == []


def test_a_text_that_nobody_translated_and_one_that_nobody_says_any_more_are_found() -> None:
    template, target = Catalog(), Catalog(locale="fi")
    template.add("New")
    target.add("Old", "Vanha")
    assert list(problems_in(target, template, set())) == ["missing: 'New'", "no longer used: 'Old'"]
