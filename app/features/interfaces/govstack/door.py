"""What the three parts have in common: their addresses, who asks, what is not there, pages of lists."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app, jsonify, request

from app.extensions import csrf, db
from app.features.consents.use_cases import note_reading
from app.features.interfaces.clients.bearer import Caller, caller, door
from app.features.interfaces.govstack.schemas import MOST
from app.features.interfaces.models import Individual
from app.features.interfaces.queries import govstack as queries
from app.features.interfaces.rules import Audience
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg

Row = TypeVar("Row")
INDIVIDUAL = "X-ConsentBB-IndividualId"
WHAT = "GovStack Consent Building Block 1.1"
config = door("govstack_config", f"{Audience.GOVSTACK}/config", f"{WHAT}: policies, agreements, individuals.", refused_as=400)
service = door("govstack_service", f"{Audience.GOVSTACK}/service", f"{WHAT}: what individuals answer.", refused_as=400)
audit = door("govstack_audit", f"{Audience.GOVSTACK}/audit", f"{WHAT}: for auditors.", refused_as=400)
for one in (config, service, audit):
    csrf.exempt(one)


def identifier(text: str | None) -> UUID:
    """An identifier of ours. Raises NotFound for what is none: nothing has it."""
    try:
        return UUID(text or "")
    except ValueError:
        raise NotFound from None


def optional(text: str | None) -> UUID | None:
    """The same, where it may be left out."""
    return identifier(text) if text else None


def there(found: Row | None) -> Row:
    """What was looked for. Raises NotFound when the program may not see it, or nobody has it."""
    if found is None:
        raise NotFound
    return found


def page(query: dict[str, Any]) -> tuple[int, int]:
    """Which part of a list was asked for: how many to leave out, and at most how many to show."""
    return query["offset"], min(query["limit"], MOST)


def whom(query: dict[str, Any] | None = None) -> Individual:
    """The individual that the request is about: by the header, or by the query. Raises Refused when none is named."""
    named = (query or {}).get("individualId") or request.headers.get(INDIVIDUAL) or request.args.get("individualId")
    if not named:
        raise Refused(msg("Name the individual: in the header X-ConsentBB-IndividualId, or as individualId."))
    return there(queries.individual(db.session(), caller().client_id, identifier(named)))


def note_reading_of(people: Iterable[UUID], *, audits: bool = False) -> None:
    """The people whose answers are told see that, and to which program. An access record, in a short transaction of its own."""
    if everybody := set(people):
        with db.separate_transaction() as session:
            note_reading(session, everybody, caller().name, audits=audits)


def language() -> str:
    """The installation's own language: agreements and policies that programs write are in it."""
    return str(current_app.config["SETTINGS"].default_language)


def told(**shapes: Any) -> Response:
    """An answer with objects under their names."""
    return jsonify(shapes)


__all__ = [
    "Caller",
    "audit",
    "caller",
    "config",
    "identifier",
    "language",
    "note_reading_of",
    "optional",
    "page",
    "service",
    "there",
    "told",
    "whom",
]
