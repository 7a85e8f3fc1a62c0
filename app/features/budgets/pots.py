"""A pot is set up: its money and words, what is announced for it, which projects exclude each other, its place in the list."""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.budgets import rules, setting
from app.features.budgets.commands import MovePot, RemoveGroup, WriteGroup, WritePot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.queries import pots_of
from app.features.spaces.queries import Action, areas_of, process
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def locked_pot(session: Session, actor: Actor, pot_id: Any, permission: Permission = Permission.BUDGET_MANAGE) -> Pot:
    """The pot with its projects as they stand once nobody else is at it: what was read before the lock may be old."""
    session.execute(select(Pot.id).where(Pot.id == pot_id).with_for_update())
    found = pot_by_id(session, pot_id, fresh=True)
    if found is None or not actor.may(permission, found.process_id):
        raise NotFound
    return found


def write_pot(session: Session, actor: Actor, command: WritePot) -> Pot:
    """Set up a pot or change it while it is a draft.

    Raises NotFound for other processes, Conflict once it is fixed, Invalid where what it says does not go together.
    """
    space = process(session, command.process_id)
    if not actor.may(Permission.BUDGET_MANAGE, command.process_id) or space is None:
        raise NotFound
    setting.require_fitting(command)
    if command.area_id is not None and all(area.id != command.area_id for area in areas_of(session, space)):
        raise Invalid({"area": msg("Choose one of the areas of this process.")})
    if command.pot_id is None:
        last = session.scalar(select(func.max(Pot.position)).where(Pot.process_id == space.id))
        pot = Pot(process_id=space.id, state=PotState.DRAFT, options={}, position=0 if last is None else last + 1)
        session.add(pot)
    else:
        pot = locked_pot(session, actor, command.pot_id)
        if pot.process_id != command.process_id:
            raise NotFound
        rules.require_draft(pot)
        if any(project.cost > command.amount for project in pot.projects):
            raise Invalid({"amount": msg("A project on the ballot costs more than this. Take it off first.")})
    pot.title = command.title
    pot.description = command.description
    pot.amount = command.amount
    pot.currency = command.currency
    pot.area_id = command.area_id
    setting.write_announcement(pot, command)
    session.flush()
    audit.record(
        session,
        actor,
        "pot.written",
        pot,
        process_id=pot.process_id,
        amount=pot.amount,
        vote_type=pot.vote_type,
        rule=pot.rule,
        tie_rules=list(command.tie_rules),
    )
    return pot


def write_group(session: Session, actor: Actor, command: WriteGroup) -> Pot:
    """Say which projects exclude each other: of each group at most one can win. Raises Invalid for fewer than two."""
    pot = locked_pot(session, actor, command.pot_id)
    rules.require_draft(pot)
    groups, names = _groups(pot)
    if command.place is not None and not 0 <= command.place < len(groups):
        raise NotFound
    known = [project.number for project in pot.projects]
    numbers = [number for number in known if number in command.numbers]
    if len(numbers) != len(set(command.numbers)) or len(numbers) < 2:
        raise Invalid({"numbers": msg("Choose at least two projects of this pot.")})
    if pot.rule != "greedy-exclusive":
        raise Invalid({"numbers": msg("Only “most votes first, without projects that exclude each other” looks at groups.")})
    if command.place is None:
        groups, names = [*groups, numbers], [*names, command.name]
    else:
        groups[command.place], names[command.place] = numbers, command.name
    _keep_groups(pot, groups, names)
    session.flush()
    audit.record(session, actor, "pot.grouped", pot, process_id=pot.process_id, projects=numbers)
    return pot


def remove_group(session: Session, actor: Actor, command: RemoveGroup) -> Pot:
    """Let the projects of a group win side by side again."""
    pot = locked_pot(session, actor, command.pot_id)
    rules.require_draft(pot)
    groups, names = _groups(pot)
    if not 0 <= command.place < len(groups):
        raise NotFound
    numbers = groups.pop(command.place)
    names.pop(command.place)
    _keep_groups(pot, groups, names)
    session.flush()
    audit.record(session, actor, "pot.ungrouped", pot, process_id=pot.process_id, projects=numbers)
    return pot


def without_project(pot: Pot, number: str) -> None:
    """Take a project out of its groups; a group of one excludes nothing and goes too."""
    groups, names = _groups(pot)
    left = [([one for one in group if one != number], name) for group, name in zip(groups, names, strict=True)]
    left = [(group, name) for group, name in left if len(group) > 1]
    _keep_groups(pot, [group for group, _name in left], [name for _group, name in left])


def _groups(pot: Pot) -> tuple[list[list[str]], list[dict[str, str]]]:
    return list(pot.options.get("conflicts") or []), list(pot.options.get("conflict_names") or [])


def _keep_groups(pot: Pot, groups: list[list[str]], names: list[dict[str, str]]) -> None:
    kept = {key: value for key, value in pot.options.items() if key not in ("conflicts", "conflict_names")}
    pot.options = {**kept, "conflicts": groups, "conflict_names": names} if groups else kept


keeps_fixed: list[Callable[[Session, Pot], bool]] = []
"""What other rooms know that keeps a ballot fixed: `voting` adds that somebody has voted, whatever the phases say now."""


def vote_begun(session: Session, process_id: uuid.UUID) -> bool:
    """Whether a phase in which people vote has begun, or the process is gone."""
    space, now = process(session, process_id), clock.now()
    return space is None or any(Action.VOTE in phase.actions and phase.starts_at <= now for phase in space.phases)


def move_pot(session: Session, actor: Actor, command: MovePot) -> Pot:
    """Change places with the pot above or below; at the end of the list nothing happens.

    Raises Conflict once people vote on fixed ballots: the board of the box, whose digest is signed, names the pots in order.
    """
    pot = locked_pot(session, actor, command.pot_id)
    pots = pots_of(session, pot.process_id)
    if any(one.state is not PotState.DRAFT for one in pots) and (
        vote_begun(session, pot.process_id) or any(keeps(session, one) for one in pots for keeps in keeps_fixed)
    ):
        raise Conflict(msg("The vote has begun, so the order of the pots stays as it is."))
    order = list(pots_of(session, pot.process_id))
    here = next(place for place, one in enumerate(order) if one.id == pot.id)
    there = here - 1 if command.up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        for place, one in enumerate(order):
            one.position = place
        session.flush()
        audit.record(session, actor, "pot.moved", pot, process_id=pot.process_id, before=here + 1, after=there + 1)
    return pot
