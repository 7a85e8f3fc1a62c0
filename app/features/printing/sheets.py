"""What the proposal form and the consent form say. With a serial they carry a slip to tear off, with the follow-up code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from uuid import UUID

from babel import Locale
from flask_babel import force_locale, gettext

from app.features.printing.layout.blocks import Block, Columns, Content, Line, Lines, Option, Row, Slip, Words
from app.features.printing.layout.flow import MOST_MORE
from app.features.printing.layout.model import FormKey, Kind, Look, Role, Takes, Variant
from app.kernel.texts import Texts, pick

MOST_AREAS = 12
"""Up to so many areas have a circle each; where there are more, the place in somebody's own words says it."""
LONGEST_PIECE = 600
"""A paragraph is set in pieces of so many characters, which may stand on two pages: nothing of a text is left out."""
WHOLE = "whole"
YES, NO = "yes", "no"
FALLBACKS = ("en",)


@dataclass(frozen=True, slots=True)
class Named:
    """Something to choose on a form: what is kept of it, and its name in every language."""

    value: str
    name: Texts


@dataclass(frozen=True)
class ProposalSubject:
    """What a proposal form is made from. `numbered`: with a serial and a slip on each copy, for desks that keep a register."""

    process_id: UUID
    process: Texts
    city: str
    categories: Sequence[Named] = ()
    areas: Sequence[Named] = ()
    numbered: bool = False
    address: str = ""


@dataclass(frozen=True)
class ConsentSubject:
    """What a consent form is made from: the text in force of an agreement, and which details it asks for with a yes.

    `facts` are what and who, with their names; `details` are names of places for handwriting with their labels; `bands` are
    choices such as ages, each a field with its values, or without values a place for handwriting. All of these, and `version`,
    are in the language of the form. `age` is from when people decide alone; 0 where nobody is asked.
    """

    agreement_id: UUID
    purpose: Texts
    notice: Texts
    city: str
    version: str = ""
    facts: Sequence[tuple[str, str]] = ()
    details: Sequence[tuple[str, str]] = ()
    bands: Sequence[tuple[str, str, Sequence[Named]]] = ()
    age: int = 0
    numbered: bool = True
    address: str = ""


def proposal_content(subject: ProposalSubject, look: Look) -> Content:
    """The proposal form of a process in one look."""
    with force_locale(look.language):
        title, about = gettext("Your proposal on paper"), pick(subject.process, look.language)[0]
        key = FormKey(Kind.PROPOSAL, subject.process_id)
        return _content(subject, look, key, title, about, _proposal(subject, look))


def consent_content(subject: ConsentSubject, look: Look) -> Content:
    """The consent form of an agreement, with its text in force, in one look."""
    with force_locale(look.language):
        title, about = gettext("May your data be used for this?"), pick(subject.purpose, look.language, FALLBACKS)[0]
        key = FormKey(Kind.CONSENT, subject.agreement_id)
        return _content(subject, look, key, title, about, _consent(subject, look))


