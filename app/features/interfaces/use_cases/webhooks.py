"""Programs say where they want to be told, and are told: what their individuals answered, wherever they answered it."""

import json
import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.queries import ConsentEvent, ConsentRecord
from app.features.consents.use_cases import listen
from app.features.interfaces.commands import WriteWebhook
from app.features.interfaces.models import Individual, InterfaceClient, Webhook
from app.features.interfaces.queries import processes_of
from app.features.interfaces.queries.govstack import agreement
from app.features.interfaces.rules import Scope, webhook_vault
from app.kernel import audit, outbox, webhooks
from app.kernel.errors import Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Actor, Permission

KIND = "interfaces.webhook"
JSON = "application/json"


def write_webhook(session: Session, actor: Actor, command: WriteWebhook, trusted: Collection[str]) -> Webhook:
    """Note where to tell a program, or change it; a change without a secret keeps the one it has.

    Raises Invalid for an address that we do not send to.
    """
    actor.require(Permission.AGREEMENT_MANAGE)
    try:
        webhooks.target(command.url, trusted)
    except webhooks.NotAllowed as refusal:
        raise Invalid({"payloadUrl": refusal.message}) from None
    if command.content_type != JSON:
        raise Invalid({"contentType": msg("Only application/json is sent.")})
    if not command.secret and command.webhook_id is None:
        raise Invalid({"secretKey": msg("Write the secret that messages are signed with.")})
    found = _own(session, command.client_id, command.webhook_id) if command.webhook_id else Webhook(id=uuid.uuid4())
    found.client_id, found.url, found.content_type = command.client_id, command.url, command.content_type
    found.disabled = command.disabled
    if command.secret:
        found.sealed_secret = webhook_vault.seal(command.secret, found.id)
    session.add(found)
    session.flush()
    audit.record(session, actor, "webhook.written", found)
    return found


def delete_webhook(session: Session, actor: Actor, client_id: uuid.UUID, webhook_id: uuid.UUID) -> None:
    """Tell this address nothing any more."""
    actor.require(Permission.AGREEMENT_MANAGE)
    found = _own(session, client_id, webhook_id)
    audit.record(session, actor, "webhook.removed", found)
    session.delete(found)
    session.flush()


def _own(session: Session, client_id: uuid.UUID, webhook_id: uuid.UUID) -> Webhook:
    found = session.get(Webhook, webhook_id, with_for_update=True)
    if found is None or found.client_id != client_id:
        raise NotFound
    return found


@listen
def post_to_programs(session: Session, event: ConsentEvent, record: ConsentRecord | None) -> None:
    """After each answer of somebody whom a program has registered: a message to that program, by the outbox."""
    if record is None:
        return
    rows = session.execute(
        select(Webhook.id, Individual.id)
        .join(Individual, Individual.client_id == Webhook.client_id)
        .join(InterfaceClient, InterfaceClient.id == Webhook.client_id)
        .where(Individual.person_id == event.person_id, Webhook.disabled.is_(False), InterfaceClient.revoked_at.is_(None))
    )
    for webhook_id, individual_id in rows.all():
        outbox.post(
            session,
            KIND,
            webhook=str(webhook_id),
            individual=str(individual_id),
            record=str(record.id),
            event=str(event.id),
            answer=event.answer.value,
            agreement=str(event.agreement_id),
            revision=str(event.revision_id),
            at=event.at.isoformat(),
        )


def packed(session: Session, row: OutboxRow) -> webhooks.Parcel | None:
    """One message, signed now. None where the webhook was deleted, switched off or may know less since: it is told nothing."""
    said = row.payload
    found = session.get(Webhook, uuid.UUID(said["webhook"]))
    if found is None or found.disabled or not _may_know(session, found.client_id, uuid.UUID(said["agreement"])):
        return None
    secret = webhook_vault.open(found.sealed_secret, found.id)
    body = json.dumps(
        {
            "type": f"consent.{said['answer']}",
            "timestamp": said["at"],
            "data": {
                "consentRecordId": said["record"],
                "dataAgreementId": said["agreement"],
                "dataAgreementRevisionId": said["revision"],
                "individualId": said["individual"],
                "optIn": said["answer"] in ("given", "renewed"),
            },
        }
    ).encode()
    return webhooks.parcel(found.url, said["event"], body, [as_key(secret)])


def _may_know(session: Session, client_id: uuid.UUID, agreement_id: uuid.UUID) -> bool:
    """Whether a program may read answers to this agreement at this moment: by its scopes and its processes, as they are now."""
    client = session.get(InterfaceClient, client_id, populate_existing=True)
    if client is None or client.revoked_at is not None or not {Scope.SERVICE.value, Scope.AUDIT.value} & set(client.scopes):
        return False
    return agreement(session, processes_of(client), agreement_id) is not None


def as_key(secret: str) -> str:
    """A program's own secret in the form that signatures take: the key is its bytes."""
    from base64 import b64encode

    return webhooks.PREFIX + b64encode(secret.encode()).decode()
