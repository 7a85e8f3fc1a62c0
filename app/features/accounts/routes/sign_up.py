"""Signing up: the account opens when the letter's link is used. The answer is the same for every address."""

from flask import current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user

from app.extensions import db
from app.features.accounts import attempts, passwords, use_cases
from app.features.accounts.commands import AskForLink
from app.features.accounts.forms import SignInForm, SignUpForm
from app.features.accounts.routes import bp
from app.features.accounts.routes.entering import ASKED, next_step
from app.features.accounts.routes.places import wanted_place
from app.kernel.errors import TooManyAttempts
from app.web.access import public
from app.web.filters import translate
from app.web.transaction import commits


@bp.get("/sign-up")
@public
def sign_up() -> ResponseReturnValue:
    """The form for a new account."""
    if current_user.is_authenticated:
        return redirect(next_step(wanted_place()))
    return render_template("accounts/sign_up.html", form=SignUpForm(), next=wanted_place())


@bp.post("/sign-up")
@public
@commits
def send_confirmation() -> ResponseReturnValue:
    """Send the letter that opens the account, or one that says there is an account already."""
    form = SignUpForm()
    status = 422
    if form.validate_on_submit():
        try:
            attempts.count(attempts.key_of("letter", form.email.data))
        except TooManyAttempts as refusal:
            status = 429
            form.email.errors = [translate(refusal.message)]
        else:
            password_hash = passwords.hashed(form.password.data) if form.password.data else None
            command = form.to_command(wanted_place(), str(get_locale()), password_hash)
            link = use_cases.sign_up(db.session(), command)
            session[ASKED] = {"link": str(link.id), "email": form.email.data}
            return redirect(url_for(".check_mail", next=wanted_place()))
    return render_template("accounts/sign_up.html", form=form, next=wanted_place()), status


@bp.get("/sign-in/link")
@public
def ask_for_link() -> ResponseReturnValue:
    """A page with the address alone, for those who come without one."""
    return render_template("accounts/ask_for_link.html", form=SignInForm(), next=wanted_place())


@bp.post("/sign-in/link")
@public
@commits
def send_link() -> ResponseReturnValue:
    """Send a link to sign in, or a letter that says there is no account."""
    form = SignInForm()
    status = 422
    if form.validate_on_submit():
        try:
            attempts.count(attempts.key_of("letter", form.email.data))
        except TooManyAttempts as refusal:
            status = 429
            form.email.errors = [translate(refusal.message)]
        else:
            link = use_cases.ask_for_link(db.session(), AskForLink(form.email.data, wanted_place(), str(get_locale())))
            session[ASKED] = {"link": str(link.id), "email": form.email.data}
            return redirect(url_for(".check_mail", next=wanted_place()))
    return render_template("accounts/ask_for_link.html", form=form, next=wanted_place()), status


@bp.get("/letter-sent")
@public
def check_mail() -> ResponseReturnValue:
    """Says where the letter went, as this browser remembers it, and what to do when it does not come."""
    return render_template(
        "accounts/check_mail.html",
        email=session.get(ASKED, {}).get("email", ""),
        next=wanted_place(),
        development=current_app.config["ENV_NAME"] == "development",
    )
