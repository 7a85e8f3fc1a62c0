"""What this room keeps about a person."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.features.receipts.queries import made, receipts_of
from app.features.receipts.signing import ISO, KANTARA
from app.kernel.messages import msg
from app.kernel.personal_data import collection


@collection(
    "receipts",
    msg("Receipts of your answers"),
    tables=("receipt",),
    columns={
        "issued_at": msg("When it was signed (UTC)"),
        "event": msg("The number of the answer it is about"),
        "key": msg("The key it is signed with"),
        "iso_27560_jws": msg("The signed receipt (ISO/IEC TS 27560); save it as a file that ends in .jws"),
        "kantara_jws": msg("The same in the Kantara format"),
    },
)
def _receipts_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for receipt in receipts_of(session, person_id):
        yield {
            "issued_at": receipt.issued_at.isoformat(),
            "event": str(receipt.event_id),
            "key": receipt.key.kid,
            "iso_27560_jws": made(receipt, ISO).jws,
            "kantara_jws": made(receipt, KANTARA).jws,
        }
