"""Staff say which proposals can be built, and why; everybody can read it at once."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.commands import TakeBackReview
from app.features.budgets.feasibility import LOOKS
from app.features.budgets.forms import review_form
from app.features.budgets.manage_routes import bp
from app.features.budgets.manage_routes.shared import seen_processes
from app.features.budgets.queries import Feasibility, FeasibilityReview, review_of, reviews_of
from app.features.budgets.reviews import candidates
from app.features.budgets.use_cases import review_proposal, take_back_review
from app.features.proposals.queries import Proposal, ProposalState, proposal_by_reference
from app.kernel.errors import NotFound
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.forms import typed_amount
from app.web.paging import steps
from app.web.transaction import attempt, commits

SIZE = 50


@bp.get("/feasibility/<uuid:process_id>")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def reviews(process_id: UUID) -> str:
    """Which proposals of a process wait for a review, and which have one."""
    process = seen_processes().get(process_id)
    if process is None:
        raise NotFound
    done = request.args.get("view") == "done"
    page = candidates(db.session(), process_id, waiting=not done, number=page_number(request.args.get("page")), size=SIZE)
    view = "done" if done else None
    return render_template(
        "budgets_manage/reviews.html",
        process=process,
        page=page,
        done=done,
        may_change=viewer().may(Permission.BUDGET_MANAGE, process_id),
        looks=LOOKS,
        pages=steps(page, lambda number: url_for(".reviews", process_id=process_id, view=view, page=number)),
    )


@bp.route("/review/<reference>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def review(reference: str) -> ResponseReturnValue:
    """Review one proposal: what came out, why, what it costs."""
    proposal = _proposal(reference)
    history = reviews_of(db.session(), proposal.id)
    form = review_form(**_typed(review_of(db.session(), proposal.id), history[0].number if history else 0))
    form.outcome.choices = [(one.value, translate(LOOKS[one].label)) for one in Feasibility]
    sent = form.send(lambda: review_proposal(db.session(), viewer(), form.to_command(proposal.id)))
    if sent.done:
        flash(_("The review is published."), "good")
        return redirect(url_for(".reviews", process_id=proposal.process_id))
    if sent.refused:
        proposal = _proposal(reference)
        history = reviews_of(db.session(), proposal.id)
        form.seen.data = str(history[0].number if history else 0)
    holds = review_of(db.session(), proposal.id)
    return render_template(
        "budgets_manage/review.html", form=form, proposal=proposal, history=history, holds=holds, looks=LOOKS
    ), sent.status


def _proposal(reference: str) -> Proposal:
    proposal = proposal_by_reference(db.session(), reference)
    if (
        proposal is None
        or proposal.state is not ProposalState.PUBLISHED
        or not viewer().may(Permission.BUDGET_MANAGE, proposal.process_id)
    ):
        raise NotFound
    return proposal


def _typed(holds: FeasibilityReview | None, seen: int) -> dict[str, object]:
    if holds is None:
        return {"seen": str(seen)}
    return {
        "seen": str(seen),
        "outcome": holds.outcome.value,
        "cost": typed_amount(holds.cost, holds.currency),
        **{f"reason_{code}": text for code, text in holds.reason.items()},
    }


@bp.route("/review/<reference>/take-back", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def take_back(reference: str) -> ResponseReturnValue:
    """Take the newest review back, knowing what holds then."""
    proposal = _proposal(reference)
    holds = review_of(db.session(), proposal.id)
    if holds is None:
        return redirect(url_for(".review", reference=reference))
    if request.method == "POST":
        review_id = holds.id
        attempt(lambda: take_back_review(db.session(), viewer(), TakeBackReview(review_id)), _("The review is taken back."))
        return redirect(url_for(".review", reference=reference))
    return render_template("budgets_manage/take_back.html", proposal=proposal, review=holds, looks=LOOKS)
