"""A policy is written, written anew, and taken out of use."""

import hashlib
import uuid

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.queries import AgreementState, DataAgreement
from app.features.interfaces.commands import WritePolicy
from app.features.interfaces.models import AgreementPaper, Policy, PolicyRevision
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def write_policy(session: Session, actor: Actor, command: WritePolicy) -> PolicyRevision:
    """Write a policy or its next revision, chained to the one before. Raises NotFound for one that is not in use,
    Refused for another program's, Conflict for one that an agreement in force refers to."""
    actor.require(Permission.AGREEMENT_MANAGE)
    policy = _locked(session, actor, command.policy_id) if command.policy_id else Policy(revisions=[])
    if command.policy_id is not None and _is_used(session, policy):
        raise Conflict(msg("An agreement in force refers to this policy. Write a new policy, and a new agreement under it."))
    session.add(policy)
    session.flush()
    before = policy.current if policy.revisions else None
    content = {**command.content, "id": str(policy.id)}
    revision = PolicyRevision(
        policy_id=policy.id,
        number=before.number + 1 if before else 1,
        content=content,
        previous_digest=before.digest if before else "",
        client_id=actor.client_id,
        at=clock.now(),
    )
    revision.digest = hashlib.sha256(rfc8785.dumps({**content, "previous": revision.previous_digest})).hexdigest()
    session.add(revision)
    session.flush()
    session.refresh(policy, ["revisions"])
    audit.record(session, actor, "policy.written", policy, before=revision.previous_digest, after=revision.digest)
    return revision


def delete_policy(session: Session, actor: Actor, policy_id: uuid.UUID) -> PolicyRevision:
    """Take a policy out of use; returns its last revision. Raises Conflict while an agreement in force refers to it."""
    actor.require(Permission.AGREEMENT_MANAGE)
    policy = _locked(session, actor, policy_id)
    if _is_used(session, policy):
        raise Conflict(msg("An agreement in force refers to this policy."))
    policy.deleted_at = clock.now()
    session.flush()
    audit.record(session, actor, "policy.removed", policy)
    return policy.current


def _is_used(session: Session, policy: Policy) -> bool:
    """Whether an agreement in force refers to it: what people have agreed to is not written anew under them."""
    used = session.scalars(
        select(DataAgreement.id)
        .join(AgreementPaper, AgreementPaper.agreement_id == DataAgreement.id)
        .where(AgreementPaper.policy_id == policy.id, DataAgreement.state == AgreementState.IN_FORCE)
    ).first()
    return used is not None


def _locked(session: Session, actor: Actor, policy_id: uuid.UUID) -> Policy:
    """A policy for whoever may change it: the program that wrote it first, or staff. Raises NotFound or Refused."""
    policy = session.get(Policy, policy_id, with_for_update=True, populate_existing=True)
    if policy is None or policy.deleted_at is not None:
        raise NotFound
    session.refresh(policy, ["revisions"])
    if actor.client_id is not None and actor.client_id != policy.revisions[-1].client_id:
        raise Refused(msg("Another program wrote this policy. Only that program or staff change it."))
    return policy
