"""What can happen here: recipients are named (`recipients`), an agreement is written, reviewed, put in force and ended
(`agreements`), answered and taken back (`answers`), by minors with their guardians (`guardians`) and by people without an
account (`codes`); time does its part at night (`nightly`); a usage is noted (`usages`).
"""

from app.features.consents.commands import (
    AnswerAgreement,
    Details,
    DiscardDraft,
    EndAgreement,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WithdrawConsent,
    WriteAgreement,
    WriteRecipient,
)
from app.features.consents.queries import record_of
from app.features.consents.use_cases.agreements import (
    discard_draft,
    end_agreement,
    put_in_force,
    review_agreement,
    submit_agreement,
    write_agreement,
)
from app.features.consents.use_cases.answers import answer_agreement, object_to, renew_consent, withdraw_consent
from app.features.consents.use_cases.nightly import expire_consents, forget_out_of_force
from app.features.consents.use_cases.recipients import retire_recipient, write_recipient
from app.features.consents.use_cases.recording import tell
from app.features.consents.use_cases.usages import note_usages

__all__ = [
    "AnswerAgreement",
    "Details",
    "DiscardDraft",
    "EndAgreement",
    "PutInForce",
    "ReviewAgreement",
    "SubmitAgreement",
    "WithdrawConsent",
    "WriteAgreement",
    "WriteRecipient",
    "answer_agreement",
    "discard_draft",
    "end_agreement",
    "expire_consents",
    "forget_out_of_force",
    "note_usages",
    "object_to",
    "put_in_force",
    "record_of",
    "renew_consent",
    "retire_recipient",
    "review_agreement",
    "submit_agreement",
    "tell",
    "withdraw_consent",
    "write_agreement",
    "write_recipient",
]
