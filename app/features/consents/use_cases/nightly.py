"""What time does: consents run out, and what was given for them is deleted."""

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.features.consents.governed import GOVERNED, forget
from app.features.consents.models import AgreementRevision, Answer, ConsentEvent, ConsentRecord, Giver
from app.features.consents.queries import in_force
from app.features.consents.use_cases.recording import append
from app.kernel import clock
from app.kernel.permissions import SYSTEM


def expire_consents(session: Session) -> int:
    """Mark consents that have run out or lapsed, and delete what was given for them. Returns how many.

    Until the nightly task calls it, a consent past its date is out of force all the same: `queries.in_force` looks at the
    date.
    """
    now = clock.now()
    due = session.scalars(
        select(ConsentRecord).where(ConsentRecord.answer == Answer.GIVEN, ConsentRecord.expires_at <= now).with_for_update()
    ).all()
    for record in due:
        last = session.get_one(ConsentEvent, record.event_id)
        append(
            session,
            SYSTEM,
            session.get_one(AgreementRevision, record.revision_id),
            record.person_id,
            Answer.EXPIRED,
            shown=last.shown_text,
            language=last.language,
            giver=Giver.NOBODY,
            lapses=record.lapses,
            channel=last.channel,
        )
        forget(session, record.agreement_id, record.person_id)
    session.flush()
    return len(due)


def forget_out_of_force(session: Session) -> int:
    """Delete details whose consent counts no more, such as those given to words that were replaced on a stated date."""
    removed = 0
    for table in GOVERNED:
        valve = in_force().subquery("valve")
        kept = exists().where(valve.c.agreement_id == table.agreement_id, valve.c.person_id == table.person_id)
        removed += len(session.execute(delete(table).where(~kept).returning(table.person_id)).all())
    return removed
