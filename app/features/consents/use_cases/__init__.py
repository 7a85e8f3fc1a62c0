"""What can happen here: recipients are named (`recipients`), an agreement is written (`writing`), reviewed, put in force and
ended (`agreements`), answered and taken back (`answers`), by minors with their guardians (`guardians`) and by people without an
account (`codes`); staff decide about objections (`objections`); time does its part at night (`nightly`); a usage is noted
(`usages`), and the public numbers are taken (`counting`).
"""

from app.features.consents.commands import (
    AnswerAgreement,
    AskByLetter,
    ConfirmObjection,
    DecideObjection,
    Details,
    DiscardDraft,
    EndAgreement,
    KeepPaper,
    NoteAge,
    NoteGuardian,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WithdrawConsent,
    WriteAgreement,
    WriteRecipient,
)
from app.features.consents.queries import record_of
from app.features.consents.use_cases.agreements import end_agreement, put_in_force, review_agreement
from app.features.consents.use_cases.answers import THEIR_NO, answer_agreement, renew_consent, withdraw_consent
from app.features.consents.use_cases.asked import put_off
from app.features.consents.use_cases.checking import check_answer, says_the_same
from app.features.consents.use_cases.codes import UnknownCode, code_of_person, enter_code, give_code, given_code, given_codes
from app.features.consents.use_cases.counting import count_for_everybody
from app.features.consents.use_cases.guardians import answer_by_link, ask_guardian, note_age, note_guardian, open_request
from app.features.consents.use_cases.holding import forget_usages_of, hold_still, left_since
from app.features.consents.use_cases.letters import (
    answer_by_letter,
    ask_by_letter,
    open_letter,
    take_back_by_letter,
)
from app.features.consents.use_cases.nightly import expire_consents, forget_out_of_force, remind_of_expiry
from app.features.consents.use_cases.objecting import object_to
from app.features.consents.use_cases.objections import confirm_objection, decide_objection
from app.features.consents.use_cases.papers import ERASE_PAPERS, drop_papers, keep_paper
from app.features.consents.use_cases.recipients import retire_recipient, write_recipient
from app.features.consents.use_cases.recording import listen
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
from app.features.consents.use_cases.usages import forget_old_usages, note_looks, note_reading, note_usage_once, note_usages
from app.features.consents.use_cases.writing import discard_draft, submit_agreement, write_agreement

__all__ = [
    "ERASE_PAPERS",
    "THEIR_NO",
    "AnswerAgreement",
    "AskByLetter",
    "ConfirmObjection",
    "DecideObjection",
    "Details",
    "DiscardDraft",
    "EndAgreement",
    "KeepPaper",
    "NoteAge",
    "NoteGuardian",
    "PutInForce",
    "ReviewAgreement",
    "SubmitAgreement",
    "UnknownCode",
    "WithdrawConsent",
    "WriteAgreement",
    "WriteRecipient",
    "answer_agreement",
    "answer_by_letter",
    "answer_by_link",
    "ask_by_letter",
    "ask_guardian",
    "check_answer",
    "code_of_person",
    "confirm_by_hand",
    "confirm_objection",
    "count_for_everybody",
    "decide_objection",
    "discard_draft",
    "drop_papers",
    "end_agreement",
    "enter_code",
    "expire_consents",
    "forget_old_usages",
    "forget_out_of_force",
    "forget_usages_of",
    "give_code",
    "given_code",
    "given_codes",
    "hold_still",
    "keep_paper",
    "left_since",
    "listen",
    "note_age",
    "note_guardian",
    "note_looks",
    "note_reading",
    "note_usage_once",
    "note_usages",
    "object_to",
    "open_letter",
    "open_request",
    "put_in_force",
    "put_off",
    "record_of",
    "remind_of_expiry",
    "remove_endpoint",
    "renew_consent",
    "retire_recipient",
    "review_agreement",
    "rotate_secret",
    "says_the_same",
    "send_again",
    "send_test",
    "set_endpoint",
    "submit_agreement",
    "take_back_by_letter",
    "tell",
    "tell_of_erasure",
    "withdraw_consent",
    "write_agreement",
    "write_recipient",
]
