"""A program passes on what an individual said. It becomes an answer like any other: on their card and in the valve."""

from sqlalchemy.orm import Session

from app.features.accounts.queries import person
from app.features.consents.queries import Answer, ConsentRecord, DataAgreement, record_of
from app.features.consents.use_cases import AnswerAgreement, Details, WithdrawConsent, answer_agreement, withdraw_consent
from app.features.interfaces.commands import RecordAnswer
from app.features.interfaces.models import AgreementPaper, Individual
from app.features.interfaces.queries.govstack import records
from app.kernel import audit
from app.kernel.contact import is_email, is_phone
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor

_CHANGED = msg("The text has changed while you were reading. Read it again, then answer.")


def pass_on(
    session: Session, actor: Actor, individual: Individual, agreement: DataAgreement, command: RecordAnswer
) -> ConsentRecord:
    """Record a yes or a no of an individual, against the revision that they were shown. A no after a yes takes the yes back.

    Raises Conflict when the revision is not the present one (nothing is recorded), and what the answer itself is refused for.
    """
    current = agreement.current
    shown = command.revision_id or current.id
    if shown != current.id or (command.revision_hash and command.revision_hash != current.digest):
        raise Conflict(_CHANGED)
    before = record_of(session, agreement.id, individual.person_id)
    if not command.opt_in and before is not None and before.answer is Answer.GIVEN:
        record = withdraw_consent(session, actor, WithdrawConsent(agreement.id, individual.person_id))
    else:
        record = answer_agreement(
            session,
            actor,
            AnswerAgreement(
                agreement_id=agreement.id,
                revision_id=shown,
                person_id=individual.person_id,
                answer=Answer.GIVEN if command.opt_in else Answer.REFUSED,
                language=command.language,
                details=_details(session, individual) if command.opt_in else Details(),
            ),
        )
    audit.record(
        session,
        actor,
        "individual.answered",
        individual,
        process_id=agreement.process_id,
        voice_id=individual.person_id,
        code=agreement.code,
        outcome=record.answer.value,
    )
    return record


def forget_answers(session: Session, actor: Actor, individual: Individual) -> int:
    """Take back every yes of an individual whose agreement lets it be forgotten. Returns how many."""
    taken = 0
    for record in records(session, None, 0, 10_000, individual_id=individual.id):
        paper = session.get(AgreementPaper, record.agreement_id)
        if record.answer is Answer.GIVEN and (paper is None or paper.forgettable):
            withdraw_consent(session, actor, WithdrawConsent(record.agreement_id, individual.person_id))
            taken += 1
    audit.record(session, actor, "individual.forgotten", individual, voice_id=individual.person_id, number=taken)
    return taken


def _details(session: Session, individual: Individual) -> Details:
    """Name and address, as far as they are known: of the account, or as the program knows the individual."""
    found = person(session, individual.person_id)
    address = found.email if found and found.email else individual.external_id
    reachable = bool(address) and (is_email(address) or is_phone(address))
    return Details(name=found.display_name if found else "", address=address if reachable else "")
