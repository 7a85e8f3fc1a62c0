"""In which words uses of people's data, and messages to recipients, are told."""

from app.features.consents.models import NoticeKind
from app.kernel.messages import Message, msg

USAGES: dict[str, Message] = {
    "release": msg("%(role)s handed your data to %(department)s"),
    "newsletter": msg("%(department)s sent you the newsletter “%(title)s”"),
    "download": msg("You took a copy of everything"),
    "desk": msg("%(role)s looked up your account to help you"),
    "program_read": msg("The program “%(department)s” read what you have allowed and refused"),
    "program_audit": msg("The program “%(department)s” checked what people have allowed, you among them, without your name"),
}
"""What is told of a usage; looks of staff say their own sentences (`app.kernel.looks`)."""

WHAT_FOR: dict[str, Message] = {
    "download": msg("Your right to have a copy of your data"),
    "desk": msg("Helping you at the counter or on the telephone"),
    "program_read": msg("Acting in another system as you have decided"),
    "program_audit": msg("Checking that consents are kept as the law demands"),
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
    "program": msg("A program of another system"),
    "system": msg("Plaza itself"),
    "you": msg("You"),
}
"""Who used the data, by role: people are told the office, not the name."""

GROUNDS: dict[str, Message] = {
    "consent": msg("Your consent"),
    "public_task": msg("A task of the city that is laid down in law"),
    "legal_obligation": msg("A duty of the city that is laid down in law"),
    "own_request": msg("You asked for it"),
}

NOTICES: dict[NoticeKind, Message] = {
    NoticeKind.WITHDRAWN: msg("Somebody took their consent back"),
    NoticeKind.REFUSED: msg("Somebody changed their yes to a no"),
    NoticeKind.EXPIRED: msg("Somebody's consent ran out"),
    NoticeKind.OBJECTED: msg("Somebody objected"),
    NoticeKind.OBJECTION_ENDED: msg("Somebody's objection is over: it was taken back, or compelling grounds were found"),
    NoticeKind.REPLACED: msg("The agreement has changed in substance: earlier consents count no more"),
    NoticeKind.ENDED: msg("The agreement has ended: no consent counts any more"),
    NoticeKind.ERASED: msg("Somebody erased their account"),
    NoticeKind.TEST: msg("A test"),
}
"""What recipients are told, in words for staff."""

PROBLEMS: dict[str, Message] = {
    "not_reached": msg("Their server was not reached"),
    "not_allowed": msg("The address leads into a private network, where nothing is sent"),
}
