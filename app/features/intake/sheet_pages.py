"""A clerk's pages for sheets: one after another by keyboard, the second reading, and settling what was read differently."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.consents.queries import agreement, fields_asked
from app.features.intake import rules
from app.features.intake.batch_pages import about, require_batch, version_of
from app.features.intake.entry_words import shown_entry
from app.features.intake.forms import AnswerSheetForm, ProposalSheetForm, sheet_form
from app.features.intake.forms.sheets import NOT_MARKED, typed_from_answer, typed_from_proposal
from app.features.intake.manage_routes import _midnight, bp
from app.features.intake.queries.batches import (
    READS,
    TAKES_SHEETS,
    IntakeBatch,
    IntakeSheet,
    SheetKind,
    SheetState,
    last_of,
    next_to_read,
    numbers_of,
    readings_since,
    sheet_of,
    sheets_since,
)
from app.features.intake.serials import shown_serial
from app.features.intake.use_cases import (
    EnterSheet,
    ReadSheet,
    SettleSheet,
    read_sheet,
    settle_sheet,
)
from app.features.intake.use_cases import enter_sheet as enter
from app.features.maps.queries import street_table
from app.features.spaces.queries import all_areas, areas_of, categories_of, process
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.locale import current_locale, language_choices
from app.web.transaction import commits

SheetForm = ProposalSheetForm | AnswerSheetForm


def form_for(batch: IntakeBatch, entry: Mapping[str, Any] | None = None) -> SheetForm:
    """The form for a sheet of this batch, empty or with what was typed before."""
    if batch.kind is SheetKind.PROPOSAL:
        return _proposal_form(batch, entry)
    found = agreement(db.session(), batch.agreement_id) if batch.agreement_id else None
    if found is None:
        raise NotFound
    areas = [(area.id, area.name) for area in all_areas(db.session())] if "area" in fields_asked(found.current) else []
    languages = [(choice.code, choice.name) for choice in language_choices()]
    typed = typed_from_answer(entry) if entry and "answer" in entry else dict(entry or {})
    form = AnswerSheetForm(data=typed)
    sheet_form(found.current, areas, languages, current_app.config["SETTINGS"].consent_age, form)
    return form


def _proposal_form(batch: IntakeBatch, entry: Mapping[str, Any] | None) -> ProposalSheetForm:
    session = db.session()
    where = process(session, batch.process_id) if batch.process_id else None
    if where is None:
        raise NotFound
    typed = typed_from_proposal(entry) if entry and "title" in entry else {"where": "street", **(entry or {})}
    categories = categories_of(session, where)
    form = ProposalSheetForm(data=typed if categories else {**typed, "category_id": ""})
    form.language.choices = [(choice.code, choice.name) for choice in language_choices()]
    form.category_id.choices = [("", _("Choose a category"))] + [
        (str(category.id), f"{number} {local_text(category.name)}") for number, category in enumerate(categories, start=1)
    ]
    if categories:
        form.category_id.choices.append((NOT_MARKED, "0 " + _("None is marked")))
    form.area.choices = [("", _("Choose an area"))] + [
        (str(area.id), local_text(area.name)) for area in areas_of(session, where)
    ]
    return form


def send(form: SheetForm, batch: IntakeBatch, step: Callable[[dict[str, Any]], IntakeSheet]) -> tuple[int, IntakeSheet | None]:
    """Take what was typed. Returns the status, and the sheet when it was taken; what is wrong stands in the form."""
    if not form.is_submitted():
        return 200, None
    fine = form.validate()
    if isinstance(form, ProposalSheetForm):
        area = process(db.session(), batch.process_id).area  # type: ignore[arg-type, union-attr]
        where = form.wanted_place(street_table(current_app.config), (area.west, area.south, area.east, area.north))
        entry = form.to_entry(where) if fine and where is not None else None
    else:
        entry = form.to_entry() if fine else None
    if entry is None:
        return 422, None
    try:
        return 200, step(entry)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        form.refuse(refusal)
        if isinstance(refusal, Conflict) and refusal.field is None and isinstance(form, ProposalSheetForm):
            form.begin_anew()
        return refusal.status, None


def serial_of(form: SheetForm) -> str:
    """The number that was typed from the sheet."""
    return form.serial.data or ""


@bp.route("/batches/<uuid:batch_id>/enter", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def enter_sheet(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Type one sheet after another: what is sent is confirmed, and the next one is open."""
    session, clerk = db.session(), viewer().require_signed_in()
    batch = require_batch(batch_id)
    if batch.state not in TAKES_SHEETS and request.method != "POST":
        return redirect(url_for(".batch", batch_id=batch_id))
    last = last_of(session, batch, clerk)
    form = form_for(batch, {"language": last.first.get("language") if last else current_locale()})
    status, sheet = send(
        form, batch, lambda entry: enter(session, viewer(), EnterSheet(batch_id, id_of(form), entry, serial_of(form)))
    )
    if sheet is not None:
        flash(_("Sheet %(number)s is entered.", number=sheet.number), "good")
        return redirect(url_for(".enter_sheet", batch_id=batch_id))
    return _entry_page(batch_id, form, status)


