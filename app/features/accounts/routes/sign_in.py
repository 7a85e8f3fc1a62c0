"""Signing in by password, and out."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.extensions import db
from app.features.accounts import attempts, identity, passwords, queries, rules, use_cases
from app.features.accounts.forms import SignInForm
from app.features.accounts.routes import bp
from app.features.accounts.routes.entering import enter, next_step
from app.features.accounts.routes.places import wanted_place
from app.kernel.database import intent
from app.kernel.errors import TooManyAttempts
from app.web.access import public, signed_in
from app.web.filters import City, translate
from app.web.transaction import commits


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The page with both ways in. Whoever is in already goes on."""
    if current_user.is_authenticated:
        return redirect(next_step(wanted_place()))
    return render_template("accounts/sign_in.html", form=SignInForm(), next=wanted_place())


@bp.post("/sign-in")
@public
@commits
def sign_in_by_password() -> ResponseReturnValue:
    """Sign in, or say the same words whether the address or the password was wrong."""
    form = SignInForm()
    status = 422
    if form.validate_on_submit():
        if not form.password.data:
            form.password.errors = [_("Write your password, or choose to get a link by e-mail.")]
        else:
            try:
                person = judged(form.email.data, form.password.data)
            except rules.Blocked:
                form.refuse(rules.Blocked(City().contact))  # about the account; there is nothing to correct in a field
            except TooManyAttempts as refusal:
                status = 429
                form.password.errors = [translate(refusal.message), _("You can also get a link by e-mail now.")]
            else:
                if person is not None:
                    return enter(person, wanted_place())
                form.password.errors = [_("This address and this password do not belong together.")]
    return render_template("accounts/sign_in.html", form=form, next=wanted_place()), status


def judged(email: str, password: str) -> queries.Person | None:
    """The person whom address and password show, or None; raises TooManyAttempts. Every attempt costs the same.

    Raises Blocked for the owner of a blocked account alone: with a wrong password it looks like any other.

    The address is looked up and let go of before the slow part: no lock is held while the password is checked.
    """
    key = attempts.key_of("password", email)
    attempts.count(key)
    with intent(writing=False):
        person = queries.person_by_email(db.session(), email)
        stored = person.password_hash if person is not None and person.erased_at is None else None
        db.session.rollback()
    if not passwords.matches(stored, password) or person is None:
        return None
    if not rules.may_sign_in(person):
        attempts.forgive(key)
        raise rules.Blocked
    fresh = passwords.hashed(password) if stored and passwords.is_outdated(stored) else None
    attempts.forgive(key)
    person = queries.person(db.session(), person.id)
    if person is not None and fresh:
        person.password_hash = fresh
    return person


@bp.get("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """A page with a button: a link alone must not sign anybody out."""
    return render_template("accounts/sign_out.html")


@bp.post("/sign-out")
@public
@commits
def sign_out_now() -> ResponseReturnValue:
    """End the session here, or everywhere."""
    if current_user.is_authenticated:
        if request.form.get("everywhere") == "1":
            use_cases.end_sessions(db.session(), current_user.person_id)
        else:
            use_cases.end_session(db.session(), current_user.actor, current_user.session_id)
    identity.forget()
    flash(_("You are signed out."), "good")
    return redirect("/")
