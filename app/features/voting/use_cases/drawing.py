"""A tie that decides was left to a public draw: the committee enters what was drawn, and the pot is counted again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import keep_draws
from app.features.voting.commands import EnterDraw
from app.features.voting.draws import Contradiction, order_of
from app.features.voting.use_cases.counting import count_pot, outcome_of
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def enter_draw(session: Session, actor: Actor, command: EnterDraw) -> Pot:
    """Keep the drawn order and count again. It changes nothing but the order among the projects of these ties.

    Raises Conflict when no draw is needed, or none between these projects; Invalid for an order that is not one, or that turns
    an earlier draw around; Forbidden while people still vote; NotFound without the committee's role.
    """
    session.execute(select(Pot.id).where(Pot.id == command.pot_id).with_for_update())
    pot = pot_by_id(session, command.pot_id, fresh=True)
    if pot is None or not actor.may(Permission.BUDGET_CERTIFY, pot.process_id):
        raise NotFound
    needed = outcome_of(session, pot).get("draw_among") or []
    if sorted(sorted(group) for group in needed) != sorted(sorted(set(order)) for order in command.orders) or not needed:
        raise Conflict(msg("These are not the ties that are to be drawn. Count again, then look at the page once more."))
    if any(len(order) != len(set(order)) for order in command.orders):
        raise Invalid({"": msg("Every project of a tie has a place of its own: 1, 2, 3 and so on.")})
    if not command.note.strip():
        raise Invalid({"note": msg("Say where and when it was drawn, and who was there.")})
    draws = [*(pot.options.get("draws") or []), *command.orders]
    try:
        order = order_of(draws)
    except Contradiction:
        raise Invalid({"": msg("An earlier draw put two of these projects in another order. That order stays.")}) from None
    keep_draws(session, actor, pot, draws, order, command.note.strip())
    return count_pot(session, actor, pot.id)
