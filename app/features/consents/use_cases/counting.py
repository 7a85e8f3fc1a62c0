"""The public numbers of answers are taken, once a day."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.models import AgreementState, DataAgreement, RegisterNumbers
from app.features.consents.numbers import KINDS, blurred, offset
from app.features.consents.queries import counts_of
from app.kernel import clock


def count_for_everybody(session: Session, secret: str) -> int:
    """Write down, blurred, how people have answered each agreement that is or was in force. Returns how many agreements.

    Counting again on the same day changes nothing: a second look at a day would show what happened between the two.
    """
    today = clock.now().date()
    kept = {row.agreement_id: row for row in session.scalars(select(RegisterNumbers).with_for_update())}
    wanted = session.scalars(select(DataAgreement.id).where(DataAgreement.state != AgreementState.DRAFT)).all()
    due = [found for found in wanted if found not in kept or kept[found].counted_on < today]
    counts = counts_of(session, due)
    for found in due:
        row = kept.get(found) or RegisterNumbers(agreement_id=found)
        row.counted_on = today
        for kind in KINDS:
            setattr(row, kind, blurred(getattr(counts[found], kind), offset(secret, found, kind)))
        session.add(row)
    session.flush()
    return len(due)
