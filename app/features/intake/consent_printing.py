"""The question of a data agreement on paper: the very text that the page shows, yes and no, and a slip with the code."""

import json

from babel import Locale
from flask_babel import force_locale, gettext, ngettext

from app.features.consents.queries import (
    AGE_BANDS,
    BASES,
    CATEGORIES,
    STORAGE,
    AgreementRevision,
    DataAgreement,
    fields_asked,
)
from app.features.intake.printing import PaperForm
from app.kernel.texts import pick
from app.web.filters import translate

FALLBACKS = ("en",)


def consent_form(agreement: DataAgreement, city: str, link: str, language: str, size: str, age: int) -> PaperForm:
    """The form of an agreement in force. `size` is `standard` (11 pt) or `large` (19 pt); `link` is where a code is typed.

    `age` is the age from which people decide alone, 0 where nobody is asked. A text that is not written in `language` stands
    in the language it is in, and is marked as that.
    """
    revision = agreement.current
    notice, notice_language = pick(revision.notice, language, FALLBACKS)
    with force_locale(language):
        data = {
            "lang": language,
            "rtl": _right_to_left(language),
            "notice_lang": notice_language,
            "notice_rtl": _right_to_left(notice_language),
            "size": size,
            "city": city,
            "page_word": gettext("Page"),
            "version": gettext("Version %(number)s", number=revision.number) + f" · {agreement.code}",
            "title": gettext("May your data be used for this?"),
            "purpose": pick(revision.purpose, language, FALLBACKS)[0],
            "intro": gettext("This is optional. Taking part does not depend on it. Read the text, then tick yes or no."),
            "notice": notice,
            "facts_word": gettext("What, who, where and how long"),
            "facts": _facts(agreement, revision, language),
            "answer_word": gettext("Your answer"),
            "yes": gettext("Yes, I allow it"),
            "no": gettext("No"),
            "no_costs": gettext("A no costs you nothing. We remember it, so that we do not ask again."),
            "person_word": gettext("Your name"),
            "signed_word": gettext("Day and signature"),
            "yes_only": gettext("Only if you say yes"),
            "lines": _lines(revision),
            "choices_word": gettext("How old are you?"),
            "choices": [translate(label) for label in AGE_BANDS.values()] if "age_band" in fields_asked(revision) else [],
            "guardian": _guardian(age) if age else {},
            "return_word": gettext("Where to take this form"),
            "return_text": gettext("Give it to any desk of the city. You get the slip below back, with a code written on it."),
            "sheet_word": gettext("For the office: reference on the sheet"),
            "slip_word": gettext("Your slip: keep it"),
            "slip_text": gettext(
                "With this code you see your answer, who used your data, and take it back at any time, without an account. "
                "Do not show it to anybody."
            ),
            "slip_link": link,
        }
    return PaperForm(json.dumps(data, ensure_ascii=False, sort_keys=True), "consent.typ")


def _facts(agreement: DataAgreement, revision: AgreementRevision, language: str) -> list[dict[str, str]]:
    basis = BASES[agreement.legal_basis]
    place = translate(STORAGE[revision.storage].label) if revision.storage in STORAGE else revision.storage
    note = pick(revision.storage_note, language, FALLBACKS)[0]
    kept = pick(revision.retention, language, FALLBACKS)[0]
    if not kept and revision.retention_days is not None:
        kept = ngettext("%(num)s day", "%(num)s days", revision.retention_days)
    runs = ngettext("%(num)s month, or until you take it back", "%(num)s months, or until you take it back", revision.months)
    categories = [translate(CATEGORIES[name].label) for name in revision.categories if name in CATEGORIES]
    article = gettext("GDPR, article %(article)s", article=basis.article)
    return [
        {"key": gettext("Who gets it"), "value": pick(revision.recipient, language, FALLBACKS)[0]},
        {"key": gettext("How to reach them"), "value": agreement.recipient.contact or "–"},
        {"key": gettext("What"), "value": " · ".join(categories)},
        {"key": gettext("On which basis"), "value": f"{translate(basis.label)} ({article})"},
        {"key": gettext("Where it is kept"), "value": f"{place}. {note}" if note else place},
        {"key": gettext("Kept by the recipient"), "value": kept or "–"},
        {"key": gettext("Until when"), "value": runs},
    ]


def _lines(revision: AgreementRevision) -> list[str]:
    """A line to write on for each detail that the agreement asks for."""
    words = {
        "name": gettext("The name that may be used"),
        "address": gettext("E-mail address or telephone number"),
        "area": gettext("Where do you live?"),
        "languages": gettext("Which languages do you speak?"),
        "gender": gettext("How do you describe your gender?"),
    }
    return [words[name] for name in fields_asked(revision) if name in words]


def _guardian(age: int) -> dict[str, str]:
    return {
        "title": gettext("Are you old enough?"),
        "text": gettext(
            "If you are younger than %(age)s, an adult who is responsible for you signs for a yes, and comes to the desk with "
            "you. For a no you need nobody.",
            age=age,
        ),
        "old_enough": gettext("I am %(age)s or older", age=age),
        "name": gettext("Name of the adult"),
        "signed": gettext("Day and signature of the adult"),
        "month": gettext("Month and year in which you will be %(age)s", age=age),
    }


def _right_to_left(language: str) -> bool:
    return str(Locale.parse(language).text_direction) == "rtl"
