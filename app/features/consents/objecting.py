"""The rules of an objection: until when it is answered, who decides, what is said about it. Pure."""

from calendar import monthrange
from datetime import date, datetime
from uuid import UUID

from app.features.consents.models import Ruling
from app.features.consents.models.objections import ObjectionDecision
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor

NOT_YOURS = msg("This is your own objection. Somebody else decides about it.")
NOT_TWICE = msg("You proposed this decision. A second person reads the objection and agrees or not.")
PEOPLE_DECIDE = msg("A person decides about an objection and signs with their name; a program cannot.")

RULINGS: dict[Ruling | None, tuple[Message, str, str]] = {
    None: (msg("Nobody has decided yet"), "clock", "warning"),
    Ruling.PROPOSED: (msg("Compelling grounds proposed: waits for a second person"), "clock", "warning"),
    Ruling.SENT_BACK: (msg("The second person does not agree: to be decided anew"), "clock", "warning"),
    Ruling.UPHELD: (msg("Upheld: their data is not used for this any more"), "circle-check", "good"),
    Ruling.COMPELLING: (msg("Compelling grounds: their data is used again"), "circle-x", "neutral"),
}
"""How the state of an objection looks to staff: words, icon, tone."""


def due_on(since: datetime) -> date:
    """The last day for the answer: one month after the objection came in (GDPR, article 12(3)).

    The same day of the next month, or its last one (Regulation 1182/71, article 3(2)(c)).
    """
    year, month = (since.year + 1, 1) if since.month == 12 else (since.year, since.month + 1)
    return date(year, month, min(since.day, monthrange(year, month)[1]))


def is_overdue(since: datetime, now: datetime) -> bool:
    """Whether the month for the answer is over."""
    return now.date() > due_on(since)


def why_not_decide(actor: Actor, person_id: UUID) -> Message | None:
    """Why this actor decides nothing about the objection of that person, if so: nobody judges their own, no program does."""
    if actor.person_id is None:
        return PEOPLE_DECIDE
    return NOT_YOURS if actor.person_id == person_id else None


def why_not_confirm(actor: Actor, decision: ObjectionDecision) -> Message | None:
    """Why this actor is no second person for compelling grounds that were proposed, if so."""
    if actor.person_id is not None and actor.person_id == decision.proposed_by_id:
        return NOT_TWICE
    return why_not_decide(actor, decision.person_id)
