"""Areas, processes, phases and categories, set up by the administrator as on the pages for it."""

import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.developers.demo.moments import Calendar
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.commands import AddCategory, AddPhase, CreateProcess, PhaseDetails, ProcessDetails
from app.features.spaces.models import Action, Area, Participation, Process, ProcessState, Publication
from app.features.spaces.use_cases import add_category, add_phase, create_process, import_areas, set_process_state
from app.kernel import clock
from app.kernel.permissions import SYSTEM, Actor

AREAS = Path(__file__).resolve().parents[1] / "city_data" / "areas.geojson"
PLACES = uuid.UUID("0b8a1a52-8a43-4c3e-b0b4-54f0f2b8c7a9")


def draw_areas(session: Session) -> dict[str, Area]:
    """Import the districts of the shipped map; those that are there already stay as they are."""
    import_areas(session, SYSTEM, AREAS.read_bytes(), ImportOptions())
    return {area.code: area for area in session.scalars(select(Area))}


def open_process(session: Session, actor: Actor, calendar: Calendar, areas: dict[str, Area], words: dict[str, Any]) -> Process:
    """Set up one process as `process.json` describes it, on the day it says, and publish it."""
    slug = words["slug"]
    with clock.pinned(calendar.midnight(words["created"]).replace(hour=9)):
        process = create_process(
            session,
            actor,
            CreateProcess(
                uuid.uuid5(PLACES, slug),
                ProcessDetails(
                    slug=slug,
                    title=words["title"],
                    summary=words["summary"],
                    description=words["description"],
                    area_id=areas[words["area"]].id,
                    publication=Publication(words["publication"]),
                    participation=Participation(words["participation"]),
                    contact=words["contact"],
                ),
            ),
        )
        for number, phase in enumerate(words["phases"]):
            _add_phase(session, actor, calendar, process, number, phase)
        for code, name in words["categories"].items():
            add_category(session, actor, AddCategory(process.id, uuid.uuid5(PLACES, f"{slug} {code}"), name, code))
        set_process_state(session, actor, process.id, ProcessState.PUBLISHED)
    return process


def _add_phase(
    session: Session, actor: Actor, calendar: Calendar, process: Process, number: int, words: dict[str, Any]
) -> None:
    details = PhaseDetails(
        title=words["title"],
        description=words["description"],
        starts_at=calendar.midnight(words["from"]),
        ends_at=calendar.midnight(words["to"]),
        actions=tuple(Action(action) for action in words["actions"]),
    )
    add_phase(session, actor, AddPhase(process.id, uuid.uuid5(PLACES, f"{process.slug} phase {number}"), details))
