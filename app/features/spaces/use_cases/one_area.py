"""One area: added by another room, renamed, removed while nothing stands on it."""

import json
import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.spaces import rules
from app.features.spaces.commands import AddArea, RenameArea
from app.features.spaces.models import Area
from app.features.spaces.outlines import outline_of
from app.features.spaces.use_cases.shared import apply
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.geometry import repaired
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def add_area(session: Session, actor: Actor, command: AddArea) -> Area:
    """Add one area that another room made, such as the hull of an imported election; one with that code is returned as it is.

    Raises Forbidden, NotFound when the parent does not exist, ValueError when the GeoJSON is no polygon.
    """
    actor.require(Permission.PROCESS_MANAGE)
    if existing := session.scalars(select(Area).where(Area.code == command.code)).one_or_none():
        return existing
    parent = session.get(Area, command.parent_id) if command.parent_id else None
    if command.parent_id and parent is None:
        raise NotFound
    area = Area(
        code=command.code,
        name=command.name,
        parent_id=command.parent_id,
        level=parent.level + 1 if parent else 0,
        **outline_of(repaired(json.loads(command.geojson))).columns(),
    )
    session.add(area)
    session.flush()
    audit.record(session, actor, "area.added", area, after={"code": area.code, "name": area.name})
    return area


def rename_area(session: Session, actor: Actor, command: RenameArea) -> Area:
    """Change an area's names.

    Raises Forbidden, NotFound, Stale when somebody else changed it since, Refused (field: name).
    """
    actor.require(Permission.PROCESS_MANAGE)
    area = _locked(session, command.area_id)
    rules.require_current(command.version, area.version)
    if not command.name:
        raise Refused(msg("Write the name in at least one language."), field="name")
    before, after = apply(area, {"name": command.name})
    if after:
        session.flush()
        audit.record(session, actor, "area.changed", area, before=before, after=after)
    return area


def remove_area(session: Session, actor: Actor, area_id: uuid.UUID) -> None:
    """Remove an area on which nothing stands; importing its file again brings it back.

    Raises Forbidden, NotFound, Conflict when a process, a proposal, a pot or another area needs it.
    """
    actor.require(Permission.PROCESS_MANAGE)
    area = _locked(session, area_id)
    before = {"code": area.code, "name": area.name}
    try:
        with session.begin_nested():
            session.delete(area)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("This area cannot be removed: other areas, processes, proposals or budgets belong to it.")) from None
    audit.record(session, actor, "area.removed", area, before=before)


def _locked(session: Session, area_id: uuid.UUID) -> Area:
    area = session.get(Area, area_id, with_for_update=True, populate_existing=True)
    if area is None:
        raise NotFound
    return area
