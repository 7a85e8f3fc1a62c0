"""Ballots from reviewed scans: what would come into a batch is shown before, and can be given back until the batch is done."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.extensions import db
from app.features.stations.forms import ScansForm
from app.features.stations.manage_routes.shared import batch_at
from app.features.stations.queries import typed_in
from app.features.stations.scanned import scanned_in, uploads_waiting
from app.features.stations.use_cases import give_back_scans, take_scans
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits

bp = Blueprint("stations_scans", __name__, template_folder="../templates", url_prefix="/staff/stations/batch")


@bp.route("/<uuid:batch_id>/scans", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def show(batch_id: UUID) -> ResponseReturnValue:
    """The ballots of each upload that are in no batch, and what will happen when they are taken."""
    batch_at(batch_id, Permission.INTAKE)
    form = ScansForm()
    sent = form.send(lambda: take_scans(db.session(), viewer(), form.to_command(batch_id)))
    if sent.done:
        told = ngettext(
            "%(num)s ballot from scans is in the batch. Type the others that lie with it, then say that the batch is done.",
            "%(num)s ballots from scans are in the batch. Type the others that lie with them, then say that the batch is done.",
            sent.result,
        )
        flash(told, "good")
        return redirect(url_for("stations_typing.first", batch_id=batch_id), 303)
    found, place, pot = batch_at(batch_id, Permission.INTAKE)
    session = db.session()
    page = render_template(
        "stations/scans.html",
        found=found,
        place=place,
        pot=pot,
        form=form,
        uploads=uploads_waiting(session, pot),
        taken=scanned_in(session, pot, batch_id),
        typed=typed_in(session, batch_id),
    )
    return page, sent.status


@bp.post("/<uuid:batch_id>/scans/back")
@requires(Permission.INTAKE)
@commits
def give_back(batch_id: UUID) -> ResponseReturnValue:
    """Empty the batch again; its pages can be taken by another one."""
    batch_at(batch_id, Permission.INTAKE)
    attempt(
        lambda: give_back_scans(db.session(), viewer(), batch_id),
        _("The scans are given back, and the batch is empty. They can be taken again."),
    )
    return redirect(url_for(".show", batch_id=batch_id), 303)
