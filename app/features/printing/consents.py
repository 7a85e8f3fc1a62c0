"""What the consent form of an agreement says: the very text that the page shows, and what is asked with a yes."""

from collections.abc import Iterable

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
from app.features.printing.sheets import MOST_AREAS, ConsentSubject, Named
from app.features.spaces.queries import Area
from app.kernel.texts import pick
from app.web.filters import translate

FALLBACKS = ("en",)


def consent_subject(
    agreement: DataAgreement, areas: Iterable[Area], city: str, language: str, *, age: int, numbered: bool, address: str
) -> ConsentSubject:
    """What the form is made from. `age` is the age from which people decide alone, 0 where nobody is asked."""
    revision = agreement.current
    asked = fields_asked(revision)
    with force_locale(language):
        return ConsentSubject(
            agreement_id=agreement.id,
            purpose=revision.purpose,
            notice=revision.notice,
            city=city,
            version=gettext("Version %(number)s", number=revision.number) + f" · \u2066{agreement.code}\u2069",
            facts=_facts(agreement, revision, language),
            details=_details(asked),
            bands=_bands(asked, [Named(str(one.id), one.name) for one in areas], language),
            age=age,
            numbered=numbered,
            address=address,
        )


def _details(asked: list[str]) -> list[tuple[str, str]]:
    words = {
        "name": gettext("The name that may be used"),
        "address": gettext("E-mail address or telephone number"),
        "languages": gettext("Which languages do you speak?"),
        "gender": gettext("How do you describe your gender?"),
    }
    return [(name, words[name]) for name in asked if name in words]


def _bands(asked: list[str], areas: list[Named], language: str) -> list[tuple[str, str, list[Named]]]:
    """Choices with circles. Where there are more areas than fit on a sheet, the area is written by hand."""
    bands = []
    if "age_band" in asked:
        ages = [Named(name, {language: translate(label)}) for name, label in AGE_BANDS.items()]
        bands.append(("age_band", gettext("How old are you?"), ages))
    if "area" in asked:
        bands.append(("area", gettext("Where do you live?"), areas if len(areas) <= MOST_AREAS else []))
    return bands


def _facts(agreement: DataAgreement, revision: AgreementRevision, language: str) -> list[tuple[str, str]]:
    basis = BASES[agreement.legal_basis]
    place = translate(STORAGE[revision.storage].label) if revision.storage in STORAGE else revision.storage
    note = pick(revision.storage_note, language, FALLBACKS)[0]
    kept = pick(revision.retention, language, FALLBACKS)[0]
    if not kept and revision.retention_days is not None:
        kept = ngettext("%(num)s day", "%(num)s days", revision.retention_days)
    runs = ngettext("%(num)s month, or until you take it back", "%(num)s months, or until you take it back", revision.months)
    categories = [translate(CATEGORIES[name].label) for name in revision.categories if name in CATEGORIES]
    article = gettext("GDPR, article %(article)s", article=f"\u2066{basis.article}\u2069")
    return [
        (gettext("Who gets it"), pick(revision.recipient, language, FALLBACKS)[0]),
        (gettext("How to reach them"), agreement.recipient.contact or "–"),
        (gettext("What"), " · ".join(categories)),
        (gettext("On which basis"), f"{translate(basis.label)} ({article})"),
        (gettext("Where it is kept"), f"{place}. {note}" if note else place),
        (gettext("Kept by the recipient"), kept or "–"),
        (gettext("Until when"), runs),
    ]
