"""Two hands: what one member of the committee has proposed takes effect when a different one, in office too, signs."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office
from app.features.budgets.queries import Pot, PotState
from app.features.budgets.use_cases import DRAWN_AGAIN
from app.features.voting.models import Contest, ContestState, DrawEntry, PublicationChoice
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


@dataclass(frozen=True)
class Waiting:
    """What waits for a second signature in this room: answers to complaints, what is published, draws."""

    contests: Sequence[Contest]
    publications: Sequence[Pot]
    draws: Sequence[Pot]

    def __bool__(self) -> bool:
        return bool(self.contests or self.publications or self.draws)


def waiting_for_hand(session: Session, actor: Actor) -> Waiting:
    """What this person could sign second, the oldest first."""
    mine, me = actor.processes_where(Permission.BUDGET_CERTIFY), actor.person_id
    contests = select(Contest).where(
        Contest.state == ContestState.OPEN,
        Contest.proposed != "",
        Contest.first_hand.is_distinct_from(me),
        Contest.opened_by.is_distinct_from(me),
    )
    choices = select(Pot).join(PublicationChoice, PublicationChoice.pot_id == Pot.id)
    choices = choices.where(~PublicationChoice.confirmed, PublicationChoice.first_hand.is_distinct_from(me))
    draws = select(Pot).join(DrawEntry, DrawEntry.pot_id == Pot.id).where(DrawEntry.first_hand != me)
    if mine is not None:
        contests = contests.where(Contest.process_id.in_(mine))
        choices, draws = choices.where(Pot.process_id.in_(mine)), draws.where(Pot.process_id.in_(mine))
    published = session.scalars(choices.where(Pot.state != PotState.CERTIFIED).order_by(Pot.created_at, Pot.id)).all()
    drawn = session.scalars(draws.order_by(Pot.created_at, Pot.id)).all()
    return Waiting(
        session.scalars(contests.order_by(Contest.created_at, Contest.id)).all(),
        published,
        [pot for pot in drawn if pot.state is not PotState.CERTIFIED or DRAWN_AGAIN in pot.options],
    )


def may_be_second(actor: Actor, process_id: uuid.UUID, first: uuid.UUID | None) -> bool:
    """Whether a page offers this person to sign second."""
    return actor.person_id is not None and actor.person_id != first and actor.may(Permission.BUDGET_CERTIFY, process_id)
