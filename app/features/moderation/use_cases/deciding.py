"""One decision on one thing: approve, hide, restore, or leave it as it is."""

import uuid

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.features.moderation import mails, rules
from app.features.moderation.commands import Decide
from app.features.moderation.models import Decision, Reason, Report, ReportState, Subject, Verb
from app.features.notifications.queries import Mail
from app.features.notifications.use_cases import notify
from app.features.proposals.queries import Comment, CommentState, Proposal, ProposalState, followers
from app.features.proposals.use_cases import set_comment_state, set_proposal_state
from app.kernel import audit, clock
from app.kernel.errors import Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def decide(session: Session, actor: Actor, command: Decide, *, together_id: uuid.UUID | None = None) -> Decision:
    """Approve, hide, restore or leave something as it is; the author is told, the reports on it are settled.

    `together_id` marks decisions that one click took on several things, so that one click can take them back.

    Raises NotFound for what is not in one of the moderator's processes, Conflict when somebody else has decided
    meanwhile, Invalid when a hiding has no reason.
    """
    subject, proposal = locked(session, command.subject_type, command.subject_id)
    if not actor.may(Permission.MODERATE, proposal.process_id):
        raise NotFound
    require_reason(command.verb, command.reason, command.text)
    before = str(subject.state)
    after = rules.next_state(command.verb, before)
    if after is not None:
        move(session, actor, subject, after)
    decision = Decision(
        subject_type=command.subject_type,
        subject_id=command.subject_id,
        process_id=proposal.process_id,
        moderator_id=actor.person_id,
        verb=command.verb,
        reason=command.reason,
        text=command.text,
        state_before=before,
        together_id=together_id,
        created_at=clock.now(),
    )
    session.add(decision)
    _settle_reports(session, decision)
    session.flush()
    audit.record(
        session,
        actor,
        f"{command.subject_type}.{command.verb}",
        subject,
        process_id=proposal.process_id,
        reason=str(command.reason or ""),
        before=before,
        after=after or before,
    )
    if command.verb is not Verb.DISMISS:
        _tell_author(session, command, subject, proposal)
    session.flush()
    return decision


def require_reason(verb: Verb, reason: Reason | None, text: str) -> None:
    """Raise Invalid when something is to be hidden without words that its author can read."""
    if verb is not Verb.HIDE:
        return
    if reason is None:
        raise Invalid({"reason": msg("Choose a reason. The author will read it.")})
    if reason in rules.NEEDS_WORDS and not text.strip():
        raise Invalid({"text": msg("Write the reason in a few words. The author will read it.")})


def locked(session: Session, kind: Subject, subject_id: uuid.UUID) -> tuple[Proposal | Comment, Proposal]:
    """The subject and its proposal, locked so that two moderators decide one after the other. Raises NotFound.

    The proposal is locked first, whatever is decided on: two who decide on several things cannot then wait for each other.
    """
    proposal_id: uuid.UUID | None = subject_id
    if kind is Subject.COMMENT:
        proposal_id = session.scalar(select(Comment.proposal_id).where(Comment.id == subject_id))
    proposal = session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True) if proposal_id else None
    if proposal is None:
        raise NotFound
    if kind is Subject.PROPOSAL:
        return proposal, proposal
    comment = session.get(Comment, subject_id, with_for_update=True, populate_existing=True)
    if comment is None:
        raise NotFound
    return comment, proposal


def move(session: Session, actor: Actor, subject: Proposal | Comment, after: str) -> None:
    """Lead the subject to the state `after`, by the use cases of its own room."""
    if isinstance(subject, Proposal):
        set_proposal_state(session, actor, subject.id, ProposalState(after))
    else:
        set_comment_state(session, actor, subject.id, CommentState(after))


def _settle_reports(session: Session, decision: Decision) -> None:
    """Close the reports on the subject at the moment of the decision: by that moment it finds them when it is taken back."""
    if decision.verb is Verb.RESTORE:
        return
    state = ReportState.UPHELD if decision.verb is Verb.HIDE else ReportState.DISMISSED
    for report in session.scalars(reports_on(decision).where(Report.state == ReportState.OPEN)).all():
        report.state = state
        report.decided_at = decision.created_at


def reports_on(decision: Decision) -> Select[Report]:
    """The reports on what was decided on."""
    return select(Report).where(Report.subject_type == decision.subject_type, Report.subject_id == decision.subject_id)


def _tell_author(session: Session, command: Decide, subject: Proposal | Comment, proposal: Proposal) -> None:
    mail = {Verb.HIDE: mails.HIDDEN, Verb.RESTORE: mails.RESTORED, Verb.APPROVE: mails.APPROVED}[command.verb]
    tell_author(session, mail, subject, proposal, reason_code=command.reason, text=command.text)


def tell_author(session: Session, mail: Mail, subject: Proposal | Comment, proposal: Proposal, **words: str | None) -> None:
    """A letter to whoever wrote it; to the followers of a proposal that has no account behind it.

    Nobody has confirmed that the address is theirs, so what others are not to read is not sent there either.
    """
    params = {"title": proposal.title, "reference": proposal.reference, "path": f"/proposals/{proposal.reference}", **words}
    if subject.author_id:
        notify(session, mail, person_id=subject.author_id, params=params)
    elif isinstance(subject, Proposal):
        if mail in (mails.HIDDEN, mails.WAITS_AGAIN):
            params["title"] = ""
        for recipient in followers(session, proposal.id):
            if recipient.email or recipient.postal:
                email, locale, postal = recipient.email, recipient.locale, recipient.postal
                notify(session, mail, email=email, locale=locale, postal=postal, params=params)
