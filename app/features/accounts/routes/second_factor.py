"""The second factor of staff: before it is passed, a member of staff is a resident."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup

from app.extensions import db
from app.features.accounts import attempts, identity, queries, totp, use_cases
from app.features.accounts.forms import CodeForm
from app.features.accounts.routes import bp
from app.features.accounts.routes.entering import FACTOR
from app.features.accounts.routes.places import clean_place, wanted_place
from app.kernel.errors import Refused, TooManyAttempts
from app.web.access import signed_in, viewer
from app.web.errors import error_page
from app.web.transaction import commits


@bp.get("/second-factor")
@signed_in
def second_factor() -> ResponseReturnValue:
    """Ask for the code; whoever has no second factor yet sets one up, whoever has passed goes on."""
    _staff_only()
    if current_user.second_factor_passed:
        return redirect(wanted_place("/staff/"))
    if not current_user.has_second_factor:
        return redirect(url_for(".set_up", next=wanted_place("/staff/")))
    return render_template("accounts/second_factor.html", form=CodeForm(), next=wanted_place("/staff/"))


@bp.post("/second-factor")
@signed_in
@commits
def pass_second_factor() -> ResponseReturnValue:
    """Take a code of the phone, or a recovery code."""
    _staff_only()
    form, status = CodeForm(), 422
    if form.validate_on_submit():
        key = attempts.key_of("code", str(current_user.person_id))
        try:
            attempts.count(key)
            left = use_cases.pass_second_factor(db.session(), viewer(), current_user.session_id, form.code.data)
        except TooManyAttempts as refusal:
            status = 429
            form.refuse(refusal)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            _gain_rights()
            if left is not None:
                flash(
                    ngettext("You have %(num)s recovery code left.", "You have %(num)s recovery codes left.", left), "warning"
                )
            attempts.forgive(key)
            return redirect(wanted_place("/staff/"))
    return render_template("accounts/second_factor.html", form=form, next=wanted_place("/staff/")), status


@bp.get("/second-factor/set-up")
@signed_in
def set_up() -> ResponseReturnValue:
    """Show the secret as a QR code and as text; it is kept only once the phone has shown a code of it."""
    _staff_only()
    if current_user.has_second_factor:
        return redirect(url_for(".second_factor", next=wanted_place("/staff/")))
    session.setdefault(FACTOR, totp.new_secret())
    return _set_up_page(CodeForm())


@bp.post("/second-factor/set-up")
@signed_in
@commits
def keep_second_factor() -> ResponseReturnValue:
    """Keep it, and show the recovery codes this one time."""
    _staff_only()
    form = CodeForm()
    if FACTOR not in session:
        return redirect(url_for(".set_up", next=wanted_place("/staff/")))
    if form.validate_on_submit():
        try:
            codes = use_cases.set_up_second_factor(
                db.session(), viewer(), current_user.session_id, session[FACTOR], form.code.data
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            session.pop(FACTOR)
            _gain_rights()
            return render_template("accounts/recovery_codes.html", codes=codes, next=wanted_place("/staff/"))
    return _set_up_page(form), 422


def _set_up_page(form: CodeForm) -> str:
    secret = session[FACTOR]
    address = totp.address(secret, account=current_user.email, city=current_app.config["SETTINGS"].city_name)
    return render_template(
        "accounts/set_up.html",
        form=form,
        picture=Markup(totp.picture(address)),  # noqa: S704  drawn here from our own text
        spelled=totp.spelled(secret),
        address=address,
        next=wanted_place("/staff/"),
    )


@bp.get("/second-factor/codes")
@signed_in
def recovery_codes() -> ResponseReturnValue:
    """Say what new codes mean, with the button that makes them."""
    _staff_only(passed=True)
    return render_template("accounts/renew_codes.html")


@bp.post("/second-factor/codes")
@signed_in
@commits
def renew_recovery_codes() -> ResponseReturnValue:
    """Ten new codes, shown this one time; the old ones end."""
    _staff_only(passed=True)
    codes = use_cases.renew_recovery_codes(db.session(), viewer())
    return render_template("accounts/recovery_codes.html", codes=codes, next=url_for(".settings"))


def _staff_only(*, passed: bool = False) -> None:
    """Residents have no second factor here: for them these pages do not exist."""
    if not current_user.is_staff_member or (passed and not current_user.second_factor_passed):
        abort(404)


def _gain_rights() -> None:
    """Another token for a browser that may do more from now on."""
    row = queries.session_by_token(db.session(), current_user.token)
    if row is not None:
        identity.remember(row, use_cases.renew_token(db.session(), row))


@bp.app_errorhandler(403)
def _ask_for_second_factor(error: Any) -> ResponseReturnValue:
    """A member of staff who has not entered a code yet is asked for it, and comes back to the page."""
    waits = current_user.is_staff_member and not current_user.second_factor_passed
    if waits and request.method == "GET" and not request.path.startswith("/api/"):
        return redirect(url_for("accounts.second_factor", next=clean_place(request.full_path.rstrip("?"))))
    return error_page(403)
