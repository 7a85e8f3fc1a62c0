"""Whose form a page is: known only to the room that took it, once the form has become something of somebody's."""

import uuid
from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

Behind = Callable[[Session, str], Iterable[uuid.UUID]]
"""Is given the name of a record that has taken pages, as in `take_pages`, and says whose it has become."""
_knowing: list[Behind] = []


def people_known_by(behind: Behind) -> Behind:
    """Register who can tell whose a record is."""
    if behind not in _knowing:
        _knowing.append(behind)
    return behind


def people_behind(session: Session, record: str | None) -> set[uuid.UUID]:
    """Whose form it is whose page this record has taken; nobody's while it has become nothing."""
    return {person for behind in _knowing for person in behind(session, record)} if record else set()
