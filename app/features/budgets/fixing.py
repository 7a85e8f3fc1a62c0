"""A ballot is fixed before people vote, and goes back to a draft while nobody can have voted."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets import rules
from app.features.budgets.commands import FreezePot, UnfreezePot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.pots import keeps_fixed, locked_pot, vote_begun
from app.features.budgets.queries import hold_pots
from app.features.spaces.queries import Action, Process, process
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor

__all__ = [
    "announced_with_a_pot",
    "freeze_pot",
    "keeps_fixed",
    "no_more_pots",
    "unfreeze_pot",
    "why_none_is_fixed",
    "why_not_fixed",
]

announced_with_a_pot: list[Callable[[Session, Pot], dict[str, Any]]] = []
"""What other rooms announce with a ballot: it stands in its options from then on, and so in its digest."""
no_more_pots: list[Callable[[Session, Collection[UUID]], Mapping[UUID, Message]]] = []
"""What other rooms know that keeps another ballot from being fixed, for several processes: `voting` adds a box that is closed
or holds envelopes.
"""
_OVER = msg("The time of the vote is over, so no other ballot can be fixed. Set it up in a process of its own.")


def why_not_fixed(session: Session, pot: Pot) -> Message | None:
    """Why the ballot of a draft cannot be fixed any more, whatever is on it; None where it can."""
    space = process(session, pot.process_id)
    return why_none_is_fixed(session, {pot.process_id: space}).get(pot.process_id)


def why_none_is_fixed(session: Session, spaces: Mapping[UUID, Process | None]) -> dict[UUID, Message]:
    """The same of several processes at once; those where a ballot can be fixed are left out."""
    found: dict[UUID, Message] = {}
    for ask in no_more_pots:
        found = {**ask(session, spaces.keys()), **found}
    now = clock.now()
    for process_id, space in spaces.items():
        votes = [phase for phase in space.phases if Action.VOTE in phase.actions] if space else []
        if votes and all(phase.ends_at <= now for phase in votes):
            found[process_id] = _OVER
    return found


def freeze_pot(session: Session, actor: Actor, command: FreezePot) -> Pot:
    """Fix the ballot and publish its digest. Raises Refused, naming the first problem, when it is not ready.

    Raises Conflict once the vote is over, and when another room says so: what a box holds, and who may still vote where, must
    not change under those who have voted. Whoever is casting at this moment finishes first.
    """
    process_id = session.scalar(select(Pot.process_id).where(Pot.id == command.pot_id))
    if process_id is not None:
        session.execute(select(Process.id).where(Process.id == process_id).with_for_update(read=True))
        hold_pots(session, process_id)  # after the process, as everywhere
    pot = locked_pot(session, actor, command.pot_id)
    rules.require_draft(pot)
    if (why := why_not_fixed(session, pot)) is not None:
        raise Conflict(why)
    if problems := rules.problems_before_freezing(pot):
        raise Refused(problems[0])
    pot.state = PotState.READY
    for announced in announced_with_a_pot:
        pot.options = {**pot.options, **announced(session, pot)}
    pot.options = {**pot.options, "digest": rules.ballot_digest(pot)}
    session.flush()
    audit.record(session, actor, "pot.frozen", pot, process_id=pot.process_id, digest=pot.options["digest"])
    return pot


def unfreeze_pot(session: Session, actor: Actor, command: UnfreezePot) -> Pot:
    """Go back to a draft while nobody can have voted. Raises Conflict once the vote has begun."""
    pot = locked_pot(session, actor, command.pot_id)
    begun = vote_begun(session, pot.process_id)
    if pot.state is not PotState.READY or begun or any(keeps(session, pot) for keeps in keeps_fixed):
        raise Conflict(msg("The vote has begun, so the ballot stays as it is."))
    pot.state = PotState.DRAFT
    pot.options = {key: value for key, value in pot.options.items() if key != "digest"}
    session.flush()
    audit.record(session, actor, "pot.unfrozen", pot, process_id=pot.process_id)
    return pot
