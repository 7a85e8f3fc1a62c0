"""Minors and the adults who answer for them: by a link in a letter, or in person at the desk."""

import secrets
import uuid
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person
from app.features.consents import mails, rules
from app.features.consents.commands import AnswerAgreement, AskGuardian, NoteAge, NoteGuardian
from app.features.consents.governed import ContactDetail
from app.features.consents.models import (
    AgreementState,
    Answer,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    Giver,
    Guardian,
    GuardianRequest,
    Minor,
)
from app.features.consents.queries import minor_until
from app.features.consents.use_cases.answers import close_requests, record_answer
from app.features.consents.use_cases.asked import note_asked
from app.features.consents.use_cases.locked import asking_agreement
from app.features.notifications.use_cases import notify
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.contact import is_email, mailbox
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import token_hash
from app.kernel.texts import clean_line

LINK_LIFE = timedelta(days=14)
MOST_LINKS = 5
"""Letters to guardians that one minor can set off in `LINK_LIFE`, so that nobody is pestered through us."""


_OF_AGE = msg("The young person is old enough by now to decide this alone, so nothing is needed from you any more.")
_ANSWERED = msg(
    "An answer has been given since this letter was sent, so its link is closed and nothing was changed. "
    "The young person can ask you again under “My data”."
)


def note_age(session: Session, actor: Actor, command: NoteAge) -> Minor:
    """Remember from which day somebody who is below the age set decides alone; their birth date is not kept.

    What was said once stays, so that nobody grows up by typing; a clerk can correct it. Raises Forbidden for strangers,
    Invalid for a day that is past or more than 18 years away.
    """
    if actor.person_id != command.person_id and not actor.may(Permission.INTAKE):
        raise Forbidden
    today = clock.now().date()
    if not today < command.of_age_on <= date(today.year + 18, 12, 31):
        raise Invalid({"of_age_on": msg("Choose a month that is still to come.")})
    minor = session.get(Minor, command.person_id, with_for_update=True)
    if minor is None:
        minor = Minor(person_id=command.person_id, of_age_on=command.of_age_on)
        session.add(minor)
    elif not rules.is_minor(minor.of_age_on, clock.now()) or actor.person_id != command.person_id:
        minor.of_age_on = command.of_age_on
    session.flush()
    return minor


@decides("limits")
def ask_guardian(session: Session, actor: Actor, command: AskGuardian) -> GuardianRequest:
    """A minor wants to say yes: the adult they name gets a link to the text and answers. The event says that was asked.

    Raises Refused for somebody who decides alone or has set off too many letters, Invalid without a name or an address.
    """
    agreement = asking_agreement(session, command.agreement_id)
    if actor.person_id != command.person_id:
        raise Forbidden
    if not rules.is_minor(minor_until(session, command.person_id), clock.now()):
        raise Refused(msg("You are old enough to decide alone."))
    errors = {}
    if not clean_line(command.name):
        errors["name"] = msg("Write the name of the adult.")
    if not is_email(command.email):
        errors["email"] = msg("Write an e-mail address of the adult, such as name@example.org.")
    if errors:
        raise Invalid(errors)
    email = command.email.strip().lower()
    if mailbox(email) in _addresses_of(session, command.person_id):
        raise Invalid({"email": msg("This is your own address. Write the address of the adult who is responsible for you.")})
    now = clock.now()
    sent = session.scalar(
        select(func.count())
        .select_from(GuardianRequest)
        .join(Guardian, Guardian.id == GuardianRequest.guardian_id)
        .where(Guardian.minor_id == command.person_id, GuardianRequest.created_at > now - LINK_LIFE)
    )
    if (sent or 0) >= MOST_LINKS:
        raise Refused(msg("Enough e-mails were sent. The adult can also come to a desk of the city."))
    guardian = session.scalars(select(Guardian).where(Guardian.minor_id == command.person_id, Guardian.email == email)).first()
    if guardian is None:
        guardian = Guardian(minor_id=command.person_id, name=clean_line(command.name)[:80], email=email)
        session.add(guardian)
        session.flush()
    request = GuardianRequest(
        guardian_id=guardian.id,
        agreement_id=agreement.id,
        language=command.language,
        token_hash=secrets.token_hex(32),  # nobody's yet: the letter gets its secret when it is written
        expires_at=now + LINK_LIFE,
    )
    session.add(request)
    session.flush()
    note_asked(session, actor, agreement.current, command.person_id, command.language, giver=Giver.GUARDIAN)
    notify(session, mails.GUARDIAN, person_id=command.person_id, params={"request_id": str(request.id)})
    session.flush()
    return request


