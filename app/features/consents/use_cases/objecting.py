"""A person objects to a use that rests on the city's task."""

from sqlalchemy.orm import Session

from app.features.accounts.queries import held_present
from app.features.consents.commands import ObjectTo
from app.features.consents.models import AgreementState, Answer, ConsentEvent, ConsentRecord, Ruling
from app.features.consents.queries import ruling_of
from app.features.consents.use_cases.answers import TEXT_CHANGED
from app.features.consents.use_cases.locked import locked_agreement
from app.features.consents.use_cases.recording import append, locked_record
from app.kernel.errors import Conflict, Forbidden, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import pick


def object_to(session: Session, actor: Actor, command: ObjectTo) -> ConsentRecord:
    """Note that a person objects to a use that rests on the public task, until they take it back.

    From now on this use rests (`queries.objections`) until staff have decided (`decide_objection`). Objecting with the same
    reason while one is examined changes nothing; after compelling grounds were found it is a new objection.

    Raises Conflict when another text was shown, or when an objection is being examined or was upheld,
    NotFound for other legal bases: consent is taken back instead, and a law leaves no choice.
    """
    agreement = locked_agreement(session, command.agreement_id, shared=True)
    if agreement is None or agreement.state is not AgreementState.IN_FORCE or not agreement.may_be_objected_to:
        raise NotFound
    if actor.person_id != command.person_id and not actor.may(Permission.INTAKE, agreement.process_id):
        raise Forbidden
    if not held_present(session, command.person_id):
        raise NotFound
    if agreement.current.id != command.revision_id:
        raise Conflict(TEXT_CHANGED)
    reason = command.reason.strip()[:2000]
    standing = locked_record(session, agreement.id, command.person_id)
    if standing is not None and standing.answer is Answer.OBJECTED:
        decision = ruling_of(session, standing.event_id)
        if decision is not None and decision.state is Ruling.UPHELD:
            raise Conflict(msg("Your objection was upheld already: your data is not used for this."))
        if decision is None or not decision.is_decided:
            if reason in ("", session.get_one(ConsentEvent, standing.event_id).remark):
                return standing
            raise Conflict(msg("Your objection is being examined already. To give another reason, take it back first."))
    shown, language = pick(agreement.current.notice, command.language)
    record = append(
        session,
        actor,
        agreement.current,
        command.person_id,
        Answer.OBJECTED,
        shown=shown,
        language=language,
        remark=reason,
        sheet=command.sheet,
    )
    if record is None:
        raise NotFound
    return record
