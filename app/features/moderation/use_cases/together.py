"""The same decision on several things, each taken by `decide`: what it refuses is named, the others are done."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.moderation.commands import Decide, DecideTogether
from app.features.moderation.models import Decision, Subject
from app.features.moderation.queries import Named, named
from app.features.moderation.use_cases.deciding import decide, require_reason
from app.features.proposals.queries import Comment, Proposal
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission


@dataclass
class Outcome:
    """What became of each: decided, or refused with its name and the reason."""

    together_id: uuid.UUID
    decided: list[Decision] = field(default_factory=list)
    refused: list[tuple[Named | None, Message]] = field(default_factory=list)


def decide_together(session: Session, actor: Actor, command: DecideTogether) -> Outcome:
    """Take one decision on each of several things.

    Raises Forbidden for everybody but moderators, Refused when nothing is chosen, Invalid when a hiding has no reason: then
    nothing at all is decided. What one of them refuses leaves the others alone.
    """
    actor.require(Permission.MODERATE)
    if not command.subjects:
        raise Refused(msg("Choose at least one contribution."))
    require_reason(command.verb, command.reason, command.text)
    outcome = Outcome(uuid.uuid4())
    names = named(session, command.subjects, actor.processes_where(Permission.MODERATE))
    lock_proposals(session, command.subjects)
    for key in command.subjects:
        try:
            with session.begin_nested():
                one = Decide(*key, command.verb, command.reason, command.text)
                outcome.decided.append(decide(session, actor, one, together_id=outcome.together_id))
        except NotFound as refusal:
            outcome.refused.append((None, refusal.message))
        except Refused as refusal:
            outcome.refused.append((names.get(key), refusal.message))
    return outcome


def lock_proposals(session: Session, subjects: Sequence[tuple[Subject, uuid.UUID]]) -> None:
    """Lock every proposal concerned in one order, so that two who decide on overlapping choices do not wait for each other."""
    comments = [key for kind, key in subjects if kind is Subject.COMMENT]
    parents = select(Comment.proposal_id).where(Comment.id.in_(comments))
    ids = {key for kind, key in subjects if kind is Subject.PROPOSAL} | set(session.scalars(parents))
    session.scalars(select(Proposal.id).where(Proposal.id.in_(ids)).order_by(Proposal.id).with_for_update()).all()
