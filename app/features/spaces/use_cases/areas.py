"""The areas of the city: imported from a file, all or none; checked first and confirmed on a page, or by command."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.features.spaces.area_files.plan import Change, Plan, Planned
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.commands import UploadAreas
from app.features.spaces.models import Area, AreaUpload
from app.features.spaces.queries import plan_areas, plan_of_upload
from app.features.spaces.use_cases.held import require_parents_free
from app.features.spaces.use_cases.shared import apply
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

KEPT = timedelta(days=1)


def import_areas(session: Session, actor: Actor, content: bytes, options: ImportOptions) -> Plan:
    """Import the file: everything or nothing. Importing it again changes nothing; the plan says what was done.

    Raises Forbidden, FileRefused with every problem of the file, Refused when the parent does not exist, Conflict when an area
    of a vote would come to lie elsewhere.
    """
    actor.require(Permission.PROCESS_MANAGE)
    plan = plan_areas(session, content, options)
    require_parents_free(session, plan.areas)
    areas = {area.code: area for area in session.scalars(select(Area))}
    for planned in plan.areas:
        _carry_out(session, actor, planned, areas)
    session.flush()
    _set_levels(areas.values())
    session.flush()
    return plan


def upload_areas(session: Session, actor: Actor, command: UploadAreas) -> AreaUpload:
    """Check a file and keep it until somebody confirms the import; nothing is imported yet.

    Raises Forbidden, FileRefused with every problem of the file, Refused when the parent does not exist, Conflict when an area
    of a vote would come to lie elsewhere.
    """
    actor.require(Permission.PROCESS_MANAGE)
    require_parents_free(session, plan_areas(session, command.content, command.options).areas)
    session.execute(delete(AreaUpload).where(AreaUpload.created_at < clock.now() - KEPT))
    upload = AreaUpload(
        person_id=actor.person_id,
        file_name=command.file_name[:255],
        content=command.content,
        options=asdict(command.options),
    )
    session.add(upload)
    session.flush()
    return upload


def confirm_upload(session: Session, actor: Actor, upload_id: uuid.UUID, seen: str) -> Plan:
    """Import the file as it was shown. `seen` is the digest of the plan that the person looked at.

    Raises Forbidden, NotFound when it was imported or discarded already, Conflict when areas have changed since, so that
    the import would do something else than what was shown.
    """
    actor.require(Permission.PROCESS_MANAGE)
    upload = session.get(AreaUpload, upload_id, with_for_update=True)
    if upload is None:
        raise NotFound
    plan = plan_of_upload(session, upload)
    if plan.digest != seen:
        raise Conflict(msg("The areas have changed since you checked this file. Look at the new preview, then import."))
    import_areas(session, actor, upload.content, ImportOptions(**upload.options))
    session.delete(upload)
    session.flush()
    return plan


def discard_upload(session: Session, actor: Actor, upload_id: uuid.UUID) -> None:
    """Throw the checked file away; one that is gone already is fine. Raises Forbidden."""
    actor.require(Permission.PROCESS_MANAGE)
    session.execute(delete(AreaUpload).where(AreaUpload.id == upload_id))


def _carry_out(session: Session, actor: Actor, planned: Planned, areas: dict[str, Area]) -> None:
    """Add or change one area; `areas` by code, parents first, gets what is new."""
    if planned.change is Change.SAME:
        return
    parent = areas.get(planned.parent_code)
    values = {
        "name": planned.name,
        "parent_id": parent.id if parent else None,
        "level": planned.level,
        **planned.outline.columns(),
    }
    if planned.change is Change.ADDED:
        area = areas[planned.code] = Area(id=uuid.uuid4(), code=planned.code, **values)
        session.add(area)
        session.flush()  # its parent is there already, its children come next
        audit.record(session, actor, "area.added", area, after={"code": area.code, "name": area.name})
        return
    area = areas[planned.code]
    before, after = apply(area, values)
    noted = ("name", "parent_id", "size")
    audit.record(
        session,
        actor,
        "area.changed",
        area,
        changes=list(planned.changes),
        before={key: before[key] for key in noted if key in before},
        after={key: after[key] for key in noted if key in after},
    )


def _set_levels(areas: Iterable[Area]) -> None:
    """Count the levels anew: areas that were not in the file may have moved with their parents."""
    areas = list(areas)
    by_id = {area.id: area for area in areas}

    def level(area: Area) -> int:
        return level(by_id[area.parent_id]) + 1 if area.parent_id else 0

    for area in areas:
        if area.level != (found := level(area)):
            area.level = found
            area.version += 1
