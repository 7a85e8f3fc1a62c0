"""Setting up a process: create, change, publish, archive."""

import re
import uuid

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.features.spaces import rules
from app.features.spaces.commands import ChangeProcess, CreateProcess, ProcessDetails
from app.features.spaces.models import Area, FormerAddress, Process, ProcessState
from app.features.spaces.use_cases.held import NOT_OVER, require_area_free, require_time_free
from app.features.spaces.use_cases.shared import apply, plain, process_to_change
from app.kernel import audit
from app.kernel.errors import Invalid, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import new_reference

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST = {"title": 120, "summary": 400, "description": 10_000}


def create_process(session: Session, actor: Actor, command: CreateProcess) -> Process:
    """Make a draft that administrators see. The same command again finds the draft that the first one made.

    Raises Forbidden, Invalid (fields: title, area_id, slug).
    """
    actor.require(Permission.PROCESS_MANAGE)
    if existing := session.get(Process, command.process_id):
        return existing
    details = command.details
    area = _check(session, details)
    slug = _free_slug(session, details, command.process_id)
    process = Process(
        id=command.process_id,
        slug=slug,
        title=details.title,
        summary=details.summary,
        description=details.description,
        area=area,
        publication=details.publication,
        participation=details.participation,
        contact=details.contact,
        state=ProcessState.DRAFT,
        phases=[],
        categories=[],
    )
    session.add(process)
    session.flush()
    audit.record(
        session, actor, "process.created", process, process_id=process.id, after={"slug": slug, "title": details.title}
    )
    return process


def change_process(session: Session, actor: Actor, command: ChangeProcess) -> Process:
    """Change texts, address, area and settings. An earlier address keeps leading to the process.

    Raises Forbidden, NotFound, Stale when somebody else changed it since, Invalid (fields: title, area_id, slug), Conflict for
    another area while a vote needs the one it has.
    """
    process = process_to_change(session, actor, command.process_id)
    rules.require_current(command.version, process.version)
    details = command.details
    _check(session, details)
    require_area_free(session, process, details.area_id)
    slug = _free_slug(session, details, process.id) if details.slug != process.slug else process.slug
    if slug != process.slug:
        _remember_address(session, process, slug)
    before, after = apply(
        process,
        {
            "slug": slug,
            "title": details.title,
            "summary": details.summary,
            "description": details.description,
            "area_id": details.area_id,
            "publication": details.publication,
            "participation": details.participation,
            "contact": details.contact,
        },
    )
    if after:
        session.flush()
        session.refresh(process, ["area"])
        audit.record(session, actor, "process.changed", process, process_id=process.id, before=before, after=after)
    return process


def set_process_state(session: Session, actor: Actor, process_id: uuid.UUID, state: ProcessState) -> Process:
    """Publish, archive, or take out of the archive. Asking for the state it has already changes nothing.

    Raises Forbidden, NotFound, Conflict when that is not the next state or a vote has begun and is not over, Refused when there
    is no phase yet.
    """
    process = process_to_change(session, actor, process_id)
    if process.state is state:
        return process
    rules.require_next_state(process, state)
    if state is ProcessState.ARCHIVED:
        require_time_free(session, process, NOT_OVER)
    before, after = apply(process, {"state": state})
    session.flush()
    audit.record(session, actor, f"process.{state.value}", process, process_id=process.id, before=before, after=after)
    return process


def _check(session: Session, details: ProcessDetails) -> Area:
    errors: dict[str, Message] = {}
    if not details.title:
        errors["title"] = msg("Write the title in at least one language.")
    for name, most in MOST.items():
        if any(len(text) > most for text in getattr(details, name).values()):
            errors[name] = msg("This is too long: at most %(most)s characters fit.", most=most)
    area = session.get(Area, details.area_id)
    if area is None:
        errors["area_id"] = msg("Choose an area.")
    if errors or area is None:
        raise Invalid(errors)
    return area


def _free_slug(session: Session, details: ProcessDetails, process_id: uuid.UUID) -> str:
    """The address asked for, or one made from the title. Raises Refused when the one asked for cannot be had."""
    if details.slug:
        if not SLUG.fullmatch(details.slug) or len(details.slug) > 80:
            raise Refused(msg("Use small letters a to z, digits and hyphens, such as parks-for-everybody."), field="slug")
        if _taken(session, details.slug, process_id):
            raise Refused(msg("Another process has this address. Choose a different one."), field="slug")
        return details.slug
    base = rules.slug_from(details.title, ("en",)) or new_reference("process").lower()
    candidates = (base, *(f"{base}-{number}" for number in range(2, 100)))
    return next((slug for slug in candidates if not _taken(session, slug, process_id)), new_reference(base).lower())


def _taken(session: Session, slug: str, process_id: uuid.UUID) -> bool:
    """Whether the slug belongs to another process, now or formerly."""
    now = select(Process.id).where(Process.slug == slug, Process.id != process_id)
    formerly = select(FormerAddress.slug).where(FormerAddress.slug == slug, FormerAddress.process_id != process_id)
    return bool(session.scalar(select(or_(now.exists(), formerly.exists()))))


def _remember_address(session: Session, process: Process, slug: str) -> None:
    if former := session.get(FormerAddress, slug):  # it gets its own earlier address back
        session.delete(former)
    session.add(FormerAddress(slug=plain(process.slug), process_id=process.id))
