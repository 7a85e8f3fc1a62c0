"""A submitted agreement is reviewed by a second person, put in force, and ended."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.consents import rules
from app.features.consents.commands import (
    EndAgreement,
    PutInForce,
    ReviewAgreement,
)
from app.features.consents.governed import forget
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    NoticeKind,
    RevisionState,
)
from app.features.consents.use_cases.changed import post_letters
from app.features.consents.use_cases.locked import locked_agreement, note_step, pending_revision, thaw
from app.features.consents.use_cases.telling import tell
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor

_ALREADY = msg("People are already asked for this purpose and this recipient here. Write a new revision of that agreement.")


def review_agreement(session: Session, actor: Actor, command: ReviewAgreement) -> AgreementRevision:
    """A second person says that the submitted revision may be put in force, or sends it back; both with a reason.

    Raises Forbidden for whoever worked on the text, Invalid without a reason.
    """
    agreement, revision = pending_revision(session, actor, command.agreement_id)
    if not rules.may_review(actor, revision):
        raise Forbidden(msg("You wrote this text. A second person reviews it."))
    wanted = RevisionState.REVIEWED if command.approve else RevisionState.DRAFT
    if revision.state is not RevisionState.SUBMITTED or not rules.revision_step(revision.state, wanted):
        raise Conflict(msg("This revision does not wait for a review."))
    if not command.reason.strip():
        raise Invalid({"reason": msg("Write a sentence: what you looked at, or what has to change.")})
    if not command.approve:
        thaw(revision)
    revision.state, revision.review_reason = wanted, command.reason.strip()
    revision.reviewed_by_id, revision.reviewed_at = actor.person_id, clock.now()
    session.flush()
    action = "agreement.reviewed" if command.approve else "agreement.sent_back"
    note_step(session, actor, action, agreement, revision, reason=revision.review_reason)
    return revision


def put_in_force(session: Session, actor: Actor, command: PutInForce) -> AgreementRevision:
    """From now on people read this. The revision before is superseded.

    A material one asks everybody afresh; earlier answers count until `earlier_end_at`, without it they end now and what was
    given on their ground is deleted. Raises Conflict unless it was reviewed, or when the same is asked already.
    """
    agreement, revision = pending_revision(session, actor, command.agreement_id)
    if not rules.revision_step(revision.state, RevisionState.IN_FORCE):
        raise Conflict(msg("A second person has to review this revision first."))
    before = agreement.published[0] if agreement.published else None
    if revision.content != rules.content_of(
        agreement, revision, revision.content.get("process"), before.digest if before else ""
    ):
        raise Conflict(msg("The recipient has changed since the review. Submit the text again."))
    now = clock.now()
    earlier_end_at = command.earlier_end_at if before else None
    if problem := rules.overlap_problem(revision, earlier_end_at, now):
        raise Invalid({"earlier_end_at": problem})
    if before is not None:
        before.state, before.out_of_force_at = RevisionState.SUPERSEDED, now
        session.flush()
    revision.state, revision.in_force_at = RevisionState.IN_FORCE, now
    revision.earlier_end_at = (earlier_end_at or now) if revision.material else None
    try:
        with session.begin_nested():
            agreement.state = AgreementState.IN_FORCE
            session.flush()
    except IntegrityError:
        raise Conflict(_ALREADY) from None
    if before is not None and revision.material and earlier_end_at is None:
        forget(session, agreement.id)  # earlier answers do not cover the new substance: nothing is kept on their ground
    if before is not None and revision.material and agreement.asks:
        tell(session, NoticeKind.REPLACED, agreement, at=revision.earlier_end_at)
        post_letters(session, agreement, revision)
    session.refresh(agreement, ["revisions"])
    note_step(session, actor, "agreement.in_force", agreement, revision, before=before.digest if before else "")
    return revision


def end_agreement(session: Session, actor: Actor, command: EndAgreement) -> None:
    """Stop asking. Nobody is in any further release, and what was given for it is deleted."""
    agreement = locked_agreement(session, command.agreement_id)
    if agreement is None or not rules.may_manage(actor, agreement.process_id):
        raise NotFound
    if agreement.state is not AgreementState.IN_FORCE:
        raise Conflict(msg("This agreement is not in force."))
    now = clock.now()
    agreement.state, agreement.ended_at = AgreementState.ENDED, now
    if agreement.pending is not None:
        session.delete(agreement.pending)
    agreement.current.state, agreement.current.out_of_force_at = RevisionState.ENDED, now
    forget(session, agreement.id)
    if agreement.asks:
        tell(session, NoticeKind.ENDED, agreement)
    session.flush()
    session.refresh(agreement, ["revisions"])
    audit.record(session, actor, "agreement.ended", agreement, process_id=agreement.process_id)
