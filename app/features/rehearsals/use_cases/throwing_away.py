"""A rehearsal is thrown away: every row that hangs on its process goes, and nothing else."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.features.rehearsals.commands import ThrowAway
from app.features.rehearsals.models import Rehearsal
from app.features.rehearsals.queries import belonging, contents, rehearsal_in, tried
from app.kernel import audit, clock
from app.kernel.permissions import Actor


def throw_away(session: Session, actor: Actor, command: ThrowAway) -> Rehearsal:
    """Remove a rehearsal with its pots, test voters, envelopes, ballots and result; that it took place is remembered.

    The caller destroys its keys after the commit. Raises NotFound for what is no rehearsal or not the actor's.
    """
    rehearsal, copy = rehearsal_in(session, actor, command.copy_id)
    gone = contents(session, copy.id)
    rehearsal.ballots = tried(session, copy.id).ballots
    rehearsal.thrown_away_at = clock.now()
    rehearsal.copy_id = None
    session.flush()
    for table, which in reversed(belonging(copy.id)):
        session.execute(delete(table).where(which))
    session.expire_all()
    audit.record(session, actor, "rehearsal.thrown_away", rehearsal, process_id=rehearsal.process_id, rows=sum(gone.values()))
    session.flush()
    return rehearsal
