"""Minors: who answers for them, asked by a letter with a link."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.consents.commands import AskGuardian
from app.features.consents.forms.guardians import guardian_form
from app.features.consents.queries import Answer, minor_until
from app.features.consents.routes import bp
from app.features.consents.routes.asking import asked_about, form_for
from app.features.consents.rules import is_minor
from app.features.consents.shown import vocabulary
from app.features.consents.use_cases import answer_by_link, ask_guardian, note_age, open_request
from app.kernel import clock
from app.kernel.errors import Conflict, Refused
from app.kernel.messages import msg
from app.web.access import public, signed_in, viewer
from app.web.locale import current_locale
from app.web.transaction import commits


@bp.route("/guardian/<uuid:agreement_id>", methods=["GET", "POST"])
@signed_in
@commits
def guardian(agreement_id: UUID) -> ResponseReturnValue:
    """Somebody below the age set names the adult who says yes for them."""
    found, actor = asked_about(agreement_id), viewer()
    person_id = actor.require_signed_in()
    known = is_minor(minor_until(db.session(), person_id), clock.now())
    age = current_app.config["SETTINGS"].consent_age
    form = guardian_form(age, known=known)

    def ask() -> None:
        if not known:
            note_age(db.session(), actor, form.age_command(person_id))
        command = AskGuardian(agreement_id, person_id, form.name.data or "", form.email.data or "", current_locale())
        ask_guardian(db.session(), actor, command)

    sent = form.send(ask)
    if sent.done:
        flash(_("An e-mail with a link is on its way to that address. Until the adult says yes, nothing is used."), "good")
        return redirect(url_for(".my_data"))
    return render_template("consents/guardian.html", agreement=found, form=form, known=known, age=age), sent.status


@bp.route("/guardian/link/<token>", methods=["GET", "POST"])
@public
@commits
def guardian_answer(token: str) -> ResponseReturnValue:
    """The adult reads the text and says yes or no."""
    try:
        _asked, adult, found = open_request(db.session(), token)
    except Conflict as closed:
        return _closed(closed)
    form = form_for(found, asks_age=False)
    status = 200
    answer = {"yes": Answer.GIVEN, "no": Answer.REFUSED}.get(request.form.get("answer", ""))
    if form.validate_on_submit():
        command = form.to_command(found.id, adult.minor_id, answer) if answer else None
        try:
            if command is None:
                raise Refused(msg("Choose yes or no."))
            record = answer_by_link(db.session(), viewer(), token, command)
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
            try:
                _asked, adult, found = open_request(db.session(), token)
            except Conflict as closed:
                return _closed(closed)
        else:
            return render_template("consents/guardian_done.html", agreement=found, given=answer is Answer.GIVEN, record=record)
    elif form.is_submitted():
        status = 422
    form.revision.data = str(found.current.id)
    form.language.data = current_locale()
    return render_template("consents/guardian_answer.html", agreement=found, form=form, words=vocabulary()), status


def _closed(reason: Conflict) -> ResponseReturnValue:
    """The link is known and may not be used any more: the adult reads why."""
    return render_template("consents/guardian_closed.html", reason=reason), reason.status