def _content(
    subject: ProposalSubject | ConsentSubject, look: Look, key: FormKey, title: str, about: str, blocks: Iterator[Block]
) -> Content:
    return Content(
        key=key,
        look=look,
        title=title,
        author=subject.city,
        right_to_left=Locale.parse(look.language).text_direction == "rtl",
        blocks=tuple(blocks),
        page_words=gettext("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
        subtitle=about,
        code_label=gettext("Number of this sheet:"),
        single_is_numbered=subject.numbered,
        several_is_numbered=subject.numbered,
        flexible=True,
        test_word=gettext("TEST"),
    )


def _proposal(subject: ProposalSubject, look: Look) -> Iterator[Block]:
    large = look.variant is not Variant.STANDARD
    if look.variant is Variant.EASY:
        yield Words(gettext("Write in large, clear letters. You can leave parts empty. Somebody can help you at any desk."))
    else:
        yield Words(
            gettext(
                "Write in capital letters if you can. Leave out what you do not know. Your form counts exactly as a click does."
            )
        )
    yield _heading(gettext("Your proposal in one line"))
    yield Lines("title", 2 if large else 1)
    yield _heading(gettext("What should change, and why?"))
    yield Lines("text", 6, 6 + MOST_MORE)
    yield _heading(gettext("Where is it?"))
    yield Words(gettext("A street with a number, a square, a park, or the name of the area."))
    yield Lines("place", 2 if large else 1)
    whole = Named(WHOLE, {look.language: gettext("It is about the whole city")})
    areas = subject.areas if len(subject.areas) <= MOST_AREAS else ()
    yield _choose("area", (whole, *areas), look)
    if subject.categories:
        yield _heading(gettext("What is it about?"))
        yield _choose("category", subject.categories, look, numbered=True)
    yield _heading(gettext("May we write to you?"))
    if look.variant is Variant.EASY:
        yield Words(
            gettext(
                "Write your name. Write your e-mail address, your telephone number or your postal address. You can leave this "
                "empty. Then your proposal has no name."
            )
        )
    else:
        yield Words(
            gettext("Name, e-mail, telephone or postal address. You may leave this empty: then your proposal has no name.")
        )
    yield Lines("contact", 3 if large else 2)
    shown = gettext("My name may be shown with the proposal")
    yield Columns((Row(shown, (Line("show_name", (Option(YES),), Takes.MANY),)),))
    if subject.numbered:
        yield _slip(gettext("With this code you can see at any time what became of your proposal."), subject.address)
    else:
        yield _heading(gettext("Where to take this form"))
        yield Words(_where_to(look))


def _where_to(look: Look) -> str:
    if look.variant is Variant.EASY:
        return gettext(
            "Give this form to any desk of the city. You can also call us and read it to us. You get a slip with a reference. "
            "With the reference you can see what became of your proposal."
        )
    return gettext(
        "Give it to any desk of the city, or read it to us on the telephone. You get a slip with a reference; "
        "with it you can see at any time what became of your proposal."
    )


def _consent(subject: ConsentSubject, look: Look) -> Iterator[Block]:
    easy = look.variant is Variant.EASY
    if easy:
        yield Words(gettext("You can say yes or no. You can take part either way. Read the text. Then mark your answer."))
    else:
        yield Words(gettext("This is optional. Taking part does not depend on it. Read the text, then mark yes or no."))
    notice, language = pick(subject.notice, look.language, FALLBACKS)
    for paragraph in notice.split("\n"):
        pieces = wrap(paragraph, LONGEST_PIECE, break_on_hyphens=False)
        yield from (Words(piece, language="" if language == look.language else language) for piece in pieces)
    if subject.facts:
        yield _heading(gettext("What, who, where and how long"))
        yield from (Words(f"{name}: {words}") for name, words in subject.facts)
    if subject.version:
        yield Words(subject.version)
    yield _heading(gettext("Your answer"))
    answers = ((YES, gettext("Yes, I allow it")), (NO, gettext("No")))
    yield Columns(tuple(Row(words, (Line("answer", (Option(value),), Takes.ONE),)) for value, words in answers))
    yield Words(gettext("A no costs you nothing. We remember it, so that we do not ask again."))
    yield _heading(gettext("Your name"))
    yield Lines("person", 1)
    yield _heading(gettext("Day and signature"))
    yield Lines("signature", 1)
    if subject.details or subject.bands:
        yield Words(gettext("Only if you say yes"), bold=True)
    for name, label in subject.details:
        yield _heading(label)
        yield Lines(name, 1)
    for field, label, values in subject.bands:
        yield _heading(label)
        yield _choose(field, values, look) if values else Lines(field, 1)
    if subject.age:
        yield from _guardian(subject.age, easy)
    if subject.numbered:
        yield _slip(_what_the_code_is_for(easy), subject.address)
    else:
        yield _heading(gettext("Where to take this form"))
        yield Words(gettext("Give it to any desk of the city. You get a slip with a code."))
        yield Words(_what_the_code_is_for(easy))
        yield Words(_written(subject.address))


def _what_the_code_is_for(easy: bool) -> str:
    if easy:
        return gettext(
            "With this code you can see your answer. You can take it back at any time. Do not show the code to anybody."
        )
    return gettext(
        "With this code you see your answer, who used your data, and take it back at any time, without an account. "
        "Do not show it to anybody."
    )


def _guardian(age: int, easy: bool) -> Iterator[Block]:
    """Who is too young to decide alone names an adult; for a no nobody is needed."""
    yield _heading(gettext("Are you old enough?"))
    if easy:
        yield Words(
            gettext(
                "Are you younger than %(age)s? For a yes, your parent or guardian must sign and come to the desk with you. For "
                "a no you need nobody.",
                age=age,
            )
        )
    else:
        yield Words(
            gettext(
                "If you are younger than %(age)s, an adult who is responsible for you signs for a yes, and comes to the desk "
                "with you. For a no you need nobody.",
                age=age,
            )
        )
    ages = ((YES, gettext("I am %(age)s or older", age=age)), (NO, gettext("I am younger than %(age)s", age=age)))
    yield Columns(tuple(Row(words, (Line("of_age", (Option(value),), Takes.ONE),)) for value, words in ages))
    yield _heading(gettext("Name of the adult"))
    yield Lines("guardian", 1)
    yield _heading(gettext("Day and signature of the adult"))
    yield Lines("guardian_signature", 1)
    yield _heading(gettext("Month and year in which you will be %(age)s", age=age))
    yield Lines("of_age_month", 1)


def _heading(words: str) -> Words:
    return Words(words, Role.HEADING, 1.15)


def _choose(field: str, values: Sequence[Named], look: Look, *, numbered: bool = False) -> Columns:
    """A circle for each value; `numbered`: with the number beside it by which a clerk chooses it from a list."""
    rows = []
    for at, one in enumerate(values, start=1):
        name, language = pick(one.name, look.language)
        line = Line(field, (Option(one.value),), Takes.ONE)
        number = str(at) if numbered else ""
        rows.append(Row(name, (line,), number, language="" if language == look.language else language))
    return Columns(tuple(rows))


def _slip(words: str, address: str) -> Slip:
    lines = [Words(gettext("Tear this off and keep it."), bold=True), Words(words)]
    if address:
        lines.append(Words(_written(address)))
    return Slip(tuple(lines), gettext("Your code:"))


def _written(address: str) -> str:
    """An address as one types it. It runs from left to right in every language."""
    return f"\u2066{address.split('://', 1)[-1]}\u2069"
