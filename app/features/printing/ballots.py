"""What a paper ballot says: how to vote in this pot, and a row with circles for every project."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel import Locale
from flask_babel import force_locale, gettext

from app.features.budgets.queries import (
    Pot,
    Project,
    ballot_steps,
    gives_points,
    is_ranking,
    most_points_each,
    most_projects,
    show_money,
    withdrawn_from,
)
from app.features.printing.layout.blocks import Block, Content, Line, Option, Row, Words
from app.features.printing.layout.model import FormKey, Kind, Look, Role, Takes, Variant
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.texts import pick

KINDS = ("approval", "choose-1", "cumulative", "ordinal")
CHOICE = "choice"
"""The field of a ballot on which one project is chosen; its values are the numbers of projects."""
CHOSEN = "yes"
"""The value of a project's field where each may be chosen or not."""
IN_ONE_LINE = 10
"""Up to so many points, or places of an order, have a circle each; more are written digit by digit."""
MOST_POINTS = 99
"""What one project can get on paper where the rule sets no limit."""


@dataclass(frozen=True)
class Subject:
    """What a ballot is about, and who asks: the pot, its process's name, the city."""

    pot: Pot
    process: dict[str, str]
    city: str


def ballot_content(subject: Subject, look: Look) -> Content:
    """A ballot in one look. Raises Refused for a kind of ballot that is not voted on here, or a pot without projects."""
    pot = subject.pot
    if pot.vote_type not in KINDS:
        raise Refused(msg("Ballots of this kind cannot be printed."))
    if not pot.projects:
        raise Refused(msg("There is no project on this ballot yet, so there is nothing to print."))
    with force_locale(look.language):
        process = pick(subject.process, look.language)[0]
        return Content(
            key=FormKey(Kind.BALLOT, pot.id),
            look=look,
            title=gettext("Ballot"),
            author=subject.city,
            right_to_left=Locale.parse(look.language).text_direction == "rtl",
            blocks=tuple(_blocks(pot, look)),
            page_words=gettext("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
            subtitle=pick(pot.title, look.language)[0],
            extra_heads=(process,),
            when_several=gettext("This ballot has several pages. Hand in all of them together."),
            code_label=gettext("These pages belong together:"),
            several_is_numbered=True,
            test_word=gettext("TEST"),
        )


def _blocks(pot: Pot, look: Look) -> Iterator[Block]:
    yield from (Words(one) for one in _how(pot, look.variant is Variant.EASY))
    yield Words(gettext("Projects"), Role.HEADING, 1.2)
    gone = withdrawn_from(pot)
    for project in sorted(pot.projects, key=lambda one: (one.position, one.id)):
        withdrawn = project.number in gone
        yield _row(pot, project, look, () if withdrawn else _lines(pot, project), withdrawn)


def _row(pot: Pot, project: Project, look: Look, lines: tuple[Line, ...], withdrawn: bool) -> Row:
    name, language = pick(project.title, look.language)
    note = gettext("withdrawn: cannot be chosen") if withdrawn else show_money(pot, project.cost)
    return Row(name, lines, project.number, note, "" if language == look.language else language)


def _how(pot: Pot, easy: bool) -> list[str]:
    """How to fill it in: what counts as a mark, then what the announced rule says about a ballot."""
    mark = {
        "approval": gettext("Fill the circle of each project that you want."),
        "choose-1": gettext("Fill the circle of the one project that you want."),
        "cumulative": gettext("For each project that you want, fill the circle with its points."),
        "ordinal": gettext("Fill circle 1 of the project that you want most, circle 2 of the next, and so on."),
    }[pot.vote_type]
    if easy and pot.vote_type == "ordinal":
        mark = gettext("Fill circle 1 of the project that you want most. Fill circle 2 of the next project. Go on like this.")
    digits = _numbers_most(pot) > IN_ONE_LINE
    announced = ballot_steps(pot)[1:]  # the first one says how a screen is used
    if easy:
        return [mark, *_how_in_easy_language(digits), *announced]
    steps = [mark]
    if digits:
        steps.append(gettext("Write a number with one circle in each line: 12 is a 1 in the line 10 and a 2 in the line 1."))
    steps.append(gettext("Use a dark pen. A cross or a tick in the circle counts too."))
    steps.append(gettext("Made a mistake? Strike the circle through, beyond its edge. Two people will look at your ballot."))
    steps.append(gettext("Write nothing else on this sheet, and not your name: your vote is secret."))
    return [" ".join(steps), " ".join(announced)]


def _how_in_easy_language(digits: bool) -> list[str]:
    """One thing in each line, in short main clauses."""
    number = gettext("Fill one circle in each line. The number 12 is: 1 in the line 10, and 2 in the line 1.")
    return [
        *([number] if digits else []),
        gettext("Use a dark pen. A cross or a tick in the circle counts too."),
        gettext("Did you make a mistake? Draw a long line through the circle. Then two people look at your ballot."),
        gettext("Do not write your name. Do not write anything else on this sheet. Your vote is secret."),
    ]


def _numbers_most(pot: Pot) -> int:
    """The highest number that can stand beside a project; 0 where projects are only chosen."""
    if gives_points(pot):
        return most_points_each(pot) or MOST_POINTS
    if is_ranking(pot):
        longest = pot.options.get("max_length")
        return min(most_projects(pot), int(longest)) if longest else most_projects(pot)
    return 0


def _lines(pot: Pot, project: Project) -> tuple[Line, ...]:
    """The circles of one project, by the kind of ballot."""
    if pot.vote_type == "approval":
        return (Line(project.number, (Option(CHOSEN),), Takes.MANY),)
    if pot.vote_type == "choose-1":
        return (Line(CHOICE, (Option(project.number),), Takes.ONE),)
    most = _numbers_most(pot)
    if most <= IN_ONE_LINE:
        return (Line(project.number, _numbers(1, most)),)
    return tuple(digit_lines(project.number, most))


def digit_lines(name: str, most: int) -> Iterator[Line]:
    """Circles for a number of up to `most`: one line for each digit, the highest first; fields are `name×100`, `name×10`, …"""
    places = len(str(most))
    for place in range(places - 1, -1, -1):
        worth = 10**place
        highest = min(9, most // worth)
        yield Line(digit_field(name, worth), _numbers(0, highest), label=str(worth))


def digit_field(name: str, worth: int) -> str:
    """The name of the field that holds the digit worth 1, 10 or 100."""
    return f"{name}×{worth}"


def _numbers(first: int, last: int) -> tuple[Option, ...]:
    return tuple(Option(str(one)) for one in range(first, last + 1))


def all_looks(languages: Sequence[str]) -> Iterator[Look]:
    """Every variant in every language, on A4."""
    return (Look(variant, language) for variant in Variant for language in languages)
