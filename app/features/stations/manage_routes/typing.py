"""Ballots are typed by keyboard alone: digits and Enter; the page comes back with the cursor in the field."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.queries import Pot, gives_points
from app.features.committee.queries import Station
from app.features.stations.forms import FinishForm, MarksForm, ReasonForm
from app.features.stations.manage_routes.shared import batch_at, how_typed
from app.features.stations.marks import VOID, from_stored
from app.features.stations.queries import Batch, last_typed, left_to_read, next_to_read, typed_in, typed_today
from app.features.stations.use_cases import finish_batch, read_again, reopen_batch, type_ballot
from app.features.stations.words import BATCH_STATES
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import city_zone, translate
from app.web.transaction import commits

bp = Blueprint("stations_typing", __name__, template_folder="../templates", url_prefix="/staff/stations/batch")


@bp.route("/<uuid:batch_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def first(batch_id: UUID) -> ResponseReturnValue:
    """Type the ballots of a batch, one after the other."""
    batch_at(batch_id, Permission.INTAKE)
    form = MarksForm()
    sent = form.send(lambda: type_ballot(db.session(), viewer(), form.to_command(batch_id)))
    if sent.done:
        return redirect(url_for(".first", batch_id=batch_id), 303)
    return _first_page(batch_id, form, FinishForm(formdata=None), sent.status)


def _first_page(batch_id: UUID, form: MarksForm, why: FinishForm, status: int) -> ResponseReturnValue:
    found, place, pot = batch_at(batch_id, Permission.INTAKE)
    session, me = db.session(), viewer().require_signed_in()
    typed = typed_in(session, batch_id)
    last = last_typed(session, batch_id) if found.typed_by == me else None  # whoever reads it again does not see it
    form.at.data = str(typed + 1)
    why.reason.flags.required = typed != found.declared
    page = render_template(
        "stations/typing.html",
        second=False,
        why=why,
        typed=typed,
        last=(last.number, _said(pot, last.first)) if last is not None else None,
        today=typed_today(session, me, city_zone().key),
        **_shared(found, place, pot, form),
    )
    return page, status


@bp.post("/<uuid:batch_id>/finish")
@requires(Permission.INTAKE)
@commits
def finish(batch_id: UUID) -> ResponseReturnValue:
    """All of the batch is typed."""
    _found, place, pot = batch_at(batch_id, Permission.INTAKE)
    station_id, pot_id = place.id, pot.id
    form = FinishForm()
    sent = form.send(lambda: finish_batch(db.session(), viewer(), batch_id, form.reason.data or ""))
    if sent.done:
        flash(_("All ballots of this batch are typed. Its check code is kept: nobody can change them unseen."), "good")
        return redirect(url_for("stations_count.show", station_id=station_id, pot_id=pot_id), 303)
    return _first_page(batch_id, MarksForm(formdata=None), form, sent.status)


@bp.route("/<uuid:batch_id>/reopen", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def reopen(batch_id: UUID) -> ResponseReturnValue:
    """Open a batch again, with a reason."""
    batch_at(batch_id, Permission.INTAKE)
    form = ReasonForm()
    sent = form.send(lambda: reopen_batch(db.session(), viewer(), batch_id, form.reason.data or ""))
    if sent.done:
        flash(_("The batch is open again. Its second reading begins anew."), "good")
        return redirect(url_for(".first", batch_id=batch_id), 303)
    found, place, pot = batch_at(batch_id, Permission.INTAKE)
    return render_template("stations/reopen.html", found=found, place=place, pot=pot, form=form), sent.status


@bp.route("/<uuid:batch_id>/second", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def second(batch_id: UUID) -> ResponseReturnValue:
    """Read ballots a second time, without seeing what was typed first."""
    batch_at(batch_id, Permission.INTAKE)
    form = MarksForm()
    sent = form.send(lambda: (read_again(db.session(), viewer(), form.to_command(batch_id)),))
    if sent.done:
        return redirect(url_for(".second", batch_id=batch_id), 303)
    found, place, pot = batch_at(batch_id, Permission.INTAKE)
    number = next_to_read(db.session(), batch_id)
    form.at.data = str(number or 0)
    page = render_template(
        "stations/typing.html",
        second=True,
        next=number,
        left=left_to_read(db.session(), batch_id),
        **_shared(found, place, pot, form),
    )
    return page, sent.status


def _shared(found: Batch, place: Station, pot: Pot, form: MarksForm) -> dict[str, object]:
    return {
        "found": found,
        "place": place,
        "pot": pot,
        "form": form,
        **how_typed(pot),
        "states": BATCH_STATES,
    }


def _said(pot: Pot, text: str) -> str:
    """What was typed last, so that a slip is seen at once."""
    read = from_stored(text, points=gives_points(pot))
    if read.void is not None:
        return translate(VOID[read.void])
    return text if text.rstrip("!?") != "0" else _("blank")
