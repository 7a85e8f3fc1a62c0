"""Questions about contact, news and research, answers to them, and a release by which some people's data was used."""

import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.developers.demo.moments import Calendar
from app.developers.demo.people import People, resident
from app.extensions import celery
from app.features.accounts.models import Person
from app.features.consents.commands import (
    AnswerAgreement,
    Details,
    ObjectTo,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WithdrawConsent,
    WriteAgreement,
    WriteRecipient,
)
from app.features.consents.models import Answer, DataAgreement, Disclosure, LegalBasis, Recipient, RecipientKind
from app.features.consents.use_cases import (
    answer_agreement,
    count_for_everybody,
    object_to,
    put_in_force,
    review_agreement,
    submit_agreement,
    withdraw_consent,
    write_agreement,
    write_recipient,
)
from app.features.consents.vocabulary import AGE_BANDS
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.use_cases import make_release
from app.features.spaces.models import Process
from app.features.spaces.queries import areas_of
from app.kernel import clock

GIVEN, REFUSED, WITHDRAWN = 9, 4, 2
SPOKEN = {"en": "English", "de": "Deutsch", "fi": "suomi", "ar": "العربية"}


def ask(session: Session, people: People, calendar: Calendar, process: Process, words: dict[str, Any]) -> None:
    """Write the agreements, let people answer, and hand over one release; later two take their consent back."""
    steward = people.actor("steward")
    with clock.pinned(calendar.midnight(words["from"]) + timedelta(hours=10)):
        recipients = {
            key: write_recipient(session, steward, WriteRecipient(**{**known, "kind": RecipientKind(known["kind"])}))
            for key, known in words["recipients"].items()
        }
    made = {}
    for each in words["agreements"]:
        with clock.pinned(calendar.midnight(words["from"]) + timedelta(hours=11)):
            made[each["purpose_term"]] = _write(session, people, process, recipients[each["recipient"]], each)
    contact, news, research = (made[name] for name in ("contact", "newsletter", "research"))
    _answers(session, people, calendar, contact)
    _more_answers(session, people, calendar, process, news, research)
    with clock.pinned(calendar.midnight(words["released"]) + timedelta(hours=9, minutes=20)):
        for data_set in ("contact-opt-ins", "feedback-by-area"):
            _release(session, people, data_set)
    takes_back = _others(people)[:WITHDRAWN]
    for person in takes_back:
        with clock.pinned(calendar.midnight(words["released"] + 2) + timedelta(hours=19)):
            withdraw_consent(session, resident(person), WithdrawConsent(contact.id, person.id))
    _object(session, people, calendar, made["participation"])
    count_for_everybody(session, celery.flask_app.config["SECRET_KEY"])


def _object(session: Session, people: People, calendar: Calendar, task: DataAgreement) -> None:
    """Two people object to what rests on the city's task; one has waited for longer than a month."""
    reasons = ("My employer takes part in the same process, and I do not want to be counted there.", "")
    for person, ago, reason in zip(_others(people)[-2:], (36, 4), reasons, strict=True):
        with clock.pinned(calendar.midnight(-ago) + timedelta(hours=20)):
            command = ObjectTo(task.id, task.current.id, person.id, language=person.locale, reason=reason)
            object_to(session, resident(person), command)


def _write(session: Session, people: People, process: Process, recipient: Recipient, words: dict[str, Any]) -> DataAgreement:
    """The steward writes it, the administrator reads it; all but drafts are put in force."""
    steward, chief = people.actor("steward"), people.actor("administrator")
    fields = ("purpose_term", "purpose", "notice", "retention", "months", "impact_note")
    command = WriteAgreement(
        process_id=process.id,
        recipient_id=recipient.id,
        legal_basis=LegalBasis(words.get("legal_basis", "consent")),
        categories=tuple(words["categories"]),
        storage=words.get("storage", "city"),
        disclosure=Disclosure(words.get("disclosure", "recipient")),
        **{name: words[name] for name in fields if name in words},
    )
    agreement = write_agreement(session, steward, command)
    submit_agreement(session, steward, SubmitAgreement(agreement.id))
    if "review" in words:
        review_agreement(session, chief, ReviewAgreement(agreement.id, approve=True, reason=words["review"]))
        put_in_force(session, steward, PutInForce(agreement.id))
    return agreement


def _more_answers(
    session: Session,
    people: People,
    calendar: Calendar,
    process: Process,
    news: DataAgreement,
    research: DataAgreement,
) -> None:
    """A few people want news, and a few tell researchers something about themselves."""
    chance = random.Random("research")
    bands, areas = [name for name in AGE_BANDS if name != "under_18"], areas_of(session, process)
    for number, person in enumerate([people.cast["aino"], *_others(people)[:8]]):
        details = Details(
            name=person.display_name,
            address=person.email or "",
            age_band=chance.choice(bands),
            area_id=chance.choice(areas).id,
            languages=(SPOKEN[person.locale],),
        )
        for agreement, says in ((news, Answer.GIVEN if number % 3 else Answer.REFUSED), (research, Answer.GIVEN)):
            with clock.pinned(calendar.past(chance.randint(8, 13), chance)):
                command = AnswerAgreement(agreement.id, agreement.current.id, person.id, says, person.locale, details)
                answer_agreement(session, resident(person), command)


def _answers(session: Session, people: People, calendar: Calendar, agreement: DataAgreement) -> None:
    chance = random.Random("consents")
    others = _others(people)
    said = [(people.cast["aino"], Answer.GIVEN), (people.cast["jonas"], Answer.GIVEN), (people.cast["maeve"], Answer.REFUSED)]
    said += [(person, Answer.GIVEN) for person in others[:GIVEN]]
    said += [(person, Answer.REFUSED) for person in others[GIVEN : GIVEN + REFUSED]]
    for person, answer in said:
        with clock.pinned(calendar.past(chance.randint(14, 32), chance)):
            details = Details(name=person.display_name, address=person.email or "")
            command = AnswerAgreement(
                agreement_id=agreement.id,
                revision_id=agreement.current.id,
                person_id=person.id,
                answer=answer,
                language=person.locale,
                details=details if answer is Answer.GIVEN else Details(),
            )
            answer_agreement(session, resident(person), command)


def _others(people: People) -> list[Person]:
    """Residents outside the cast who answer; the same ones each time."""
    cast = {person.id for person in people.cast.values()}
    everybody = [person for person in people.residents if person.id not in cast]
    return random.Random("who answers").sample(everybody, GIVEN + REFUSED)


def _release(session: Session, people: People, data_set: str) -> None:
    """Make a release as the steward does; its files were handed over and are not kept here."""
    with tempfile.TemporaryDirectory() as folder:
        command = MakeRelease(data_set, Path(folder), people.cast["steward"].department)
        make_release(session, people.actor("steward"), command)
