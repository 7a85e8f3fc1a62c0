"""What an open phase still needs from another room before people can act: a vote needs a pot.

Rooms above register their answer.
"""

import uuid
from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

from app.features.spaces.models import Action, Process

Asked = Callable[[Session], Collection[uuid.UUID]]
_asked: dict[Action, Asked] = {}


def register(action: Action, asked: Asked) -> None:
    """`asked` says, in one statement, in which processes everything for `action` is there."""
    _asked[action] = asked


def not_ready(session: Session) -> Callable[[Process, Action], bool]:
    """Whether something for an action is still missing in a process; asks the database once for each registered action."""
    known = {action: frozenset(asked(session)) for action, asked in _asked.items()}
    return lambda process, action: action in known and process.id not in known[action]
