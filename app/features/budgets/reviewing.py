"""Whether a proposal can be built: a review is written, published at once, and may be taken back before a ballot is fixed."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.commands import ReviewProposal, TakeBackReview
from app.features.budgets.models import Feasibility, FeasibilityReview
from app.features.budgets.queries import fixed_pot_of, project_of, review_of, reviews_of
from app.features.proposals.queries import Proposal, ProposalState
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission


def review_proposal(session: Session, actor: Actor, command: ReviewProposal) -> FeasibilityReview:
    """Say whether a proposal can be built, and why. Earlier reviews stay readable.

    Raises NotFound for other processes, Refused for proposals that are not published, Invalid without a reason, Conflict when
    a colleague was quicker or the proposal is on a ballot that this would contradict.
    """
    proposal = _mine(session, actor, command.proposal_id)
    if proposal.state is not ProposalState.PUBLISHED:
        raise Refused(msg("This proposal is not published, so it cannot be reviewed."))
    errors: dict[str, Message] = {}
    if not any(text.strip() for text in command.reason.values()):
        errors["reason"] = msg("Give the reason in at least one language. Everybody can read it.")
    if command.cost is not None and command.cost < 0:
        errors["cost"] = msg("The cost cannot be below zero.")
    if errors:
        raise Invalid(errors)
    _require_free(session, proposal, command.outcome)
    number = max((one.number for one in reviews_of(session, proposal.id)), default=0)
    if number != command.seen:
        raise Conflict(msg("A colleague has reviewed this proposal meanwhile. Read their review below, then decide."))
    review = FeasibilityReview(
        proposal_id=proposal.id,
        process_id=proposal.process_id,
        number=number + 1,
        outcome=command.outcome,
        reason={code: text for code, text in command.reason.items() if text.strip()},
        cost=command.cost,
        currency=command.currency,
        reviewer_id=actor.person_id,
    )
    try:
        with session.begin_nested():
            session.add(review)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("A colleague has reviewed this proposal meanwhile. Read their review below, then decide.")) from None
    audit.record(
        session,
        actor,
        "review.written",
        review,
        process_id=review.process_id,
        proposal=proposal.reference,
        outcome=review.outcome,
        cost=review.cost,
    )
    return review


def take_back_review(session: Session, actor: Actor, command: TakeBackReview) -> FeasibilityReview:
    """Take the newest review back: the one before it holds again. Raises Conflict when it is not the newest any more."""
    review = session.get(FeasibilityReview, command.review_id)
    if review is None:
        raise NotFound
    proposal = _mine(session, actor, review.proposal_id)
    newest = review_of(session, proposal.id, fresh=True)
    if newest is None or newest.id != review.id:
        raise Conflict(msg("This review does not hold any more, so it cannot be taken back."))
    before = next((one for one in reviews_of(session, proposal.id) if one.taken_back_at is None and one.id != review.id), None)
    _require_free(session, proposal, before.outcome if before else None)
    review.taken_back_at = clock.now()
    session.flush()
    audit.record(session, actor, "review.taken_back", review, process_id=review.process_id, proposal=proposal.reference)
    return review


def _mine(session: Session, actor: Actor, proposal_id: object) -> Proposal:
    """The proposal, locked so that two reviews of it come one after the other."""
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    proposal = session.scalars(query).one_or_none()
    if proposal is None or not actor.may(Permission.BUDGET_MANAGE, proposal.process_id):
        raise NotFound
    return proposal


def _require_free(session: Session, proposal: Proposal, outcome: Feasibility | None) -> None:
    """What is on a ballot has been found feasible and stays so; a fixed ballot keeps its reviews."""
    if fixed_pot_of(session, proposal.id) is not None:
        raise Conflict(msg("This proposal is on a fixed ballot, so its review stays as it is."))
    if outcome in (None, Feasibility.NOT_FEASIBLE) and project_of(session, proposal.id) is not None:
        raise Conflict(msg("This proposal is on a ballot. Take the project off first."))
