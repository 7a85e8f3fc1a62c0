"""Signatures over answers: two addresses of the part `service` of the building block."""

from typing import Any

from flask import Response

from app.extensions import db
from app.features.interfaces.govstack import drafts, schemas, shapes
from app.features.interfaces.govstack.door import caller, service, told
from app.features.interfaces.govstack.service_door import SECURITY, record_by, token
from app.features.interfaces.use_cases import begin_signature, complete_signature
from app.web.transaction import commits

SIGNATURE = schemas.answer(signature=schemas.Signature)
SIGNATURE_BODY = schemas.body("signature", schemas.Signature)


@service.route("/individual/record/consent-record/<string:record_id>/signature/", methods=["POST"])
@token
@commits
@service.arguments(SIGNATURE_BODY, error_status_code=400)
@service.response(200, SIGNATURE)
@service.doc(security=SECURITY)
def signature_create(body: dict[str, Any], record_id: str) -> Response:
    """A signature for an answer, with what there is to sign; its value may come later."""
    return _sign(begin_signature, record_id, body["signature"])


@service.route("/individual/record/consent-record/<string:record_id>/signature/", methods=["PUT"])
@token
@commits
@service.arguments(SIGNATURE_BODY, error_status_code=400)
@service.response(200, SIGNATURE)
@service.doc(security=SECURITY)
def signature_update(body: dict[str, Any], record_id: str) -> Response:
    """Put the value into a signature that waits for it."""
    return _sign(complete_signature, record_id, body["signature"])


def _sign(step: Any, record_id: str, said: dict[str, Any]) -> Response:
    session, record = db.session(), record_by(record_id)
    near = shapes.beside(session, caller().client_id, [record])
    payload = (
        near.signatures[record.event_id].payload if record.event_id in near.signatures else shapes.payload_of(record, near)
    )
    return told(
        signature=shapes.signature(step(session, caller().actor, record, payload, drafts.digest_of(payload), said), record)
    )
