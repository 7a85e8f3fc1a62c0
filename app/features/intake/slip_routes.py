"""For everybody with a slip, torn off a form or taken along from a public screen: the code on it leads to the proposal."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.use_cases import count_attempt
from app.features.intake.forms import SlipForm
from app.features.intake.queries.slips import proposal_of_slip
from app.features.intake.routes import bp
from app.features.proposals.queries import Proposal, sent_secret, slip_secret
from app.kernel.codes import why_not
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.web import navigation
from app.web.access import public
from app.web.networks import network
from app.web.transaction import commits

navigation.footer("intake.slip", msg("Find your proposal with a slip"), icon="ticket", order=35)
TRIES = "paper slip network"
UNKNOWN = msg("We do not know this code. Look at the slip once more. A form that was just handed in may need some days.")


@bp.route("/slip", methods=["GET", "POST"])
@public
@commits
def slip() -> ResponseReturnValue:
    """Type the code. A right one leads to the proposal; wrong ones are slowed down, so that nobody looks for others' codes."""
    form = SlipForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            found = _found(form.code.data or "")
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            if token := slip_secret(found) or sent_secret(found):
                return redirect(url_for("proposals_authoring.follow_up", token=token))
            # the link of the slip has ended: it was claimed
            flash(_("This proposal belongs to an account. Whoever signs in to it sees everything."), "info")
            return redirect(url_for("proposals.show", reference=found.reference))
    return render_template("intake/slip_code.html", form=form), status


def _found(code: str) -> Proposal:
    """The proposal with this code. Raises Refused for a code that we do not know, and TooManyAttempts after many of those.

    A right one is let in all the same, as with the code of an answer: a library shares one network, and whoever mistypes there
    must not keep the next one, who has nothing but a slip, from their proposal. Nobody guesses 74 bits.
    """
    found = proposal_of_slip(db.session(), code)
    if found is None:
        count_attempt(TRIES, network())
        raise Refused(why_not(code) or UNKNOWN, field="code")
    return found
