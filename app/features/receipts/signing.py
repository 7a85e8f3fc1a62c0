"""Making and using the keys that sign receipts: Ed25519, compact JWS (RFC 7515) with the algorithm named as RFC 9864 asks.

No key is ever outside the process in readable form: the database has the private half sealed with the installation's secret.
"""

import json
import zlib
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from joserfc import jws
from joserfc.jwk import OKPKey

from app.kernel.vault import Vault

ALGORITHM = "Ed25519"
TYPE = "consent-receipt+jws"
"""Says what is signed, so that a signature made for something else can never pass for a receipt."""
ISO, KANTARA = "iso", "kantara"
CONTENT = {ISO: "ld+json", KANTARA: "json"}

vault = Vault("receipts")


def new_key() -> OKPKey:
    """A new pair of keys, named by its thumbprint (RFC 7638). No name begins with a hyphen, as options of commands do."""
    while True:
        key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        if str(key.kid)[0].isalnum():
            return key


def public_of(key: OKPKey) -> dict[str, str]:
    """The half that everybody may know, as a JWK."""
    return {str(name): str(value) for name, value in key.as_dict(private=False).items()}


def sealed(key: OKPKey, owner: UUID) -> str:
    """The private half, sealed for the row that keeps it."""
    return vault.seal(json.dumps(key.as_dict(private=True)), owner)


def unsealed(text: str, owner: UUID) -> OKPKey:
    """The key again. Raises Unreadable when the installation's secret is another one than when it was sealed."""
    return OKPKey.import_key(json.loads(vault.open(text, owner)))


def sign(key: OKPKey, format_: str, payload: bytes, at: datetime) -> str:
    """Sign canonical bytes; returns `header..signature`. `at`, in whole seconds, is when (RFC 7519's `iat`, in the header)."""
    header = {"alg": ALGORITHM, "cty": CONTENT[format_], "iat": int(at.timestamp()), "kid": key.kid, "typ": TYPE}
    whole = jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM], registry=registry())
    head, _payload, signature = whole.split(".")
    return f"{head}..{signature}"


def registry() -> jws.JWSRegistry:
    """What a header of ours may say: the registered names and `iat`."""
    return jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)


def attached(signature: str, payload: bytes) -> str:
    """The compact JWS with its payload, as people get it."""
    head, _nothing, signed = signature.split(".")
    return f"{head}.{urlsafe_b64encode(payload).rstrip(b'=').decode()}.{signed}"


def packed(payload: bytes) -> bytes:
    """As the database keeps it."""
    return zlib.compress(payload, 9)


def unpacked(kept: bytes) -> bytes:
    """As it was signed."""
    return zlib.decompress(kept)
