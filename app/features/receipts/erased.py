"""What becomes of receipts: they go before the answers that they are about. Whoever keeps theirs can still have it verified."""

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.consents.queries import Answer, ConsentRecord
from app.features.receipts.models import Receipt
from app.kernel.erasing import Subject, declare, goes, nothing_of_people
from app.kernel.messages import msg


def _still_to_come(session: Session, subject: Subject) -> int:
    """Each consent is taken back first, and a receipt is signed about that as about any other answer."""
    query = select(func.count()).where(ConsentRecord.person_id == subject.person_id, ConsentRecord.answer == Answer.GIVEN)
    return session.scalar(query) or 0


_receipts = goes("receipts", msg("Receipts of your answers"), Receipt.person_id, order=12)
declare(replace(_receipts, count=lambda session, subject: _receipts.count(session, subject) + _still_to_come(session, subject)))
nothing_of_people(
    "keys of the city, and why one was revoked", "receipt_key.public", "receipt_key.sealed_private", "receipt_key.reason"
)
