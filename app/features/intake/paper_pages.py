"""A clerk's page for the sheet of an answer that was recorded: its picture, which is kept as evidence."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.consents.queries import ConsentPaper, papers_of_sheets
from app.features.intake.batch_pages import require_batch
from app.features.intake.manage_routes import bp
from app.features.intake.queries.batches import IntakeBatch, IntakeSheet, SheetKind, sheet_of
from app.features.intake.rules import reference_of
from app.kernel.errors import NotFound
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web.access import requires
from app.web.looks import looked_at
from app.web.stored import private_picture

SHEET = Look(
    "consent_paper",
    msg("%(role)s looked at the sheet of paper on which you answered"),
    msg("Checking an answer that was given on paper"),
)


@bp.get("/batches/<uuid:batch_id>/sheets/<uuid:sheet_id>/paper")
@requires(Permission.INTAKE)
def paper(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> str:
    """The sheet from which an answer was typed."""
    batch, sheet = _sheet(batch_id, sheet_id)
    kept = _kept(batch, sheet)
    if kept:
        looked_at(SHEET, [sheet.person_id])
    return render_template("intake/sheet_paper.html", batch=batch, sheet=sheet, papers=kept)


@bp.get("/batches/<uuid:batch_id>/sheets/<uuid:sheet_id>/paper/<int:number>.jpg")
@requires(Permission.INTAKE)
def paper_picture(batch_id: uuid.UUID, sheet_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """One page of it."""
    found = next((one for one in _kept(*_sheet(batch_id, sheet_id)) if one.number == number), None)
    if found is None:
        raise NotFound
    looked_at(SHEET, [found.person_id])
    return private_picture(found.key)


def _sheet(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> tuple[IntakeBatch, IntakeSheet]:
    batch = require_batch(batch_id, SheetKind.CONSENT)
    return batch, sheet_of(db.session(), batch, sheet_id)


def _kept(batch: IntakeBatch, sheet: IntakeSheet) -> list[ConsentPaper]:
    if batch.agreement_id is None or sheet.person_id is None:
        return []
    name = reference_of(batch, sheet)
    return papers_of_sheets(db.session(), batch.agreement_id, [name]).get(name, [])
