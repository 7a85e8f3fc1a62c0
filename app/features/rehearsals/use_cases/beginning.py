"""A rehearsal is begun: the process is copied with new ids, so that keys, roll, box and every envelope are another vote's."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.use_cases import copy_roles
from app.features.budgets.queries import Pot, PotState, Project, ProjectCategory, pots_of
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import FreezePot, freeze_pot
from app.features.rehearsals.commands import MOST_VOTERS, BeginRehearsal
from app.features.rehearsals.models import Rehearsal
from app.features.rehearsals.queries import running_rehearsal
from app.features.rehearsals.rules import marked, test_number
from app.features.spaces.queries import Action, Category, Phase, Process, ProcessState, process
from app.features.voting.use_cases import Keyring, RollRow, copy_setup, hashed, import_roll, kept_key
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import new_reference

LASTS = timedelta(days=30)
ALREADY = msg("There is a rehearsal of this process already. Throw it away before you begin another.")
DRAWN = {"drawn_order", "drawn_again", "draws", "draw_notes"}
NOT_THE_BALLOT = DRAWN | {"digest", "channels", "has_official", "imported", "voters", "withdrawn"}
"""Options that say what became of a real pot, or are announced anew when the copy is fixed."""


def begin_rehearsal(session: Session, actor: Actor, command: BeginRehearsal, keyring: Keyring) -> Process:
    """Copy the process with its pots, projects and rules, fix the copied ballots, and give it test voters.

    The copy is a draft for ever and in no list. Raises NotFound for processes that are not the actor's, Invalid for a number
    of voters that is none, Refused while a pot could not be fixed, Conflict while there is another rehearsal.
    """
    real = process(session, command.process_id)
    if real is None or not actor.may(Permission.BUDGET_MANAGE, real.id) or real.imported or real.rehearsal_of is not None:
        raise NotFound
    if not 1 <= command.voters <= MOST_VOTERS:
        raise Invalid({"voters": msg("Choose between 1 and %(most)s test voters.", most=MOST_VOTERS)})
    pots = pots_of(session, real.id)
    if not pots:
        raise Refused(msg("There is no pot to try out yet. Set one up first."))
    if running_rehearsal(session, real.id) is not None:
        raise Conflict(ALREADY)
    copy = _copied_process(session, real, command)
    copy_roles(session, real.id, copy.id)
    there = replace(actor, roles=actor.roles | {(role, copy.id) for role, where in actor.roles if where == real.id})
    copy_setup(session, there, real.id, copy.id)
    for pot in pots:
        _copied_pot(session, there, pot, copy, command)
    _test_voters(session, there, copy, command.voters, [pot.area_id or real.area_id for pot in pots], keyring)
    now = clock.now()
    title = command.mark or {"en": "Rehearsal"}
    vote = Phase(
        process_id=copy.id, title=title, actions=[Action.VOTE], starts_at=now - timedelta(minutes=1), ends_at=now + LASTS
    )
    session.add(vote)
    rehearsal = Rehearsal(process_id=real.id, copy_id=copy.id, started_by_id=actor.person_id, voters=command.voters)
    session.add(rehearsal)
    session.flush()
    session.expire(copy, ["phases", "categories"])
    audit.record(session, actor, "rehearsal.begun", rehearsal, process_id=real.id, voters=command.voters)
    return copy


def _copied_process(session: Session, real: Process, command: BeginRehearsal) -> Process:
    values = _values(real) | {
        "slug": f"rehearsal-{uuid.uuid4().hex}",
        "title": marked(real.title, command.mark),
        "state": ProcessState.DRAFT,
        "rehearsal_of": real.id,
        "version": 1,
        "interrupted_at": None,
    }
    copy = Process(**values)
    try:
        with session.begin_nested():
            session.add(copy)
            session.flush()
    except IntegrityError:
        raise Conflict(ALREADY) from None
    session.add_all(Category(**(_values(one) | {"process_id": copy.id})) for one in real.categories)
    session.flush()
    session.refresh(copy, ["categories"])
    return copy


def _copied_pot(session: Session, actor: Actor, pot: Pot, copy: Process, command: BeginRehearsal) -> None:
    loaded = pot_by_id(session, pot.id)
    if loaded is None:
        raise NotFound
    codes = {one.code: one.id for one in copy.categories}
    real = process(session, pot.process_id)
    categories = {one.id: codes[one.code] for one in real.categories} if real else {}
    values = _values(loaded) | {
        "process_id": copy.id,
        "title": marked(loaded.title, command.mark),
        "state": PotState.DRAFT,
        "options": {key: value for key, value in loaded.options.items() if key not in NOT_THE_BALLOT},
        "result": None,
        "counted_at": None,
        "certified_at": None,
        "annulled_at": None,
    }
    made = Pot(**values)
    session.add(made)
    session.flush()
    for project in loaded.projects:
        twin = Project(**(_values(project) | {"pot_id": made.id, "reference": new_reference("B", 8)}))
        session.add(twin)
        session.flush()
        links = [categories[link.category_id] for link in project.categories if link.category_id in categories]
        session.add_all(ProjectCategory(project_id=twin.id, category_id=one) for one in links)
    session.flush()
    session.expire(made, ["projects"])
    freeze_pot(session, actor, FreezePot(made.id))


def _test_voters(
    session: Session, actor: Actor, copy: Process, number: int, areas: Sequence[uuid.UUID | None], keyring: Keyring
) -> None:
    """Entries of the copy's own roll, hashed under the copy's own key: they match nothing on any other roll.

    They live in the areas of the pots by turns, so that every pot has voters wherever people may vote.
    """
    rows = [RollRow(test_number(place), area=areas[place % len(areas)]) for place in range(1, number + 1)]
    import_roll(session, actor, copy.id, hashed(rows, copy.id, kept_key(session, keyring, copy.id, "voters")))


def _values(row: Any) -> dict[str, Any]:
    """What stands in the columns of a row, for a twin of it; ids and moments are the twin's own."""
    columns = inspect(type(row)).column_attrs
    return {column.key: getattr(row, column.key) for column in columns if column.key not in ("id", "created_at")}
