"""What importing a file of areas would do."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.spaces.area_files.plan import Plan, plan_import
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.models import (
    Area,
    AreaUpload,
)
from app.kernel.texts import Texts


@dataclass(frozen=True)
class KnownArea:
    """An area of the city as the plan of an import sees it; `parent_code` is empty at the top."""

    code: str
    name: Texts
    geojson: str
    parent_code: str


def plan_areas(session: Session, content: bytes, options: ImportOptions) -> Plan:
    """What importing the file would do now. Raises FileRefused with every problem of the file, Refused for the options."""
    areas = session.scalars(select(Area)).all()
    codes = {each.id: each.code for each in areas}
    known = [KnownArea(a.code, a.name, a.geojson, codes[a.parent_id] if a.parent_id else "") for a in areas]
    return plan_import(content, options, known)


def upload(session: Session, upload_id: uuid.UUID) -> AreaUpload | None:
    """A checked file that waits for confirmation."""
    return session.get(AreaUpload, upload_id)


def plan_of_upload(session: Session, upload: AreaUpload) -> Plan:
    """What importing the kept file would do now, checked again."""
    return plan_areas(session, upload.content, ImportOptions(**upload.options))
