"""What a consent needs to count, and in which words usages are told. Pure."""

import hashlib
import json
from datetime import datetime, timedelta

from app.features.consents.models import AgreementState, Answer, ConsentRecord, DataAgreement
from app.kernel.messages import Message, msg
from app.kernel.texts import Texts

DAYS_A_MONTH = 30.4375

ANSWERS: dict[Answer, Message] = {
    Answer.GIVEN: msg("You said yes"),
    Answer.REFUSED: msg("You said no"),
    Answer.WITHDRAWN: msg("You took it back"),
    Answer.EXPIRED: msg("It ran out"),
}

USAGES: dict[str, Message] = {
    "release": msg("%(role)s handed your data to %(department)s"),
    "newsletter": msg("%(department)s sent you the newsletter “%(title)s”"),
    "download": msg("You took a copy of everything"),
    "desk": msg("%(role)s looked up your account to help you"),
}
"""What is told of a usage; looks of staff say their own sentences (`app.kernel.looks`)."""

PURPOSES: dict[str, Message] = {
    "download": msg("Your right to have a copy of your data"),
    "desk": msg("Helping you at the counter or on the telephone"),
}

OFFICES: dict[str, Message] = {
    "administrator": msg("An administrator"),
    "moderator": msg("A moderator"),
    "clerk": msg("A clerk"),
    "officer": msg("An officer who answers"),
    "committee": msg("A member of the budget committee"),
    "steward": msg("A data steward"),
    "auditor": msg("An auditor"),
    "staff": msg("A member of staff"),
    "system": msg("Plaza itself"),
    "you": msg("You"),
}
"""Who used the data, by role: people are told the office, not the name."""

BASES: dict[str, Message] = {
    "consent": msg("Your consent"),
    "public_task": msg("A task of the city that is laid down in law"),
    "legal_obligation": msg("A duty of the city that is laid down in law"),
    "own_request": msg("You asked for it"),
}


def revision_digest(purpose: Texts, recipient: Texts, notice: Texts, months: int, previous: str) -> str:
    """SHA-256 over the canonical JSON of a revision (sorted keys, no spaces, UTF-8) and the digest before it."""
    content = {"months": months, "notice": notice, "previous": previous, "purpose": purpose, "recipient": recipient}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def expiry(moment: datetime, months: int) -> datetime:
    """When a consent given at `moment` runs out."""
    return moment + timedelta(days=round(months * DAYS_A_MONTH))


def is_replaced(record: ConsentRecord, agreement: DataAgreement) -> bool:
    """Whether the words have changed in substance since this answer was given: it says nothing about the new ones."""
    answered = next((revision.number for revision in agreement.revisions if revision.id == record.revision_id), 0)
    return any(revision.material and revision.number > answered for revision in agreement.revisions)


def is_in_force(record: ConsentRecord | None, agreement: DataAgreement, now: datetime) -> bool:
    """Whether this answer is a yes to the present substance of an agreement in force, and has not run out."""
    return (
        record is not None
        and agreement.state is AgreementState.IN_FORCE
        and record.answer is Answer.GIVEN
        and (record.expires_at is None or record.expires_at > now)
        and not is_replaced(record, agreement)
    )


def may_be_asked(record: ConsentRecord | None, agreement: DataAgreement, now: datetime) -> bool:
    """Whether to ask this person: never answered, run out, or the words have changed in substance since."""
    if record is None or record.answer is Answer.EXPIRED:
        return True
    if record.answer is Answer.GIVEN and not is_in_force(record, agreement, now):
        return True
    return is_replaced(record, agreement)
