"""Judging the token of Helsinki's profile: signature, issuer, audience, expiry, subject, and Keycloak's permissions."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from app.features.interfaces.helsinki.provider import Key, Provider

KIND_OF_KEY = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "Ed25519": "OKP",
    "EdDSA": "OKP",
}
"""The algorithms that are taken, all with a public key: never `none`, never a shared secret (RFC 8725, section 3.1)."""
LEEWAY = 10
"""Seconds by which two clocks may differ."""
LONGEST = 16_000


class BadToken(Exception):
    """The token does not open this. `why` is a sentence for whoever writes programs; it says nothing about the person."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Expected:
    """What a token must say: whose it is, for whom, and which scope must be among its permissions."""

    issuer: str
    audience: str
    scope: str
    now: float


def subject_of(token: str, provider: Provider, expected: Expected) -> UUID:
    """Who asks, by a token that fits in everything. Raises BadToken, or ProviderAway when it cannot be judged."""
    claims = _verified(token, provider)
    if claims.get("iss") != expected.issuer:
        raise BadToken("The token is of another issuer.")
    audience = claims.get("aud")
    if expected.audience not in (audience if isinstance(audience, list) else [audience]):
        raise BadToken("The token is for another audience.")
    _check_time(claims, expected.now)
    if expected.scope not in _scopes(claims):
        raise BadToken(f"The token has no permission with the scope {expected.scope}.")
    try:
        return UUID(claims["sub"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise BadToken("The token's subject is no UUID.") from None


def _verified(token: str, provider: Provider) -> dict[str, Any]:
    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in KIND_OF_KEY:
        raise BadToken("The token is not signed with an algorithm that is accepted here.")
    if kid is not None and not isinstance(kid, str):
        raise BadToken("The token's key has no readable name.")
    for keys_for in (provider.keys_for, provider.keys_again):
        claims = _signed_with(token, keys_for(kid, KIND_OF_KEY[algorithm]))
        if claims is not None:
            return claims
    raise BadToken("The token's signature is not right.")


def _signed_with(token: str, keys: Iterable[Key]) -> dict[str, Any] | None:
    """What a token says, if one of these keys has signed it."""
    registry = JWSRegistry(algorithms=list(KIND_OF_KEY))
    for key in keys:
        try:
            return jwt.decode(token, key, registry=registry).claims
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
    return None


def _header(token: str) -> dict[str, Any]:
    """The header as it stands there, to choose the key by; what it says is believed only once the signature is right."""
    first = token.split(".", 1)[0]
    if len(token) > LONGEST or token.count(".") != 2:
        raise BadToken("This is no signed token.")
    try:
        header = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError):
        raise BadToken("This is no signed token.") from None
    if not isinstance(header, dict):
        raise BadToken("This is no signed token.")
    return header


def _check_time(claims: dict[str, Any], now: float) -> None:
    expires, begins = _moment(claims.get("exp")), _moment(claims.get("nbf", 0))
    if expires is None or expires + LEEWAY <= now:
        raise BadToken("The token has expired, or does not say when it does.")
    if begins is None or begins - LEEWAY > now:
        raise BadToken("The token does not work yet.")


def _moment(value: Any) -> int | float | None:
    """Seconds since 1970, or None for what is no moment: JSON readers take `NaN`, which is never past, and `Infinity`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or isfinite(value) else None


def _scopes(claims: dict[str, Any]) -> Iterator[Any]:
    """Every scope of `authorization.permissions[].scopes`, whatever else stands there."""
    authorization = claims.get("authorization")
    permissions = authorization.get("permissions") if isinstance(authorization, dict) else None
    for permission in permissions if isinstance(permissions, list) else []:
        scopes = permission.get("scopes") if isinstance(permission, dict) else None
        yield from scopes if isinstance(scopes, list) else []
