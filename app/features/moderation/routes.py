"""Public pages: telling the moderators; and what an author reads about a decision."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.moderation.forms import ReportForm
from app.features.moderation.models import Subject
from app.features.moderation.queries import can_be_told, hiding_decision, reportable_comment
from app.features.moderation.rules import REASONS
from app.features.moderation.use_cases import write_report
from app.features.proposals.queries import Proposal, ProposalState, proposal_by_reference, visible_proposal
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import public, viewer
from app.web.transaction import commits

bp = Blueprint("moderation", __name__, template_folder="templates", url_prefix="/proposals")


@bp.route("/<reference>/report", methods=["GET", "POST"])
@public
@commits
def report(reference: str) -> ResponseReturnValue:
    """Report a proposal."""
    proposal = proposal_by_reference(db.session(), reference)
    if proposal is None:
        raise NotFound
    proposal = visible_proposal(db.session(), viewer(), proposal.id)
    return _report_page(proposal, Subject.PROPOSAL, proposal.id, proposal.title)


@bp.route("/comments/<uuid:comment_id>/report", methods=["GET", "POST"])
@public
@commits
def report_comment(comment_id: UUID) -> ResponseReturnValue:
    """Report a comment."""
    comment = reportable_comment(db.session(), comment_id)
    proposal = visible_proposal(db.session(), viewer(), comment.proposal_id)
    return _report_page(proposal, Subject.COMMENT, comment.id, comment.text)


def _report_page(proposal: Proposal, kind: Subject, subject_id: UUID, quote: str) -> ResponseReturnValue:
    form = ReportForm()
    back = url_for("proposals.show", reference=proposal.reference)
    sent = form.send(lambda: write_report(db.session(), viewer(), form.to_command(kind, subject_id)))
    if sent.done:
        flash(_("Thank you. The moderators will look at it."), "good")
        return redirect(back)
    return render_template("moderation/report.html", form=form, kind=kind, quote=quote, back=back), sent.status


def _hidden_notice(proposal: Proposal) -> Markup:
    """Above a hidden or waiting proposal, for its author and the moderators: what has happened and why."""
    if proposal.state == ProposalState.PENDING:
        actor = viewer()
        staff = actor.may(Permission.INTAKE, proposal.process_id) or actor.may(Permission.MODERATE, proposal.process_id)
        theirs = actor.person_id is not None and actor.person_id == proposal.author_id
        told = can_be_told(db.session(), proposal)
        return slots.partial("moderation/_waiting.html", staff=staff and not theirs, told=told)
    if proposal.state != ProposalState.HIDDEN:
        return Markup("")
    decision = hiding_decision(db.session(), Subject.PROPOSAL, proposal.id)
    return slots.partial("moderation/_hidden.html", decision=decision, reasons=REASONS)


def _report_link(proposal: Proposal) -> Markup:
    if proposal.state != ProposalState.PUBLISHED:
        return Markup("")
    return slots.partial("moderation/_report_link.html", proposal=proposal)


slots.register("proposal.top", 10, _hidden_notice)
slots.register("proposal.follow_up", 10, _hidden_notice)
slots.register("proposal.actions", 90, _report_link)
