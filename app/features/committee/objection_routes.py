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
from app.kernel.errors import NotFound
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
    sent = form.send(lambda: record_objection(db.session(), viewer(), form.to_command(process_id)))
    if sent.done:
        flash(_("Recorded. Print this page for the person."), "good")
        return redirect(url_for("committee.objection", reference=sent.result.reference), 303)
    space = process(db.session(), process_id)
    if space is None or space.imported:
        raise NotFound
    until = objection_deadline(db.session(), process_id)
    return render_template("committee/record_objection.html", process=space, form=form, until=until), sent.status


def _at_desk(space: Process) -> Markup:
    """At the voting desk: the way to writing down an objection."""
    return slots.partial("committee/_at_desk.html", process=space)


slots.register("voting.desk", 10, _at_desk)
