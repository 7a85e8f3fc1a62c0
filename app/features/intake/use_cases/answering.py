"""An answer about personal data that somebody gives at the counter or by telephone, and the code that they take away."""

import uuid
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.accounts.use_cases import add_person_without_account
from app.features.consents.queries import person_of_code
from app.features.consents.use_cases import (
    AnswerAgreement,
    NoteAge,
    NoteGuardian,
    answer_agreement,
    code_of_person,
    give_code,
    note_age,
    note_guardian,
    says_the_same,
)
from app.features.intake.commands import TakeInAnswer
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.texts import clean_line

SECOND_CLICK = timedelta(minutes=10)
OTHER_WORDS = msg(
    "This form was already taken in with other words. Send it again to take it in as the answer of somebody else."
)


def take_in_answer(session: Session, actor: Actor, command: TakeInAnswer, answer: AnswerAgreement, secret: str) -> uuid.UUID:
    """Record what somebody says, and give them a code unless they have one. Returns the id of the code.

    `answer` is theirs, whoever they turn out to be. The same form sent twice is one answer. Raises Conflict for a form that was
    taken in before with other words, Refused for a code that is not theirs, and what `answer_agreement` raises.
    """
    hands = replace(actor, channel=command.channel)
    if command.code:
        row = code_of_person(session, command.code, command.person)
        theirs = replace(answer, person_id=row.person_id)
        if not says_the_same(session, hands, theirs, since=clock.now() - SECOND_CLICK):
            _record(session, hands, command, theirs)
        return row.id
    # made with the clerk's own id: whoever names the id of somebody's code does not come to that code
    code_id = uuid.uuid5(actor.require_signed_in(), command.form_id.hex)
    if (known := person_of_code(session, code_id)) is not None:
        return _taken_in_before(session, hands, command, answer, code_id, known)
    try:
        with session.begin_nested():
            person_id = add_person_without_account(session, hands, command.person).id
            give_code(session, hands, person_id, secret, code_id=code_id)
    except IntegrityError:  # the other click of a double click was faster by a moment
        known = person_of_code(session, code_id)
        if known is None:
            raise
        return _taken_in_before(session, hands, command, answer, code_id, known)
    _record(session, hands, command, replace(answer, person_id=person_id))
    return code_id


def _record(session: Session, hands: Actor, command: TakeInAnswer, answer: AnswerAgreement) -> None:
    person_id, guardian_id = answer.person_id, None
    if command.of_age_on is not None:
        note_age(session, hands, NoteAge(person_id, command.of_age_on))
        guardian_id = note_guardian(session, hands, NoteGuardian(person_id, command.guardian)).id
    answer_agreement(session, hands, replace(answer, guardian_id=guardian_id))


def _taken_in_before(
    session: Session,
    hands: Actor,
    command: TakeInAnswer,
    answer: AnswerAgreement,
    code_id: uuid.UUID,
    person_id: uuid.UUID,
) -> uuid.UUID:
    """What the first click made. Anything else than its own words is somebody else's answer, and is not lost silently."""
    person = person_by_id(session, person_id)
    same_person = person is not None and person.display_name == clean_line(command.person)
    if not same_person or not says_the_same(session, hands, replace(answer, person_id=person_id)):
        raise Conflict(OTHER_WORDS)
    return code_id
