"""A program passes on what an individual said. It becomes an answer like any other: on their card and in the valve."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.features.accounts.queries import person
from app.features.consents.queries import BY_PROGRAM, Answer, ConsentRecord, DataAgreement, record_of, refused_in_person
from app.features.consents.use_cases import (
    THEIR_NO,
    AnswerAgreement,
    AskByLetter,
    Details,
    WithdrawConsent,
    answer_agreement,
    ask_by_letter,
    withdraw_consent,
)
from app.features.interfaces.commands import RecordAnswer
from app.features.interfaces.mails import RECORDED
from app.features.interfaces.models import AgreementPaper, Individual, InterfaceClient
from app.features.interfaces.queries.govstack import records, those_in_force
from app.features.interfaces.use_cases.individuals import account_of
from app.features.notifications.use_cases import notify
from app.kernel import audit
from app.kernel.contact import is_email, is_phone
from app.kernel.errors import Conflict, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor


@dataclass(frozen=True)
class Asked:
    """The owner of the address was sent a letter; until they answer, `before` is what counts, if anything does."""

    letter_id: UUID
    before: ConsentRecord | None


_CHANGED = msg("The text has changed while you were reading. Read it again, then answer.")


def pass_on(
    session: Session, actor: Actor, individual: Individual, agreement: DataAgreement, command: RecordAnswer
) -> ConsentRecord | Asked:
    """Record a yes or a no of an individual, against the revision that they were shown. A no after a yes takes the yes back.

    Where the agreement uses an e-mail address by which the program itself names the individual, its owner is asked by a letter,
    whether or not the address has an account: then nothing is recorded yet (`Asked`).

    Raises Conflict when the revision is not the present one (nothing is recorded), and what the answer itself is refused for.
    """
    current = agreement.current
    shown = command.revision_id or current.id
    if shown != current.id or (command.revision_hash and command.revision_hash != current.digest):
        raise Conflict(_CHANGED)
    before = record_of(session, agreement.id, individual.person_id)
    if not command.opt_in and before is not None and refused_in_person(session, before):
        return before  # their own no is the better one, and stays the last word
    if command.opt_in and (address := _address_to_ask(session, individual, agreement)):
        return _asked(session, actor, individual, agreement, command, before, address)
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
                details=_details(session, individual) if command.opt_in else Details(),
                remark=remark,
                passed_on=True,
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


def _address_to_ask(session: Session, individual: Individual, agreement: DataAgreement) -> str:
    """The address whose owner has to say yes, where a yes would let it be written to and only the program vouches for it.

    That is the address which it names; or the account's, where the individual was renamed and nothing ties the new name to it.
    """
    if "contact" not in agreement.current.categories:
        return ""
    if is_email(individual.external_id):
        return individual.external_id
    account = person(session, individual.person_id)
    tied = account is None or account_of(session, individual) == account.id
    return "" if tied or account is None else account.email or ""


def _asked(
    session: Session,
    actor: Actor,
    individual: Individual,
    agreement: DataAgreement,
    command: RecordAnswer,
    before: ConsentRecord | None,
    address: str,
) -> ConsentRecord | Asked:
    """A yes that counts already stays; for any other the owner of the address gets a letter."""
    if before is not None and refused_in_person(session, before):
        raise Refused(THEIR_NO)
    if before is not None and before.revision_id == agreement.current.id and those_in_force(session, [before.id]):
        return before
    client = session.get(InterfaceClient, actor.client_id) if actor.client_id else None
    ask = AskByLetter(
        agreement_id=agreement.id,
        person_id=individual.person_id,
        address=address,
        language=command.language,
        asked_by=client.name if client else "",
    )
    letter = ask_by_letter(session, actor, ask)
    audit.record(
        session,
        actor,
        "individual.asked_by_letter",
        individual,
        process_id=agreement.process_id,
        voice_id=individual.person_id,
        code=agreement.code,
    )
    return Asked(letter.id, before)


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


def _tell(session: Session, individual: Individual, agreement_id: UUID, remark: str) -> None:
    """Somebody with an address here learns what was recorded for them, by which program, and how to take it back."""
    found = person(session, individual.person_id)
    if found is not None and found.email and found.email_confirmed_at:
        params = {"agreement_id": str(agreement_id), "program": remark.removeprefix(BY_PROGRAM)}
        notify(session, RECORDED, person_id=found.id, params=params)


def _details(session: Session, individual: Individual) -> Details:
    """Name and address, as far as they are known: of the account, or as the program knows the individual.

    An e-mail address of the program's is none of them: its owner is asked (`_address_to_ask`).
    """
    found = person(session, individual.person_id)
    address = found.email if found and found.email else individual.external_id
    reachable = bool(address) and (is_email(address) or is_phone(address))
    return Details(name=found.display_name if found else "", address=address if reachable else "")
