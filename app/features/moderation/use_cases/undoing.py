"""Taking back what one click decided on several things: each returns to where it was, and its reports wait again."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.features.moderation import mails, rules
from app.features.moderation.commands import Decide
from app.features.moderation.models import Decision, Report, ReportState, Verb
from app.features.moderation.queries import decisions_on, named, taken_together
from app.features.moderation.use_cases.deciding import decide, locked, move, reports_on, tell_author
from app.features.moderation.use_cases.together import Outcome, lock_proposals
from app.features.proposals.queries import Proposal, ProposalState
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def undo_together(session: Session, actor: Actor, together_id: uuid.UUID) -> Outcome:
    """Lead exactly what was decided together back to where it was. What has happened to since then, being
    taken back included, is left and named among the refused: who takes back twice is told so of each, and nothing changes.

    Only whoever decided takes it back. Raises Forbidden for everybody but moderators, NotFound for other people's decisions.
    """
    actor.require(Permission.MODERATE)
    decisions = taken_together(session, together_id)
    if not decisions or any(decision.moderator_id != actor.person_id for decision in decisions):
        raise NotFound
    subjects = [(decision.subject_type, decision.subject_id) for decision in decisions]
    lock_proposals(session, subjects)
    outcome = Outcome(together_id)
    names = named(session, subjects, actor.processes_where(Permission.MODERATE))
    for decision in decisions:
        key = (decision.subject_type, decision.subject_id)
        try:
            with session.begin_nested():
                outcome.decided.append(_undo(session, actor, decision))
        except NotFound as refusal:
            outcome.refused.append((None, refusal.message))
        except Refused as refusal:
            outcome.refused.append((names.get(key), refusal.message))
    return outcome


def _undo(session: Session, actor: Actor, decision: Decision) -> Decision:
    subject, proposal = locked(session, decision.subject_type, decision.subject_id)
    if not actor.may(Permission.MODERATE, proposal.process_id):
        raise NotFound
    history = decisions_on(session, decision.subject_type, decision.subject_id)
    stands = rules.STEPS[decision.verb][1] or decision.state_before
    if history[0].id != decision.id or str(subject.state) != stands:
        raise Conflict(msg("Something else has happened to it since then, so it stays as it is."))
    if decision.verb is Verb.HIDE and decision.state_before == "published":
        follows = decide(session, actor, Decide(decision.subject_type, decision.subject_id, Verb.RESTORE))
    elif decision.verb is Verb.RESTORE:
        follows = _hide_again(session, actor, decision, history)
    else:
        follows = _step_back(session, actor, decision)
    for report in session.scalars(reports_on(decision).where(Report.decided_at == decision.created_at)):
        report.state, report.decided_at = ReportState.OPEN, None
    session.flush()
    return follows


def _hide_again(session: Session, actor: Actor, decision: Decision, history: Sequence[Decision]) -> Decision:
    """What was restored is hidden for the reason that its author read the first time."""
    first = next((earlier for earlier in history if earlier.verb is Verb.HIDE), None)
    reason, text = (first.reason, first.text) if first else (None, "")
    return decide(session, actor, Decide(decision.subject_type, decision.subject_id, Verb.HIDE, reason, text))


def _step_back(session: Session, actor: Actor, decision: Decision) -> Decision:
    """What was new waits again; what was left as it is stays so."""
    subject, proposal = locked(session, decision.subject_type, decision.subject_id)
    before = str(subject.state)
    if before != decision.state_before:
        move(session, actor, subject, decision.state_before)
    follows = Decision(
        subject_type=decision.subject_type,
        subject_id=decision.subject_id,
        process_id=decision.process_id,
        moderator_id=actor.person_id,
        verb=Verb.UNDO,
        state_before=before,
        created_at=clock.now(),
    )
    session.add(follows)
    session.flush()
    audit.record(
        session,
        actor,
        f"{decision.subject_type}.{Verb.UNDO}",
        subject,
        process_id=decision.process_id,
        before=before,
        after=decision.state_before,
    )
    if isinstance(subject, Proposal) and before != decision.state_before and subject.state is ProposalState.PENDING:
        tell_author(session, mails.WAITS_AGAIN, subject, proposal)
    return follows
