"""The list of voters is noted when the vote has begun, and again when the box is closed: its length and a digest.

From the first moment on nobody can change it by a page, so both notes are the same; whoever adds or removes an entry in the
database makes them differ. The digest is public from the first moment, so that the note cannot be changed unseen either.
"""

import uuid

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.features.spaces.queries import Action, Phase
from app.features.voting.models import FrozenRoll
from app.features.voting.queries import fixed_pots, frozen_roll, roll_digest
from app.kernel import clock


def begun_votes(session: Session) -> list[uuid.UUID]:
    """The processes in which people vote now, with a fixed ballot that is not annulled, whose list is not noted yet."""
    now, noted = clock.now(), exists().where(FrozenRoll.process_id == Phase.process_id)
    running = select(Phase.process_id, Phase.actions).where(Phase.starts_at <= now, Phase.ends_at > now, ~noted)
    found = {process_id for process_id, actions in session.execute(running).tuples() if Action.VOTE in actions}
    return sorted(one for one in found if any(pot.annulled_at is None for pot in fixed_pots(session, one)))


def note_roll(session: Session, process_id: uuid.UUID) -> FrozenRoll:
    """Note the list as it is now. What was noted before stays."""
    found = frozen_roll(session, process_id)
    if found is None:
        entries, sha256 = roll_digest(session, process_id)
        found = FrozenRoll(process_id=process_id, entries=entries, sha256=sha256)
        session.add(found)
        session.flush()
    return found


def note_roll_again(session: Session, process_id: uuid.UUID) -> None:
    """The list as it is when the box is closed, beside the first note; without that there is nothing to compare it with."""
    found = frozen_roll(session, process_id)
    if found is not None and found.closed_entries is None:
        found.closed_entries, found.closed_sha256 = roll_digest(session, process_id)
        session.flush()


def forget_note(session: Session, process_id: uuid.UUID) -> None:
    """The list is changed while the vote has not begun (its phase was moved): the note is made anew when it has."""
    session.execute(delete(FrozenRoll).where(FrozenRoll.process_id == process_id))
