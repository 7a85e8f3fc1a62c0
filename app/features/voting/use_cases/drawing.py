"""A tie that decides is left to a public draw: one member enters what was drawn, another confirms it; it is counted again."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import DRAWN_AGAIN, draws_of, drop_kept_draw, keep_draws, note_ties
from app.features.voting.commands import EnterDraw
from app.features.voting.draws import Contradiction, order_of
from app.features.voting.models import DrawEntry
from app.features.voting.use_cases.counting import before_counting, count_pot, outcome_of
from app.features.voting.use_cases.hands import second_hand
from app.kernel import audit
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

OTHER_TIES = msg("These are not the ties that are to be drawn. Count again, then look at the page once more.")


def entered_draw(session: Session, pot_id: uuid.UUID) -> DrawEntry | None:
    """What waits for a second signature."""
    return session.scalars(select(DrawEntry).where(DrawEntry.pot_id == pot_id)).first()


def mark_of(entry: DrawEntry) -> str:
    """A mark of what was entered, so that nobody confirms what was changed since they read it."""
    return hashlib.sha256(json.dumps([entry.orders, entry.note, str(entry.first_hand)]).encode()).hexdigest()[:32]


def enter_draw(session: Session, actor: Actor, command: EnterDraw) -> DrawEntry:
    """Write down the drawn order: the first signature. It counts for nothing before another member confirms it.

    Entering again replaces what waits. Raises Conflict when no draw is needed, or none between these projects; Invalid for an
    order that is not one, or that turns an earlier draw around; Forbidden while people still vote; NotFound without the
    committee's role.
    """
    pot = _locked(session, actor, command.pot_id)
    _check(session, pot, command.orders)
    if not command.note.strip():
        raise Invalid({"note": msg("Say where and when it was drawn, and who was there.")})
    session.execute(delete(DrawEntry).where(DrawEntry.pot_id == pot.id))
    orders = [list(one) for one in command.orders]
    entry = DrawEntry(pot_id=pot.id, orders=orders, note=command.note.strip(), first_hand=actor.require_signed_in())
    session.add(entry)
    session.flush()
    audit.record(session, actor, "draw.entered", pot, process_id=pot.process_id, reason=entry.note, orders=orders)
    return entry


def confirm_draw(session: Session, actor: Actor, pot_id: uuid.UUID, seen: str) -> Pot:
    """The second hand: keep the drawn order and count again. Only the order among the projects of these ties changes.

    Of a certified pot the order waits for the correction that two members decide.

    `seen`: the mark of what the confirming member read. Raises Forbidden for whoever entered it, Conflict when nothing waits,
    when it was entered anew meanwhile, when the ties are others now, or when the first has left the committee.
    """
    pot = _locked(session, actor, pot_id)
    entry = entered_draw(session, pot.id)
    if entry is None:
        raise Conflict(msg("Nothing waits here for a second signature."))
    if mark_of(entry) != seen:
        raise Conflict(msg("What was proposed has changed since. Look again before you sign."))
    second_hand(session, actor, pot.process_id, entry.first_hand)
    order = _check(session, pot, entry.orders)
    draws, note = [*(draws_of(pot).get("draws") or []), *entry.orders], entry.note
    first = str(entry.first_hand)
    session.delete(entry)
    keep_draws(session, actor, pot, draws, order, note)
    audit.record(session, actor, "draw.signed", pot, process_id=pot.process_id, reason=note, entered_by=first)
    if pot.state is not PotState.CERTIFIED:
        return count_pot(session, actor, pot.id)
    look_for_ties(session, pot)
    return pot


def drop_draw(session: Session, actor: Actor, pot_id: uuid.UUID) -> None:
    """Take out what waits: it is not what was drawn. Any member may; it is entered again then, in the sight of both."""
    pot = _locked(session, actor, pot_id)
    entry = entered_draw(session, pot.id)
    if entry is None:
        raise Conflict(msg("Nothing waits here for a second signature."))
    first, orders = str(entry.first_hand), entry.orders
    session.delete(entry)
    session.flush()
    audit.record(session, actor, "draw.taken_out", pot, process_id=pot.process_id, entered_by=first, orders=orders)


def _locked(session: Session, actor: Actor, pot_id: uuid.UUID) -> Pot:
    session.execute(select(Pot.id).where(Pot.id == pot_id).with_for_update())
    pot = pot_by_id(session, pot_id, fresh=True)
    if pot is None or not actor.may(Permission.BUDGET_CERTIFY, pot.process_id):
        raise NotFound
    if pot.state is PotState.CERTIFIED and DRAWN_AGAIN not in pot.options:
        raise Conflict(msg("This count is certified. It stays as it is."))
    return pot


def _check(session: Session, pot: Pot, orders: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The one order that follows from these draws and all before; raises what `enter_draw` says."""
    if pot.state is PotState.CERTIFIED:  # what was counted on paper may be typed anew, too
        for check in before_counting:
            check(session, pot)
    needed = outcome_of(session, pot).get("draw_among") or []
    if sorted(sorted(group) for group in needed) != sorted(sorted(set(order)) for order in orders) or not needed:
        raise Conflict(OTHER_TIES)
    if any(len(order) != len(set(order)) for order in orders):
        raise Invalid({"": msg("Every project of a tie has a place of its own: 1, 2, 3 and so on.")})
    try:
        return order_of([*(draws_of(pot).get("draws") or []), *orders])
    except Contradiction:
        raise Invalid({"": msg("An earlier draw put two of these projects in another order. That order stays.")}) from None


def take_back_draw(session: Session, actor: Actor, pot: Pot, place: int) -> dict[str, Any]:
    """Two members have decided that a confirmed draw is entered anew: take it out, and give back what it was.

    What waits for a second hand goes, too: it was entered for ties that may be others now.
    """
    taken = drop_kept_draw(session, actor, pot, place, order_of)
    session.execute(delete(DrawEntry).where(DrawEntry.pot_id == pot.id))
    look_for_ties(session, pot)
    return taken


def look_for_ties(session: Session, pot: Pot) -> None:
    """Note which ties are to be drawn before a certified pot can be corrected; none while its numbers are not settled."""
    if pot.state is not PotState.CERTIFIED:
        return
    try:
        for check in before_counting:
            check(session, pot)
    except Refused:
        note_ties(session, pot, ())
    else:
        note_ties(session, pot, outcome_of(session, pot).get("draw_among") or ())