def note_guardian(session: Session, actor: Actor, command: NoteGuardian) -> Guardian:
    """A clerk has seen the adult who answers for a minor. Raises Forbidden for everybody else, Invalid without a name."""
    actor.require(Permission.INTAKE)
    name = clean_line(command.name)[:80]
    if not name:
        raise Invalid({"guardian": msg("Write the name of the adult.")})
    guardian = Guardian(minor_id=command.person_id, name=name, confirmed_at=clock.now())
    session.add(guardian)
    session.flush()
    return guardian


def open_request(session: Session, token: str) -> tuple[GuardianRequest, Guardian, DataAgreement]:
    """What a guardian's link is about. Raises NotFound when it is unknown, used, too old, or the agreement has ended.

    Raises Conflict, with the reason for the page, when the young person decides alone by now, or has answered since.
    """
    request = session.scalars(select(GuardianRequest).where(GuardianRequest.token_hash == token_hash(token))).first()
    if request is None or request.expires_at <= clock.now():
        raise NotFound
    guardian = session.get_one(Guardian, request.guardian_id)
    agreement = session.get_one(DataAgreement, request.agreement_id)
    if agreement.state is not AgreementState.IN_FORCE or not agreement.asks:
        raise NotFound
    if not rules.is_minor(minor_until(session, guardian.minor_id), clock.now()):
        raise Conflict(_OF_AGE)
    answers = session.scalars(
        select(ConsentEvent)
        .where(
            ConsentEvent.agreement_id == agreement.id,
            ConsentEvent.person_id == guardian.minor_id,
            ConsentEvent.answer.not_in((Answer.ASKED, Answer.EXPIRED)),
            ConsentEvent.at >= request.created_at,
        )
        .order_by(ConsentEvent.number)
    ).all()
    if request.answered_at is not None:
        # their own link, used: an address that knows nothing. Closed by somebody else's answer: they are told
        if not answers or any(event.guardian_id == guardian.id for event in answers):
            raise NotFound
        raise Conflict(_ANSWERED)
    if any(event.at > request.created_at for event in answers):
        raise Conflict(_ANSWERED)
    return request, guardian, agreement


def answer_by_link(session: Session, actor: Actor, token: str, command: AnswerAgreement) -> ConsentRecord:
    """The guardian's yes or no, by the link of their letter; it works once. Raises like `open_request`, and what
    `answer_agreement` raises. Of their yes and the young person's no at the same moment, the no stays.
    """
    request, guardian, agreement = open_request(session, token)
    found = asking_agreement(session, agreement.id)
    close_requests(session, agreement.id, guardian.minor_id, but=request.id)
    locked = session.get(GuardianRequest, request.id, with_for_update=True, populate_existing=True)
    if locked is None or locked.answered_at is not None:
        raise Conflict(msg("This link was used already."))
    open_request(session, token)  # again, now that nobody else can answer
    if (command.agreement_id, command.person_id) != (agreement.id, guardian.minor_id):
        raise NotFound
    guardian.confirmed_at = guardian.confirmed_at or clock.now()
    session.flush()
    spoken = AnswerAgreement(**{**command.__dict__, "guardian_id": guardian.id})
    return record_answer(session, actor, found, spoken)  # closes the link with all others


def _addresses_of(session: Session, person_id: uuid.UUID) -> set[str]:
    """The addresses of a young person themselves, as `mailbox` writes them: of the account, and given with an answer."""
    account = session.scalars(select(Person.email).where(Person.id == person_id))
    given = session.scalars(select(ContactDetail.address).where(ContactDetail.person_id == person_id))
    return {mailbox(address) for address in (*account, *given) if address}
