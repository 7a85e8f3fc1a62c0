"""Putting a proposal from paper to one's account, with the slip and what was written on the form."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import db
from app.features.accounts.use_cases import count_attempt, forgive_attempts
from app.features.proposals.authoring_routes.door import bp
from app.features.proposals.forms.claiming import ClaimProposalForm
from app.features.proposals.queries.own import by_follow_token, has_contact
from app.features.proposals.use_cases import claim_proposal
from app.kernel.errors import TooManyAttempts
from app.kernel.references import token_hash
from app.web.access import signed_in, viewer
from app.web.transaction import commits

KIND = "claim of a proposal"


@bp.route("/follow/<token>/claim", methods=["GET", "POST"])
@signed_in
@commits
def follow_claim(token: str) -> ResponseReturnValue:
    """Say what was written on the form. Wrong answers are slowed down, so that nobody guesses with a slip that was found."""
    proposal = by_follow_token(db.session(), token)
    reference, slip = proposal.reference, token_hash(token)
    if not has_contact(db.session(), proposal.id):  # nothing on the form could show whose it is
        return render_template("proposals/authoring/claim_at_desk.html", reference=reference, token=token)
    form = ClaimProposalForm()
    if form.is_submitted() and form.validate():
        try:
            count_attempt(KIND, slip)
        except TooManyAttempts as refusal:
            form.refuse(refusal)
            return render_template(
                "proposals/authoring/claim.html", form=form, reference=reference, token=token
            ), refusal.status
    sent = form.send(lambda: claim_proposal(db.session(), viewer(), form.to_command(token)))
    if sent.done:
        forgive_attempts(KIND, slip)
        flash(gettext("The proposal is in your account now. The link on the slip works no more."), "good")
        return redirect(url_for(".mine", proposal_id=sent.result.id))
    return render_template("proposals/authoring/claim.html", form=form, reference=reference, token=token), sent.status
