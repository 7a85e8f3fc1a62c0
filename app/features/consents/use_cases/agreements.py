"""An agreement is written, submitted, reviewed by a second person, put in force, and ended."""

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person
from app.features.consents import mails, rules
from app.features.consents.commands import (
    DiscardDraft,
    EndAgreement,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WriteAgreement,
)
from app.features.consents.governed import forget
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentRecord,
    DataAgreement,
    NoticeKind,
    Recipient,
    RevisionState,
)
from app.features.consents.use_cases.telling import tell
from app.features.consents.vocabulary import CATEGORIES, PURPOSES, STORAGE
from app.features.notifications.use_cases import notify
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor

_ALREADY = msg("People are already asked for this purpose and this recipient here. Write a new revision of that agreement.")


def write_agreement(session: Session, actor: Actor, command: WriteAgreement) -> DataAgreement:
    """Write the draft of an agreement, or of the next revision of one; a submitted or reviewed one goes back to draft.

    Nobody is asked anything by this. Raises NotFound for other people's processes, Invalid when purpose or notice is missing
    in every language or consent is to carry open rows, Refused when purpose, recipient or basis of an agreement that was in
    force is to change: that is another agreement.
    """
    if not rules.may_manage(actor, command.process_id):
        raise NotFound
    if command.process_id is not None and process_by_id(session, command.process_id) is None:
        raise NotFound
    recipient = session.get(Recipient, command.recipient_id)
    errors = _unknown_words(command)
    if recipient is None:
        errors["recipient"] = msg("Choose who gets the data.")
    if errors or recipient is None:
        raise Invalid(errors)
    agreement = _agreement_to_write(session, actor, command, recipient)
    revision = agreement.pending
    if revision is None:
        revision = AgreementRevision(
            agreement_id=agreement.id, number=agreement.current.number + 1 if agreement.revisions else 1, writers=[]
        )
    _fill(revision, command, recipient)
    if (hand := rules.hand_of(actor)) is not None and hand not in revision.writers:
        revision.writers = [*revision.writers, hand]
    _thaw(revision)
    # A draft may be unfinished, but not so that it could never be shown or never be allowed.
    problems = rules.problems(agreement, revision, recipient)
    if errors := {name: text for name, text in problems.items() if name in ("purpose", "notice", "months", "disclosure")}:
        raise Invalid(errors)
    session.add(revision)
    session.flush()
    session.refresh(agreement, ["revisions"])
    audit.record(session, actor, "agreement.written", agreement, process_id=agreement.process_id, revision=revision.number)
    return agreement


def _unknown_words(command: WriteAgreement) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    if command.purpose_term not in PURPOSES:
        errors["purpose_term"] = msg("Choose a purpose from the list.")
    if any(name not in CATEGORIES for name in command.categories):
        errors["categories"] = msg("Choose at least one kind of data.")
    if command.storage not in STORAGE:
        errors["storage"] = msg("Choose where the data is kept.")
    return errors


def _agreement_to_write(session: Session, actor: Actor, command: WriteAgreement, recipient: Recipient) -> DataAgreement:
    """The agreement that the command is about, locked; made where there is none."""
    wanted = (command.purpose_term, recipient.id, command.legal_basis, command.process_id)
    if command.agreement_id is None:
        process = process_by_id(session, command.process_id) if command.process_id else None
        name = f"{command.purpose_term}-{process.slug if process else 'city'}".replace("_", "-")
        agreement = DataAgreement(code=f"{name[:56]}-{uuid.uuid4().hex[:6]}", state=AgreementState.DRAFT, revisions=[])
        agreement.purpose_term, agreement.legal_basis, agreement.process_id = wanted[0], wanted[2], wanted[3]
        agreement.recipient = recipient
        session.add(agreement)
        session.flush()
        return agreement
    found = locked_agreement(session, command.agreement_id)
    if found is None or not rules.may_manage(actor, found.process_id):
        raise NotFound
    if found.state is AgreementState.ENDED:
        raise Conflict(msg("This agreement has ended. Write a new one."))
    if found.state is AgreementState.DRAFT:
        found.purpose_term, found.legal_basis, found.process_id = wanted[0], wanted[2], wanted[3]
        found.recipient = recipient
    elif wanted != (found.purpose_term, found.recipient_id, found.legal_basis, found.process_id):
        raise Refused(msg("Another purpose, recipient, legal basis or process is another agreement: write a new one."))
    return found


def _fill(revision: AgreementRevision, command: WriteAgreement, recipient: Recipient) -> None:
    revision.purpose, revision.notice, revision.recipient = command.purpose, command.notice, dict(recipient.name)
    revision.categories = [name for name in CATEGORIES if name in command.categories]
    revision.months, revision.retention_days, revision.retention = command.months, command.retention_days, command.retention
    revision.storage, revision.storage_note = command.storage, command.storage_note
    revision.disclosure, revision.impact_note = command.disclosure, command.impact_note
    revision.material = command.material or revision.number == 1


def _thaw(revision: AgreementRevision) -> None:
    """Back to draft: what was submitted or reviewed was another text."""
    revision.state = RevisionState.DRAFT
    revision.content, revision.digest, revision.previous_digest = {}, "", ""
    revision.reviewed_by_id, revision.reviewed_at = None, None


