"""One member proposes a decision; it takes effect when a second, different one signs; or it is declined, or taken back."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.committee import rules
from app.features.committee.commands import Decline, Propose
from app.features.committee.models import Decision, DecisionKind, DecisionState
from app.features.committee.use_cases.answering import require_unconcerned
from app.features.committee.use_cases.effects import EFFECTS
from app.features.committee.use_cases.shared import locked_process, member, still_members
from app.features.voting.use_cases import GONE
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def propose(session: Session, actor: Actor, command: Propose) -> Decision:
    """Propose a decision, with a reason that is published when it takes effect. Proposing is signing first.

    Raises NotFound for anybody but the committee of that process, Refused without a reason, for what cannot be decided now, and
    for whoever made or wrote down the objection it answers, Conflict when a decision about the same thing waits for a signature
    already.
    """
    locked_process(session, actor, command.process_id)
    person_id, name = member(session, actor, command.process_id)
    if not any(command.reason.values()):
        raise Refused(msg("Write the reason in at least one language. Everybody can read it."), field="reason")
    decision = Decision(
        process_id=command.process_id,
        pot_id=command.pot_id if command.kind.about_a_pot else None,
        kind=command.kind,
        state=DecisionState.PROPOSED,
        subject=_subject(command),
        reason=command.reason,
        details=_details(command),
        proposed_by=person_id,
        proposed_name=name,
        first_hand=person_id,
        outcome={},
    )
    decision.details = {**decision.details, **EFFECTS[command.kind].check(session, decision)}
    require_unconcerned(session, decision, person_id)
    try:
        with session.begin_nested():
            session.add(decision)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("Such a decision has been proposed already. Look at it, and sign or decline it.")) from None
    _record(session, actor, decision, "decision.proposed")
    return decision


def _subject(command: Propose) -> str:
    about = command.pot_id if command.kind.about_a_pot else command.objection_id
    return f"{command.kind.value}:{about or ''}"


def _details(command: Propose) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if command.kind is DecisionKind.EXTENSION and command.until:
        details["until"] = command.until.isoformat()
    if command.kind is DecisionKind.OBJECTION:
        details["objection"] = str(command.objection_id) if command.objection_id else ""
        details["outcome"] = command.outcome.value if command.outcome else ""
    if command.kind is DecisionKind.TOTALS_AGAIN:
        details["station"] = str(command.station_id) if command.station_id else ""
    if command.kind is DecisionKind.DRAW_AGAIN:
        details["draw"] = command.draw
    if command.kind is DecisionKind.WITHDRAWAL:
        details["project"] = command.project or ""
    return details


def sign(session: Session, actor: Actor, decision_id: uuid.UUID) -> Decision:
    """Sign second: the decision takes effect now. Both were members until this moment.

    Raises Forbidden for whoever signed first, Refused for whoever made or wrote down the objection it answers, NotFound for
    anybody but the committee, Conflict when it was signed, declined or taken back meanwhile, when the proposer left the
    committee, or when what was proposed cannot be done any more.
    """
    decision = _locked(session, actor, decision_id)
    person_id, name = member(session, actor, decision.process_id)
    rules.require_open(decision)
    rules.require_another(decision, person_id)
    require_unconcerned(session, decision, person_id)
    if not still_members(session, decision.process_id, decision.proposed_by, person_id):
        raise Conflict(GONE)
    effect = EFFECTS[decision.kind]
    checked = effect.check(session, decision)
    if any(decision.details.get(key) != value for key, value in checked.items()):
        raise Conflict(msg("What was proposed has changed since. Decline this, look again and propose it anew."))
    decision.state, decision.second_hand = DecisionState.IN_FORCE, person_id
    decision.decided_by, decision.decided_name, decision.decided_at = person_id, name, clock.now()
    session.flush()
    decision.outcome = effect.apply(session, actor, decision)
    session.flush()
    _record(session, actor, decision, "decision.signed")
    return decision


def decline(session: Session, actor: Actor, command: Decline) -> Decision:
    """Another member does not sign, and says why. Raises Forbidden for the proposer, who takes it back instead."""
    decision = _locked(session, actor, command.decision_id)
    person_id, name = member(session, actor, decision.process_id)
    rules.require_open(decision)
    rules.require_another(decision, person_id)
    decision.answer = rules.require_reason(command.answer, "answer")
    decision.state = DecisionState.DECLINED
    decision.decided_by, decision.decided_name, decision.decided_at = person_id, name, clock.now()
    session.flush()
    _record(session, actor, decision, "decision.declined", reason=decision.answer)
    return decision


def withdraw(session: Session, actor: Actor, decision_id: uuid.UUID) -> Decision:
    """Whoever proposed it takes it back. Raises NotFound for everybody else, Conflict when it is no longer only proposed."""
    decision = _locked(session, actor, decision_id)
    person_id, _name = member(session, actor, decision.process_id)
    if decision.proposed_by != person_id:
        raise NotFound
    rules.require_open(decision)
    decision.state, decision.decided_at = DecisionState.WITHDRAWN, clock.now()
    session.flush()
    _record(session, actor, decision, "decision.taken_back")
    return decision


def _locked(session: Session, actor: Actor, decision_id: uuid.UUID) -> Decision:
    """The decision as it is once no colleague is at it."""
    found = session.get(Decision, decision_id)
    if found is None:
        raise NotFound
    locked_process(session, actor, found.process_id)
    query = select(Decision).where(Decision.id == decision_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _record(session: Session, actor: Actor, decision: Decision, action: str, reason: str = "") -> None:
    about = {"pot": str(decision.pot_id)} if decision.pot_id else {}
    details = {**about, "proposed_by": str(decision.proposed_by), **decision.details, **decision.outcome}
    words = reason or next(iter(decision.reason.values()), "")
    kind = decision.kind.value
    audit.record(session, actor, action, decision, process_id=decision.process_id, reason=words, kind=kind, **details)
