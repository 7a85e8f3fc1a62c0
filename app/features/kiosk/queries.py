"""What a visitor can do at the screen now."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.features.spaces.queries import Action, Process, action_open, visible_processes
from app.kernel.permissions import Actor


def open_processes(session: Session, actor: Actor, now: datetime) -> list[tuple[Process, set[Action]]]:
    """Processes with something to do now, and what."""
    found = []
    for process in visible_processes(session, actor):
        actions = {action for action in Action if action_open(process, action, now)}
        if actions and not process.imported:
            found.append((process, actions))
    return found
