"""What readers do on a proposal's page: support it, follow it, say something about it."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.proposals import use_cases
from app.features.proposals.forms.discussion import CommentForm, ReplyForm
from app.features.proposals.queries import visible_by_reference, visible_comment, visible_proposal
from app.features.proposals.routes import bp
from app.features.proposals.routes.reading import proposal_page
from app.kernel.errors import Conflict, NotFound, PhaseClosed, Refused
from app.web.access import signed_in, viewer
from app.web.filters import translate
from app.web.locale import current_locale
from app.web.transaction import commits


def _back(reference: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".show", reference=reference, _anchor=anchor), 303)


def _refused(reference: str, refusal: Refused, anchor: str) -> ResponseReturnValue:
    """A click that came too late: the page as it is now, with the reason."""
    db.session.rollback()
    flash(translate(refusal.message), "warning")
    return _back(reference, anchor)


@bp.post("/<reference>/support")
@signed_in
@commits
def support(reference: str) -> ResponseReturnValue:
    """Back a proposal."""
    proposal = visible_by_reference(db.session(), viewer(), reference)
    try:
        new = use_cases.support_proposal(db.session(), viewer(), proposal.id)
    except PhaseClosed as refusal:
        return _refused(proposal.reference, refusal, "support")
    flash(_("You support this proposal.") if new else _("You support this proposal already."), "good")
    return _back(proposal.reference, "support")


@bp.post("/<reference>/support/withdraw")
@signed_in
@commits
def withdraw_support(reference: str) -> ResponseReturnValue:
    """Take a support back."""
    proposal = visible_by_reference(db.session(), viewer(), reference)
    try:
        use_cases.withdraw_support(db.session(), viewer(), proposal.id)
    except PhaseClosed as refusal:
        return _refused(proposal.reference, refusal, "support")
    flash(_("Your support is withdrawn."), "good")
    return _back(proposal.reference, "support")


@bp.post("/<reference>/follow")
@signed_in
@commits
def follow(reference: str) -> ResponseReturnValue:
    """Ask for news."""
    proposal = visible_by_reference(db.session(), viewer(), reference)
    use_cases.follow(db.session(), viewer(), proposal.id)
    flash(_("You get an e-mail when there is news about this proposal."), "good")
    return _back(proposal.reference, "follow")


@bp.post("/<reference>/unfollow")
@signed_in
@commits
def unfollow(reference: str) -> ResponseReturnValue:
    """Ask for no more news."""
    proposal = visible_by_reference(db.session(), viewer(), reference)
    use_cases.unfollow(db.session(), viewer(), proposal.id)
    flash(_("You get no more e-mails about this proposal."), "good")
    return _back(proposal.reference, "follow")


@bp.post("/<reference>/comments")
@signed_in
@commits
def write(reference: str) -> ResponseReturnValue:
    """Say something about a proposal."""
    proposal = visible_by_reference(db.session(), viewer(), reference)
    form = CommentForm()
    if form.validate_on_submit():
        try:
            comment = use_cases.write_comment(db.session(), viewer(), form.to_command(proposal.id, current_locale()))
        except NotFound:
            raise
        except Refused as refusal:
            form.refuse(refusal)
            proposal = visible_by_reference(db.session(), viewer(), reference)
        else:
            flash(_("Your comment is published."), "good")
            return _back(proposal.reference, f"comment-{comment.id}")
    return proposal_page(proposal, form=form), 422


@bp.post("/<reference>/comments/<uuid:comment_id>/reply")
@signed_in
@commits
def reply(reference: str, comment_id: UUID) -> ResponseReturnValue:
    """Reply to a comment."""
    proposal = visible_by_reference(db.session(), viewer(), reference)
    form = ReplyForm()
    if form.validate_on_submit():
        command = form.to_command(proposal.id, comment_id, current_locale())
        try:
            comment = use_cases.write_comment(db.session(), viewer(), command)
        except NotFound:
            raise
        except Refused as refusal:
            form.refuse(refusal)
            proposal = visible_by_reference(db.session(), viewer(), reference)
        else:
            flash(_("Your reply is published."), "good")
            return _back(proposal.reference, f"comment-{comment.id}")
    return proposal_page(proposal, reply=form), 422


@bp.post("/comments/<uuid:comment_id>/withdraw")
@signed_in
@commits
def withdraw_comment(comment_id: UUID) -> ResponseReturnValue:
    """Take one's own comment back; the page offers to show it again."""
    reference = _reference_of(comment_id)
    try:
        use_cases.withdraw_comment(db.session(), viewer(), comment_id)
    except Conflict as refusal:
        return _refused(reference, refusal, f"comment-{comment_id}")
    flash(_("Your comment is withdrawn. Only you still see it, and can show it again."), "good")
    return _back(reference, f"comment-{comment_id}")


@bp.post("/comments/<uuid:comment_id>/restore")
@signed_in
@commits
def restore_comment(comment_id: UUID) -> ResponseReturnValue:
    """Show one's own withdrawn comment again."""
    reference = _reference_of(comment_id)
    try:
        use_cases.restore_comment(db.session(), viewer(), comment_id)
    except (Conflict, PhaseClosed) as refusal:
        return _refused(reference, refusal, f"comment-{comment_id}")
    flash(_("Your comment is back."), "good")
    return _back(reference, f"comment-{comment_id}")


def _reference_of(comment_id: UUID) -> str:
    comment = visible_comment(db.session(), viewer(), comment_id)
    return visible_proposal(db.session(), viewer(), comment.proposal_id).reference
