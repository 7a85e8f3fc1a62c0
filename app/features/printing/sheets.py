"""What the proposal form and the consent form say. With a serial they carry a slip to tear off, with the follow-up code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from uuid import UUID

from babel import Locale
from flask_babel import force_locale, gettext

from app.features.printing.layout.blocks import Block, Columns, Content, Line, Lines, Option, Row, Slip, Words
from app.features.printing.layout.model import FormKey, Kind, Look, Role, Takes, Variant
from app.kernel.texts import Texts, pick

MOST_AREAS = 12
"""Up to so many areas have a circle each; where there are more, the place in somebody's own words says it."""
LONGEST_PIECE = 600
"""A paragraph is set in pieces of so many characters, which may stand on two pages: nothing of a text is left out."""
WHOLE = "whole"
YES, NO = "yes", "no"


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
    """What a consent form is made from: the revision's text, and which details it asks for with a yes.

    `details` are names of places for handwriting with their labels, in the language of the form; `bands` are choices such as
    ages, each a field with its values.
    """

    revision_id: UUID
    purpose: Texts
    notice: Texts
    city: str
    details: Sequence[tuple[str, str]] = ()
    bands: Sequence[tuple[str, str, Sequence[Named]]] = ()
    numbered: bool = True
    address: str = ""


def proposal_content(subject: ProposalSubject, look: Look) -> Content:
    """The proposal form of a process in one look."""
    with force_locale(look.language):
        title, about = gettext("Your proposal on paper"), pick(subject.process, look.language)[0]
        key = FormKey(Kind.PROPOSAL, subject.process_id)
        return _content(subject, look, key, title, about, _proposal(subject, look))


def consent_content(subject: ConsentSubject, look: Look) -> Content:
    """The consent form of one revision of an agreement in one look."""
    with force_locale(look.language):
        title, about = gettext("Your answer about your data"), pick(subject.purpose, look.language)[0]
        key = FormKey(Kind.CONSENT, subject.revision_id)
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
    yield Lines("text", 6)
    yield _heading(gettext("Where is it?"))
    yield Words(gettext("A street with a number, a square, a park, or the name of the area."))
    yield Lines("place", 2 if large else 1)
    whole = Named(WHOLE, {look.language: gettext("It is about the whole city")})
    areas = subject.areas if len(subject.areas) <= MOST_AREAS else ()
    yield _choose("area", (whole, *areas), look)
    if subject.categories:
        yield _heading(gettext("What is it about?"))
        yield _choose("category", subject.categories, look)
    yield _heading(gettext("May we write to you?"))
    yield Words(gettext("Name, e-mail, telephone or postal address. You may leave this empty: then your proposal has no name."))
    yield Lines("contact", 3 if large else 2)
    shown = gettext("My name may be shown with the proposal")
    yield Columns((Row(shown, (Line("show_name", (Option(YES),), Takes.MANY),)),))
    if subject.numbered:
        yield _slip(gettext("With this code you can see at any time what became of your proposal."), subject.address)
    else:
        yield _heading(gettext("Where to take this form"))
        yield Words(
            gettext(
                "Give it to any desk of the city, or read it to us on the telephone. You get a slip with a reference; "
                "with it you can see at any time what became of your proposal."
            )
        )


def _consent(subject: ConsentSubject, look: Look) -> Iterator[Block]:
    for paragraph in pick(subject.notice, look.language)[0].split("\n"):
        yield from (Words(piece) for piece in wrap(paragraph, LONGEST_PIECE, break_on_hyphens=False))
    yield _heading(gettext("What do you say?"))
    answers = ((YES, gettext("Yes, I agree")), (NO, gettext("No, I do not agree")))
    yield Columns(tuple(Row(words, (Line("answer", (Option(value),), Takes.ONE),)) for value, words in answers))
    yield Words(gettext("You can say no, and you can take back a yes at any time. Nobody treats you differently for it."))
    for name, label in subject.details:
        yield _heading(label)
        yield Lines(name, 1)
    for field, label, values in subject.bands:
        yield _heading(label)
        yield _choose(field, values, look)
    yield _heading(gettext("Date and signature"))
    yield Lines("signature", 1)
    if subject.numbered:
        yield _slip(gettext("With this code you can see at any time what you answered, and change it."), subject.address)


def _heading(words: str) -> Words:
    return Words(words, Role.HEADING, 1.15)


def _choose(field: str, values: Sequence[Named], look: Look) -> Columns:
    rows = []
    for one in values:
        name, language = pick(one.name, look.language)
        line = Line(field, (Option(one.value),), Takes.ONE)
        rows.append(Row(name, (line,), language="" if language == look.language else language))
    return Columns(tuple(rows))


def _slip(words: str, address: str) -> Slip:
    lines = [Words(gettext("Tear this off and keep it."), bold=True), Words(words)]
    if address:
        lines.append(Words(address.split("://", 1)[-1]))
    return Slip(tuple(lines), gettext("Your code:"))
