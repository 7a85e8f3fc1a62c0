"""Whoever had said yes is written to when the substance of a text changes: in steps, because they may be a whole city.

Each step is one row of the outbox. It posts the letters of its part of the people, and the next step, in the transaction that
marks it as done: a worker that dies in the middle leaves the step as it was, whoever takes it up writes to everybody in it,
and nobody gets two letters. A step names no person, only which part of all possible ids it is about; ids are drawn evenly.
"""

import uuid

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person
from app.features.consents import mails
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentRecord,
    DataAgreement,
)
from app.features.consents.models.agreements import PUBLISHED
from app.features.notifications.use_cases import notify
from app.kernel import clock, outbox

CHANGED = "consents.changed"
"""The kind of the outbox rows that are steps."""
AT_ONCE = 500
"""Letters that one step is to post, about."""
ALL_IDS = 2**128


def post_letters(session: Session, agreement: DataAgreement, revision: AgreementRevision) -> None:
    """Post the first step of the letters about a revision that has been put in force; none where nobody is to be told."""
    found = _to_be_told(agreement.id, revision.id).subquery()
    if people := session.scalar(select(func.count()).select_from(found)) or 0:
        _post(session, agreement.id, revision.id, 0, -(-people // AT_ONCE))


def _post(session: Session, agreement_id: uuid.UUID, revision_id: uuid.UUID, step: int, steps: int) -> None:
    about = {"agreement": str(agreement_id), "revision": str(revision_id)}
    outbox.post(session, CHANGED, **about, step=step, steps=steps)


def write_letters(session: Session, agreement_id: uuid.UUID, revision_id: uuid.UUID, step: int, steps: int) -> int:
    """Post the letters of one step, and the step after it. Returns how many letters.

    None when the agreement has ended meanwhile, or has changed in substance again: those letters say what counts now.
    """
    agreement = session.get(DataAgreement, agreement_id, populate_existing=True)
    revision = session.get(AgreementRevision, revision_id)
    if (
        agreement is None
        or revision is None
        or agreement.state is not AgreementState.IN_FORCE
        or _outdated(agreement, revision)
    ):
        return 0
    width = -(-ALL_IDS // steps)
    people = _to_be_told(agreement_id, revision_id).where(ConsentRecord.person_id >= uuid.UUID(int=step * width))
    if step + 1 < steps:
        people = people.where(ConsentRecord.person_id < uuid.UUID(int=(step + 1) * width))
    found = session.scalars(people.order_by(ConsentRecord.person_id)).all()
    for person_id in found:
        notify(session, mails.CHANGED, person_id=person_id, params={"agreement_id": str(agreement_id)})
    if step + 1 < steps:
        _post(session, agreement_id, revision_id, step + 1, steps)
    session.flush()
    return len(found)


def _outdated(agreement: DataAgreement, revision: AgreementRevision) -> bool:
    if agreement.state is not AgreementState.IN_FORCE:
        return True
    return any(one.material and one.number > revision.number and one.state in PUBLISHED for one in agreement.revisions)


def _to_be_told(agreement_id: uuid.UUID, revision_id: uuid.UUID) -> Select[uuid.UUID]:
    """Whose yes ends; people without an address see it on their page. Who has answered the new text knows it."""
    return (
        select(ConsentRecord.person_id)
        .join(Person, Person.id == ConsentRecord.person_id)
        .where(
            ConsentRecord.agreement_id == agreement_id,
            ConsentRecord.answer == Answer.GIVEN,
            ConsentRecord.revision_id != revision_id,
            ConsentRecord.expires_at > clock.now(),
            Person.email.is_not(None),
        )
    )
