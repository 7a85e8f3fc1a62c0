"""Two hands: what one member of the committee has proposed takes effect when a different one, in office too, signs."""

import uuid

from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office
from app.kernel.errors import Conflict, Forbidden
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

GONE = msg("Whoever proposed this no longer belongs to the committee. Another member must propose it again.")


def second_hand(session: Session, actor: Actor, process_id: uuid.UUID, first: uuid.UUID | None) -> uuid.UUID:
    """Who signs second. Both are members until this transaction has ended.

    Raises SignInRequired for nobody, Forbidden for whoever signed first, Conflict when the first has left the committee.
    """
    person_id = actor.require_signed_in()
    if first == person_id:
        raise Forbidden(msg("You have signed this already. A different member of the committee must sign second."))
    hands = {person_id} | ({first} if first is not None else set())
    if first is None or in_office(session, Permission.BUDGET_CERTIFY, process_id, hands) != hands:
        raise Conflict(GONE)
    return person_id


def may_be_second(actor: Actor, process_id: uuid.UUID, first: uuid.UUID | None) -> bool:
    """Whether a page offers this person to sign second."""
    return actor.person_id is not None and actor.person_id != first and actor.may(Permission.BUDGET_CERTIFY, process_id)
