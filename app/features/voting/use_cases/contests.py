"""Somebody says that another person voted in their name: written down, decided, answered in writing. No ballot is touched."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import PotState, held_pot
from app.features.budgets.queries import pot as pot_by_id
from app.features.spaces.queries import Action, action_open, process
from app.features.voting.commands import DecideContest, OpenContest, ReturnContest
from app.features.voting.models import Contest, ContestState, VotingParticipation
from app.features.voting.rules import granted_slot, voter_key
from app.features.voting.use_cases.hands import may_be_second, second_hand
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import new_reference

NOT_ANY_MORE = msg("People do not vote any more, so no other ballot can be granted.")
ANNULLED_SINCE = msg(
    "The vote on this pot was annulled, so its ballots do not count and no other one is granted in place of one."
)
RECORDED_YOURSELF = msg("You recorded this yourself. Other members of the committee decide it.")
NOTHING_WAITS = msg("No answer waits for a second signature here.")


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
    """Propose to uphold or dismiss, with an outcome in words for the person and the reason; both are needed.

    This is the first signature. Nothing is decided, and nobody is told, before another member signs (`sign_contest`). With
    `again`, and only while people still vote, the person may then cast one ballot at a desk. The contested ballot stays in the
    box, for nobody can tell which it is. Raises NotFound without the committee's role, Refused for whoever recorded it,
    Conflict when an answer is proposed or given already.
    """
    contest = _locked(session, actor, command.contest_id)
    if contest.proposed:
        raise Conflict(msg("A member has proposed an answer already. Look at it, and sign it or send it back."))
    if actor.person_id is not None and actor.person_id == contest.opened_by:
        raise Refused(RECORDED_YOURSELF)
    _check(session, contest, command)
    contest.proposed = (ContestState.UPHELD if command.upheld else ContestState.DISMISSED).value
    contest.outcome, contest.reason = command.outcome.strip(), command.reason.strip()
    contest.decided_by = contest.first_hand = actor.require_signed_in()
    if command.again:
        used = _participation(session, contest.pot_id, contest.voter_key)
        if used is None or used.granted:
            raise Conflict(msg("A ballot was granted here before. There is no third one."))
        contest.asked_slot = granted_slot(used.slot)
    session.flush()
    _record(session, actor, contest, "contest.proposed", proposed=contest.proposed, ballot_asked_for=command.again)
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
    if command.again and (why_not := _why_none_is_granted(session, contest)) is not None:
        errors["again"] = why_not
    if errors:
        raise Invalid(errors)


def may_sign_contest(actor: Actor, contest: Contest) -> bool:
    """Whether a proposed answer waits for the signature of this member, who has had no hand in it so far."""
    waits = contest.state is ContestState.OPEN and contest.proposed != ""
    fresh = may_be_second(actor, contest.process_id, contest.first_hand) and actor.person_id != contest.opened_by
    return waits and fresh


def sign_contest(session: Session, actor: Actor, contest_id: uuid.UUID) -> Contest:
    """The second hand: the answer is given now, and with it the ballot at a desk that was asked for.

    Raises NotFound without the committee's role, Refused for whoever recorded it, Forbidden for whoever proposed it, Conflict
    when nothing waits, when the proposer left the committee, or for a ballot when people do not vote any more.
    """
    contest = _locked(session, actor, contest_id)
    if not contest.proposed:
        raise Conflict(NOTHING_WAITS)
    if actor.person_id is not None and actor.person_id == contest.opened_by:
        raise Refused(RECORDED_YOURSELF)
    person_id = second_hand(session, actor, contest.process_id, contest.first_hand)
    if contest.asked_slot and (why_not := _why_none_is_granted(session, contest)) is not None:
        raise Conflict(why_not)
    contest.state, contest.second_hand = ContestState(contest.proposed), person_id
    contest.decided_on, contest.granted_by, contest.granted_slot = clock.now().date(), person_id, contest.asked_slot
    session.flush()
    first = str(contest.first_hand)
    _record(session, actor, contest, f"contest.{contest.state}", proposed_by=first, ballot_granted=contest.granted_slot != "")
    return contest


def return_contest(session: Session, actor: Actor, command: ReturnContest) -> Contest:
    """Send a proposed answer back, with a reason, or take back one's own: the contest is to be decided as before."""
    contest = _locked(session, actor, command.contest_id)
    if not contest.proposed:
        raise Conflict(NOTHING_WAITS)
    why, own = command.why.strip(), actor.require_signed_in() == contest.first_hand
    if not own and not why:
        raise Refused(msg("Write why you do not sign."), field="why")
    first, proposed = str(contest.first_hand), contest.proposed
    contest.proposed = contest.outcome = contest.reason = contest.asked_slot = ""
    contest.decided_by = contest.first_hand = None
    session.flush()
    action = "contest.taken_back" if own else "contest.sent_back"
    _record(session, actor, contest, action, why=why, proposed=proposed, proposed_by=first)
    return contest


def _locked(session: Session, actor: Actor, contest_id: uuid.UUID) -> Contest:
    """A contest that is not decided, as it is once no colleague is at it. Raises NotFound without the role, or Conflict."""
    contest = session.get(Contest, contest_id, with_for_update=True, populate_existing=True)
    if contest is None or not actor.may(Permission.BUDGET_CERTIFY, contest.process_id):
        raise NotFound
    if contest.state is not ContestState.OPEN:
        raise Conflict(msg("This was decided already."))
    return contest


def _record(session: Session, actor: Actor, contest: Contest, action: str, *, why: str = "", **details: Any) -> None:
    reason, about = why or contest.reason, {"reference": contest.reference, **details}
    audit.record(session, actor, action, contest, process_id=contest.process_id, reason=reason, **about)


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


def _why_none_is_granted(session: Session, contest: Contest) -> Message | None:
    """Why no other ballot can be granted now; None where one can. The pot is held: an annulment, which frees votes, waits."""
    found, space = held_pot(session, contest.pot_id), process(session, contest.process_id)
    if found is not None and found.annulled:
        return ANNULLED_SINCE
    open_now = space is not None and action_open(space, Action.VOTE, clock.now())
    return None if open_now and found is not None and found.state is PotState.READY else NOT_ANY_MORE


def _participation(session: Session, pot_id: uuid.UUID, key: str) -> VotingParticipation | None:
    """What this entry used in this pot; of two, the granted one."""
    return session.scalars(
        select(VotingParticipation)
        .where(VotingParticipation.pot_id == pot_id, VotingParticipation.voter_key == key)
        .order_by(VotingParticipation.granted.desc())
    ).first()
