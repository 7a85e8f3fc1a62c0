"""What the staff pages of this room share."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.queries import Pot
from app.features.budgets.queries import pot as pot_by_id
from app.features.spaces.queries import Process, areas_of, visible_processes
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import viewer
from app.web.filters import local_text
from app.web.transaction import attempt

MANAGE, INSPECT = Permission.BUDGET_MANAGE, Permission.BUDGET_INSPECT


def my_processes() -> dict[UUID, Process]:
    """The processes whose budgets this person sets up."""
    allowed = viewer().processes_where(Permission.BUDGET_MANAGE)
    found = visible_processes(db.session(), viewer())
    return {one.id: one for one in found if (allowed is None or one.id in allowed) and not one.imported}


def seen_processes() -> dict[UUID, Process]:
    """The processes whose budgets this person sets up, or looks at as an auditor."""
    may = viewer().may
    found = visible_processes(db.session(), viewer())
    return {one.id: one for one in found if not one.imported and (may(MANAGE, one.id) or may(INSPECT, one.id))}


def seen_pot(pot_id: UUID) -> Pot:
    """A pot of one of them. Raises NotFound."""
    found, may = pot_by_id(db.session(), pot_id), viewer().may
    if found is None or not (may(MANAGE, found.process_id) or may(INSPECT, found.process_id)):
        raise NotFound
    return found


def my_process(process_id: UUID) -> Process:
    """One of them. Raises NotFound."""
    process = my_processes().get(process_id)
    if process is None:
        raise NotFound
    return process


def my_pot(pot_id: UUID) -> Pot:
    """A pot of one of them. Raises NotFound."""
    found = pot_by_id(db.session(), pot_id)
    if found is None or not viewer().may(Permission.BUDGET_MANAGE, found.process_id):
        raise NotFound
    return found


def area_choices(process: Process) -> list[tuple[str, str]]:
    """The areas of a process for a list to choose from."""
    nothing = [("", _("The whole area of the process"))]
    return nothing + [(str(area.id), local_text(area.name)) for area in areas_of(db.session(), process)]


def take(pot_id: UUID, step: Callable[[], object], done: str) -> ResponseReturnValue:
    """A step that is one button, and the page of the pot again."""
    attempt(step, done)
    return redirect(url_for(".show", pot_id=pot_id))
