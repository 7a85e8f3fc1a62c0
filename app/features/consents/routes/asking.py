"""Asking: at the right moment, never in the way, with a yes and a no of the same size."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.consents.commands import AnswerAgreement, PutOff
from app.features.consents.forms.answers import AskForm, ask_form
from app.features.consents.queries import (
    AgreementState,
    Answer,
    DataAgreement,
    agreement,
    agreements_of_process,
    minor_until,
    open_question,
    record_of,
)
from app.features.consents.routes import bp
from app.features.consents.rules import fields_asked, is_in_force, is_minor
from app.features.consents.shown import vocabulary
from app.features.consents.use_cases import answer_agreement, put_off
from app.features.spaces.queries import Process, all_areas
from app.features.spaces.queries import process as process_by_id
from app.kernel import clock
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor
from app.web import slots
from app.web.access import safe_next, signed_in, viewer
from app.web.locale import current_locale
from app.web.transaction import commits


@bp.route("/ask/<uuid:agreement_id>", methods=["GET", "POST"])
@signed_in
@commits
def ask(agreement_id: UUID) -> ResponseReturnValue:
    """Say yes or no, having read the text."""
    actor = viewer()
    return asking_page(agreement_id, actor, actor.require_signed_in(), url_for(".my_data"))


def asking_page(agreement_id: UUID, actor: Actor, person_id: UUID, back: str, *, code: bool = False) -> ResponseReturnValue:
    """The text, the form and what came of it, for people with an account and with a code: each goes `back` to their cards.

    Whoever is too young names an adult by a letter; with a code they come to a desk with them.
    """
    session = db.session()
    found = asked_about(agreement_id)
    of_age_on = minor_until(session, person_id)
    minor = is_minor(of_age_on, clock.now())
    age = current_app.config["SETTINGS"].consent_age
    form = form_for(found, asks_age=bool(age) and of_age_on is None)
    status = 200
    answer = {"yes": Answer.GIVEN, "no": Answer.REFUSED}.get(request.form.get("answer", ""))
    if form.validate_on_submit():
        command = form.to_command(agreement_id, person_id, answer) if answer else None
        young = answer is Answer.GIVEN and (minor or form.says_too_young())
        if young and not code:
            return redirect(url_for(".guardian", agreement_id=agreement_id))  # nothing is recorded: an adult is asked
        try:
            if command is None:
                raise Refused(msg("Choose yes or no."))
            if young:
                raise Refused(msg("An adult who is responsible for you says yes. Come to a desk of the city with them."))
            _record(session, actor, command, form.age_problem() if answer is Answer.GIVEN else {})
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
            found = asked_about(agreement_id)
        else:
            flash(
                _("Saved: yes. You can take it back at any time under “My data”.")
                if answer is Answer.GIVEN
                else _("Saved: no."),
                "good",
            )
            return redirect(safe_next(request.args.get("next"), back))
    elif form.is_submitted():
        status = 422
    record = record_of(db.session(), agreement_id, person_id)
    form.revision.data = str(found.current.id)
    form.language.data = current_locale()
    return render_template(
        "consents/ask.html",
        form=form,
        agreement=found,
        in_force=is_in_force(record, found, clock.now()),
        record=record,
        minor=minor,
        age=age,
        words=vocabulary(),
        back=back,
        code=code,
    ), status


@bp.post("/ask/<uuid:agreement_id>/later")
@signed_in
@commits
def ask_later(agreement_id: UUID) -> ResponseReturnValue:
    """Not now: the question does not come back by itself, and stays on its page."""
    put_off(db.session(), viewer(), PutOff(agreement_id, current_locale()))
    flash(_("We do not ask again. If you want to decide later, you find the question under “What personal data is used for”."))
    return redirect(safe_next(request.args.get("next"), url_for(".my_data")))


def _record(session: Session, actor: Actor, command: AnswerAgreement, age: dict[str, Message]) -> None:
    """Record the answer. Raises Invalid for everything that is missing at once, the age too: nobody is sent back twice."""
    try:
        answer_agreement(session, actor, command)
    except Invalid as wrong:
        raise Invalid({**age, **wrong.errors}) from None
    if age:
        raise Invalid(age)  # what was just written goes with the rest of the request


def asked_about(agreement_id: UUID) -> DataAgreement:
    """An agreement that people decide about now. Raises NotFound for all others."""
    found = agreement(db.session(), agreement_id)
    if found is None or found.state is not AgreementState.IN_FORCE or not found.asks:
        raise NotFound
    return found


def form_for(found: DataAgreement, *, asks_age: bool) -> AskForm:
    """The form with what the present revision asks for."""
    wants_area = "area" in fields_asked(found.current)
    areas = [(area.id, area.name) for area in all_areas(db.session())] if wants_area else []
    return ask_form(found.current, areas, asks_age=asks_age)


def _ask_on_process(process: Process) -> Markup:
    """On a process's page: one optional question at a time, for those who have not answered; never in the way."""
    session, actor = db.session(), viewer()
    if actor.person_id is not None:
        found = open_question(session, process.id, actor.person_id)
    else:
        found = next((entry for entry in agreements_of_process(session, process.id) if entry.asks), None)
    if found is None:
        return Markup("")
    return slots.partial("consents/_ask_box.html", agreement=found, process=process)


def _ask_after_publishing(proposal: object) -> Markup:
    """After a proposal was published: the same question, once."""
    process = process_by_id(db.session(), getattr(proposal, "process_id"))  # noqa: B009  any room's subject with a process
    return _ask_on_process(process) if process and viewer().is_signed_in else Markup("")


slots.register("process.page", 80, _ask_on_process)
slots.register("proposal.published", 80, _ask_after_publishing)
