"""Agreements as pages show them: terms by their labels, what a revision says line by line, small numbers blurred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.lists import format_list
from flask_babel import format_decimal, gettext, ngettext
from markupsafe import Markup, escape

from app.features.consents.models import AgreementRevision, DataAgreement, Disclosure, RevisionState
from app.features.consents.numbers import STEP
from app.features.consents.vocabulary import AGE_BANDS, BASES, CATEGORIES, PURPOSES, RECIPIENT_KINDS, STORAGE, Term
from app.kernel.messages import msg
from app.web.filters import local, local_text, translate
from app.web.locale import current_locale

LEFT_TO_RIGHT, END_OF_ISOLATE = "\u2066", "\u2069"


@dataclass(frozen=True)
class Vocabulary:
    """The labels that templates look up by name."""

    purposes: Mapping[str, Term]
    bases: Mapping[str, Term]
    categories: Mapping[str, Term]
    storage: Mapping[str, Term]
    kinds: Mapping[str, Term]

    def categories_of(self, revision: AgreementRevision) -> str:
        """The kinds of data of a revision in a line."""
        return listed(self._categories(revision))

    def categories_lines(self, revision: AgreementRevision) -> Markup:
        """The kinds of data of a revision, a line each: labels begin with a capital, which looks odd within a sentence."""
        return Markup("<br>").join(self._categories(revision))

    def _categories(self, revision: AgreementRevision) -> list[str]:
        return [translate(CATEGORIES[name].label) for name in revision.categories if name in CATEGORIES]

    def storage_of(self, revision: AgreementRevision) -> str:
        """Where the data is kept, with the note."""
        place = translate(STORAGE[revision.storage].label) if revision.storage in STORAGE else revision.storage
        note = local_text(revision.storage_note)
        return f"{place}. {note}" if note else place

    def retention_of(self, revision: AgreementRevision) -> str:
        """How long the recipient keeps the data: in words where there are some, else in days."""
        if words := local_text(revision.retention):
            return words
        if revision.retention_days is None:
            return "–"
        days: str = ngettext("%(num)s day", "%(num)s days", revision.retention_days)
        return days

    def basis_of(self, agreement: DataAgreement, *, own: bool = False) -> Markup:
        """The legal basis with its place in the GDPR; `own`: told to somebody of themselves, whose consent it is."""
        term = BASES[agreement.legal_basis]
        label = gettext("Your consent") if own and agreement.asks else translate(term.label)
        number = f"{LEFT_TO_RIGHT}{term.article}{END_OF_ISOLATE}"  # its brackets stay whole in a text from right to left
        article = gettext("GDPR, article %(article)s", article=number)
        return Markup("{} <bdi>({})</bdi>").format(label, article)

    def country_of(self, code: str) -> str:
        """A country by its name in the reader's language; a code that names none stays."""
        return Locale.parse(_named_locale()).territories.get(code, code) if code else "–"

    def disclosure_of(self, revision: AgreementRevision) -> str:
        """Where the data goes."""
        if revision.disclosure is Disclosure.TOTALS:
            return str(gettext("To everybody, as totals that show no single person"))
        if revision.disclosure is Disclosure.OPEN_ROWS:
            return str(gettext("To everybody, row by row"))
        return str(gettext("To the recipient alone"))

    def sample(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One's own record as it would be sent, by the label of each kind of data."""
        rows = []
        for name, value in values.items():
            if name == "age_band":
                value = translate(AGE_BANDS[value]) if value in AGE_BANDS else value
            elif name == "area":
                value = local(value)
            elif name == "languages":
                value = listed(value)
            rows.append({"key": translate(CATEGORIES[name].label), "value": Markup("<bdi>{}</bdi>").format(value)})
        return rows


def listed(words: Sequence[str]) -> str:
    """Words one after the other, as the reader's language joins them. Babel has the style `unit` in some languages only."""
    return str(format_list(list(words), style="standard", locale=_named_locale()))


def _named_locale() -> str:
    return "en" if current_locale() == "en_XA" else current_locale()  # the language of tests has no names


def vocabulary() -> Vocabulary:
    """The lists for a template."""
    return Vocabulary(PURPOSES, BASES, CATEGORIES, STORAGE, RECIPIENT_KINDS)


def few(number: int) -> str:
    """A number of people as everybody may see it, from what `numbers.blurred` left of it."""
    if number < STEP:
        return str(gettext("fewer than %(number)s", number=format_decimal(STEP)))
    return str(gettext("about %(number)s", number=format_decimal(number)))


def language_name(code: str) -> str:
    """The name of a language in the reader's."""
    try:
        return Locale.parse(code).get_display_name(_named_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


@dataclass(frozen=True)
class Change:
    """One line of a comparison: what it is about, before and after, with what differs marked."""

    label: str
    before: Markup
    after: Markup


def changes(before: AgreementRevision, after: AgreementRevision) -> list[Change]:
    """What differs between two revisions, in the words that people read."""
    words = vocabulary()
    found = []
    for name, label in (
        ("purpose", gettext("What for")),
        ("notice", gettext("The text that people are shown")),
        ("recipient", gettext("Who gets it")),
        ("retention", gettext("How long the data is kept, in words")),
        ("storage_note", gettext("More about where the data is kept")),
    ):
        old, new = getattr(before, name), getattr(after, name)
        for code in sorted({*old, *new}):
            if old.get(code, "") != new.get(code, ""):
                title = f"{label} ({language_name(code)})"
                found.append(Change(title, *compared(old.get(code, ""), new.get(code, ""))))
    for label, say in (
        (gettext("What"), words.categories_of),
        (gettext("A yes runs out after so many months"), lambda r: str(r.months)),
        (gettext("Days for which the recipient keeps the data"), lambda r: str(r.retention_days or "–")),
        (gettext("Where it is kept"), lambda r: translate(STORAGE[r.storage].label)),
        (gettext("Where the data goes"), words.disclosure_of),
        (gettext("Data-protection impact note"), lambda r: r.impact_note),
    ):
        if say(before) != say(after):
            found.append(Change(label, *compared(say(before), say(after))))
    return found


def compared(before: str, after: str) -> tuple[Markup, Markup]:
    """Two texts, word by word: what is gone is in <del>, what is new in <ins>."""
    old, new = before.split(), after.split()
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        gone, come = escape(" ".join(old[a:b])), escape(" ".join(new[c:d]))
        if kind == "equal":
            left.append(gone)
            right.append(come)
            continue
        if gone:
            left.append(Markup("<del>{}</del>").format(gone))
        if come:
            right.append(Markup("<ins>{}</ins>").format(come))
    return Markup(" ").join(left), Markup(" ").join(right)


STATES = {
    RevisionState.DRAFT: (msg("Draft"), "pencil", "neutral"),
    RevisionState.SUBMITTED: (msg("Waits for a second person"), "clock", "warning"),
    RevisionState.REVIEWED: (msg("Reviewed, not in force yet"), "circle-check", "neutral"),
    RevisionState.IN_FORCE: (msg("In force"), "circle-check", "good"),
    RevisionState.SUPERSEDED: (msg("Replaced"), "clock", "neutral"),
    RevisionState.ENDED: (msg("Ended"), "circle-x", "neutral"),
}
"""How the state of a revision looks: words, icon, tone."""
