"""A program writes agreements. What it writes is a draft like any other, and a second hand puts it in force."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.queries import AgreementState, DataAgreement, LegalBasis, Recipient, RecipientState
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
    what stands there, puts it in force instead of writing it anew.

    Raises NotFound for what the program may not see, Invalid or Refused with what is wrong.
    """
    found = None
    if command.agreement_id is not None:
        found = agreement(session, processes, command.agreement_id)
        if found is None:
            raise NotFound
    if command.active and may_approve and found is not None and _waits_for(actor, found):
        return _approve(session, actor, found, command)
    where = found.process_id if found is not None else _where(processes)
    written = write_agreement(session, actor, _as_ours(session, actor, command, where))
    _note_paper(session, written, command)
    if command.active:
        submit_agreement(session, actor, SubmitAgreement(written.id))
    session.refresh(written, ["revisions"])
    return written


def end_paper(session: Session, actor: Actor, processes: Processes, found: DataAgreement) -> None:
    """End an agreement in force, or throw away one that never was. Raises Conflict for one that has ended."""
    if found.state is AgreementState.DRAFT:
        discard_draft(session, actor, DiscardDraft(found.id))
    else:
        end_agreement(session, actor, EndAgreement(found.id))


def _waits_for(actor: Actor, found: DataAgreement) -> bool:
    """Whether a revision waits that others have written."""
    return found.pending is not None and str(actor.client_id) not in found.pending.writers


def _approve(session: Session, actor: Actor, found: DataAgreement, command: WritePaper) -> DataAgreement:
    """The second hand says what it puts in force, and that is what stands there."""
    pending = found.pending
    if pending is None or pending.purpose.get(command.language) != command.purpose or pending.impact_note != command.dpia:
        raise Refused(msg("What waits to be put in force says something else. Read it, and send it as it stands."))
    if found.legal_basis is not BASES.get(command.lawful_basis):
        raise Refused(msg("What waits to be put in force says something else. Read it, and send it as it stands."))
    if not pending.digest:
        submit_agreement(session, actor, SubmitAgreement(found.id))
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


def _note_paper(session: Session, written: DataAgreement, command: WritePaper) -> None:
    paper = session.get(AgreementPaper, written.id) or AgreementPaper(agreement_id=written.id)
    governing = session.get(Policy, command.policy_id) if command.policy_id else None
    paper.policy_id = governing.id if governing else None
    paper.version, paper.data_use, paper.forgettable = command.version, command.data_use, command.forgettable
    session.add(paper)
    session.flush()
