"""An agreement is written, written anew, and ended."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.features.consents import rules
from app.features.consents.commands import EndAgreement, WriteAgreement
from app.features.consents.governed import ContactDetail
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    DataAgreement,
)
from app.features.consents.queries import agreement_of_process
from app.features.spaces.queries import Process
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def write_agreement(session: Session, actor: Actor, command: WriteAgreement) -> DataAgreement:
    """Begin to ask in a process, or ask with new words: the old revision stays readable, the new one follows it.

    A material revision ends the consents given before, from this moment: what was given for contact is deleted.
    Raises Invalid when purpose, recipient or notice is missing in every language, NotFound for other processes.
    """
    process = process_by_id(session, command.process_id)
    if process is None or not actor.may(Permission.AGREEMENT_MANAGE, command.process_id):
        raise NotFound
    texts = {"purpose": command.purpose, "recipient": command.recipient, "notice": command.notice}
    empty = {name: msg("Write this in at least one language.") for name, text in texts.items() if not any(text.values())}
    if empty:
        raise Invalid(empty)
    if not 1 <= command.months <= 36:
        raise Invalid({"months": msg("Choose between 1 and 36 months.")})
    # One agreement in force for a process: two who begin at the same moment wait for each other here.
    session.execute(select(Process.id).where(Process.id == process.id).with_for_update())
    agreement = agreement_of_process(session, command.process_id)
    if agreement is not None:
        agreement = locked_agreement(session, agreement.id)
    if agreement is not None and agreement.state is not AgreementState.IN_FORCE:
        agreement = None  # a colleague has ended it at this moment: what is written now begins another
    before = agreement.current.digest if agreement else ""
    number = agreement.current.number + 1 if agreement else 1
    if agreement is None:
        agreement = DataAgreement(
            code=f"contact-{process.slug}"[:56] + f"-{uuid.uuid4().hex[:6]}",
            process_id=process.id,
            state=AgreementState.IN_FORCE,
        )
        session.add(agreement)
        session.flush()
    agreement.months = command.months
    revision = AgreementRevision(
        agreement_id=agreement.id,
        number=number,
        purpose=command.purpose,
        recipient=command.recipient,
        notice=command.notice,
        material=command.material,
        previous_digest=before,
        digest=rules.revision_digest(command.purpose, command.recipient, command.notice, command.months, before),
    )
    session.add(revision)
    session.flush()
    if before and command.material:  # earlier answers do not cover the new substance, so nothing is kept on their ground
        session.execute(delete(ContactDetail).where(ContactDetail.agreement_id == agreement.id))
    session.refresh(agreement, ["revisions"])
    audit.record(session, actor, "agreement.written", agreement, process_id=process.id, before=before, after=revision.digest)
    return agreement


def locked_agreement(session: Session, agreement_id: uuid.UUID, *, shared: bool = False) -> DataAgreement | None:
    """The agreement as it stands now, with its revisions: nobody answers words that are being changed or ended.

    People who answer share the lock among themselves; whoever writes or ends the agreement has it alone.
    """
    query = select(DataAgreement).where(DataAgreement.id == agreement_id).with_for_update(read=shared)
    agreement = session.scalars(query.execution_options(populate_existing=True)).first()
    if agreement is not None:
        session.refresh(agreement, ["revisions"])
    return agreement


def end_agreement(session: Session, actor: Actor, command: EndAgreement) -> None:
    """Stop asking. Nobody is in any further release, and what was given for contact is deleted."""
    agreement = locked_agreement(session, command.agreement_id)
    if agreement is None or not actor.may(Permission.AGREEMENT_MANAGE, agreement.process_id):
        raise NotFound
    agreement.state = AgreementState.ENDED
    session.execute(delete(ContactDetail).where(ContactDetail.agreement_id == agreement.id))
    session.flush()
    audit.record(session, actor, "agreement.ended", agreement, process_id=agreement.process_id)
