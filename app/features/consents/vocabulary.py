"""The words of agreements: purposes, legal bases, categories of data, places where data is kept.

A selection of our own, each with our own label and with the term of the W3C Data Privacy Vocabulary that it stands for, or
the nearest broader one (https://w3id.org/dpv, version 2.3). DPV keeps single kinds of data (name, e-mail address, age) and
articles of the GDPR in extensions; we use terms of its core alone, so kinds of data carry the broader term. A test looks up
every term in DPV 2.3.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.features.consents.models import LegalBasis, RecipientKind
from app.kernel.messages import Message, msg

DPV = "https://w3id.org/dpv#"


@dataclass(frozen=True)
class Term:
    """One word: its short name in the database, its term in DPV, and what people read.

    `article` is the place in the GDPR, for those who look for it. `field` names the governed detail that a form asks for;
    `sensitive` says that it can reveal opinions, so the agreement needs an impact note; `optional` that a yes may leave it out.
    """

    name: str
    dpv: str
    label: Message
    article: str = ""
    field: str = ""
    sensitive: bool = False
    optional: bool = False

    @property
    def iri(self) -> str:
        """The full address of the DPV term."""
        return DPV + self.dpv


def _by_name(*terms: Term) -> dict[str, Term]:
    return {term.name: term for term in terms}


PURPOSES = _by_name(
    Term("contact", "CommunicationManagement", msg("Contact about a topic")),
    Term("newsletter", "PublicRelations", msg("News of a process by letter")),
    Term("events", "ProvideEventRecommendations", msg("Invitations to meetings")),
    Term("research", "AcademicResearch", msg("Research at a university or institute")),
    Term("city_research", "NonCommercialResearch", msg("Research by the city itself")),
    Term("services", "ImprovePublicServices", msg("Better public services")),
    Term("recommendations", "ProvidePersonalisedRecommendations", msg("Suggestions that fit one's profile")),
    Term("participation", "RequestedServiceProvision", msg("Taking part in a process")),
    Term("statistics", "ProvideOfficialStatistics", msg("Official statistics")),
    Term("records", "RecordManagement", msg("Keeping records that the law asks for")),
)

BASES = _by_name(
    Term(LegalBasis.CONSENT, "InformedConsent", msg("Consent of each person"), "6(1)(a)"),
    Term(LegalBasis.EXPLICIT_CONSENT, "ExplicitlyExpressedConsent", msg("Explicit consent of each person"), "6(1)(a), 9(2)(a)"),
    Term(LegalBasis.PUBLIC_TASK, "OfficialAuthorityOfController", msg("Public task of the city"), "6(1)(e)"),
    Term(LegalBasis.LEGAL_OBLIGATION, "LegalObligation", msg("A law requires it"), "6(1)(c)"),
    Term(LegalBasis.CONTRACT, "Contract", msg("A contract with the person"), "6(1)(b)"),
    Term(LegalBasis.VITAL_INTEREST, "VitalInterest", msg("Protection of somebody's life"), "6(1)(d)"),
)

CATEGORIES = _by_name(
    Term("name", "IdentifyingPersonalData", msg("Name"), field="name"),
    Term("contact", "IdentifyingPersonalData", msg("E-mail address or telephone number"), field="address"),
    Term("age_band", "ProvidedPersonalData", msg("Age, in bands"), field="age_band"),
    Term("area", "ProvidedPersonalData", msg("Area one lives in"), field="area"),
    Term("languages", "ProvidedPersonalData", msg("Languages one speaks"), field="languages", optional=True),
    Term("gender", "ProvidedPersonalData", msg("Gender, in one's own words"), field="gender", optional=True),
    Term("account", "IdentifyingPersonalData", msg("Account: name and e-mail address")),
    Term("proposals", "ProvidedPersonalData", msg("Proposals one has published")),
    Term("comments", "ProvidedPersonalData", msg("Comments one has published")),
    Term("supports", "SensitivePersonalData", msg("Which proposals one supports"), sensitive=True),
    Term("votes", "SensitivePersonalData", msg("That one has voted, and where; never how"), sensitive=True),
    Term("use", "ObservedPersonalData", msg("How one uses these pages")),
)

STORAGE = _by_name(
    Term("city", "LocalLocation", msg("On servers of the city")),
    Term("recipient", "RemoteLocation", msg("On servers of the recipient, in the European Economic Area")),
    Term("cloud", "CloudLocation", msg("With a hosting company in the European Economic Area")),
    Term(
        "elsewhere", "StorageLocation", msg("Outside the European Economic Area; the note says where and with which safeguards")
    ),
    Term("paper", "PhysicalSecureStorage", msg("On paper, in a locked place of the city")),
)

RECIPIENT_KINDS = _by_name(
    Term(RecipientKind.CONTROLLER, "DataController", msg("Part of the city, or decides together with it")),
    Term(RecipientKind.PROCESSOR, "DataProcessor", msg("Works for the city, as it is told")),
    Term(RecipientKind.THIRD_PARTY, "ThirdParty", msg("Somebody else, who decides for themselves")),
)

AGE_BANDS: dict[str, Message] = {
    "under_18": msg("Under 18"),
    "18_29": msg("18 to 29"),
    "30_44": msg("30 to 44"),
    "45_64": msg("45 to 64"),
    "65_74": msg("65 to 74"),
    "75_over": msg("75 or older"),
}


def all_terms() -> Iterator[Term]:
    """Every term of every list, for tests and for documents."""
    for terms in (PURPOSES, BASES, CATEGORIES, STORAGE, RECIPIENT_KINDS):
        yield from terms.values()
