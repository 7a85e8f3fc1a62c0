"""An agreement that is worked on: held by a lock, its revision found, what was done with it noted."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents import rules
from app.features.consents.models import AgreementRevision, AgreementState, DataAgreement, RevisionState
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def thaw(revision: AgreementRevision) -> None:
    """Back to draft: what was submitted or reviewed was another text."""
    revision.state = RevisionState.DRAFT
    revision.content, revision.digest, revision.previous_digest = {}, "", ""
    revision.reviewed_by_id, revision.reviewed_at = None, None


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


def asking_agreement(session: Session, agreement_id: uuid.UUID) -> DataAgreement:
    """An agreement that people are asked about now, held by a lock that all who answer share. Raises NotFound for any other."""
    agreement = locked_agreement(session, agreement_id, shared=True)
    if agreement is None or agreement.state is not AgreementState.IN_FORCE or not agreement.asks:
        raise NotFound
    return agreement


def pending_revision(session: Session, actor: Actor, agreement_id: uuid.UUID) -> tuple[DataAgreement, AgreementRevision]:
    """An agreement, locked, with the revision that is worked on. Raises NotFound for other people's, Conflict for none."""
    agreement = locked_agreement(session, agreement_id)
    if agreement is None or not rules.may_manage(actor, agreement.process_id):
        raise NotFound
    revision = agreement.pending
    if revision is None:
        raise Conflict(msg("There is no draft of this agreement."))
    return agreement, revision


def note_step(
    session: Session,
    actor: Actor,
    action: str,
    agreement: DataAgreement,
    revision: AgreementRevision,
    *,
    reason: str = "",
    before: str = "",
) -> None:
    """Write in the audit log what was done with a revision. `before` is the digest of the one that it replaces."""
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
