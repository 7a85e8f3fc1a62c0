"""What becomes of a count after it was made: it is discarded, gets the order of a draw, or is corrected."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets import rules
from app.features.budgets.commands import CorrectResult
from app.features.budgets.models import Pot, PotState
from app.features.budgets.pots import locked_pot
from app.features.budgets.rules import DRAWN_AGAIN
from app.features.budgets.winners import carry_out_corrected
from app.kernel import audit
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

CERTIFIED = msg("This count is certified. It stays as it is.")
corrected: list[Callable[[Session, Pot], None]] = []
"""What other rooms worked out from a certified count and must work out anew once it is corrected."""


def discard_count(session: Session, actor: Actor, pot: Pot, signed_by: Collection[object]) -> None:
    """Forget a count that is not certified, because what it was made from is to be entered anew. Nothing where there is none.

    Without this it could be certified by mistake once the new numbers are there.
    """
    actor.require(Permission.BUDGET_CERTIFY, pot.process_id)
    rules.require_two(signed_by)
    session.refresh(pot, ["state", "annulled_at"], with_for_update=True)
    rules.require_valid(pot)
    if pot.state is not PotState.COUNTED:
        return
    before = (pot.result or {}).get("winners", [])
    pot.state, pot.result, pot.counted_at = PotState.READY, None, None
    session.flush()
    audit.record(session, actor, "pot.uncounted", pot, process_id=pot.process_id, before=before)


def keep_draws(
    session: Session, actor: Actor, pot: Pot, draws: Sequence[Sequence[str]], order: Sequence[str], note: str
) -> None:
    """Keep what was drawn in public, each draw by itself and the order that follows from all of them; `voting` checks it.

    Of a certified pot it is kept beside what was certified, and only where two members have reopened a draw.
    """
    actor.require(Permission.BUDGET_CERTIFY, pot.process_id)
    session.refresh(pot, ["state", "options"], with_for_update=True)
    notes = [*(rules.draws_of(pot).get("draw_notes") or []), note]
    _write_draws(session, pot, draws, order, notes)
    audit.record(session, actor, "pot.drawn", pot, process_id=pot.process_id, reason=note, order=list(draws[-1]))


def drop_kept_draw(
    session: Session, actor: Actor, pot: Pot, place: int, order_of: Callable[[list[list[str]]], Sequence[str]]
) -> dict[str, Any]:
    """Take out one draw that was confirmed, and give back what it was. `order_of`: the order that follows from the others.

    A certified result keeps its draws until it is corrected; what is to be counted next stands beside them.
    """
    actor.require(Permission.BUDGET_CERTIFY, pot.process_id)
    session.refresh(pot, ["state", "options"], with_for_update=True)
    kept = rules.draws_of(pot)
    draws, notes = list(kept.get("draws") or []), list(kept.get("draw_notes") or [])
    if not 0 <= place < len(draws):
        raise Conflict(msg("This draw is not there any more."))
    alone = len(notes) == len(draws)  # else several ties were drawn at once, and the note is about the others, too
    taken, note = draws.pop(place), notes[place] if alone else ""
    if alone:
        del notes[place]
    if pot.state is PotState.CERTIFIED:
        pot.options = {**pot.options, DRAWN_AGAIN: {}}
    _write_draws(session, pot, draws, order_of(draws), notes)
    audit.record(session, actor, "pot.undrawn", pot, process_id=pot.process_id, before=taken, note=note)
    return {"order": taken, "note": note}


def _write_draws(
    session: Session, pot: Pot, draws: Sequence[Sequence[str]], order: Sequence[str], notes: Sequence[str]
) -> None:
    kept = {"draws": [list(one) for one in draws], "drawn_order": list(order), "draw_notes": list(notes)}
    if pot.state is not PotState.CERTIFIED:
        pot.options = {**pot.options, **kept}
    elif DRAWN_AGAIN in pot.options:
        pot.options = {**pot.options, DRAWN_AGAIN: kept}
    else:
        raise Conflict(CERTIFIED)
    session.flush()


def note_ties(session: Session, pot: Pot, groups: Sequence[Sequence[str]]) -> None:
    """Say of a certified pot which ties are to be drawn before it can be corrected; none leaves it as it is."""
    kept = pot.options.get(DRAWN_AGAIN)
    if pot.state is not PotState.CERTIFIED or (kept is None and not groups):
        return
    names = ("draws", "drawn_order", "draw_notes")
    kept = {name: pot.options.get(name, []) for name in names} if kept is None else kept
    pot.options = {**pot.options, DRAWN_AGAIN: {**kept, "draw_among": [list(one) for one in groups]}}
    session.flush()


def correct_result(session: Session, actor: Actor, command: CorrectResult) -> Pot:
    """Put a new count in the place of a certified one. Raises Conflict when nothing is certified or the pot is annulled.

    What was drawn anew for it takes the place of the older draws.
    """
    pot = locked_pot(session, actor, command.pot_id, Permission.BUDGET_CERTIFY)
    rules.require_two(command.signed_by)
    rules.require_valid(pot)
    if pot.state is not PotState.CERTIFIED:
        raise Conflict(msg("Nothing is certified here, so there is nothing to correct. Count again instead."))
    rules.require_finished_count(command.result)
    before, pot.result = (pot.result or {}).get("winners", []), command.result
    if DRAWN_AGAIN in pot.options:
        drawn = {name: one for name, one in pot.options[DRAWN_AGAIN].items() if name != "draw_among"}
        pot.options = {**{name: one for name, one in pot.options.items() if name != DRAWN_AGAIN}, **drawn}
    session.flush()
    signed = [str(one) for one in command.signed_by]
    after = command.result.get("winners", [])
    audit.record(session, actor, "pot.corrected", pot, process_id=pot.process_id, before=before, after=after, signed_by=signed)
    for anew in corrected:
        anew(session, pot)
    carry_out_corrected(session, actor, pot)
    return pot
