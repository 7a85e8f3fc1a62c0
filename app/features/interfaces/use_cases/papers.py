"""A program writes agreements. What it writes is a draft like any other, and a second hand puts it in force."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.queries import (
    AgreementState,
    DataAgreement,
    LegalBasis,
    Recipient,
    RecipientState,
    RevisionState,
)
from app.features.consents.use_cases import (
    DiscardDraft,
    EndAgreement,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WriteAgreement,
    WriteRecipient,
    discard_draft,
    end_agreement,
    put_in_force,
    review_agreement,
    submit_agreement,
    write_agreement,
    write_recipient,
)
from app.features.interfaces.commands import WritePaper
from app.features.interfaces.models import AgreementPaper, Policy
from app.features.interfaces.queries.govstack import Processes, agreement, policy
from app.features.interfaces.rules import SPECIFICATION
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor

BASES = {
    "consent": LegalBasis.CONSENT,
    "legal_obligation": LegalBasis.LEGAL_OBLIGATION,
    "contract": LegalBasis.CONTRACT,
    "vital_interest": LegalBasis.VITAL_INTEREST,
    "public_task": LegalBasis.PUBLIC_TASK,
}
_UNTIL_OVER: Message = msg("As long as the consent is in force.")


def write_paper(
    session: Session, actor: Actor, processes: Processes, command: WritePaper, *, may_approve: bool
) -> DataAgreement:
    """Write an agreement or its next revision. With `active`, it is submitted; a program that may approve, and wrote none of
    what was submitted, puts it in force instead of writing it anew: it names the revision and its hash.

    Raises NotFound for what the program may not see, Invalid or Refused with what is wrong.
    """
    found = None
    if command.agreement_id is not None:
        found = agreement(session, processes, command.agreement_id)
        if found is None:
            raise NotFound
    if command.active and may_approve and found is not None and (command.revision_hash or _waits_for(actor, found)):
        return _approve(session, actor, found, command)
    where = found.process_id if found is not None else _where(processes)
    written = write_agreement(session, actor, _as_ours(session, actor, command, where))
    _note_paper(session, written, command)
    if command.active:
        submit_agreement(session, actor, SubmitAgreement(written.id))
    session.refresh(written, ["revisions"])
    return written


def end_paper(session: Session, actor: Actor, processes: Processes, found: DataAgreement, *, may_approve: bool) -> None:
    """End an agreement in force, or throw away one that never was. Raises Conflict for one that has ended, Refused when one
    hand alone would end what is in force: that needs a program that may approve and has not written it."""
    if found.state is AgreementState.DRAFT:
        discard_draft(session, actor, DiscardDraft(found.id))
    else:
        if not may_approve or str(actor.client_id) in found.current.writers:
            raise Refused(msg("Ending an agreement needs the scope approve, and another program than that which wrote it."))
        end_agreement(session, actor, EndAgreement(found.id))


def _waits_for(actor: Actor, found: DataAgreement) -> bool:
    """Whether a revision waits that others have written."""
    pending = found.pending
    waits = pending is not None and pending.state is not RevisionState.DRAFT
    return pending is not None and waits and str(actor.client_id) not in pending.writers


def _approve(session: Session, actor: Actor, found: DataAgreement, command: WritePaper) -> DataAgreement:
    """The second hand says what it puts in force, and that is what stands there."""
    locked = session.get(DataAgreement, found.id, with_for_update=True, populate_existing=True)
    if locked is None:
        raise NotFound
    found = locked
    session.refresh(found, ["revisions"])
    pending = found.pending
    if pending is None or pending.state is not RevisionState.SUBMITTED:
        raise Refused(msg("No revision waits for a second hand: it is a draft still, or was reviewed already."))
    if (command.revision_id, command.revision_hash) != (pending.id, pending.digest):
        raise Refused(msg("Name the revision that you have read: send its id and its serializedHash as revision."))
    said = (command.purpose, command.dpia, BASES.get(command.lawful_basis), *_besides(command))
    if said != (pending.purpose.get(command.language), pending.impact_note, found.legal_basis, *_noted(session, found.id)):
        raise Refused(msg("What waits to be put in force says something else. Read it, and send it as it stands."))
    review_agreement(session, actor, ReviewAgreement(found.id, approve=True, reason="Approved by another system's program."))
    put_in_force(session, actor, PutInForce(found.id))
    session.refresh(found, ["revisions"])
    return found


def _as_ours(session: Session, actor: Actor, command: WritePaper, where: object) -> WriteAgreement:
    basis = BASES.get(command.lawful_basis)
    governing = policy(session, command.policy_id) if command.policy_id else None
    errors: dict[str, Message] = {}
    if basis is None:
        errors["lawfulBasis"] = msg("Choose another legal basis: a city may not rest its tasks on legitimate interests.")
    if command.policy_id is not None and governing is None:
        errors["policy"] = msg("There is no such policy.")
    if errors or basis is None:
        raise Invalid(errors)
    days = governing.current.content.get("dataRetentionPeriodDays") if governing else None
    return WriteAgreement(
        process_id=where,  # type: ignore[arg-type]
        recipient_id=_recipient(session, actor, command).id,
        purpose={command.language: command.purpose},
        notice={command.language: command.purpose},
        purpose_term=command.purpose_term,
        legal_basis=basis,
        categories=command.attributes,
        retention_days=days if isinstance(days, int) and days > 0 else None,
        retention={"en": str(_UNTIL_OVER)},
        impact_note=command.dpia,
        material=not command.compatible,
        agreement_id=command.agreement_id,
    )


def _where(processes: Processes) -> object:
    """A program of one process writes for that; one that works everywhere, for the whole city."""
    if processes is None:
        return None
    if len(processes) != 1:
        raise Refused(msg("This program works in several processes, so it cannot say for which one the agreement is."))
    return next(iter(processes))


def _recipient(session: Session, actor: Actor, command: WritePaper) -> Recipient:
    """The controller, by its identifier here or by its name; named here when it is new."""
    if command.controller_id is not None and (known := session.get(Recipient, command.controller_id)) is not None:
        return known
    active = session.scalars(select(Recipient).where(Recipient.state == RecipientState.ACTIVE).order_by(Recipient.created_at))
    for one in active:
        if command.controller_name in one.name.values():
            return one
    return write_recipient(
        session, actor, WriteRecipient(name={command.language: command.controller_name}, url=command.controller_url)
    )


Besides = tuple[uuid.UUID | None, str, str, bool]
"""What GovStack says of an agreement besides: its policy, the version, the use, whether it may be forgotten."""


def _besides(command: WritePaper) -> Besides:
    return command.policy_id, command.version, command.data_use, command.forgettable


def _noted(session: Session, agreement_id: uuid.UUID) -> Besides:
    """What is noted of an agreement besides; what is told of one that no program has written, otherwise."""
    paper = session.get(AgreementPaper, agreement_id, populate_existing=True)
    if paper is None:
        return None, SPECIFICATION, "", True
    return paper.policy_id, paper.version, paper.data_use, paper.forgettable


def _note_paper(session: Session, written: DataAgreement, command: WritePaper) -> None:
    """What GovStack says besides is no part of the text that the second hand reads in a next revision: of an agreement in
    force it stays as it is."""
    if written.state is not AgreementState.DRAFT:
        if _besides(command) != _noted(session, written.id):
            raise Refused(
                msg("Policy, version, dataUse and forgettable of an agreement in force stay as they are: write a new one.")
            )
        return
    paper = session.get(AgreementPaper, written.id) or AgreementPaper(agreement_id=written.id)
    governing = session.get(Policy, command.policy_id) if command.policy_id else None
    paper.policy_id = governing.id if governing else None
    paper.version, paper.data_use, paper.forgettable = command.version, command.data_use, command.forgettable
    session.add(paper)
    session.flush()
