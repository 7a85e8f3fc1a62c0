"""Programs of other systems and their tokens for tests."""

from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from app.extensions import db
from app.features.interfaces.commands import AskForToken, RegisterClient
from app.features.interfaces.helsinki.provider import Key, ProviderAway
from app.features.interfaces.models import CityProfile, InterfaceClient
from app.features.interfaces.rules import Scope
from app.features.interfaces.use_cases import give_token, register_client
from app.kernel import clock
from app.kernel.permissions import SYSTEM
from tests.factories.tools import add, number

ALL = tuple(scope.value for scope in Scope)


def client(scopes: tuple[str, ...] = ALL, processes: tuple[Any, ...] = (), per_minute: int = 6000) -> InterfaceClient:
    """A registered program; its secret is `client.secret_for_tests`."""
    command = RegisterClient(
        name=f"Consent desk {number()}",
        contact="desk@school.example",
        scopes=scopes,
        per_minute=per_minute,
        process_ids=tuple(process.id for process in processes),
    )
    found, secret = register_client(db.session(), SYSTEM, command)
    found.secret_for_tests = secret  # type: ignore[attr-defined]
    return found


def token(of: InterfaceClient | None = None, scope: str | None = None, audience: str = "") -> str:
    """A token that works, with all scopes of its program or with some. Kept, with all that was added before: a request ends in
    a session of its own."""
    of = of or client()
    command = AskForToken(str(of.id), of.secret_for_tests, scope, audience)  # type: ignore[attr-defined]
    given = give_token(db.session(), command).token
    db.session.commit()
    return given


def bearer(of: InterfaceClient | None = None, scope: str | None = None, audience: str = "") -> dict[str, str]:
    """The header that a program sends with each request."""
    return {"Authorization": f"Bearer {token(of, scope, audience)}"}


class IdentityProvider:
    """An identity provider in memory: signs tokens, and answers what `helsinki.provider.fetch` would fetch."""

    def __init__(self, issuer: str = "https://tunnistus.example/realms/city", audience: str = "plaza") -> None:
        self.issuer = issuer
        self.audience = audience
        self.keys: dict[str, Key] = {}
        self.asked: list[str] = []
        self.away = False
        self.new_key("first")

    def new_key(self, kid: str, kind: str = "EC") -> None:
        """Sign with another key from now on."""
        made = {
            "EC": lambda: ECKey.generate_key("P-256", {"kid": kid, "use": "sig"}),
            "RSA": lambda: RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}),
            "OKP": lambda: OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}),
        }
        self.keys[kid] = made[kind]()

    def fetch(self, address: str) -> Any:
        """The discovery document and the key set."""
        self.asked.append(address)
        if self.away:
            raise ProviderAway
        if address.endswith("/.well-known/openid-configuration"):
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/certs"}
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}

    def claims(self, subject: Any, scope: str = "gdprquery", **claims: Any) -> dict[str, Any]:
        """What Keycloak writes into a token for the profile of `subject`."""
        now = int(clock.now().timestamp())
        permissions = [{"scopes": ["openid"], "rsname": "other"}, {"scopes": [scope, "more"], "rsname": "gdpr"}]
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(subject),
            "iat": now,
            "exp": now + 300,
            "loa": "substantial",
            "authorization": {"permissions": permissions},
            **claims,
        }

    def token(self, subject: Any, scope: str = "gdprquery", *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A signed token."""
        kid, key = list(self.keys.items())[-1]
        algorithm = {"EC": "ES256", "RSA": "RS256", "OKP": "Ed25519"}[key.key_type]
        return jwt.encode(
            {"alg": algorithm, "kid": kid, **(header or {})},
            self.claims(subject, scope, **claims),
            key,
            algorithms=[algorithm],
        )

    def bearer(self, subject: Any, scope: str = "gdprquery", **claims: Any) -> dict[str, str]:
        """The header with a token."""
        return {"Authorization": f"Bearer {self.token(subject, scope, **claims)}"}


def profile(person: Any, profile_id: UUID | None = None) -> CityProfile:
    """A person's profile at the city's identity provider."""
    return add(CityProfile(person_id=person.id, profile_id=profile_id or uuid4()))
