"""Objections that people bring on paper or say at a desk: a clerk or a member writes them down in their name."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.committee.forms import RecordObjectionForm
from app.features.committee.queries import objection_deadline
from app.features.committee.use_cases import record_objection
from app.features.spaces.queries import Process, process
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, viewer
from app.web.transaction import commits

bp = Blueprint("committee_objections", __name__, template_folder="templates", url_prefix="/staff/objections")


@bp.route("/desk/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def at_desk(process_id: UUID) -> ResponseReturnValue:
    """A clerk writes down what somebody brings."""
    return _recorded(process_id)


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_CERTIFY)
@commits
def record(process_id: UUID) -> ResponseReturnValue:
    """A member of the committee writes down what somebody brings."""
    return _recorded(process_id)


def _recorded(process_id: UUID) -> ResponseReturnValue:
    form = RecordObjectionForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            objection = record_objection(db.session(), viewer(), form.to_command(process_id))
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
        else:
            flash(_("Recorded. Print this page for the person."), "good")
            return redirect(url_for("committee.objection", reference=objection.reference), 303)
    space = process(db.session(), process_id)
    if space is None or space.imported:
        raise NotFound
    until = objection_deadline(db.session(), process_id)
    return render_template("committee/record_objection.html", process=space, form=form, until=until), status


def _at_desk(space: Process) -> Markup:
    """At the voting desk: the way to writing down an objection."""
    return slots.partial("committee/_at_desk.html", process=space)


slots.register("voting.desk", 10, _at_desk)