def submit_agreement(session: Session, actor: Actor, command: SubmitAgreement) -> AgreementRevision:
    """Freeze the draft: its content gets its digest, chained to the revision before, and waits for a second person.

    Raises Invalid with what is missing, by field.
    """
    agreement, revision = _pending(session, actor, command.agreement_id)
    if not rules.revision_step(revision.state, RevisionState.SUBMITTED):
        raise Conflict(msg("This revision was submitted already."))
    if errors := rules.problems(agreement, revision, agreement.recipient):
        raise Invalid(errors)
    process = process_by_id(session, agreement.process_id) if agreement.process_id else None
    before = agreement.published[0].digest if agreement.published else ""
    revision.recipient = dict(agreement.recipient.name)
    revision.content = rules.content_of(agreement, revision, process.slug if process else None, before)
    revision.previous_digest, revision.digest = before, rules.digest_of(revision.content)
    revision.state = RevisionState.SUBMITTED
    session.flush()
    _note(session, actor, "agreement.submitted", agreement, revision)
    return revision


def review_agreement(session: Session, actor: Actor, command: ReviewAgreement) -> AgreementRevision:
    """A second person says that the submitted revision may be put in force, or sends it back; both with a reason.

    Raises Forbidden for whoever worked on the text, Invalid without a reason.
    """
    agreement, revision = _pending(session, actor, command.agreement_id)
    if not rules.may_review(actor, revision):
        raise Forbidden(msg("You wrote this text. A second person reviews it."))
    wanted = RevisionState.REVIEWED if command.approve else RevisionState.DRAFT
    if revision.state is not RevisionState.SUBMITTED or not rules.revision_step(revision.state, wanted):
        raise Conflict(msg("This revision does not wait for a review."))
    if not command.reason.strip():
        raise Invalid({"reason": msg("Write a sentence: what you looked at, or what has to change.")})
    if not command.approve:
        _thaw(revision)
    revision.state, revision.review_reason = wanted, command.reason.strip()
    revision.reviewed_by_id, revision.reviewed_at = actor.person_id, clock.now()
    session.flush()
    action = "agreement.reviewed" if command.approve else "agreement.sent_back"
    _note(session, actor, action, agreement, revision, reason=revision.review_reason)
    return revision


def put_in_force(session: Session, actor: Actor, command: PutInForce) -> AgreementRevision:
    """From now on people read this. The revision before is superseded.

    A material one asks everybody afresh; earlier answers count until `earlier_end_at`, without it they end now and what was
    given on their ground is deleted. Raises Conflict unless it was reviewed, or when the same is asked already.
    """
    agreement, revision = _pending(session, actor, command.agreement_id)
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
        _tell_of_change(session, agreement)
    session.refresh(agreement, ["revisions"])
    _note(session, actor, "agreement.in_force", agreement, revision, before=before.digest if before else "")
    return revision


def _tell_of_change(session: Session, agreement: DataAgreement) -> None:
    """Whoever had said yes learns that their yes ends, and where the new text is; people without an address see it here."""
    people = session.scalars(
        select(ConsentRecord.person_id)
        .join(Person, Person.id == ConsentRecord.person_id)
        .where(
            ConsentRecord.agreement_id == agreement.id,
            ConsentRecord.answer == Answer.GIVEN,
            ConsentRecord.expires_at > clock.now(),
            Person.email.is_not(None),
        )
        .order_by(ConsentRecord.person_id)
    ).all()
    for person_id in people:
        notify(session, mails.CHANGED, person_id=person_id, params={"agreement_id": str(agreement.id)})


def discard_draft(session: Session, actor: Actor, command: DiscardDraft) -> None:
    """Throw away a revision that was never put in force, and an agreement that never had another."""
    agreement, revision = _pending(session, actor, command.agreement_id)
    _note(session, actor, "agreement.discarded", agreement, revision)
    session.delete(revision)
    session.flush()
    session.refresh(agreement, ["revisions"])
    if agreement.state is AgreementState.DRAFT:
        session.delete(agreement)
        session.flush()


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


def locked_agreement(session: Session, agreement_id: uuid.UUID, *, shared: bool = False) -> DataAgreement | None:
    """The agreement as it stands now, with its revisions: nobody answers words that are being changed or ended.

    People who answer share the lock among themselves; whoever changes or ends the agreement has it alone.
    """
    query = select(DataAgreement).where(DataAgreement.id == agreement_id)
    query = query.with_for_update(read=shared, of=DataAgreement)
    agreement = session.scalars(query.execution_options(populate_existing=True)).first()
    if agreement is not None:
        session.refresh(agreement, ["revisions"])
    return agreement


def _pending(session: Session, actor: Actor, agreement_id: uuid.UUID) -> tuple[DataAgreement, AgreementRevision]:
    agreement = locked_agreement(session, agreement_id)
    if agreement is None or not rules.may_manage(actor, agreement.process_id):
        raise NotFound
    revision = agreement.pending
    if revision is None:
        raise Conflict(msg("There is no draft of this agreement."))
    return agreement, revision


def _note(
    session: Session,
    actor: Actor,
    action: str,
    agreement: DataAgreement,
    revision: AgreementRevision,
    *,
    reason: str = "",
    before: str = "",
) -> None:
    audit.record(
        session,
        actor,
        action,
        agreement,
        process_id=agreement.process_id,
        reason=reason,
        revision=revision.number,
        before=before,
        after=revision.digest,
    )
    session.flush()
