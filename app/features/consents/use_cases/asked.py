"""That somebody was really asked is noted: once for each person and revision, with an answer or when they put it off."""

import uuid

from sqlalchemy.orm import Session

from app.features.consents.commands import PutOff
from app.features.consents.models import AgreementRevision, Answer, Giver
from app.features.consents.use_cases.locked import asking_agreement
from app.features.consents.use_cases.recording import append
from app.kernel.permissions import Actor
from app.kernel.texts import pick


def note_asked(
    session: Session,
    actor: Actor,
    revision: AgreementRevision,
    person_id: uuid.UUID,
    language: str,
    sheet: str = "",
    *,
    giver: Giver = Giver.SELF,
    anew: bool = False,
) -> None:
    """Note that this person, or with `giver` their guardian, was asked about this revision, unless that is noted already.

    `anew`: unless it is noted since their last answer.
    """
    shown, language = pick(revision.notice, language)
    append(
        session,
        actor,
        revision,
        person_id,
        Answer.ASKED,
        shown=shown,
        language=language,
        sheet=sheet,
        giver=giver,
        anew=anew,
    )


def put_off(session: Session, actor: Actor, command: PutOff) -> None:
    """Somebody does not want to decide now: they were asked, and the question does not come back by itself.

    It stays on its page. Raises NotFound for what is not asked.
    """
    person_id = actor.require_signed_in()
    agreement = asking_agreement(session, command.agreement_id)
    note_asked(session, actor, agreement.current, person_id, command.language, anew=True)
