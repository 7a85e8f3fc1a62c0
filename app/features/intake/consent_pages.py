"""A clerk's pages for answers about personal data: what somebody said at the counter or by telephone, and their code."""

import uuid

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.consents.queries import (
    AgreementState,
    Answer,
    DataAgreement,
    agreement,
    fields_asked,
    record_of,
    register,
)
from app.features.consents.use_cases import given_code
from app.features.intake import slips
from app.features.intake.forms import sheet_form
from app.features.intake.manage_routes import bp
from app.features.intake.slip_words import Slip, shown
from app.features.intake.use_cases import take_in_answer
from app.features.spaces.queries import all_areas, processes_in_order
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.locale import language_choices
from app.web.transaction import commits


@bp.get("/consents")
@requires(Permission.INTAKE)
def consents() -> str:
    """The agreements that people can answer through this clerk."""
    found = [entry for entry, _count in register(db.session()) if _mine(entry)]
    of_process = [entry.process_id for entry in found if entry.process_id]
    processes = {process.id: process for process in processes_in_order(db.session(), of_process)}
    return render_template("intake/consents.html", agreements=found, processes=processes)


def _mine(found: DataAgreement | None) -> bool:
    return (
        found is not None
        and found.state is AgreementState.IN_FORCE
        and found.asks
        and viewer().may(Permission.INTAKE, found.process_id)
    )


@bp.route("/consents/<uuid:agreement_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def consent(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Enter one answer, and take away the slip with the code."""
    found = _asked(agreement_id)
    settings = current_app.config["SETTINGS"]
    areas = [(area.id, area.name) for area in all_areas(db.session())] if "area" in fields_asked(found.current) else []
    languages = [(choice.code, choice.name) for choice in language_choices()]
    form = sheet_form(found.current, areas, languages, settings.consent_age)
    sent = form.send(
        lambda: take_in_answer(db.session(), viewer(), form.to_taking_in(), form.to_command(agreement_id), _secret())
    )
    if sent.done:
        return redirect(_slip(sent.result, found.id, form.language.data))
    if isinstance(sent.refused, Conflict):
        form.begin_anew()
    found = _asked(agreement_id)
    form.revision.data = str(found.current.id)
    return render_template("intake/consent.html", form=form, agreement=found, age=settings.consent_age), sent.status


def _asked(agreement_id: uuid.UUID) -> DataAgreement:
    found = agreement(db.session(), agreement_id)
    if found is None or not _mine(found):
        raise NotFound
    return found


def _slip(code_id: uuid.UUID, agreement_id: uuid.UUID, language: str) -> str:
    clerk = viewer().require_signed_in()
    seal = slips.seal(_secret(), _sealed(code_id, agreement_id), clerk, clock.now())
    return url_for(".consent_slip", code_id=code_id, about=agreement_id, language=language, seal=seal)


def _sealed(code_id: uuid.UUID, agreement_id: uuid.UUID) -> uuid.UUID:
    """What the address of the slip is signed for: this code, and this answer of its person."""
    return uuid.uuid5(code_id, agreement_id.hex)


@bp.get("/consents/slip/<uuid:code_id>")
@requires(Permission.INTAKE)
def consent_slip(code_id: uuid.UUID) -> str:
    """The slip to take away; its code is shown for ten minutes after entering, to the clerk who entered it."""
    given = given_code(db.session(), code_id, _secret())
    if given is None:
        raise NotFound
    asked = _about()
    clerk, now = viewer().require_signed_in(), clock.now()
    if asked is None or not slips.is_sealed(_secret(), request.args.get("seal", ""), _sealed(code_id, asked.id), clerk, now):
        return render_template("intake/consent_slip.html", shown_slip=None)
    record = record_of(db.session(), asked.id, given[1])
    answer = "" if record is None else "yes" if record.answer is Answer.GIVEN else "no"
    link = current_app.config["SETTINGS"].base_url + url_for("consents.code")
    made = Slip(given[0], link, now, request.args.get("language", ""), purpose=asked.current.purpose, answer=answer)
    return render_template("intake/consent_slip.html", shown_slip=shown(made))


def _about() -> DataAgreement | None:
    """The agreement that the address names."""
    try:
        return agreement(db.session(), uuid.UUID(request.args.get("about", "")))
    except ValueError:
        return None


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
