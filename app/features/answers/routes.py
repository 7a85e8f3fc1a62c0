"""The answer on the proposal's page."""

from flask import Blueprint
from markupsafe import Markup

from app.extensions import db
from app.features.answers import implementation_routes
from app.features.answers.queries import answer_of, promised_days, versions_of
from app.features.answers.rules import LOOKS, due_at
from app.features.proposals.queries import Proposal, ProposalState
from app.kernel import clock
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import viewer

bp = Blueprint("answers", __name__, template_folder="templates")
blueprints = [bp, implementation_routes.bp]


def _answer_block(proposal: Proposal) -> Markup:
    """The official answer with its history; or until when the city promises one."""
    if proposal.state != ProposalState.PUBLISHED:
        return Markup("")
    session = db.session()
    answer = answer_of(session, proposal.id)
    due = None
    if answer is None and proposal.published_at is not None:
        due = due_at(proposal.published_at, promised_days(session, proposal.process_id))
    return slots.partial(
        "answers/_answer.html",
        answer=answer,
        look=LOOKS[answer.status] if answer else None,
        looks=LOOKS,
        versions=versions_of(session, answer.id)[1:] if answer and answer.version > 1 else [],
        due=due if due and due > clock.now() else None,
        late=bool(due and due <= clock.now()),
        proposal=proposal,
        may_answer=viewer().may(Permission.ANSWER, proposal.process_id),
    )


slots.register("proposal.page", 10, _answer_block)
slots.register("proposal.follow_up", 20, _answer_block)
