"""Looks of staff at one person's record, declared by the room whose page shows it.

A look is a usage of somebody's data. Rooms stand below the one that remembers usages, so they only say here what the page
shows and what for; whoever remembers usages registers how (`remembered_by`).
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.kernel.messages import Message

PUBLIC_TASK = "public_task"


@dataclass(frozen=True)
class Look:
    """One kind of look: what the person reads about it. `sentence` may use `%(role)s` and `%(department)s`.

    `purpose` says what for, `basis` on which legal basis, in the words of `Usage.basis`. Declaring it registers it.
    """

    kind: str
    sentence: Message
    purpose: Message
    basis: str = PUBLIC_TASK

    def __post_init__(self) -> None:
        """Register it. Raises ValueError for a kind that is taken: one sentence would be told for two things."""
        if self.kind in _looks:
            raise ValueError(f"there is already a look called {self.kind!r}")
        _looks[self.kind] = self


@dataclass(frozen=True)
class Looker:
    """Who looked, as the person is told: a role and a department, never a name."""

    role: str
    department: str = ""


Remember = Callable[[Session, Look, Iterable[uuid.UUID], Looker], None]
_looks: dict[str, Look] = {}
_remember: list[Remember] = []


def look(kind: str) -> Look | None:
    """The look of that kind, if a room declares one."""
    return _looks.get(kind)


def looks() -> list[Look]:
    """All declared looks by kind."""
    return [_looks[kind] for kind in sorted(_looks)]


def remembered_by(remember: Remember) -> None:
    """Say who writes looks down."""
    _remember[:] = [remember]


def remember(session: Session, seen: Look, people: Iterable[uuid.UUID], looker: Looker) -> None:
    """Write down that the records of these people were looked at."""
    for write in _remember:
        write(session, seen, people, looker)
