"""Our rows in the words of GovStack's description. Properties without a value are left out: its strings cannot be null.

Hashes are SHA-256 over exactly the string in `serializedSnapshot`; the SHA-1 that the description speaks of stands beside them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import rfc8785
from flask import current_app
from sqlalchemy.orm import Session

from app.features.accounts.use_cases import hidden_key
from app.features.consents.queries import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    LegalBasis,
)
from app.features.interfaces.models import AgreementPaper, Individual, Policy, PolicyRevision, Signature, Webhook
from app.features.interfaces.queries import govstack as queries
from app.features.interfaces.rules import SPECIFICATION
from app.kernel.texts import pick

Shape = dict[str, Any]


def without_nothing(shape: Mapping[str, Any]) -> Shape:
    """Without properties that have no value."""
    return {name: value for name, value in shape.items() if value is not None}


def hashes(snapshot: str) -> Shape:
    """The hash of a snapshot, and the old one beside it."""
    raw = snapshot.encode()
    return {
        "serializedHash": hashlib.sha256(raw).hexdigest(),
        "serializedHashSha1": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
    }


def policy(revision: PolicyRevision) -> Shape:
    """A policy as one revision says it."""
    return dict(revision.content)


def policy_revision(found: Policy, revision: PolicyRevision, *, alone: bool = False) -> Shape:
    """A revision of a policy with the one that replaced it; `alone` without that."""
    following = next((one for one in found.revisions if one.number == revision.number + 1 and not alone), None)
    snapshot = rfc8785.dumps({**revision.content, "previous": revision.previous_digest}).decode()
    return without_nothing(
        {
            "id": str(revision.id),
            "schemaName": "Policy",
            "objectId": str(found.id),
            "signedWithoutObjectId": False,
            "serializedSnapshot": snapshot,
            **hashes(snapshot),
            "timestamp": revision.at.isoformat(),
            "authorizedByOther": str(revision.client_id) if revision.client_id else None,
            "successor": policy_revision(found, following, alone=True) if following else None,
            "predecessorHash": revision.previous_digest or None,
        }
    )


@dataclass(frozen=True)
class Papers:
    """What is shown beside agreements: GovStack's own words for them, and their policies."""

    papers: dict[UUID, AgreementPaper]
    policies: dict[UUID, Policy]


def papers_for(session: Session, ids: Sequence[UUID]) -> Papers:
    """Two statements, however many agreements."""
    return Papers(queries.papers_of(session, ids), queries.policies_of(session, ids))


def agreement(found: DataAgreement, papers: Papers, revision: AgreementRevision | None = None) -> Shape:
    """An agreement with the words of its present revision, or of another."""
    revision = revision or found.pending or found.current
    paper, governing = papers.papers.get(found.id), papers.policies.get(found.id)
    in_force = found.state is AgreementState.IN_FORCE
    return without_nothing(
        {
            "id": str(found.id),
            "version": paper.version if paper else SPECIFICATION,
            "controller": {
                "id": str(found.recipient_id),
                "name": _text(revision.recipient),
                "url": found.recipient.url,
            },
            "policy": policy(governing.current) if governing else None,
            "purpose": _text(revision.purpose),
            "lawfulBasis": "consent" if found.legal_basis is LegalBasis.EXPLICIT_CONSENT else found.legal_basis.value,
            "dataUse": (paper.data_use if paper else "") or None,
            "dpia": revision.impact_note,
            "active": in_force,
            "forgettable": paper.forgettable if paper else True,
            "lifecycle": {"id": revision.state.value, "name": "Complete" if in_force else "Draft"},
            "attributes": list(revision.categories),
            "purposeTerm": found.purpose_term,
        }
    )


def agreement_revision(found: DataAgreement, revision: AgreementRevision, papers: Papers, *, alone: bool = False) -> Shape:
    """A revision of an agreement: from submission on exactly what its digest in the public register is calculated over.

    With it the one that replaced it, from when that is in force; `alone` without that.
    """
    later = [one for one in found.revisions if one.number > revision.number and one.in_force_at and not alone]
    following = min(later, key=lambda one: one.number, default=None)
    frozen = bool(revision.digest)
    snapshot = rfc8785.dumps(revision.content if frozen else agreement(found, papers, revision)).decode()
    return without_nothing(
        {
            "id": str(revision.id),
            "schemaName": "DataAgreement",
            "objectId": str(found.id),
            "signedWithoutObjectId": False,
            "serializedSnapshot": snapshot,
            **hashes(snapshot),
            "timestamp": (revision.in_force_at or revision.created_at).isoformat(),
            "successor": agreement_revision(found, following, papers, alone=True) if following else None,
            "predecessorHash": revision.previous_digest or None,
        }
    )


