"""A signature over an answer is kept beside it. What is signed is generated here, and nothing else can be signed."""

import hmac
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.queries import ConsentRecord
from app.features.interfaces.models import Signature
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor

_OTHER = msg("This signature is over something else than what is recorded here.")
KEPT = (
    "signature",
    "verificationMethod",
    "verificationArtifact",
    "verificationSignedBy",
    "verificationSignedAs",
    "verificationJwsHeader",
)


def begin_signature(
    session: Session, actor: Actor, record: ConsentRecord, payload: str, digest: str, said: dict[str, Any]
) -> Signature:
    """Keep a signature with the present answer; without a value it waits for one. One for each answer, the last word counts."""
    _check(payload, digest, said)
    found = session.scalars(select(Signature).where(Signature.event_id == record.event_id).with_for_update()).first()
    if found is not None and found.said.get("signature"):
        raise Conflict(msg("This answer is signed already."))
    found = found or Signature(event_id=record.event_id)
    _write(found, actor, payload, said)
    session.add(found)
    session.flush()
    audit.record(session, actor, "signature.written", found, voice_id=record.person_id)
    return found


def complete_signature(
    session: Session, actor: Actor, record: ConsentRecord, payload: str, digest: str, said: dict[str, Any]
) -> Signature:
    """Put the value into a signature that waits for it. Raises NotFound when none does."""
    found = session.scalars(select(Signature).where(Signature.event_id == record.event_id)).first()
    if found is None:
        raise NotFound
    return begin_signature(session, actor, record, payload, digest, said)


def _check(payload: str, digest: str, said: dict[str, Any]) -> None:
    """Whatever the program repeats of the payload must be what we generated."""
    for name, ours in (("verificationPayload", payload), ("verificationPayloadHash", digest)):
        sent = said.get(name)
        if sent and not hmac.compare_digest(sent.encode(), ours.encode()):
            raise Conflict(_OTHER)


def _write(found: Signature, actor: Actor, payload: str, said: dict[str, Any]) -> None:
    found.client_id, found.payload, found.at = actor.client_id, payload, clock.now()
    found.said = {name: said[name] for name in KEPT if said.get(name)}
