"""Work on a box that takes minutes: what is under way stands in the box, so that every page can say how far it is.

`Box.closing` holds it: closing and opening as `step`, with `done` of `total`; counting by pot in `counting`. Whoever does the
work says from time to time how far it is (`note_done`), in a transaction of its own; work that was killed is begun again by
the outbox and changes nothing twice.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import actor_of
from app.features.voting.models import Box, Closing
from app.kernel import clock
from app.kernel.messages import Message
from app.kernel.permissions import SYSTEM, Actor, Permission

AT_ONCE = 20_000
"""Boxes and pots with more envelopes than this are opened and counted in the background."""


def begun(actor: Actor, total: int) -> dict[str, Any]:
    """What is kept of work that has just been asked for."""
    by = str(actor.person_id) if actor.person_id else None
    return {"done": 0, "total": total, "by": by, "since": clock.now().isoformat()}


def stopped_by(message: Message) -> dict[str, Any]:
    """What is kept of the reason why work has stopped."""
    return {"why": message.template, "params": {name: str(one) for name, one in message.params.items()}}


def why_stopped(work: dict[str, Any]) -> Message | None:
    """The reason why work has stopped, if it has."""
    return Message(work["why"], work["params"]) if "why" in work else None


def asked_by(session: Session, work: dict[str, Any], process_id: uuid.UUID) -> Actor:
    """Whoever asked for the work, with the rights they have now. Where they have left the committee meanwhile, the platform
    ends what was rightly begun: nothing is done in the name of somebody who is not in office."""
    who = actor_of(session, uuid.UUID(work["by"])) if work.get("by") else None
    return who if who is not None and who.may(Permission.BUDGET_CERTIFY, process_id) else SYSTEM


def moved_at(work: dict[str, Any]) -> datetime:
    """When the work was last heard of."""
    return datetime.fromisoformat(work["at"] if "at" in work else work["since"])


def note_done(session: Session, process_id: uuid.UUID, done: int, *, pot_id: uuid.UUID | None = None) -> None:
    """Say how far opening the box, or counting this pot, is. Nothing is said of work that is not under way."""
    box = session.scalars(select(Box).where(Box.process_id == process_id).with_for_update()).one()
    now = {"done": done, "at": clock.now().isoformat()}
    if pot_id is None:
        if box.closing.get("step") == Closing.OPENING:
            box.closing = {**box.closing, **now}
    elif (work := box.closing.get("counting", {}).get(str(pot_id))) is not None:
        box.closing = {**box.closing, "counting": {**box.closing["counting"], str(pot_id): {**work, **now}}}
    session.flush()
