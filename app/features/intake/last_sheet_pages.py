"""The last sheet that a clerk has entered: opened again and corrected, or taken out of the batch."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.intake.batch_pages import require_batch
from app.features.intake.forms import ProposalSheetForm
from app.features.intake.forms.sheets import typed_from_answer, typed_from_proposal
from app.features.intake.manage_routes import bp
from app.features.intake.queries.batches import TAKES_SHEETS, IntakeBatch, SheetKind, last_of
from app.features.intake.sheet_pages import SheetForm, form_for, id_of, send, serial_of
from app.features.intake.use_cases import EnterSheet, RetypeSheet, UndoSheet, retype_sheet, undo_sheet
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits


@bp.route("/batches/<uuid:batch_id>/sheets/<uuid:sheet_id>/again", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def again(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> ResponseReturnValue:
    """The last sheet opened again: it stays as it was entered until it is sent, so nothing is lost on the way."""
    session, clerk = db.session(), viewer().require_signed_in()
    batch = require_batch(batch_id)
    last = last_of(session, batch, clerk)
    if request.method == "GET":
        if last is None or last.id != sheet_id or batch.state not in TAKES_SHEETS:
            return _nothing_to_take_back(batch_id)
        form, status = _opened_again(batch, {**last.first, "serial": last.serial}), 200
    else:
        form = form_for(batch)
        entered = EnterSheet(batch_id, id_of(form), {}, serial_of(form))
        status, sheet = send(
            form,
            batch,
            lambda entry: retype_sheet(session, viewer(), RetypeSheet(sheet_id, replace(entered, entry=entry))),
        )
        if sheet is not None:
            flash(_("Sheet %(number)s is entered.", number=sheet.number), "good")
            return redirect(url_for(".enter_sheet", batch_id=batch_id))
        session.rollback()
        batch = require_batch(batch_id)
        last = last_of(session, batch, clerk)
    return render_template(
        "intake/sheet_again.html",
        form=form,
        batch=batch,
        last=last if last is not None and last.id == sheet_id else None,
        sheet_id=sheet_id,
        age=current_app.config["SETTINGS"].consent_age,
    ), status


@bp.post("/batches/<uuid:batch_id>/undo")
@requires(Permission.INTAKE)
@commits
def undo(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Take the last sheet out of the batch. The button says which one: pressed twice, it takes out no other."""
    batch = require_batch(batch_id)
    last = last_of(db.session(), batch, viewer().require_signed_in())
    if last is None or last.id != request.form.get("sheet", type=uuid.UUID):
        return _nothing_to_take_back(batch_id)
    number = last.number
    attempt(
        lambda: undo_sheet(db.session(), viewer(), UndoSheet(batch_id, last.id)),
        _("Sheet %(number)s is taken out of the batch.", number=number),
    )
    return redirect(url_for(".enter_sheet", batch_id=batch_id))


def _nothing_to_take_back(batch_id: uuid.UUID) -> ResponseReturnValue:
    flash(_("There is no sheet of yours to take back."), "bad")
    return redirect(url_for(".enter_sheet", batch_id=batch_id))


def _opened_again(batch: IntakeBatch, entry: Mapping[str, Any]) -> SheetForm:
    """A form that was not sent: what stands in the request is the button, not the answers."""
    form = form_for(batch, entry)
    typed = typed_from_proposal(entry) if batch.kind is SheetKind.PROPOSAL else typed_from_answer(entry)
    form.process(data=typed)
    if isinstance(form, ProposalSheetForm):
        form.begin_anew()
    else:
        form.sheet_id.data = str(uuid.uuid4())
    return form
