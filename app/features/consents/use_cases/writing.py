"""The text of an agreement is written, submitted for review, or thrown away."""

import uuid

from sqlalchemy.orm import Session

from app.features.consents import rules
from app.features.consents.commands import (
    DiscardDraft,
    SubmitAgreement,
    WriteAgreement,
)
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    DataAgreement,
    Recipient,
    RevisionState,
)
from app.features.consents.use_cases.locked import locked_agreement, note_step, pending_revision, thaw
from app.features.consents.vocabulary import CATEGORIES, PURPOSES, STORAGE
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor


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
    thaw(revision)
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


def submit_agreement(session: Session, actor: Actor, command: SubmitAgreement) -> AgreementRevision:
    """Freeze the draft: its content gets its digest, chained to the revision before, and waits for a second person.

    Raises Invalid with what is missing, by field.
    """
    agreement, revision = pending_revision(session, actor, command.agreement_id)
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
    note_step(session, actor, "agreement.submitted", agreement, revision)
    return revision


def discard_draft(session: Session, actor: Actor, command: DiscardDraft) -> None:
    """Throw away a revision that was never put in force, and an agreement that never had another."""
    agreement, revision = pending_revision(session, actor, command.agreement_id)
    note_step(session, actor, "agreement.discarded", agreement, revision)
    session.delete(revision)
    session.flush()
    session.refresh(agreement, ["revisions"])
    if agreement.state is AgreementState.DRAFT:
        session.delete(agreement)
        session.flush()