def individual(found: Individual) -> Shape:
    """An individual as the program that registered them knows them."""
    return {
        "id": str(found.id),
        "externalId": found.external_id,
        "externalIdType": found.external_id_type,
        "identityProviderId": found.identity_provider_id,
    }


def webhook(found: Webhook) -> Shape:
    """A webhook. Its secret is never given out."""
    return {
        "id": str(found.id),
        "payloadUrl": found.url,
        "contentType": found.content_type,
        "disabled": found.disabled,
        "secretKey": "",
    }


@dataclass(frozen=True)
class Beside:
    """What is shown beside records: loaded at once for a whole page of them."""

    agreements: dict[UUID, DataAgreement]
    papers: Papers
    client_id: UUID
    people: dict[UUID, Individual]
    events: dict[UUID, ConsentEvent]
    signatures: Mapping[UUID, Signature]
    counting: set[UUID]


def beside(session: Session, client_id: UUID, records: Sequence[ConsentRecord]) -> Beside:
    """As many statements for a page of records as for one."""
    agreements = queries.agreements_by_id(session, [one.agreement_id for one in records])
    events = [one.event_id for one in records]
    return Beside(
        agreements,
        papers_for(session, list(agreements)),
        client_id,
        queries.individuals_who_are(session, client_id, [one.person_id for one in records]),
        queries.events_by_id(session, events),
        queries.signatures_of(session, events),
        queries.those_in_force(session, [one.id for one in records]),
    )


def record(found: ConsentRecord, near: Beside) -> Shape:
    """A present answer. `optIn` is what the valve says at this moment: a yes that ran out is none."""
    governing = near.agreements[found.agreement_id]
    revision = next(one for one in governing.revisions if one.id == found.revision_id)
    signed = near.signatures.get(found.event_id)
    return without_nothing(
        {
            "id": str(found.id),
            "dataAgreement": agreement(governing, near.papers, revision),
            "dataAgreementRevision": agreement_revision(governing, revision, near.papers),
            "dataAgreementRevisionHash": revision.digest,
            "individual": _whose(found.person_id, near),
            "optIn": found.id in near.counting,
            "state": state_of(signed),
            "signature": signature(signed, found) if signed else None,
        }
    )


def _whose(person_id: UUID, near: Beside) -> Shape:
    """The individual, for the program that registered them; for others a name that leads to nobody: each program has one of its
    own, so that two of them cannot put together what they read."""
    known = near.people.get(person_id)
    return individual(known) if known else {"id": hidden_key("govstack individual", f"{near.client_id} {person_id}")[:32]}


def state_of(signed: Signature | None) -> str:
    """Whether the answer is signed."""
    return "signed" if signed is not None and signed.said.get("signature") else "unsigned"


def record_payload(found: ConsentRecord, event: ConsentEvent, revision: AgreementRevision, whose: str) -> str:
    """What a revision of a record says, and what is signed: the answer, its moment and the hash of the words it is about."""
    return rfc8785.dumps(
        {
            "objectData": {
                "dataAgreement": str(found.agreement_id),
                "dataAgreementRevision": str(revision.id),
                "dataAgreementRevisionHash": revision.digest,
                "individual": whose,
                "optIn": event.answer in (Answer.GIVEN, Answer.RENEWED),
            },
            "schemaName": "ConsentRecord",
            "objectId": str(found.id),
            "signedWithoutObjectId": False,
            "timestamp": event.at.isoformat(),
        }
    ).decode()


def record_revision(found: ConsentRecord, near: Beside) -> Shape:
    """The revision of a record that its last answer made."""
    event = near.events[found.event_id]
    snapshot = payload_of(found, near)
    return {
        "id": str(event.id),
        "schemaName": "ConsentRecord",
        "objectId": str(found.id),
        "signedWithoutObjectId": False,
        "serializedSnapshot": snapshot,
        **hashes(snapshot),
        "timestamp": event.at.isoformat(),
    }


def payload_of(found: ConsentRecord, near: Beside) -> str:
    """What is to be signed of a record."""
    governing = near.agreements[found.agreement_id]
    revision = next(one for one in governing.revisions if one.id == found.revision_id)
    return record_payload(found, near.events[found.event_id], revision, str(_whose(found.person_id, near)["id"]))


def signature(found: Signature, record: ConsentRecord) -> Shape:
    """A signature with what it is over."""
    digest = hashlib.sha256(found.payload.encode()).hexdigest()
    return {
        "id": str(found.id),
        "payload": found.payload,
        "verificationPayload": found.payload,
        "verificationPayloadHash": digest,
        "signature": "",
        "verificationMethod": "",
        "verificationSignedBy": "",
        **found.said,
        "timestamp": found.at.isoformat(),
        "signedWithoutObjectReference": False,
        "objectType": "revision",
        "objectReference": str(record.event_id),
    }


def _text(texts: Mapping[str, str]) -> str:
    return pick(texts, current_app.config["SETTINGS"].default_language)[0]
