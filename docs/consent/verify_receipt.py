"""Verify a receipt of Plaza without Plaza. Needs Python 3.9 or newer and one package: pip install joserfc

    python verify_receipt.py receipt-signed.jws jwks.json

The keys are at /.well-known/jwks.json of the city. Fetch them once and keep the file; nothing is sent anywhere.
Ends with 0 when the receipt is valid, with 1 when it is not, and says why; with 2 when a file is not named.
"""

import base64
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"  # never what the file says: ours alone
CLOCKS_DIFFER = 60  # seconds: one server may sign while another one replaces the key


def why_not(receipt: str, key_set: dict) -> str:
    """Why this receipt is not valid; empty when it is."""
    try:
        header = json.loads(base64.urlsafe_b64decode(receipt.split(".", maxsplit=1)[0] + "=="))
    except ValueError:
        return "this is no signed receipt"
    if header.get("alg") != ALGORITHM or header.get("typ") != "consent-receipt+jws":
        return "it is not signed as the city signs receipts"
    for revoked in key_set.get("revoked", []):
        if revoked["kid"] == header.get("kid"):
            return f"its key was revoked: {revoked['reason']}"
    key = next((one for one in key_set["keys"] if one["kid"] == header.get("kid")), None)
    if key is None:
        return "it is signed with a key that is not one of this city"
    registry = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
    try:
        public = {name: key[name] for name in ("kty", "crv", "x")}
        jws.deserialize_compact(receipt, OKPKey.import_key(public), algorithms=[ALGORITHM], registry=registry)
    except (JoseError, ValueError):
        return "it was altered, or not all of it is there"
    if not key["iat"] <= header.get("iat", -1) <= key.get("exp", float("inf")) + CLOCKS_DIFFER:
        return "it says a time at which its key did not sign"
    return ""


def main() -> int:
    """Read the two files, and say what came of it."""
    if len(sys.argv) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    receipt = "".join(Path(sys.argv[1]).read_text(encoding="ascii", errors="replace").split())
    problem = why_not(receipt, json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    if problem:
        print(f"NOT VALID: {problem}")
        return 1
    header, payload = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in receipt.split(".")[:2])
    print(f"VALID: signed on {datetime.fromtimestamp(header['iat'], UTC):%Y-%m-%d %H:%M} UTC. It says:")
    print(json.dumps(payload, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
