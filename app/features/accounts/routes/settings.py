"""One's own account: name, language, address, password, signed-in browsers."""

from uuid import UUID

from babel import Locale
from flask import current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.extensions import db
from app.features.accounts import attempts, identity, passwords, queries, use_cases
from app.features.accounts.forms import DetailsForm, NewEmailForm, NewPasswordForm, SecretField
from app.features.accounts.routes import bp
from app.features.accounts.routes.entering import ASKED, show_language
from app.features.accounts.rules import Proof, proof_needed
from app.kernel import clock
from app.kernel.errors import TooManyAttempts
from app.web.access import signed_in, viewer
from app.web.filters import translate
from app.web.transaction import commits


@bp.get("/settings")
@signed_in
def settings() -> ResponseReturnValue:
    """Everything about one's account on one page."""
    person = _me()
    return _settings(_details_form(display_name=person.display_name, locale=person.locale))


@bp.post("/settings")
@signed_in
@commits
def save_settings() -> ResponseReturnValue:
    """Another name or language."""
    form = _details_form()
    sent = form.send(lambda: use_cases.change_details(db.session(), viewer(), form.to_command()))
    if sent.done:
        flash(_("Saved."), "good")
        response = redirect(url_for(".settings"))
        show_language(response, sent.result.locale)
        return response
    return _settings(form), 422


def _settings(form: DetailsForm) -> str:
    return render_template("accounts/settings.html", form=form, person=_me())


def _details_form(**values: str) -> DetailsForm:
    form = DetailsForm(**values)
    form.locale.choices = [
        (code, (Locale.parse(code).get_display_name(code) or code).capitalize())
        for code in current_app.config["SETTINGS"].languages
    ]
    return form


def _me() -> queries.Person:
    person = queries.person(db.session(), viewer().require_signed_in())
    assert person is not None  # noqa: S101  the session that let us in belongs to them
    return person


def _proof() -> Proof:
    row = queries.session_by_token(db.session(), current_user.token)
    return proof_needed(row, clock.now()) if row is not None else Proof.LETTER


def _proven(proof: Proof, current: SecretField) -> bool:
    """Whether the current password was shown where it is needed; says so beside the field where it was not."""
    if proof is Proof.NONE:
        return True
    if proof is Proof.LETTER:
        return False
    if not current.data:
        current.errors = [_("Write your current password.")]
        return False
    stored = _me().password_hash
    try:
        attempts.count(_password_key())
    except TooManyAttempts as refusal:
        current.errors = [translate(refusal.message)]
        return False
    if not passwords.matches(stored, current.data):
        current.errors = [_("This is not your current password.")]
        return False
    return True


def _password_key() -> str:
    return attempts.key_of("password", current_user.email)


@bp.get("/email")
@signed_in
def email() -> ResponseReturnValue:
    """The form for another address."""
    return render_template("accounts/email.html", form=NewEmailForm(), proof=_proof())


@bp.post("/email")
@signed_in
@commits
def change_email() -> ResponseReturnValue:
    """Send an e-mail to the new address; nothing changes before its link is used."""
    form, proof = NewEmailForm(), _proof()
    if form.validate_on_submit() and _proven(proof, form.current):
        try:
            attempts.count(attempts.key_of("letter", form.email.data))
        except TooManyAttempts as refusal:
            form.email.errors = [translate(refusal.message)]
        else:
            attempts.forgive(_password_key())
            link = use_cases.ask_for_new_email(db.session(), viewer(), form.email.data)
            session[ASKED] = {"link": str(link.id), "email": form.email.data}
            return redirect(url_for(".check_mail", next=url_for(".settings")))
    return render_template("accounts/email.html", form=form, proof=proof), 422


@bp.get("/password")
@signed_in
def password() -> ResponseReturnValue:
    """The form for another password."""
    return render_template("accounts/password.html", form=NewPasswordForm(), proof=_proof(), email=current_user.email)


@bp.post("/password")
@signed_in
@commits
def change_password() -> ResponseReturnValue:
    """Another password; all other browsers are signed out, and this one gets a new token."""
    form, proof = NewPasswordForm(), _proof()
    if form.validate_on_submit() and _proven(proof, form.current):
        db.session.rollback()  # no lock is held while the password is hashed
        password_hash = passwords.hashed(form.password.data)
        attempts.forgive(_password_key())
        use_cases.change_password(db.session(), viewer(), password_hash, session_id=current_user.session_id)
        row = queries.session_by_token(db.session(), current_user.token)
        if row is not None:
            identity.remember(row, use_cases.renew_token(db.session(), row))
        flash(_("Your password is changed. You are signed out in all other browsers."), "good")
        return redirect(url_for(".settings"))
    return render_template("accounts/password.html", form=form, proof=proof, email=current_user.email), 422


@bp.get("/devices")
@signed_in
def devices() -> ResponseReturnValue:
    """The browsers in which one is signed in."""
    found = queries.live_sessions(db.session(), viewer().require_signed_in(), clock.now())
    return render_template("accounts/devices.html", sessions=found, here=current_user.session_id)


@bp.post("/devices/<uuid:session_id>/end")
@signed_in
@commits
def end_device(session_id: UUID) -> ResponseReturnValue:
    """Sign one of them out."""
    use_cases.end_session(db.session(), viewer(), session_id)
    flash(_("This session has ended."), "good")
    if session_id == current_user.session_id:
        identity.forget()
        return redirect("/")
    return redirect(url_for(".devices"))
