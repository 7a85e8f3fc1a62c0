"""An objection is answered by two members, neither of whom objected or wrote the objection down."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.features.committee.models import Decision, DecisionKind, Objection, ObjectionOutcome
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor

YOURS = msg("You objected yourself, or wrote this objection down. Other members of the committee decide it.")


def objection_in(session: Session, decision: Decision) -> Objection:
    """The objection that a decision answers, as it is now. Raises NotFound where it names none of its process."""
    try:
        found = session.get(Objection, uuid.UUID(decision.details.get("objection", "")), populate_existing=True)
    except ValueError:
        found = None
    if found is None or found.process_id != decision.process_id:
        raise NotFound
    return found


def concerns(objection: Objection, person_id: uuid.UUID | None) -> bool:
    """Whether an objection is this person's own, or was written down by them."""
    return person_id is not None and person_id in (objection.person_id, objection.recorded_by)


def require_unconcerned(session: Session, decision: Decision, person_id: uuid.UUID) -> None:
    """Raise Refused for a member who would answer an objection of their own, or one that they wrote down."""
    if decision.kind is DecisionKind.OBJECTION and concerns(objection_in(session, decision), person_id):
        raise Refused(YOURS, field="objection")


class OnObjection:
    """An objection is upheld or dismissed."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """An objection that is open, and an answer."""
        if self._outcome(decision) is ObjectionOutcome.OPEN:
            raise Refused(msg("Say whether the objection is upheld or dismissed."), field="outcome")
        if objection_in(session, decision).outcome is not ObjectionOutcome.OPEN:
            raise Conflict(msg("This objection has been decided already."))
        return {}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Keep the answer. What follows from it (a recount, an annulment) is a decision of its own."""
        objection = objection_in(session, decision)
        objection.outcome, objection.decided_at = self._outcome(decision), decision.decided_at
        session.flush()
        return {"number": objection.number}

    def _outcome(self, decision: Decision) -> ObjectionOutcome:
        try:
            return ObjectionOutcome(decision.details.get("outcome", ""))
        except ValueError:
            return ObjectionOutcome.OPEN
