"""Sample data for receipts and keys."""

from app.extensions import db
from app.features.consents.queries import timeline_of
from app.features.receipts import use_cases
from app.features.receipts.commands import RevokeKey, RotateKey
from app.features.receipts.links import token_of
from app.kernel.permissions import SYSTEM
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """The receipts of the resident's answers, under a key that has followed a revoked one."""
    session = db.session()
    first = use_cases.rotate_key(session, SYSTEM, RotateKey())
    use_cases.revoke_key(session, SYSTEM, RevokeKey(first.kid, "Somebody found a backup of it."))
    use_cases.rotate_key(session, SYSTEM, RotateKey())
    use_cases.sign_anew(session)
    world.answer_with_receipt = timeline_of(session, world.person("resident").id)[0]


def _receipt(world: World, name: str = "") -> Visit:
    return Visit(f"/my-data/receipts/{world.answer_with_receipt.id}{name}", viewer="resident")


def _token(world: World) -> str:
    with world.app.app_context():
        return token_of(world.answer_with_receipt.id)


SAMPLES = {
    "receipts.show": _receipt,
    "receipts.file": lambda world: [
        _receipt(world, f"/{name}")
        for name in ("receipt.jsonld", "receipt-signed.jws", "receipt-kantara.json", "receipt-kantara-signed.jws")
    ],
    "receipts.by_link": lambda world: f"/receipts/guardian/{_token(world)}",
    "receipts.file_by_link": lambda world: f"/receipts/guardian/{_token(world)}/receipt-signed.jws",
    "receipts.verify_page": lambda world: "/receipts/verify",
    "receipts.keys_page": lambda world: "/receipts/keys",
    "receipts.jwks_file": lambda world: "/.well-known/jwks.json",
}
GROW = {
    "receipts.keys_page": lambda world: use_cases.rotate_key(db.session(), SYSTEM, RotateKey()),
}
UNIQUE = {"receipt_key": ("kid",), "receipt": ("event_id",)}
