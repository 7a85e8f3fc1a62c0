"""Somebody says that another person voted in their name: written down, decided, answered in writing. No ballot is touched."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.spaces.queries import Action, action_open, process
from app.features.voting.commands import DecideContest, OpenContest
from app.features.voting.models import Contest, ContestState, VotingParticipation
from app.features.voting.rules import granted_slot, voter_key
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import new_reference

NOT_ANY_MORE = msg("People do not vote any more, so no other ballot can be granted.")


def open_contest(session: Session, actor: Actor, command: OpenContest, secret: bytes) -> Contest:
    """Record that somebody contests the participation of their entry in a pot. The number is hashed, never kept.

    Raises NotFound without the clerk's or the committee's role, Refused when nobody took part for this number in this pot (the
    person can simply vote), Conflict when it is recorded already.
    """
    pot = pot_by_id(session, command.pot_id)
    if pot is None or pot.state is PotState.DRAFT or not _may_record(actor, pot.process_id):
        raise NotFound
    key = voter_key(secret, pot.process_id, command.number)
    if not command.said.strip():
        raise Refused(msg("Write what the person told you, without their name."), field="said")
    if _participation(session, pot.id, key) is None:
        raise Refused(msg("Nobody has voted with this number in this pot. The person can vote."), field="number")
    contest = Contest(
        process_id=pot.process_id,
        pot_id=pot.id,
        voter_key=key,
        said=command.said.strip(),
        reference=new_reference("K"),
        opened_by=actor.person_id,
    )
    try:
        with session.begin_nested():
            session.add(contest)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("This is recorded already, and open or upheld.")) from None
    audit.record(session, actor, "contest.opened", contest, process_id=pot.process_id, reference=contest.reference)
    return contest


def decide_contest(session: Session, actor: Actor, command: DecideContest) -> Contest:
    """Uphold or dismiss, with an outcome in words for the person and the reason; both are needed, and it is done once.

    With `again`, and only while people still vote, the decision asks that the person may cast one ballot at a desk; another
    member grants it (`grant_ballot`). The contested ballot stays in the box, for nobody can tell which it is. Raises NotFound
    without the committee's role, Refused for whoever recorded it.
    """
    contest = session.get(Contest, command.contest_id, with_for_update=True, populate_existing=True)
    if contest is None or not actor.may(Permission.BUDGET_CERTIFY, contest.process_id):
        raise NotFound
    if contest.state is not ContestState.OPEN:
        raise Conflict(msg("This was decided already."))
    if actor.person_id is not None and actor.person_id == contest.opened_by:
        raise Refused(msg("You recorded this yourself. Another member of the committee decides it."))
    _check(session, contest, command)
    contest.state = ContestState.UPHELD if command.upheld else ContestState.DISMISSED
    contest.outcome, contest.reason = command.outcome.strip(), command.reason.strip()
    contest.decided_on, contest.decided_by = clock.now().date(), actor.person_id
    if command.again:
        used = _participation(session, contest.pot_id, contest.voter_key)
        if used is None or used.granted:
            raise Conflict(msg("A ballot was granted here before. There is no third one."))
        contest.asked_slot = granted_slot(used.slot)
    session.flush()
    audit.record(
        session,
        actor,
        f"contest.{contest.state}",
        contest,
        process_id=contest.process_id,
        reason=contest.reason,
        reference=contest.reference,
        ballot_asked_for=command.again,
    )
    return contest


def _check(session: Session, contest: Contest, command: DecideContest) -> None:
    """Raise Invalid for what a decision lacks."""
    errors: dict[str, Message] = {}
    if not command.outcome.strip():
        errors["outcome"] = msg("Write what the person is told.")
    if not command.reason.strip():
        errors["reason"] = msg("Write why it was decided so.")
    if command.again and not command.upheld:
        errors["again"] = msg("Another ballot can be granted only when the complaint is upheld.")
    if command.again and not _still_open(session, contest):
        errors["again"] = NOT_ANY_MORE
    if errors:
        raise Invalid(errors)


def may_grant(actor: Actor, contest: Contest) -> bool:
    """Whether another ballot waits for the signature of this member, who has had no hand in it so far."""
    waits = contest.asked_slot != "" and contest.granted_slot == ""
    fresh = actor.person_id is not None and actor.person_id not in (contest.opened_by, contest.decided_by)
    return waits and fresh and actor.may(Permission.BUDGET_CERTIFY, contest.process_id)


def grant_ballot(session: Session, actor: Actor, contest_id: uuid.UUID) -> Contest:
    """The second hand: let the person cast one more ballot at a desk.

    Raises NotFound without the committee's role, Conflict when nothing waits or people do not vote any more, Refused for
    whoever recorded or decided it.
    """
    contest = session.get(Contest, contest_id, with_for_update=True, populate_existing=True)
    if contest is None or not actor.may(Permission.BUDGET_CERTIFY, contest.process_id):
        raise NotFound
    if not contest.asked_slot or contest.granted_slot:
        raise Conflict(msg("No other ballot waits for a second signature here."))
    if not may_grant(actor, contest):
        raise Refused(msg("You have recorded or decided this. Another member of the committee signs."))
    if not _still_open(session, contest):
        raise Conflict(NOT_ANY_MORE)
    contest.granted_slot, contest.granted_by = contest.asked_slot, actor.person_id
    session.flush()
    audit.record(session, actor, "contest.granted", contest, process_id=contest.process_id, reference=contest.reference)
    return contest


def contests_of(session: Session, process_id: uuid.UUID) -> Sequence[Contest]:
    """All contests of a process for its committee, the open ones first."""
    return session.scalars(
        select(Contest)
        .where(Contest.process_id == process_id)
        .order_by(Contest.state != ContestState.OPEN, Contest.created_at.desc(), Contest.id)
    ).all()


def contest_of(session: Session, actor: Actor, contest_id: uuid.UUID) -> Contest:
    """One contest, for whoever may record or inspect it. Raises NotFound for others."""
    contest = session.get(Contest, contest_id)
    if contest is None or not (
        _may_record(actor, contest.process_id) or actor.may(Permission.BUDGET_INSPECT, contest.process_id)
    ):
        raise NotFound
    return contest


def _may_record(actor: Actor, process_id: uuid.UUID) -> bool:
    return actor.may(Permission.INTAKE, process_id) or actor.may(Permission.BUDGET_CERTIFY, process_id)


def _still_open(session: Session, contest: Contest) -> bool:
    space, pot = process(session, contest.process_id), session.get(Pot, contest.pot_id)
    open_now = space is not None and action_open(space, Action.VOTE, clock.now())
    return open_now and pot is not None and pot.state is PotState.READY


def _participation(session: Session, pot_id: uuid.UUID, key: str) -> VotingParticipation | None:
    """What this entry used in this pot; of two, the granted one."""
    return session.scalars(
        select(VotingParticipation)
        .where(VotingParticipation.pot_id == pot_id, VotingParticipation.voter_key == key)
        .order_by(VotingParticipation.granted.desc())
    ).first()
