"""Which stations there are, who works where today, and how far each is."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.accounts.queries import in_office, people_names, staff
from app.features.budgets.use_cases import voting_open
from app.features.committee.queries import Station, stations_of
from app.features.spaces.queries import Process, processes_in_order
from app.features.stations.forms import ClerkForm
from app.features.stations.manage_routes.shared import place_of, space_of
from app.features.stations.queries import (
    envelopes_waiting,
    numbers_of_all,
    processes_with_stations,
    sample_of,
    shift,
    shifts_of,
    stations_today,
)
from app.features.stations.use_cases import assign_clerk, open_boxes, paper_pots, reads_all, take_off
from app.features.stations.words import COUNT_STATES
from app.features.voting.queries import closed
from app.kernel import clock
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation, slots
from app.web.access import requires, viewer
from app.web.filters import city_zone
from app.web.transaction import attempt, commits

bp = Blueprint("stations", __name__, template_folder="../templates", url_prefix="/staff/stations")
navigation.staff("stations.index", msg("Stations"), icon="map-pin", order=46, needs=Permission.INTAKE)


@bp.get("")
@requires(Permission.INTAKE)
def index() -> str:
    """The desks at which the viewer works today, and all votes on paper of their processes."""
    session, person_id = db.session(), viewer().require_signed_in()
    mine = [
        (place, [(pot, voting_open(session, pot)) for pot in paper_pots(session, place.process_id)])
        for place in stations_today(session, person_id, clock.today(city_zone().key))
        if viewer().may(Permission.INTAKE, place.process_id)
    ]
    return render_template("stations/index.html", mine=mine, processes=_with_paper())


def _with_paper() -> Sequence[Process]:
    session = db.session()
    found = processes_with_stations(session, viewer().processes_where(Permission.INTAKE))
    return [one for one in processes_in_order(session, found) if paper_pots(session, one.id)]


@bp.get("/<uuid:process_id>")
@requires(Permission.INTAKE, reads=Permission.BUDGET_INSPECT)
def process(process_id: UUID) -> str:
    """The stations of a process: numbers, and what is to be done next."""
    space, session = space_of(process_id), db.session()
    pots, places = paper_pots(session, process_id), stations_of(session, process_id)
    numbers = numbers_of_all(session, [place.id for place in places], [pot.id for pot in pots])
    return render_template(
        "stations/process.html",
        process=space,
        rows=[(place, pot, numbers[place.id, pot.id]) for place in places for pot in pots],
        places=places,
        pots=[(pot, reads_all(pot), sample_of(session, pot.id)) for pot in pots],
        waiting=len(envelopes_waiting(session, process_id)),
        over=bool(pots) and all(closed(session, pot) for pot in pots),
        states=COUNT_STATES,
        may_work=viewer().may(Permission.INTAKE, process_id),
        may_inspect=viewer().may(Permission.BUDGET_INSPECT, process_id),
    )


@bp.post("/station/<uuid:station_id>/open")
@requires(Permission.INTAKE)
@commits
def open_station(station_id: UUID) -> ResponseReturnValue:
    """Open the boxes of a station after the vote."""
    process_id = place_of(station_id, Permission.INTAKE).process_id
    attempt(lambda: open_boxes(db.session(), viewer(), station_id), _("The boxes are open. Now ballots can be typed."))
    return redirect(url_for(".process", process_id=process_id), 303)


@bp.route("/station/<uuid:station_id>/clerks", methods=["GET", "POST"])
@requires(Permission.BUDGET_CERTIFY, reads=Permission.BUDGET_INSPECT)
@commits
def clerks(station_id: UUID) -> ResponseReturnValue:
    """Who works at a station on which day."""
    place = place_of(station_id, Permission.BUDGET_INSPECT)
    form = ClerkForm()
    form.person.choices = [("", ""), *_clerks_of(place)]
    if not form.is_submitted():
        form.day.data = clock.today(city_zone().key).isoformat()
    sent = form.send(lambda: assign_clerk(db.session(), viewer(), form.to_command(station_id)))
    if sent.done:
        flash(_("Saved."), "good")
        return redirect(url_for(".clerks", station_id=station_id), 303)
    place = place_of(station_id, Permission.BUDGET_INSPECT)
    page = render_template(
        "stations/clerks.html",
        place=place,
        form=form,
        shifts=shifts_of(db.session(), station_id),
        may_change=viewer().may(Permission.BUDGET_CERTIFY, place.process_id),
    )
    return page, sent.status


def _clerks_of(place: Station) -> list[tuple[str, str]]:
    session = db.session()
    people = [one.id for one in staff(session)]
    found = people_names(session, in_office(session, Permission.INTAKE, place.process_id, people))
    return sorted(((str(one), name) for one, name in found.items()), key=lambda pair: (pair[1], pair[0]))


@bp.post("/clerks/<uuid:shift_id>/remove")
@requires(Permission.BUDGET_CERTIFY)
@commits
def remove_clerk(shift_id: UUID) -> ResponseReturnValue:
    """Take a clerk off the list."""
    found = shift(db.session(), shift_id)
    station_id = place_of(found.station_id, Permission.BUDGET_CERTIFY).id
    attempt(lambda: take_off(db.session(), viewer(), shift_id), _("Saved."))
    return redirect(url_for(".clerks", station_id=station_id), 303)


def _link(space: Process) -> Markup:
    """On the pages of a vote: the way to its stations."""
    return slots.partial("stations/_link.html", process=space) if paper_pots(db.session(), space.id) else Markup("")


slots.register("voting.desk", 20, _link)
slots.register("committee.paper", 10, _link)
