"""The certificate: what two members certified, in one document that never changes; a correction makes another."""

import json
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.committee import protocol
from app.features.committee.models import Certificate, Decision
from app.features.committee.rules import digest_of
from app.features.spaces.queries import process
from app.features.voting.queries import box_of
from app.kernel.errors import NotFound


def issue(session: Session, pot: Pot, decision: Decision) -> Certificate:
    """Write the next version of a pot's certificate for a decision in force, and keep the protocol as it is now."""
    newest = session.scalar(select(func.max(Certificate.version)).where(Certificate.pot_id == pot.id)) or 0
    body = _body(session, pot, decision, newest + 1)
    certificate = Certificate(
        pot_id=pot.id,
        decision_id=decision.id,
        version=newest + 1,
        body=body,
        digest=digest_of(body),
        created_at=decision.decided_at,
    )
    session.add(certificate)
    session.flush()
    space = process(session, pot.process_id)
    if space is None:
        raise NotFound
    certificate.protocol = json.loads(protocol.as_bytes(protocol.record_of(session, space, only=pot)))
    session.flush()
    return certificate


def _body(session: Session, pot: Pot, decision: Decision, version: int) -> dict[str, Any]:
    result = pot.result or {}
    box = box_of(session, pot.process_id)
    openings = [
        {"by": one["by"], "day": one["day"], "ballots": one["ballots_sha256"]} for one in (box.statements if box else [])
    ]
    return {
        "version": version,
        "pot": str(pot.id),
        "title": pot.title,
        "frozen": pot.options.get("digest", ""),
        "rule": pot.rule,
        "vote_type": pot.vote_type,
        "amount": pot.amount,
        "currency": pot.currency,
        "counted": bool(result.get("supported")),
        "result": digest_of(result),
        "openings": openings,
        "voters": result.get("voters", 0),
        "blank": result.get("blank", 0),
        "channels": result.get("channels", {}),
        "paper": result.get("paper"),
        "winners": [_winner(pot, number) for number in result.get("winners", [])],
        "cost": result.get("cost"),
        "left": result.get("left"),
        "tie_rules": result.get("tie_rules", []),
        "ties": result.get("ties", []),
        "reason": decision.reason,
        "signatures": [
            {"name": decision.proposed_name, "at": decision.created_at.isoformat()},
            {"name": decision.decided_name, "at": decision.decided_at.isoformat() if decision.decided_at else ""},
        ],
    }


def _winner(pot: Pot, number: str) -> dict[str, Any]:
    project = next((one for one in pot.projects if one.number == number), None)
    return {"number": number, "title": project.title if project else {}, "cost": project.cost if project else None}
