"""Messages leave for recipients' servers here; the transaction ends before another machine is spoken to. And letters about a
changed text are posted, step by step."""

import json
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.extensions import celery
from app.features.consents.models import DataAgreement, Endpoint, Notice
from app.features.consents.references import vault
from app.features.consents.use_cases.changed import CHANGED, write_letters
from app.features.consents.use_cases.telling import NOTICE
from app.kernel import clock, outbox
from app.kernel.outbox import OutboxRow
from app.kernel.webhooks import NotDelivered, hand_over, parcel

PATIENCE = timedelta(days=45)
"""How long an unreachable recipient is tried: less and less often, at last every six hours."""
REST = timedelta(minutes=1)
"""How long other messages to a server wait after it was not reached: it gets one knock, not a hundred."""


class Resting(NotDelivered):
    """The server was not reached a moment ago."""


@outbox.handler(CHANGED, for_ever=True)
def write_of_change(session: Session, row: OutboxRow) -> None:
    """One step of the letters to those whose yes ends with a change: kept together with the mark that it is done."""
    about, step = row.payload, (row.payload["step"], row.payload["steps"])
    write_letters(session, uuid.UUID(about["agreement"]), uuid.UUID(about["revision"]), *step)


@outbox.handler(NOTICE, patience=PATIENCE)
def deliver(session: Session, row: OutboxRow) -> None:
    """Send one message and note what came of it. Raises NotDelivered, so that the outbox tries it again later.

    A recipient knows a repetition by the message's id: should this process die after they took it, they get it once more.
    """
    found = session.get(Notice, uuid.UUID(row.payload["notice"]))
    known = session.get(Endpoint, found.recipient_id) if found else None
    if found is None or known is None or found.acknowledged_at is not None:
        return
    now = clock.now()
    if known.rests_until is not None and known.rests_until > now:
        raise Resting
    body = message(found, session.get(DataAgreement, found.agreement_id) if found.agreement_id else None)
    sent = parcel(known.url, str(found.id), body, keys_of(known))
    problem, answer = "", b""
    try:
        answer = hand_over(session, sent, celery.flask_app.config["SETTINGS"].webhook_hosts)
    except NotDelivered as failure:
        problem = failure.problem
    session.refresh(found, with_for_update=True)
    found.attempts += 1
    found.tried_at = clock.now()
    if not problem:
        found.acknowledged_at, found.failing_since, found.problem = clock.now(), None, ""
        found.receipt = receipt_in(answer)
        known.rests_until = None
        return
    found.failing_since, found.problem = found.failing_since or found.tried_at, problem[:80]
    known.rests_until = clock.now() + REST
    session.commit()
    raise NotDelivered(problem)


def message(found: Notice, about: DataAgreement | None) -> bytes:
    """The body: what happened, when, under which agreement, and the recipient's own reference for the person. No names."""
    data: dict[str, Any] = {}
    if about is not None:
        data["agreement"] = about.code
    if found.reference:
        data["reference"] = found.reference
    facts = {"type": found.kind.value, "timestamp": found.at.isoformat(), "data": data}
    return json.dumps(facts, separators=(",", ":"), sort_keys=True).encode()


def keys_of(known: Endpoint) -> list[str]:
    """The secrets that sign now."""
    keys = [vault.open(known.secret, known.recipient_id)]
    if known.previous_secret and known.previous_until and known.previous_until > clock.now():
        keys.append(vault.open(known.previous_secret, known.recipient_id))
    return keys


def receipt_in(answer: bytes) -> str:
    """The recipient's own number for what they did, if their answer is JSON with a `reference`; it is shown to staff."""
    try:
        found = json.loads(answer or b"null")
    except (ValueError, RecursionError):
        return ""
    words = found.get("reference") if isinstance(found, dict) else None
    return "".join(sign for sign in str(words or "")[:64] if sign.isprintable())
