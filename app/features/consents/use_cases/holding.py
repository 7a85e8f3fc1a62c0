"""A release and a withdrawal at the same moment: one of them is first, and both sides see the same.

People who answer or take an answer back share a lock on the agreement (`locked_agreement`). A release reads its rows without
any lock, and takes that lock alone at its very end, for as long as it takes to see who has left meanwhile and to commit. So a
withdrawal is either before the release, which then lacks the person, or after it, and waits for a moment.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from app.features.consents.models import AgreementRevision, AgreementState, Answer, ConsentRecord, DataAgreement, Usage
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.messages import msg

SKEW = timedelta(hours=1)
"""How far the clocks of two of our servers may be apart."""
AT_ONCE = 500
Pair = tuple[uuid.UUID, uuid.UUID]
_CHANGED = msg(
    "The agreement was changed or ended while the data was being read. Nothing was released; look at it and try again."
)


def hold_still(session: Session, agreements: Collection[uuid.UUID]) -> None:
    """Wait for answers that are being given to these agreements, and let no further one through until this transaction ends."""
    query = select(DataAgreement.id).where(DataAgreement.id.in_(agreements)).order_by(DataAgreement.id)
    session.execute(query.with_for_update(key_share=True)).all()


def left_since(session: Session, agreements: Collection[uuid.UUID], since: datetime) -> set[Pair]:
    """(agreement, person) of everybody whose yes to one of these agreements has ended since rows were read at `since`.

    The uses of those rows are noted with that moment before: whoever is among them and is erased meanwhile is found, too.

    May name people who left shortly before (clocks differ) and people who were never in; never leaves anybody out. Raises
    Conflict when an agreement itself was ended or changed in substance meanwhile.
    """
    if not agreements:
        return set()
    changed = (
        select(DataAgreement.id)
        .outerjoin(AgreementRevision, AgreementRevision.agreement_id == DataAgreement.id)
        .where(
            DataAgreement.id.in_(agreements),
            or_(
                DataAgreement.state != AgreementState.IN_FORCE,
                and_(
                    AgreementRevision.material.is_(True),
                    AgreementRevision.number > 1,
                    AgreementRevision.earlier_end_at > since - SKEW,
                    AgreementRevision.earlier_end_at <= clock.now(),
                    AgreementRevision.in_force_at > since,
                ),
            ),
        )
    )
    if session.execute(changed.limit(1)).first() is not None:
        raise Conflict(_CHANGED)
    gone = select(ConsentRecord.agreement_id, ConsentRecord.person_id).where(
        ConsentRecord.agreement_id.in_(agreements),
        ConsentRecord.answer.in_([answer for answer in Answer if answer is not Answer.GIVEN]),
        ConsentRecord.since >= since - SKEW,
    )
    return set(session.execute(gone).tuples()) | _answers_gone(session, agreements, since)


def _answers_gone(session: Session, agreements: Collection[uuid.UUID], since: datetime) -> set[Pair]:
    """Pairs noted as used at `since` whose yes is not there any more: erasing somebody removes what would say they left."""
    still = exists().where(
        ConsentRecord.agreement_id == Usage.agreement_id,
        ConsentRecord.person_id == Usage.person_id,
        ConsentRecord.answer == Answer.GIVEN,
    )
    noted = select(Usage.agreement_id, Usage.person_id).where(
        Usage.agreement_id.in_(agreements), Usage.at == since, Usage.kind == "release", ~still
    )
    return {(about, person) for about, person in session.execute(noted).tuples() if about is not None}


def forget_usages_of(session: Session, pairs: Collection[Pair], *, kind: str, at: datetime) -> int:
    """Take back the note of a use that did not come about for these people. Returns how many there were."""
    number, left = 0, sorted(pairs)
    for first in range(0, len(left), AT_ONCE):
        batch = left[first : first + AT_ONCE]
        people = {person for _agreement, person in batch}
        abouts = {about for about, _person in batch}
        noted = select(Usage.id, Usage.agreement_id, Usage.person_id).where(
            Usage.person_id.in_(people), Usage.at == at, Usage.kind == kind, Usage.agreement_id.in_(abouts)
        )
        wanted = set(batch)
        ids = [found for found, about, person in session.execute(noted) if (about, person) in wanted]
        session.execute(delete(Usage).where(Usage.id.in_(ids)))
        number += len(ids)
    return number
