"""A page that shows staff a person's record writes that down: an access record in a short transaction of its own (law 3)."""

import uuid
from collections.abc import Iterable

from flask import current_app, request
from flask_login import current_user

from app.extensions import db
from app.kernel import looks
from app.kernel.looks import Look, Looker
from app.kernel.permissions import GRANTS, Actor, Permission, Role
from app.web.access import viewer
from app.web.transaction import SAFE_METHODS


def looked_at(seen: Look, people: Iterable[uuid.UUID | None]) -> None:
    """Call it where a staff page has found whose record it shows. Looking at one's own record is none of it.

    A request that writes notes it in its own transaction: on SQLite a second writer beside it would wait for ever.
    """
    actor = viewer()
    others = sorted({one for one in people if one is not None and one != actor.person_id})
    if not others:
        return
    looker = Looker(role_here(actor), getattr(current_user, "department", "") or "")
    if request.method in SAFE_METHODS:
        with db.separate_transaction() as session:
            looks.remember(session, seen, others, looker)
    else:
        looks.remember(db.session(), seen, others, looker)


def role_here(actor: Actor) -> str:
    """The role by which the actor may see this page, in the process of the address if it names one."""
    view = current_app.view_functions.get(request.endpoint or "")
    permission = getattr(view, "__access__", None)
    process_id = (request.view_args or {}).get("process_id")
    if not isinstance(permission, Permission):  # a page for everybody, on which staff may see a record with its secret
        roles = {role.value for role, _process in actor.roles}
        return Role.ADMINISTRATOR.value if actor.is_administrator else roles.pop() if len(roles) == 1 else "staff"
    if actor.is_administrator and permission in GRANTS[Role.ADMINISTRATOR]:
        return Role.ADMINISTRATOR.value
    held = sorted(
        role.value
        for role, process in actor.roles
        if permission in GRANTS[role] and (not isinstance(process_id, uuid.UUID) or process == process_id)
    )
    return held[0] if held else "staff"
