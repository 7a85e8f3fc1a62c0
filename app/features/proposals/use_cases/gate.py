"""What the phase must allow before anything is done to proposals."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from app.features.spaces import queries as spaces
from app.features.spaces.queries import Action, Participation, Process
from app.kernel import clock
from app.kernel.errors import NotFound, PhaseClosed, SignInRequired
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def process_of(session: Session, process_id: uuid.UUID) -> Process:
    """The process with its phases and categories. Raises NotFound."""
    process = spaces.process(session, process_id)
    if process is None:
        raise NotFound
    return process


def require_open(process: Process, action: Action, at: datetime) -> None:
    """Raise PhaseClosed, with the reason that pages show before the click, unless `action` is open at that moment."""
    if not spaces.action_open(process, action, at):
        raise PhaseClosed(spaces.why_closed(process, action, at))


def require_may_propose(actor: Actor, process: Process) -> None:
    """Raise PhaseClosed, or SignInRequired where the process asks for an account."""
    require_open(process, Action.PROPOSE, clock.now())
    if process.participation is Participation.ACCOUNT and not actor.is_signed_in:
        raise SignInRequired(msg("Sign in to make a proposal in this process."))
