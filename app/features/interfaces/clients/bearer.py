"""Which token opens an endpoint: said at each one, checked before it runs (law 5), answered as RFC 6750 says.

A session's cookie opens none of these doors, so there is nothing that another site could forge. Reading the token, counting
the request and noting that the program was here is one short transaction of its own (the exception to law 3).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, current_app, g, jsonify, request
from flask_smorest import Blueprint

from app.extensions import db
from app.features.interfaces.queries import processes_of, working_token
from app.features.interfaces.rules import Allowance, Audience, Scope, actor_for, use_key
from app.features.interfaces.use_cases import count_use
from app.kernel import clock
from app.kernel.errors import Invalid, Refused
from app.kernel.permissions import Actor
from app.web.filters import translate

View = Callable[..., Any]
REALM = "Plaza"
SECURITY = "oauth2"
"""The name of the way in, in our own description."""


@dataclass(frozen=True)
class Caller:
    """The program that asks: as use cases see it, with what its token may do."""

    client_id: UUID
    name: str
    actor: Actor
    scopes: frozenset[str]
    process_ids: frozenset[UUID] | None
    """The processes it is limited to; None means all."""

    def holds(self, scope: Scope) -> bool:
        """Whether the token has this scope."""
        return scope.value in self.scopes


def caller() -> Caller:
    """Who asks. Only behind `needs`."""
    found: Caller = g.interface_caller
    return found


def needs(scope: Scope, audience: Audience) -> Callable[[View], View]:
    """Only programs whose token has `scope` and is meant for this interface, and has not run out."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refused = _let_in(scope, audience)
            return refused if refused is not None else view(*args, **kwargs)

        guarded.__access__ = f"token with scope {scope.value}"  # type: ignore[attr-defined]
        return guarded

    return decorate


def _let_in(scope: Scope, audience: Audience) -> Response | None:
    """None when the token is right; then `caller()` is known. Otherwise the refusal."""
    token = token_sent()
    if token is None:
        return challenge(401)
    with db.separate_transaction() as session:
        known = working_token(session, token, clock.now())
        if known is None:
            return challenge(401, "invalid_token", "The token is unknown, has expired or was revoked.")
        found, client = known
        if found.audience and found.audience != audience:
            return challenge(401, "invalid_token", "The token is meant for another interface.")
        left = count_use(session, use_key(client.id), client.per_minute)
        scopes = frozenset(found.scopes) & frozenset(client.scopes)
        processes = processes_of(client)
        g.interface_caller = Caller(
            client.id,
            client.name,
            actor_for(client.id, scopes, processes),
            scopes,
            frozenset(processes) if processes is not None else None,
        )
    g.interface_allowance = left
    if left.used_up:
        return too_many(left)
    if scope.value not in scopes:
        return challenge(403, "insufficient_scope", f"This needs the scope {scope.value}.", scope=scope.value)
    return None


def token_sent() -> str | None:
    """The token of the header `Authorization: Bearer …`. None when there is no such header; nothing else is looked at."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def challenge(status: int, error: str = "", why: str = "", **more: str) -> Response:
    """A refusal with its reason in `WWW-Authenticate` (RFC 6750, section 3) and in the body."""
    words = {"realm": REALM, **({"error": error, "error_description": why} if error else {}), **more}
    response = refusal(status, error or "unauthorized", why or "Send an access token: Authorization: Bearer …")
    response.headers["WWW-Authenticate"] = "Bearer " + ", ".join(f'{name}="{value}"' for name, value in words.items())
    return response


def too_many(left: Allowance) -> Response:
    """The refusal of one request too many, which says when to come again."""
    response = refusal(429, "too_many_requests", f"At most {left.limit} requests a minute. Wait {left.resets_in} seconds.")
    response.headers["Retry-After"] = str(left.resets_in)
    return response


def refusal(status: int, error: str, why: str, fields: dict[str, Any] | None = None) -> Response:
    """A refusal as programs read it: a code, a sentence, and what is wrong with which field."""
    response = jsonify({"error": error, "error_description": why, **({"fields": fields} if fields else {})})
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def say_what_is_left(response: Response) -> Response:
    """The headers RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers), where requests are counted."""
    left: Allowance | None = g.get("interface_allowance")
    if left is not None:
        response.headers["RateLimit-Policy"] = f'"minute";q={left.limit};w=60'
        response.headers["RateLimit"] = f'"minute";r={max(0, left.remaining)};t={left.resets_in}'
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def door(name: str, audience: str, description: str, *, refused_as: int | None = None) -> Blueprint:
    """The addresses of one interface. `refused_as`: the one status with which this interface answers what cannot be done."""
    made = Blueprint(name, f"app.features.interfaces.{name}", url_prefix=audience, description=description)
    made.after_request(say_what_is_left)

    @made.errorhandler(Refused)
    def _refused(error: Refused) -> Response:
        db.session.rollback()
        fields = {key: translate(why) for key, why in error.errors.items()} if isinstance(error, Invalid) else None
        if error.field:
            fields = {error.field: translate(error.message)}
        status = refused_as if refused_as and error.status != 429 else error.status
        return refusal(status, "refused", translate(error.message), fields)

    @made.errorhandler(422)
    def _unread(error: Any) -> Response:
        messages = getattr(error, "data", {}).get("messages", {})
        return refusal(refused_as or 422, "invalid_request", "The request does not fit its description.", messages)

    @made.errorhandler(400)
    def _broken(error: Any) -> Response:
        messages = getattr(error, "data", {}).get("messages", {})
        return refusal(400, "invalid_request", "The request does not fit its description.", messages or None)

    return made


def secured(scopes: Iterable[Scope]) -> list[dict[str, list[str]]]:
    """What an operation needs, for our own description."""
    return [{SECURITY: [scope.value for scope in scopes]}]


def address_of(path: str) -> str:
    """An absolute address of ours."""
    return f"{current_app.config['SETTINGS'].base_url}{path}"
