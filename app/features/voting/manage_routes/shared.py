"""What the staff pages of this room look up alike."""

from uuid import UUID

from flask import request

from app.extensions import db
from app.features.budgets.queries import Pot
from app.features.budgets.queries import pot as pot_by_id
from app.features.spaces.queries import Process, visible_processes
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import viewer

COMES_AGAIN = 10
"""After so many seconds a page about work in the background is asked for again, with or without scripts."""


def stays_still() -> bool:
    """Whether the reader asked for a page that does not come again by itself."""
    return "still" in request.args


def comes_again(at_work: bool) -> dict[str, str]:
    """The header that lets a page come again by itself while something is under way, unless `?still=1`."""
    return {"Refresh": str(COMES_AGAIN)} if at_work and not stays_still() else {}


def pot_of(pot_id: UUID, permission: Permission) -> Pot:
    """A pot in which this person has a permission. Raises NotFound."""
    pot = pot_by_id(db.session(), pot_id)
    if pot is None or not viewer().may(permission, pot.process_id):
        raise NotFound
    return pot


def spaces_seen() -> dict[UUID, Process]:
    """The processes that this person sees, by id."""
    return {space.id: space for space in visible_processes(db.session(), viewer())}
