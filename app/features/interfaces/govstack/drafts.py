"""Records that are not there yet, and those that were: what there is to sign beforehand, and what was answered earlier."""

import hashlib

import rfc8785

from app.features.consents.queries import AgreementRevision, Answer, ConsentEvent, DataAgreement
from app.features.interfaces.govstack.shapes import Shape
from app.kernel import clock


def digest_of(payload: str) -> str:
    """The hash of what is signed: SHA-256, hexadecimal."""
    return hashlib.sha256(payload.encode()).hexdigest()


def draft_payload(found: DataAgreement, revision: AgreementRevision, whose: str, *, opt_in: bool = True) -> str:
    """What there is to sign before anything is recorded: the answer and the hash of the words it is about."""
    return rfc8785.dumps(
        {
            "objectData": {
                "dataAgreement": str(found.id),
                "dataAgreementRevision": str(revision.id),
                "dataAgreementRevisionHash": revision.digest,
                "individual": whose,
                "optIn": opt_in,
            },
            "schemaName": "ConsentRecord",
            "signedWithoutObjectId": True,
        }
    ).decode()


def draft_signature(payload: str) -> Shape:
    """A signature that waits for its value, over something that is not recorded yet."""
    return {
        "id": "",
        "payload": payload,
        "signature": "",
        "verificationMethod": "",
        "verificationPayload": payload,
        "verificationPayloadHash": digest_of(payload),
        "verificationSignedBy": "",
        "timestamp": clock.now().isoformat(),
        "signedWithoutObjectReference": True,
        "objectType": "revision",
    }


def is_answer(event: ConsentEvent) -> bool:
    """Whether an event was an answer, or what time made of one; being asked is none."""
    return event.answer is not Answer.ASKED


def earlier(present: Shape, event: ConsentEvent, found: DataAgreement) -> Shape:
    """A record as it was after an earlier event: what was said then, to which revision."""
    revision = next(one for one in found.revisions if one.id == event.revision_id)
    shape = {name: value for name, value in present.items() if name not in ("signature", "dataAgreementRevision")}
    return {
        **shape,
        "dataAgreementRevisionHash": revision.digest,
        "optIn": event.answer in (Answer.GIVEN, Answer.RENEWED),
        "state": "unsigned",
    }
