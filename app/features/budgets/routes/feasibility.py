"""What can be built and what cannot, and why: on a page of its own, and with each proposal."""

from flask import render_template, request, url_for
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.feasibility import LOOKS
from app.features.budgets.models import Feasibility
from app.features.budgets.queries import project_of, review_of
from app.features.budgets.reviews import outcomes_of, published_reviews
from app.features.budgets.routes import bp
from app.features.proposals.queries import Proposal, ProposalState
from app.features.spaces import queries as spaces
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import public, viewer
from app.web.paging import steps

SIZE = 30


@bp.get("/feasibility/<slug>")
@public
def feasibility(slug: str) -> str:
    """Every reviewed proposal of a process with what came out and why."""
    process = spaces.visible_process(db.session(), viewer(), slug)
    wanted = request.args.get("outcome", "")
    outcome = Feasibility(wanted) if wanted in {str(one) for one in Feasibility} else None
    numbers = outcomes_of(db.session(), process.id)
    page = published_reviews(db.session(), process.id, outcome, number=page_number(request.args.get("page")), size=SIZE)
    return render_template(
        "budgets/feasibility.html",
        process=process,
        page=page,
        outcome=outcome,
        numbers=numbers,
        total=sum(numbers.values()),
        looks=LOOKS,
        pages=steps(page, lambda number: url_for(".feasibility", slug=slug, outcome=outcome, page=number)),
    )


def _on_proposal(proposal: Proposal) -> Markup:
    """The review that holds, on the page of its proposal."""
    if proposal.state is not ProposalState.PUBLISHED:
        return Markup("")
    session = db.session()
    review = review_of(session, proposal.id)
    may_review = viewer().may(Permission.BUDGET_MANAGE, proposal.process_id)
    if review is None and not may_review:
        return Markup("")
    return slots.partial(
        "budgets/_review.html",
        proposal=proposal,
        review=review,
        project=project_of(session, proposal.id) if review else None,
        process=spaces.process(session, proposal.process_id) if review else None,
        looks=LOOKS,
        may_review=may_review,
    )


def _on_process(process: spaces.Process) -> Markup:
    """Where the reviews stand, once there are any."""
    if not outcomes_of(db.session(), process.id):
        return Markup("")
    return slots.partial("budgets/_feasibility_link.html", process=process)


slots.register("proposal.page", 20, _on_proposal)
slots.register("process.actions", 40, _on_process)
