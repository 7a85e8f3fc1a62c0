"""The categories of a process: add, rename, order, archive, restore. None is ever deleted: proposals may carry it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.spaces import rules
from app.features.spaces.commands import AddCategory, RenameCategory
from app.features.spaces.models import Category, Process
from app.features.spaces.use_cases.shared import apply, moved, process_to_change
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.references import new_reference
from app.kernel.texts import Texts


def add_category(session: Session, actor: Actor, command: AddCategory) -> Category:
    """Add a category at the end. The same command again finds what the first one made.

    Raises Forbidden, NotFound, Refused (field: name).
    """
    process = process_to_change(session, actor, command.process_id)
    existing = session.get(Category, command.category_id)
    if existing is not None:
        if existing.process_id != process.id:
            raise NotFound
        return existing
    _check_name(process, command.name)
    category = Category(
        id=command.category_id,
        code=_free_code(process, command),
        name=command.name,
        position=max((each.position for each in process.categories), default=-1) + 1,
    )
    process.categories.append(category)
    session.flush()
    audit.record(session, actor, "category.added", category, process_id=process.id, after={"name": command.name})
    return category


def rename_category(session: Session, actor: Actor, command: RenameCategory) -> Category:
    """Change a category's names; proposals that carry it show the new ones.

    Raises Forbidden, NotFound, Stale when somebody else changed it since, Refused (field: name).
    """
    process = process_to_change(session, actor, command.process_id)
    category = _category(session, process, command.category_id)
    rules.require_current(command.version, category.version)
    _check_name(process, command.name, but=category)
    before, after = apply(category, {"name": command.name})
    if after:
        session.flush()
        audit.record(session, actor, "category.renamed", category, process_id=process.id, before=before, after=after)
    return category


def move_category(session: Session, actor: Actor, process_id: uuid.UUID, category_id: uuid.UUID, by: int) -> None:
    """Show a category one place earlier (-1) or later (1) among those in use. Raises Forbidden, NotFound."""
    process = process_to_change(session, actor, process_id)
    category = _category(session, process, category_id)
    rows = [each for each in process.categories if not each.archived]
    archived = [each for each in process.categories if each.archived]
    if category in rows and moved(rows, rows.index(category), by):
        for position, each in enumerate(archived, start=len(rows)):
            each.position = position
        session.flush()
        session.expire(process, ["categories"])
        audit.record(session, actor, "category.moved", category, process_id=process.id, by=by)


def archive_category(session: Session, actor: Actor, process_id: uuid.UUID, category_id: uuid.UUID) -> Category:
    """Offer a category no longer; what carries it keeps it. Raises Forbidden, NotFound."""
    return _set_archived(session, actor, process_id, category_id, archived=True)


def restore_category(session: Session, actor: Actor, process_id: uuid.UUID, category_id: uuid.UUID) -> Category:
    """Offer an archived category again. Raises Forbidden, NotFound."""
    return _set_archived(session, actor, process_id, category_id, archived=False)


def _set_archived(session: Session, actor: Actor, process_id: uuid.UUID, category_id: uuid.UUID, *, archived: bool) -> Category:
    process = process_to_change(session, actor, process_id)
    category = _category(session, process, category_id)
    before, after = apply(category, {"archived": archived})
    if after:
        session.flush()
        action = "category.archived" if archived else "category.restored"
        audit.record(session, actor, action, category, process_id=process.id, before=before, after=after)
    return category


def _category(session: Session, process: Process, category_id: uuid.UUID) -> Category:
    query = select(Category).where(Category.id == category_id, Category.process_id == process.id)
    category = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if category is None:
        raise NotFound
    return category


def _check_name(process: Process, name: Texts, but: Category | None = None) -> None:
    """One name at least, and no other category of the process with the same name in the same language."""
    if not name:
        raise Refused(msg("Write the name in at least one language."), field="name")
    for other in process.categories:
        same = [text for language, text in name.items() if other.name.get(language, "").casefold() == text.casefold()]
        if other is not but and same:
            raise Refused(msg("There is a category called “%(name)s” already.", name=same[0]), field="name")


def _free_code(process: Process, command: AddCategory) -> str:
    taken = {each.code for each in process.categories}
    base = command.code or rules.slug_from(command.name, ("en",)) or new_reference("category").lower()
    candidates = (base, *(f"{base}-{number}" for number in range(2, 100)))
    return next((code for code in candidates if code not in taken), new_reference(base).lower())
