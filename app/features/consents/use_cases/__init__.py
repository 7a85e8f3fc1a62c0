"""What can happen here: an agreement is written and asked about (`agreements`), answered and taken back (`answers`); a usage is
noted (`usages`).
"""

from app.features.consents.queries import record_of
from app.features.consents.use_cases.agreements import end_agreement, write_agreement
from app.features.consents.use_cases.answers import answer_agreement, expire_consents, withdraw_consent
from app.features.consents.use_cases.usages import note_looks, note_usages
from app.features.consents.used import forget_old_usages

__all__ = [
    "answer_agreement",
    "end_agreement",
    "expire_consents",
    "forget_old_usages",
    "note_looks",
    "note_usages",
    "record_of",
    "withdraw_consent",
    "write_agreement",
]
