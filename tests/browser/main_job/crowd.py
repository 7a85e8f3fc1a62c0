"""A crowd of known size, put straight into the database: who took part where, and who allowed to be written to."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.features.consents.commands import ReviewAgreement, WithdrawConsent
from app.features.consents.models import Answer, DataAgreement
from app.features.consents.use_cases import review_agreement, withdraw_consent
from app.features.proposals.models import CommentState, ProposalState, Stance
from app.features.spaces.models import Process
from app.kernel import clock
from app.kernel.permissions import Actor, Channel
from tests.factories import accounts, consents, proposals, spaces

# Cell (category code): what its row must say, after the columns that name it.
CELLS: dict[str, dict[str, str]] = {
    "nine": {
        "proposals": "2",
        "supports": "8",
        "comments_in_favour": "1",
        "comments_against": "0",
        "comments_neutral": "0",
        "replies": "0",
        "entries_without_account": "1",
        "people": "",
        "suppressed": "true",
    },
    "ten": {
        "proposals": "1",
        "supports": "7",
        "comments_in_favour": "0",
        "comments_against": "2",
        "comments_neutral": "1",
        "replies": "0",
        "entries_without_account": "1",
        "people": "10",
        "suppressed": "false",
    },
    "twenty-five": {
        "proposals": "2",
        "supports": "30",
        "comments_in_favour": "0",
        "comments_against": "0",
        "comments_neutral": "1",
        "replies": "0",
        "entries_without_account": "0",
        "people": "25",
        "suppressed": "false",
    },
}
ALLOWED = {("Anna Aalto", "anna@example.net"), ("Bashir", "050 555 0199")}


def took_part(process: Process) -> None:
    """Three cells. Whoever is hidden, a draft's or without an account makes none of them larger."""
    _nine(process)
    _ten(process)
    _twenty_five(process)


def _cell(process: Process, code: str) -> dict[str, Any]:
    return {"category_id": spaces.category(process, {"en": code.title()}, code=code).id}


def _nine(process: Process) -> None:
    cell = _cell(process, "nine")
    known = proposals.proposal(process, title="A fountain", **cell)
    supporters = [proposals.support(known).person_id for _ in range(8)]
    proposals.comment(known, author_id=supporters[0], stance=Stance.IN_FAVOUR)
    proposals.comment(known, state=CommentState.HIDDEN)
    proposals.guest_proposal(process, title="A pump", channel=Channel.PAPER, **cell)
    hidden = proposals.proposal(process, title="Hidden", state=ProposalState.HIDDEN, **cell)
    proposals.support(hidden)
    proposals.draft(process, **cell)


def _ten(process: Process) -> None:
    found = proposals.proposal(process, title="A playground", **_cell(process, "ten"))
    for _ in range(7):
        proposals.support(found)
    proposals.comment(found, stance=Stance.AGAINST)
    proposals.comment(found, stance=Stance.AGAINST)
    proposals.comment(found, stance=Stance.NEUTRAL, author_id=None)


def _twenty_five(process: Process) -> None:
    cell = _cell(process, "twenty-five")
    one, other = (proposals.proposal(process, title=title, **cell) for title in ("Trees", "Hedges"))
    people = [accounts.person() for _ in range(23)]
    for person in people[:20]:
        proposals.support(one, person)
    for person in people[13:]:
        proposals.support(other, person)
    proposals.comment(other, author=people[0], stance=Stance.NEUTRAL)


def reviewed(session: Session, agreement: DataAgreement) -> None:
    """A second person has read the text."""
    review_agreement(session, consents.SECOND, ReviewAgreement(agreement.id, approve=True, reason="Read, all of it."))


def answered(session: Session, agreement: DataAgreement) -> None:
    """Two people allow it; others said no, took it back, or let it run out."""
    for name, address in sorted(ALLOWED):
        consents.consent(agreement, name=name, address=address)
    consents.consent(agreement, answer=Answer.REFUSED)
    gone = consents.consent(agreement, name="Gone")
    withdraw_consent(session, Actor(person_id=gone.person_id), WithdrawConsent(agreement.id, gone.person_id))
    expired = consents.consent(agreement, name="Long ago")
    expired.since, expired.expires_at = clock.now() - timedelta(days=400), clock.now() - timedelta(days=35)
