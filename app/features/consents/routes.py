"""One's own data: what one allowed, who used it, and everything to take away."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.consents.commands import WithdrawConsent
from app.features.consents.forms import AskForm
from app.features.consents.queries import (
    AgreementState,
    Answer,
    agreement,
    agreement_of_process,
    cards_of,
    open_question,
    record_of,
    register,
    timeline_of,
    told,
    usages_between,
)
from app.features.consents.rules import ANSWERS, is_in_force
from app.features.consents.takeout import takeout
from app.features.consents.usage_routes import NEWEST
from app.features.consents.usage_routes import bp as usages_bp
from app.features.consents.use_cases import answer_agreement, note_usages, withdraw_consent
from app.features.spaces.queries import Process
from app.features.spaces.queries import process as process_by_id
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.personal_data import collections, exceptions
from app.web import navigation, slots
from app.web.access import public, safe_next, signed_in, viewer
from app.web.filters import translate
from app.web.locale import current_locale
from app.web.transaction import commits

bp = Blueprint("consents", __name__, template_folder="templates", url_prefix="/my-data")
blueprints = [bp, usages_bp]
navigation.primary("consents.my_data", msg("My data"), icon="shield-check", order=50)
navigation.footer("consents.agreements", msg("What personal data is used for"), icon="shield-check", order=20)


@bp.get("")
@public
def my_data() -> str:
    """What one allowed, what was done with it, and how to take it all away."""
    person_id = viewer().person_id
    if person_id is None:
        return render_template("consents/signed_out.html")
    session = db.session()
    return render_template(
        "consents/my_data.html",
        cards=cards_of(session, person_id),
        timeline=timeline_of(session, person_id),
        usages=told(session, person_id, usages_between(session, person_id, limit=NEWEST)),
        answers=ANSWERS,
        kinds=collections(),
        not_included=exceptions(),
    )


@bp.get("/agreements")
@public
def agreements() -> str:
    """The public register: every purpose, who gets what, and how many people allow it now."""
    return render_template("consents/agreements.html", entries=register(db.session(), public=True))


@bp.route("/ask/<uuid:agreement_id>", methods=["GET", "POST"])
@signed_in
@commits
def ask(agreement_id: UUID) -> ResponseReturnValue:
    """Say yes or no, having read the text."""
    session, actor = db.session(), viewer()
    person_id = actor.require_signed_in()
    found = agreement(session, agreement_id)
    if found is None or found.state is not AgreementState.IN_FORCE:
        raise NotFound
    form = AskForm()
    status = 200
    answer = {"yes": Answer.GIVEN, "no": Answer.REFUSED}.get(request.form.get("answer", ""))
    if form.validate_on_submit():
        command = form.to_command(agreement_id, person_id, answer) if answer else None
        try:
            if command is None:
                raise Refused(msg("Choose yes or no."))
            answer_agreement(session, actor, command)
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
            found = agreement(db.session(), agreement_id)
        else:
            flash(
                _("Saved: yes. You can take it back here at any time.") if answer is Answer.GIVEN else _("Saved: no."), "good"
            )
            return redirect(safe_next(request.args.get("next"), url_for(".my_data")))
    elif form.is_submitted():
        status = 422
    if found is None:
        raise NotFound
    record = record_of(db.session(), agreement_id, person_id)
    form.revision.data = str(found.current.id)
    form.language.data = current_locale()
    return render_template(
        "consents/ask.html", form=form, agreement=found, in_force=is_in_force(record, found, clock.now()), record=record
    ), status


@bp.route("/withdraw/<uuid:agreement_id>", methods=["GET", "POST"])
@signed_in
@commits
def withdraw(agreement_id: UUID) -> ResponseReturnValue:
    """Take a consent back, knowing what stops."""
    session, actor = db.session(), viewer()
    person_id = actor.require_signed_in()
    found = agreement(session, agreement_id)
    record = record_of(session, agreement_id, person_id)
    if found is None or record is None:
        raise NotFound
    if request.method == "POST":
        withdraw_consent(session, actor, WithdrawConsent(agreement_id, person_id))
        flash(_("Taken back. From now on nobody gets your contact details for this."), "good")
        return redirect(url_for(".my_data"))
    return render_template("consents/withdraw.html", agreement=found, record=record)


@bp.post("/everything.zip")
@signed_in
@commits
def everything() -> ResponseReturnValue:
    """All that is kept about the reader, as a ZIP file."""
    session, actor = db.session(), viewer()
    person_id = actor.require_signed_in()
    note_usages(session, [person_id], kind="download", by_role="you", basis="own_request")
    session.flush()
    file = takeout(session, person_id, translate)
    response = send_file(file, "application/zip", as_attachment=True, download_name="my-data.zip")
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask_on_process(process: Process) -> Markup:
    """On a process's page: the one optional question, for those who have not answered; never in the way."""
    session, actor = db.session(), viewer()
    found = agreement_of_process(session, process.id)
    if found is None:
        return Markup("")
    if actor.person_id is not None and open_question(session, process.id, actor.person_id) is None:
        return Markup("")
    return slots.partial("consents/_ask_box.html", agreement=found, process=process)


def _ask_after_publishing(proposal: object) -> Markup:
    """After a proposal was published: the same question, once."""
    process = process_by_id(db.session(), getattr(proposal, "process_id"))  # noqa: B009  any room's subject with a process
    return _ask_on_process(process) if process and viewer().is_signed_in else Markup("")


slots.register("process.page", 80, _ask_on_process)
slots.register("proposal.published", 80, _ask_after_publishing)
