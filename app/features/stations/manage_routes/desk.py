"""The desk of a station while people vote."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.use_cases import voting_open
from app.features.stations.commands import LeftWithout
from app.features.stations.forms import LONGEST_STUB, ChangeForm, IssueForm, StubsForm
from app.features.stations.manage_routes.shared import place_of, pot_at, secret_of
from app.features.stations.queries import next_stub, numbers_of, returning
from app.features.stations.stubs import stub_list_pdf
from app.features.stations.use_cases import (
    begin_return,
    exchange_spoilt,
    finish_return,
    issue_ballot,
    look_up,
    note_left,
    stop_return,
    take_back_left,
)
from app.features.voting.queries import has_roll
from app.kernel.errors import Conflict, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import city_zone, local_text, translate
from app.web.transaction import attempt, commits

bp = Blueprint("stations_desk", __name__, template_folder="../templates", url_prefix="/staff/stations/desk")


@bp.route("/<uuid:station_id>/<uuid:pot_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def hand_out(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """Look a voter up: may vote, or has voted already. Hand out a ballot."""
    place = place_of(station_id, Permission.INTAKE)
    pot = pot_at(place, pot_id)
    form, answer, status = IssueForm(), "", 200
    if form.validate_on_submit():
        secret = secret_of(place.process_id)
        try:
            if request.form.get("step") == "issue":
                issue = issue_ballot(db.session(), viewer(), form.to_command(station_id, pot_id), secret)
                flash(_("Hand out the ballot with stub %(stub)s. The next person can come.", stub=issue.stub), "good")
                return redirect(url_for(".hand_out", station_id=station_id, pot_id=pot_id), 303)
            look_up(db.session(), viewer(), form.voter(station_id, pot_id), secret)
            answer = "may"
        except Refused as refusal:
            if refusal.status == 404:
                raise
            if isinstance(refusal, Conflict) and refusal.field != "stub":
                db.session.rollback()
                answer = translate(refusal.message)  # said once, above the form
            else:
                form.refuse(refusal)
            status = refusal.status
            place = place_of(station_id, Permission.INTAKE)
            pot = pot_at(place, pot_id)
    elif form.is_submitted():
        status = 422
    session = db.session()
    if not form.stub.data:
        form.stub.data = str(next_stub(session, station_id, pot_id))
    page = render_template(
        "stations/desk.html",
        place=place,
        pot=pot,
        form=form,
        answer=answer,
        page=uuid4(),
        is_open=voting_open(session, pot),
        roll=has_roll(session, place.process_id),
        numbers=numbers_of(session, station_id, pot_id),
    )
    return page, status


@bp.get("/<uuid:station_id>/<uuid:pot_id>/stubs")
@requires(Permission.INTAKE)
def stubs(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """Print the numbers that stay at the desk, before the day or when a list is used up."""
    place = place_of(station_id, Permission.INTAKE)
    pot = pot_at(place, pot_id)
    form, status = StubsForm(request.args), 200
    if not request.args:
        form = StubsForm(first=str(next_stub(db.session(), station_id, pot_id)), number="100")
    elif form.validate():
        wanted, language, settings = form.to_list(), str(get_locale()), current_app.config["SETTINGS"]
        pdf = stub_list_pdf(wanted, place.name, local_text(pot.title), settings.city_name, language)
        response = Response(pdf, mimetype="application/pdf")
        name = f"stubs-{wanted.first}-{wanted.first + wanted.number - 1}.pdf"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response
    else:
        status = 422
    return render_template("stations/stubs.html", place=place, pot=pot, form=form), status


@bp.route("/<uuid:station_id>/<uuid:pot_id>/changes", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def changes(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """A ballot comes back, was spoilt, or left the station with its voter."""
    place = place_of(station_id, Permission.INTAKE)
    pot, session = pot_at(place, pot_id), db.session()
    form, status = ChangeForm(), 200
    here = url_for(".changes", station_id=station_id, pot_id=pot_id)
    if form.validate_on_submit():
        secret, step = secret_of(place.process_id), request.form.get("step")
        try:
            if step == "spoilt":
                issue = exchange_spoilt(session, viewer(), form.exchange(station_id, pot_id), secret)
                flash(_("Hand out the ballot with stub %(stub)s and keep the spoilt one apart.", stub=issue.stub), "good")
            elif step == "confirm":
                finish_return(session, viewer(), form.take_back(station_id, pot_id), secret)
                flash(_("Cancelled. This person can vote again, here or any other way."), "good")
            else:
                begin_return(session, viewer(), form.take_back(station_id, pot_id), secret)
                flash(_("Written down. A second clerk must confirm it."), "info")
            return redirect(here, 303)
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
            place = place_of(station_id, Permission.INTAKE)
            pot = pot_at(place, pot_id)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "stations/changes.html",
        place=place,
        pot=pot,
        form=form,
        page=uuid4(),
        returning=returning(db.session(), station_id, pot_id),
        roll=has_roll(db.session(), place.process_id),
        numbers=numbers_of(db.session(), station_id, pot_id),
    )
    return page, status


def _typed(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_STUB else -1


@bp.post("/<uuid:station_id>/<uuid:pot_id>/left")
@requires(Permission.INTAKE)
@commits
def left(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """Somebody left with their ballot."""
    command = LeftWithout(station_id, pot_id, _typed("known"), zone=city_zone().key)
    attempt(lambda: note_left(db.session(), viewer(), command), _("Written down."))
    return redirect(url_for(".changes", station_id=station_id, pot_id=pot_id), 303)


@bp.post("/<uuid:station_id>/<uuid:pot_id>/not-left")
@requires(Permission.INTAKE)
@commits
def not_left(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """Somebody did not leave with their ballot after all."""
    command = LeftWithout(station_id, pot_id, _typed("known"), zone=city_zone().key)
    attempt(
        lambda: take_back_left(db.session(), viewer(), command), _("Taken back. It stays in the record that this was done.")
    )
    back = "stations_count.show" if request.form.get("from") == "count" else ".changes"
    return redirect(url_for(back, station_id=station_id, pot_id=pot_id), 303)


@bp.post("/<uuid:station_id>/<uuid:pot_id>/keep")
@requires(Permission.INTAKE)
@commits
def keep(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """It was not handed back after all."""
    stub = _typed("stub")
    zone = city_zone().key
    attempt(lambda: stop_return(db.session(), viewer(), station_id, pot_id, stub, zone), _("The ballot stays handed out."))
    return redirect(url_for(".changes", station_id=station_id, pot_id=pot_id), 303)
