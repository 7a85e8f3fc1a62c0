"""What can happen here: recipients are named (`recipients`), an agreement is written, reviewed, put in force and ended
(`agreements`), answered and taken back (`answers`), by minors with their guardians (`guardians`) and by people without an
account (`codes`); time does its part at night (`nightly`); a usage is noted (`usages`).
"""

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
from app.features.consents.use_cases.holding import forget_usages_of, hold_still, left_since
from app.features.consents.use_cases.nightly import expire_consents, forget_out_of_force
from app.features.consents.use_cases.recipients import retire_recipient, write_recipient
from app.features.consents.use_cases.telling import (
    confirm_by_hand,
    remove_endpoint,
    rotate_secret,
    send_again,
    send_test,
    set_endpoint,
    tell,
    tell_of_erasure,
)
from app.features.consents.use_cases.usages import forget_old_usages, note_looks, note_usage_once, note_usages

__all__ = [
    "answer_agreement",
    "confirm_by_hand",
    "discard_draft",
    "end_agreement",
    "expire_consents",
    "forget_old_usages",
    "forget_out_of_force",
    "forget_usages_of",
    "hold_still",
    "left_since",
    "note_looks",
    "note_usage_once",
    "note_usages",
    "object_to",
    "put_in_force",
    "record_of",
    "remove_endpoint",
    "renew_consent",
    "retire_recipient",
    "review_agreement",
    "rotate_secret",
    "send_again",
    "send_test",
    "set_endpoint",
    "submit_agreement",
    "tell",
    "tell_of_erasure",
    "withdraw_consent",
    "write_agreement",
    "write_recipient",
]
