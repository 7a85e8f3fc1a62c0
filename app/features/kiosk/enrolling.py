"""A screen's browser is let in by the digits that an administrator was shown."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.use_cases import count_attempt, take_back_attempt
from app.features.kiosk.forms import EnrolForm
from app.features.kiosk.routes import _forget, bp
from app.features.kiosk.use_cases import enrol as let_in
from app.kernel.errors import Refused
from app.web.access import public, viewer
from app.web.kiosk import give_token, start_cookie
from app.web.networks import network
from app.web.transaction import commits

GUESSES = "kiosk code network"


@bp.route("/enrol", methods=["GET", "POST"])
@public
@commits
def enrol() -> ResponseReturnValue:
    """Type the digits: the browser becomes that screen. Whoever was signed in here is signed out."""
    form = EnrolForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            before = count_attempt(GUESSES, network())  # before it is tried: whoever has to wait learns nothing meanwhile
            device, token = let_in(db.session(), viewer(), form.code.data or "")
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            name = device.name
            take_back_attempt(GUESSES, network(), before)
            db.session.commit()  # the screen is in, before whoever set it up is signed out in a transaction of its own
            response = _forget(make_response(redirect(url_for(".start"), 303)))
            give_token(response, token)
            start_cookie(response)
            flash(_("This is now the screen “%(name)s”.", name=name), "good")
            return response
    return render_template("kiosk/enrol.html", form=form), status
