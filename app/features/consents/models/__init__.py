"""What we remember about consent: recipients and agreements in frozen revisions (`agreements`), events that are only ever
added and the state they lead to (`answers`), what the city decides about objections (`objections`), guardians and codes
(`guardians`), letters to addresses that nobody has confirmed (`letters`), usages (`usages`).

The data that a consent governs lives in `governed.py`, which no other room may import.
"""

from app.features.consents.models.agreements import (
    AgreementRevision,
    AgreementState,
    DataAgreement,
    Disclosure,
    LegalBasis,
    Recipient,
    RecipientKind,
    RecipientState,
    RevisionState,
)
from app.features.consents.models.answers import BY_PROGRAM, Answer, ConsentEvent, ConsentRecord, Giver
from app.features.consents.models.deliveries import Endpoint, Notice, NoticeKind
from app.features.consents.models.guardians import ConsentCode, Guardian, GuardianRequest, Minor
from app.features.consents.models.letters import ConsentLetter
from app.features.consents.models.objections import DECIDED, ObjectionDecision, RegisterNumbers, Ruling
from app.features.consents.models.papers import ConsentPaper
from app.features.consents.models.usages import Usage

__all__ = [
    "BY_PROGRAM",
    "DECIDED",
    "AgreementRevision",
    "AgreementState",
    "Answer",
    "ConsentCode",
    "ConsentEvent",
    "ConsentLetter",
    "ConsentPaper",
    "ConsentRecord",
    "DataAgreement",
    "Disclosure",
    "Endpoint",
    "Giver",
    "Guardian",
    "GuardianRequest",
    "LegalBasis",
    "Minor",
    "Notice",
    "NoticeKind",
    "ObjectionDecision",
    "Recipient",
    "RecipientKind",
    "RecipientState",
    "RegisterNumbers",
    "RevisionState",
    "Ruling",
    "Usage",
]
