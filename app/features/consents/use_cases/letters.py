"""Double opt-in: a program says that somebody wants to say yes, and the owner of the address says it, by a link in a letter."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person
from app.features.consents import mails
from app.features.consents.commands import AnswerAgreement, AskByLetter, WithdrawConsent
from app.features.consents.models import AgreementState, ConsentLetter, ConsentRecord, DataAgreement
from app.features.consents.queries import record_of
from app.features.consents.use_cases.answers import record_answer, withdraw_consent
from app.features.consents.use_cases.locked import asking_agreement
from app.features.notifications.use_cases import notify
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.contact import is_email, mailbox
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import token_hash

LETTER_LIFE = timedelta(days=7)
ONE_LETTER = timedelta(days=1)
"""Who asks again for the same person and agreement within this time sets off no second letter."""
MOST_LETTERS = 5
"""Letters to one letter box within `ONE_LETTER`, however it is spelt and whoever asks: nobody is pestered through us."""


@decides("limits")
def ask_by_letter(session: Session, actor: Actor, command: AskByLetter) -> ConsentLetter:
    """Send the owner of an address a link to the text, where they say yes or no. Nothing is recorded before.

    What is answered is the same whether or not the address has an account. Raises Forbidden for anybody but a clerk or a
    program that may record answers, NotFound when nobody is asked any more, Refused after too many letters.
    """
    agreement = asking_agreement(session, command.agreement_id)
    if not actor.may(Permission.INTAKE, agreement.process_id):
        raise Forbidden
    address, now = command.address.strip().lower(), clock.now()
    if not is_email(address):
        raise Refused(msg("Write an e-mail address, such as name@example.org."))
    session.get(Person, command.person_id, with_for_update=True)  # two that ask at the same moment set off one letter
    lately = _letters_to(session, mailbox(address), since=now - ONE_LETTER)
    same = (command.person_id, agreement.id, address, None)
    for sent in lately:
        if (sent.person_id, sent.agreement_id, sent.address, sent.answered_at) == same:
            return sent
    if len(lately) >= MOST_LETTERS:
        raise Refused(msg("Enough e-mails were sent to this address today. Try again tomorrow."))
    letter = ConsentLetter(
        person_id=command.person_id,
        agreement_id=agreement.id,
        address=address,
        asked_by=command.asked_by[:80],
        language=command.language,
        token_hash=secrets.token_hex(32),  # nobody's yet: the letter gets its secret when it is written
        expires_at=now + LETTER_LIFE,
    )
    session.add(letter)
    session.flush()
    notify(session, mails.LETTER, person_id=command.person_id, params={"letter_id": str(letter.id)})
    session.flush()
    return letter


def _letters_to(session: Session, box: str, since: datetime) -> list[ConsentLetter]:
    """Letters to a letter box since then, however its address was spelt."""
    name, _at, host = box.partition("@")
    near = select(ConsentLetter).where(
        ConsentLetter.created_at > since,
        ConsentLetter.address.startswith(name, autoescape=True),
        ConsentLetter.address.endswith(f"@{host}", autoescape=True),
    )
    return [letter for letter in session.scalars(near) if mailbox(letter.address) == box]


def open_letter(session: Session, token: str) -> tuple[ConsentLetter, DataAgreement, ConsentRecord | None]:
    """What the link of a letter is about, with the present answer once the link was used.

    Raises NotFound when it is unknown, too old, or there is nothing to decide by it any more.
    """
    letter = session.scalars(select(ConsentLetter).where(ConsentLetter.token_hash == token_hash(token))).first()
    if letter is None:
        raise NotFound
    agreement = session.get_one(DataAgreement, letter.agreement_id)
    if letter.answered_at is not None:
        return letter, agreement, record_of(session, agreement.id, letter.person_id)
    if letter.expires_at <= clock.now() or agreement.state is not AgreementState.IN_FORCE or not agreement.asks:
        raise NotFound
    return letter, agreement, None


def answer_by_letter(session: Session, actor: Actor, token: str, command: AnswerAgreement) -> ConsentRecord:
    """The owner of the address says yes or no by the link. The address of a yes is that of the letter, which is confirmed now.

    Raises like `open_letter`, Conflict when the link was used already, and what `answer_agreement` raises.
    """
    letter, agreement, _record = open_letter(session, token)
    found = asking_agreement(session, agreement.id)
    locked = session.get(ConsentLetter, letter.id, with_for_update=True, populate_existing=True)
    if locked is None or locked.answered_at is not None:
        raise Conflict(msg("This link was used already."))
    if (command.agreement_id, command.person_id) != (agreement.id, letter.person_id):
        raise NotFound
    locked.answered_at = clock.now()
    details = replace(command.details, address=letter.address)
    return record_answer(session, _owner(actor, letter), found, replace(command, details=details))


def take_back_by_letter(session: Session, actor: Actor, token: str) -> ConsentRecord:
    """Take the yes of a link back by the same link: as easy as it was to give. Raises like `open_letter`."""
    letter, agreement, record = open_letter(session, token)
    if record is None:
        raise NotFound
    return withdraw_consent(session, _owner(actor, letter), WithdrawConsent(agreement.id, letter.person_id))


def _owner(actor: Actor, letter: ConsentLetter) -> Actor:
    """Whoever holds the link speaks for the person of the letter, whoever is signed in on this device."""
    return Actor(person_id=letter.person_id, channel=actor.channel, locale=actor.locale)
