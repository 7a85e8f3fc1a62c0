"""The city decides about an objection: upheld by one person, or compelling grounds that two people have found."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents import mails, objecting, rules
from app.features.consents.commands import ConfirmObjection, DecideObjection
from app.features.consents.governed import forget
from app.features.consents.models import (
    Answer,
    ConsentEvent,
    DataAgreement,
    NoticeKind,
    ObjectionDecision,
    Ruling,
)
from app.features.consents.use_cases.locked import locked_agreement
from app.features.consents.use_cases.recording import locked_record
from app.features.consents.use_cases.telling import tell
from app.features.notifications.use_cases import notify
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor

FEWEST_LETTERS = 20
"""What is shorter is no reason that somebody could answer to."""


def decide_objection(session: Session, actor: Actor, command: DecideObjection) -> ObjectionDecision:
    """Uphold an objection, which ends the use of this person's data under the agreement; or propose compelling grounds.

    What is proposed changes nothing until a second person agrees. Raises NotFound for other people's agreements, Forbidden for
    one's own objection and for programs, Conflict when it was taken back or decided meanwhile, Invalid without a reason.
    """
    agreement, event, decision = _standing(session, actor, command.event_id)
    if problem := objecting.why_not_decide(actor, event.person_id):
        raise Forbidden(problem)
    reason = command.reason.strip()[:4000]
    if not command.uphold and len(reason) < FEWEST_LETTERS:
        raise Invalid({"reason": msg("Write the compelling grounds in a sentence or more: the person reads exactly this.")})
    now = clock.now()
    decision = decision or ObjectionDecision(event_id=event.id, agreement_id=agreement.id, person_id=event.person_id)
    decision.state = Ruling.UPHELD if command.uphold else Ruling.PROPOSED
    decision.reason, decision.sent_back_reason = reason, ""
    decision.proposed_by_id, decision.proposed_at, decision.confirmed_by_id = actor.person_id, now, None
    decision.decided_at = now if command.uphold else None
    session.add(decision)
    session.flush()
    if command.uphold:
        forget(session, agreement.id, event.person_id)
        _tell_person(session, decision)
    _note(session, actor, "objection.upheld" if command.uphold else "objection.grounds_proposed", agreement, decision)
    return decision


def confirm_objection(session: Session, actor: Actor, command: ConfirmObjection) -> ObjectionDecision:
    """A second person agrees that there are compelling grounds: the use goes on, person and recipient are told. Or not.

    Raises Forbidden for whoever proposed it, Conflict when nothing waits or something else than was read, Invalid when it is
    sent back without a reason.
    """
    agreement, _event, decision = _standing(session, actor, command.event_id)
    if decision is None or decision.state is not Ruling.PROPOSED:
        raise Conflict(msg("No decision waits for a second person here."))
    if problem := objecting.why_not_confirm(actor, decision):
        raise Forbidden(problem)
    if command.proposed_at != decision.proposed_at:
        raise Conflict(msg("A colleague has proposed something else meanwhile. Read it again; nothing was decided."))
    reason = command.reason.strip()[:2000]
    if not command.agree and not reason:
        raise Invalid({"reason": msg("Write a sentence: why do you not agree?")})
    if command.agree:
        decision.state, decision.decided_at, decision.confirmed_by_id = Ruling.COMPELLING, clock.now(), actor.person_id
    else:
        decision.state, decision.sent_back_reason = Ruling.SENT_BACK, reason
    session.flush()
    if command.agree:
        tell(session, NoticeKind.OBJECTION_ENDED, agreement, decision.person_id)
        _tell_person(session, decision)
    _note(session, actor, "objection.compelling" if command.agree else "objection.sent_back", agreement, decision)
    return decision


def _standing(
    session: Session, actor: Actor, event_id: uuid.UUID
) -> tuple[DataAgreement, ConsentEvent, ObjectionDecision | None]:
    """The objection as it stands, locked in the order in which people's own answers are. Raises like `decide_objection`."""
    event = session.get(ConsentEvent, event_id)
    if event is None or event.answer is not Answer.OBJECTED:
        raise NotFound
    agreement = locked_agreement(session, event.agreement_id, shared=True)
    if agreement is None or not rules.may_manage(actor, agreement.process_id):
        raise NotFound
    record = locked_record(session, agreement.id, event.person_id)
    if record is None or record.answer is not Answer.OBJECTED or record.event_id != event.id:
        raise Conflict(msg("The person has taken this objection back, or made a new one. Nothing was decided."))
    decision = session.scalars(
        select(ObjectionDecision)
        .where(ObjectionDecision.event_id == event.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if decision is not None and decision.is_decided:
        raise Conflict(msg("A colleague has decided about this objection already."))
    return agreement, event, decision


def _tell_person(session: Session, decision: ObjectionDecision) -> None:
    """A letter to whoever has an address; others see it with their code. What it says is looked up when it leaves."""
    params = {"event": str(decision.event_id), "agreement_id": str(decision.agreement_id)}
    notify(session, mails.OBJECTION, person_id=decision.person_id, params=params)


def _note(session: Session, actor: Actor, action: str, agreement: DataAgreement, decision: ObjectionDecision) -> None:
    """The words stay with the decision, where they go with the person; the log says who decided what, and when."""
    audit.record(session, actor, action, decision, process_id=agreement.process_id, agreement=agreement.code)
    session.flush()
