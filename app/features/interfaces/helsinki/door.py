"""The one address of the GDPR API, version 1.1: GET tells everything that is kept about a person.

Who asks shows a token of the city's identity provider, which names them and what they may do. The address names them again: by
the identifier of their profile, or by their own identifier here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, current_app, g
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.extensions import csrf, db
from app.features.accounts.use_cases import hidden_key
from app.features.consents.use_cases import note_usages
from app.features.interfaces.clients.bearer import challenge, door, token_sent, too_many
from app.features.interfaces.helsinki.nodes import tree
from app.features.interfaces.helsinki.provider import ProviderAway, provider_at
from app.features.interfaces.helsinki.token import BadToken, Expected, subject_of
from app.features.interfaces.queries import person_known_as
from app.features.interfaces.rules import GDPR_PER_MINUTE
from app.features.interfaces.use_cases import count_use
from app.kernel import clock
from app.web.streaming import streamed

View = Callable[..., Any]
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
    return Response(streamed(lambda session: tree(session, person_id)), mimetype="application/json")
