"""A program passes on what an individual said. It becomes an answer like any other: on their card and in the valve."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.features.accounts.queries import person
from app.features.consents.queries import BY_PROGRAM, Answer, ConsentEvent, ConsentRecord, DataAgreement, record_of
from app.features.consents.use_cases import AnswerAgreement, Details, WithdrawConsent, answer_agreement, withdraw_consent
from app.features.interfaces.commands import RecordAnswer
from app.features.interfaces.mails import RECORDED
from app.features.interfaces.models import AgreementPaper, Individual, InterfaceClient
from app.features.interfaces.queries.govstack import records
from app.features.notifications.use_cases import notify
from app.kernel import audit
from app.kernel.contact import is_email, is_phone
from app.kernel.errors import Conflict, Refused
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
    if command.opt_in and before is not None and _said_no_themselves(session, before):
        raise Refused(msg("The person has refused this, or taken it back, themselves. Only they can say yes again."))
    remark = _by(session, actor)
    if not command.opt_in and before is not None and before.answer is Answer.GIVEN:
        record = withdraw_consent(session, actor, WithdrawConsent(agreement.id, individual.person_id, remark=remark))
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
                details=_details(session, individual, agreement) if command.opt_in else Details(),
                remark=remark,
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
    _tell(session, individual, agreement.id, remark)
    return record


def forget_answers(session: Session, actor: Actor, individual: Individual) -> int:
    """Take back every yes of an individual whose agreement lets it be forgotten. Returns how many."""
    taken = 0
    for record in records(session, None, 0, 10_000, individual_id=individual.id):
        paper = session.get(AgreementPaper, record.agreement_id)
        if record.answer is Answer.GIVEN and (paper is None or paper.forgettable):
            remark = _by(session, actor)
            withdraw_consent(session, actor, WithdrawConsent(record.agreement_id, individual.person_id, remark=remark))
            _tell(session, individual, record.agreement_id, remark)
            taken += 1
    audit.record(session, actor, "individual.forgotten", individual, voice_id=individual.person_id, number=taken)
    return taken


def _by(session: Session, actor: Actor) -> str:
    """Which program passes it on; it stands with the answer wherever the person reads it."""
    client = session.get(InterfaceClient, actor.client_id) if actor.client_id else None
    return f"{BY_PROGRAM}{client.name}" if client else BY_PROGRAM


def _said_no_themselves(session: Session, record: ConsentRecord) -> bool:
    """Whether the last answer is a no that no program has passed on."""
    if record.answer not in (Answer.REFUSED, Answer.WITHDRAWN):
        return False
    return not session.get_one(ConsentEvent, record.event_id).remark.startswith(BY_PROGRAM)


def _tell(session: Session, individual: Individual, agreement_id: UUID, remark: str) -> None:
    """Somebody with an address here learns what was recorded for them, by which program, and how to take it back."""
    found = person(session, individual.person_id)
    if found is not None and found.email and found.email_confirmed_at:
        params = {"agreement_id": str(agreement_id), "program": remark.removeprefix(BY_PROGRAM)}
        notify(session, RECORDED, person_id=found.id, params=params)


def _details(session: Session, individual: Individual, agreement: DataAgreement) -> Details:
    """Name and address, as far as they are known: of the account, or as the program knows the individual.

    An e-mail address that nobody has confirmed becomes no address that is written to: raises Refused.
    """
    found = person(session, individual.person_id)
    if not (found and found.email) and is_email(individual.external_id) and "contact" in agreement.current.categories:
        raise Refused(msg("Nobody has confirmed this e-mail address. Its owner says yes here, with an account of their own."))
    address = found.email if found and found.email else individual.external_id
    reachable = bool(address) and (is_email(address) or is_phone(address))
    return Details(name=found.display_name if found else "", address=address if reachable else "")
