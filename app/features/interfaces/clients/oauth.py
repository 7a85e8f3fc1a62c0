"""Where programs get and give back their tokens: OAuth 2 client credentials (RFC 6749 section 4.4, 7009, 8414)."""

from base64 import b64decode
from typing import Any
from urllib.parse import unquote_plus

from flask import Blueprint, Response, jsonify, request, url_for

from app.extensions import csrf, db
from app.features.accounts.use_cases import count_attempt
from app.features.interfaces.clients.bearer import REALM, address_of, refusal
from app.features.interfaces.commands import AskForToken
from app.features.interfaces.rules import SCOPES
from app.features.interfaces.use_cases import BadClient, BadRequest, give_token, revoke_token
from app.kernel.errors import TooManyAttempts
from app.web.access import public
from app.web.transaction import commits

bp = Blueprint("interfaces_oauth", __name__)
LONGEST = 200
Credentials = tuple[str, str]


@bp.get("/.well-known/oauth-authorization-server")
@public
def metadata() -> Response:
    """What programs need to know to ask for tokens (RFC 8414)."""
    ways = ["client_secret_basic", "client_secret_post"]
    return jsonify(
        {
            "issuer": address_of(""),
            "token_endpoint": address_of(url_for(".token")),
            "token_endpoint_auth_methods_supported": ways,
            "revocation_endpoint": address_of(url_for(".revoke")),
            "revocation_endpoint_auth_methods_supported": ways,
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "scopes_supported": [scope.value for scope in SCOPES],
            "service_documentation": address_of(url_for("interfaces.developers")),
        }
    )


@bp.post("/oauth/token")
@csrf.exempt
@public
@commits
def token() -> Response:
    """An access token for a program that shows its secret."""
    form = request.form
    if form.get("grant_type") is None:
        return refusal(400, "invalid_request", "Send grant_type=client_credentials as a form.")
    if form["grant_type"] != "client_credentials":
        return refusal(400, "unsupported_grant_type", "Only client_credentials is known here.")
    if any(len(form.getlist(name)) > 1 for name in form):
        return refusal(400, "invalid_request", "A parameter stands there twice.")
    sent = _credentials()
    if isinstance(sent, Response):
        return sent
    base = address_of("")
    resource = form.get("resource", "").rstrip("/")
    if resource and not resource.startswith(base):
        return refusal(400, "invalid_target", "The resource is not an interface of this server.")
    command = AskForToken(*sent, scope=form.get("scope"), audience=resource.removeprefix(base))
    return _judged(sent, lambda: _given(command))


@bp.post("/oauth/revoke")
@csrf.exempt
@public
@commits
def revoke() -> Response:
    """End a token before its time."""
    sent = _credentials()
    if isinstance(sent, Response):
        return sent
    given = request.form.get("token", "")
    if not given:
        return refusal(400, "invalid_request", "Send the token as a form.")

    def end() -> Response:
        revoke_token(db.session(), *sent, given)
        response = jsonify({})
        response.headers["Cache-Control"] = "no-store"
        return response

    return _judged(sent, end)


def _given(command: AskForToken) -> Response:
    given = give_token(db.session(), command)
    response = jsonify(
        {
            "access_token": given.token,
            "token_type": "Bearer",
            "expires_in": given.seconds,
            "scope": " ".join(given.scopes),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _judged(sent: Credentials, step: Any) -> Response:
    """Take the step. Only wrong secrets are counted: a client_id is no secret, and whoever knows one shall not shut its
    program out. The right secret cannot be found by trying: it has 256 random bits."""
    try:
        answer: Response = step()
    except BadClient:
        return _wrong(sent)
    except BadRequest as error:
        return refusal(400, error.error, error.why)
    return answer


def _wrong(sent: Credentials) -> Response:
    try:
        count_attempt("interface", sent[0])
    except TooManyAttempts as error:
        response = refusal(429, "invalid_client", f"Too many attempts with this client_id. Wait {error.seconds} seconds.")
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return _unknown()


def _unknown() -> Response:
    response = refusal(401, "invalid_client", "No such client, or another secret, or the client is shut out.")
    response.headers["WWW-Authenticate"] = f'Basic realm="{REALM}", charset="UTF-8"'
    return response


def _credentials() -> Credentials | Response:
    """`client_id` and `client_secret` from the header or the form, never from both (RFC 6749, section 2.3)."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    in_form = "client_secret" in request.form
    if not scheme:
        sent = (request.form.get("client_id", ""), request.form.get("client_secret", ""))
        return sent if in_form and _plausible(sent) else _unknown()
    if in_form:
        return refusal(400, "invalid_request", "Show the secret once: in the header or in the form.")
    if scheme.lower() != "basic":
        return _unknown()
    try:
        name, _colon, secret = b64decode(value.strip(), validate=True).decode().partition(":")
    except ValueError:
        return _unknown()
    sent = (unquote_plus(name), unquote_plus(secret))
    return sent if _plausible(sent) else _unknown()


def _plausible(sent: Credentials) -> bool:
    return all(0 < len(one) <= LONGEST for one in sent)