def _entry_page(batch_id: uuid.UUID, form: SheetForm, status: int = 200) -> ResponseReturnValue:
    session, clerk = db.session(), viewer().require_signed_in()
    batch = require_batch(batch_id)
    equation, _states = numbers_of(session, batch)
    return render_template(
        "intake/sheet_enter.html",
        form=form,
        batch=batch,
        about=about(batch),
        equation=equation,
        last=last_of(session, batch, clerk),
        today=sheets_since(session, clerk, _midnight()),
        text=version_of(batch),
        age=current_app.config["SETTINGS"].consent_age,
    ), status


def id_of(form: SheetForm) -> uuid.UUID:
    """The id that the sheet of this form gets."""
    return form.sheet_id if isinstance(form, ProposalSheetForm) else form.code_id


@bp.route("/batches/<uuid:batch_id>/read", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def read(batch_id: uuid.UUID) -> ResponseReturnValue:
    """The second reading: the next sheet that somebody else has entered, without what they typed."""
    session, clerk = db.session(), viewer().require_signed_in()
    batch = require_batch(batch_id)
    wanted = request.form.get("reading", type=uuid.UUID)
    sheet = sheet_of(session, batch, wanted) if wanted else next_to_read(session, batch, clerk)
    if sheet is None or (batch.state not in READS and not wanted):
        return redirect(url_for(".batch", batch_id=batch_id))
    form = form_for(batch, {"language": request.args.get("language") or current_locale()})
    sheet_id = sheet.id
    status, done = send(
        form, batch, lambda entry: read_sheet(session, viewer(), ReadSheet(batch_id, sheet_id, entry), _secret())
    )
    if done is not None:
        if done.state is SheetState.DIFFERS:
            flash(_("Sheet %(number)s was read differently. It is settled later.", number=done.number), "info")
        else:
            flash(_("Sheet %(number)s: both readings agree.", number=done.number), "good")
        return redirect(url_for(".read", batch_id=batch_id, language=done.second.get("language")))
    return render_template(
        "intake/sheet_read.html",
        form=form,
        batch=require_batch(batch_id),
        sheet=sheet_of(session, batch, sheet_id),
        shown_serial=shown_serial,
        today=readings_since(session, clerk, _midnight()),
        age=current_app.config["SETTINGS"].consent_age,
    ), status


@bp.route("/batches/<uuid:batch_id>/sheets/<uuid:sheet_id>/settle", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def settle(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> ResponseReturnValue:
    """Both readings beside each other, and the form with one of them, to be corrected."""
    session = db.session()
    batch = require_batch(batch_id)
    sheet = sheet_of(session, batch, sheet_id)
    if sheet.state is not SheetState.DIFFERS and request.method == "GET":
        return redirect(url_for(".batch", batch_id=batch_id))
    begin_with = sheet.second if request.args.get("begin") == "second" else sheet.first
    form = form_for(batch, begin_with)
    status, done = send(
        form, batch, lambda entry: settle_sheet(session, viewer(), SettleSheet(batch_id, sheet_id, entry), _secret())
    )
    if done is not None:
        flash(_("Sheet %(number)s is settled.", number=done.number), "good")
        return redirect(url_for(".batch", batch_id=batch_id))
    sheet = sheet_of(session, require_batch(batch_id), sheet_id)
    return render_template(
        "intake/sheet_settle.html",
        form=form,
        batch=batch,
        sheet=sheet,
        rows=_compared(sheet),
        shown_serial=shown_serial,
        age=current_app.config["SETTINGS"].consent_age,
    ), status


def _compared(sheet: IntakeSheet) -> list[tuple[str, rules.Parts, rules.Parts]]:
    """What differs: what it is called, and what each of the two typed, with the words that are not the same."""
    first, second = shown_entry(sheet.first), shown_entry(sheet.second)
    names = rules.differences(sheet.first, sheet.second)
    return [
        (first.get(name, second.get(name, ("", "")))[0], *rules.compared(_said(first, name), _said(second, name)))
        for name in names
    ]


def _said(shown: Mapping[str, tuple[str, str]], name: str) -> str:
    return shown.get(name, ("", ""))[1]


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
