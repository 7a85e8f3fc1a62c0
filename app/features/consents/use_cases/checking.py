"""What would be refused of an answer, before it is recorded: for sheets that wait for a second reading."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.features.consents.commands import AnswerAgreement
from app.features.consents.models import AgreementState, Answer
from app.features.consents.queries import agreement, events_of, minor_until, record_of, sample_of
from app.features.consents.rules import is_minor
from app.features.consents.use_cases.answers import check_details, refuse_older
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

TOO_YOUNG = msg("This person is below the age at which one decides this alone. Say so, and write the name of the adult.")


def check_answer(session: Session, actor: Actor, command: AnswerAgreement, *, with_adult: bool = False) -> None:
    """Refuse now what `answer_agreement` would refuse later, whoever the person will be. Nothing is kept.

    Raises NotFound when nobody is asked any more, Forbidden for everybody but clerks, Conflict when the sheet carries another
    text than the one in force, Invalid when a yes lacks what the agreement asks for, Refused for a yes from paper that is older
    than what is recorded of the person, and for that of a young person unless it is said `with_adult`.
    """
    found = agreement(session, command.agreement_id)
    if found is None or found.state is not AgreementState.IN_FORCE or not found.asks:
        raise NotFound
    actor.require(Permission.INTAKE, found.process_id)
    if found.current.id != command.revision_id:
        raise Conflict(msg("The text has changed since these sheets were printed. An answer to the old text counts no more."))
    if command.answer is Answer.GIVEN:
        check_details(session, found.current, command.details)
        refuse_older(session, command, record_of(session, command.agreement_id, command.person_id))
        if not with_adult and is_minor(minor_until(session, command.person_id), clock.now()):
            raise Refused(TOO_YOUNG, field="of_age")


def says_the_same(session: Session, hands: Actor, command: AnswerAgreement, since: datetime | None = None) -> bool:
    """Whether the last that was recorded of the person (`since` a moment) was this, by these hands: the answer, how it came,
    and what they gave with it."""
    events = [one for one in events_of(session, command.agreement_id, command.person_id) if one.answer is not Answer.ASKED]
    if not events or (since is not None and events[-1].at < since):
        return False
    kept = (events[-1].answer, events[-1].channel, events[-1].sheet, events[-1].hands_id)
    if kept != (command.answer, hands.channel, command.sheet, hands.person_id):
        return False
    said, sample = command.details, sample_of(session, command.agreement_id, command.person_id)
    typed = {
        "name": said.name,
        "contact": said.address,
        "age_band": said.age_band,
        "languages": list(said.languages),
        "gender": said.gender.strip(),
    }
    return all(sample[name] == value for name, value in typed.items() if name in sample)
