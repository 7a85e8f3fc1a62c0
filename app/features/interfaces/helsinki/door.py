"""The one address of the GDPR API, version 1.1: GET tells everything that is kept about a person, DELETE erases
it.

Who asks shows a token of the city's identity provider, which names them and what they may do. The address names them again: by
the identifier of their profile, or by their own identifier here.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, current_app, g, jsonify
from flask_babel import force_locale
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields

from app.extensions import csrf, db
from app.features.accounts.use_cases import hidden_key
from app.features.consents.queries import tree
from app.features.consents.use_cases import note_usages
from app.features.erasure.use_cases import erase_now, preview_erasure
from app.features.interfaces.clients.bearer import challenge, door, token_sent, too_many
from app.features.interfaces.helsinki.provider import ProviderAway, provider_at
from app.features.interfaces.helsinki.token import BadToken, Expected, subject_of
from app.features.interfaces.queries import person_known_as
from app.features.interfaces.rules import GDPR_PER_MINUTE
from app.features.interfaces.use_cases import count_use
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import Message
from app.kernel.permissions import SYSTEM
from app.web.filters import translate
from app.web.streaming import streamed
from app.web.transaction import commits

View = Callable[..., Any]
PIECE = 32_000
QUERY, DELETE = 0, 1
"""Where in the settings' `gdpr_scopes` the scope of an operation stands."""
SECURITY = "profile"
gdpr: Blueprint = door("gdpr", "/api/gdpr/v1", "Helsinki GDPR API 1.1: one's own data, for the city's profile.")
csrf.exempt(gdpr)


def profile_token(operation: int) -> Callable[[View], View]:
    """Only with a token of the trusted provider, of the person in the address, with the scope of this operation."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refused = _let_in(operation, kwargs["profile_id"])
            return refused if refused is not None else view(*args, **kwargs)

        guarded.__access__ = "token of the city's identity provider"  # type: ignore[attr-defined]
        return guarded

    return decorate


def _let_in(operation: int, about: UUID) -> Response | None:
    settings = current_app.config["SETTINGS"]
    token = token_sent()
    if token is None or settings.gdpr_issuer is None:
        return challenge(401)
    expected = Expected(settings.gdpr_issuer, settings.gdpr_audience, settings.gdpr_scopes[operation], clock.now().timestamp())
    try:
        subject = subject_of(token, provider_at(settings.gdpr_issuer), expected)
    except BadToken as error:
        return challenge(401, "invalid_token", error.why)
    except ProviderAway:
        return challenge(401, "invalid_token", "The provider's keys cannot be had now, so the token cannot be judged.")
    with db.separate_transaction() as session:
        left = count_use(session, f"gdpr {hidden_key('gdpr', str(subject))}", GDPR_PER_MINUTE)
        person_id = person_known_as(session, about)
        same = subject == about or (person_id is not None and person_known_as(session, subject) == person_id)
    g.interface_allowance = left
    if left.used_up:
        return too_many(left)
    if not same:
        return challenge(401, "invalid_token", "The token's subject is not the person in the address.")
    g.interface_person = person_id
    return None


class NodeSchema(Schema):
    """One node: a name in capital letters, and either a value or nodes below it. A value is always a string."""

    key = fields.String(required=True)
    value = fields.String()
    children = fields.List(fields.Nested("NodeSchema"))


@gdpr.route("/<uuid:profile_id>")
@profile_token(QUERY)
@gdpr.response(200, NodeSchema)
@gdpr.alt_response(204, description="Nothing is kept about this person, or nobody is known by this identifier.")
@gdpr.doc(security=[{SECURITY: []}])
def everything(profile_id: UUID) -> Response:
    """Everything that is kept about the person, as a tree."""
    person_id: UUID | None = g.interface_person
    if person_id is None:
        return Response(status=204)
    with db.separate_transaction() as session:
        note_usages(session, [person_id], kind="download", by_role="you", basis="own_request")
    return Response(streamed(lambda session: _gathered(tree(session, person_id))), mimetype="application/json")


def _gathered(words: Iterator[str]) -> Iterator[bytes]:
    """The same text in pieces of some `PIECE` bytes."""
    piece = bytearray()
    for some in words:
        piece += some.encode("utf-8", "replace")
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


class DeleteQuery(Schema):
    """Whether to erase, or only to say whether that is possible."""

    class Meta:
        unknown = EXCLUDE

    dry_run = fields.Boolean(load_default=False)


class ReasonSchema(Schema):
    """One reason why nothing is erased: a code, and a sentence in each language."""

    code = fields.String(required=True)
    message = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ReasonsSchema(Schema):
    """Why nothing is erased."""

    errors = fields.List(fields.Nested(ReasonSchema), required=True)


@gdpr.route("/<uuid:profile_id>", methods=["DELETE"])
@profile_token(DELETE)
@commits
@gdpr.arguments(DeleteQuery, location="query", error_status_code=400)
@gdpr.response(204)
@gdpr.alt_response(403, schema=ReasonsSchema)
@gdpr.doc(security=[{SECURITY: []}])
def erase(query: dict[str, Any], profile_id: UUID) -> Response:
    """Erase what is kept about the person, or with `dry_run` say whether that would be done. Both go by the same reasons."""
    person_id: UUID | None = g.interface_person
    if person_id is None:
        return Response(status=204)
    session = db.session()
    try:
        preview = preview_erasure(session, person_id)
        if preview.reasons:
            return _reasons([(found.code, found.message) for found in preview.reasons])
        if not query["dry_run"]:
            erase_now(session, SYSTEM, person_id)
    except NotFound:  # erased already, or being erased at this moment
        return Response(status=204)
    except Refused as refusal:  # what stands in the way came between the preview and the deed
        session.rollback()
        return _reasons([("REFUSED", refusal.message)])
    return Response(status=204)


def _reasons(found: list[tuple[str, Message]]) -> Response:
    """The reasons in every language of the installation."""
    errors = []
    for code, message in found:
        words = {}
        for language in current_app.config["SETTINGS"].languages:
            with force_locale(language):
                words[language] = translate(message)
        errors.append({"code": code.upper(), "message": words})
    response = jsonify({"errors": errors})
    response.status_code = 403
    return response
