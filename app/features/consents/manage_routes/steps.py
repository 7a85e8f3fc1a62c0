"""A draft on its way: submitted, reviewed by a second person, put in force; an agreement ended."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.consents.commands import DiscardDraft, EndAgreement, PutInForce, ReviewAgreement, SubmitAgreement
from app.features.consents.forms.agreements import InForceForm, ReviewForm
from app.features.consents.manage_routes import bp
from app.features.consents.manage_routes.agreements import mine
from app.features.consents.queries import AgreementRevision, AgreementState, DataAgreement, RevisionState, counts_of
from app.features.consents.rules import may_review
from app.features.consents.shown import changes, language_name, vocabulary
from app.features.consents.use_cases import (
    discard_draft,
    end_agreement,
    put_in_force,
    review_agreement,
    submit_agreement,
)
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.transaction import attempt, commits


def _waiting(agreement_id: UUID, *states: RevisionState) -> tuple[DataAgreement, AgreementRevision]:
    """An agreement whose pending revision is in one of these states. Raises NotFound for all others."""
    found = mine(agreement_id)
    if found.pending is None or found.pending.state not in states:
        raise NotFound
    return found, found.pending


@bp.post("/<uuid:agreement_id>/submit")
@requires(Permission.AGREEMENT_MANAGE)
@commits
def submit(agreement_id: UUID) -> ResponseReturnValue:
    """Freeze the draft and hand it to a second person; what is missing is said by field in the form."""
    mine(agreement_id)
    try:
        submit_agreement(db.session(), viewer(), SubmitAgreement(agreement_id))
    except Invalid as refusal:
        db.session.rollback()
        for problem in refusal.errors.values():
            flash(translate(problem), "bad")
        return redirect(url_for(".write", agreement_id=agreement_id))
    except Refused as refusal:
        db.session.rollback()
        flash(translate(refusal.message), "bad")
    else:
        flash(_("Submitted. A second person reads it now; then it can be put in force."), "good")
    return redirect(url_for(".show", agreement_id=agreement_id))


@bp.route("/<uuid:agreement_id>/review", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def review(agreement_id: UUID) -> ResponseReturnValue:
    """The whole text, what has changed, the impact note; and a decision with a reason."""
    found, pending = _waiting(agreement_id, RevisionState.SUBMITTED)
    if not may_review(viewer(), pending):
        raise Forbidden(msg("You wrote this text. A second person reviews it."))
    form = ReviewForm()
    approve = request.form.get("decision") == "approve"
    command = ReviewAgreement(agreement_id, approve=approve, reason=form.reason.data or "")
    sent = form.send(lambda: review_agreement(db.session(), viewer(), command))
    if sent.done:
        flash(_("Reviewed. It can be put in force now.") if approve else _("Sent back to whoever wrote it."), "good")
        return redirect(url_for(".show", agreement_id=agreement_id))
    return render_template(
        "consents/review.html",
        agreement=found,
        pending=pending,
        changes=changes(found.current, pending) if found.published else [],
        form=form,
        words=vocabulary(),
        language_name=language_name,
    ), sent.status


@bp.route("/<uuid:agreement_id>/in-force", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def in_force(agreement_id: UUID) -> ResponseReturnValue:
    """From now on people read this text; says who will be asked again."""
    found, pending = _waiting(agreement_id, RevisionState.REVIEWED)
    form = InForceForm()
    sent = form.send(lambda: put_in_force(db.session(), viewer(), PutInForce(agreement_id, form.earlier_end_at())))
    if sent.done:
        flash(_("In force. From now on people read this text."), "good")
        return redirect(url_for(".show", agreement_id=agreement_id))
    counts = counts_of(db.session(), [agreement_id])[agreement_id]
    return render_template(
        "consents/in_force.html", agreement=found, pending=pending, form=form, counts=counts, again=bool(found.published)
    ), sent.status


@bp.route("/<uuid:agreement_id>/discard", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def discard(agreement_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    found, pending = _waiting(agreement_id, RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.REVIEWED)
    if request.method == "POST":
        attempt(lambda: discard_draft(db.session(), viewer(), DiscardDraft(agreement_id)), _("The draft is thrown away."))
        return redirect(url_for(".index"))
    return render_template("consents/discard.html", agreement=found, pending=pending)


@bp.route("/<uuid:agreement_id>/end", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def end(agreement_id: UUID) -> ResponseReturnValue:
    """Stop asking, knowing what that does."""
    found = mine(agreement_id)
    if found.state is not AgreementState.IN_FORCE:
        raise NotFound
    if request.method == "POST":
        done = _("Ended. Nobody is asked any more, and what was given for it is deleted.")
        attempt(lambda: end_agreement(db.session(), viewer(), EndAgreement(agreement_id)), done)
        return redirect(url_for(".index"))
    counts = counts_of(db.session(), [agreement_id])[agreement_id]
    return render_template("consents/end.html", agreement=found, counts=counts)
