"""Stations, totals of ballots on paper, and the reconciliation of numbers that must be equal."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.queries import Pot, PotState, pots_of
from app.features.budgets.queries import pot as pot_by_id
from app.features.committee import rules
from app.features.committee.balances import balances_of
from app.features.committee.forms import ExplainForm, StationForm, TotalsForm, totals_form
from app.features.committee.queries import PaperEntry, Station, entries_of, station, stations_of, totals_reopened
from app.features.committee.use_cases import add_station, enter_totals, explain, remove_station, reopened
from app.features.counting.use_cases import needs_ballots
from app.features.spaces.queries import Process, process
from app.features.voting.queries import closed, fixed_pots, turnout_by_channel
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.transaction import attempt, commits

bp = Blueprint("committee_paper", __name__, template_folder="templates", url_prefix="/staff/reconciliation")


def _space(process_id: UUID) -> Process:
    space = process(db.session(), process_id)
    if space is None or space.imported or not viewer().may(Permission.BUDGET_INSPECT, process_id):
        raise NotFound
    return space


@bp.get("/<uuid:process_id>")
@requires(Permission.BUDGET_INSPECT)
def index(process_id: UUID) -> ResponseReturnValue:
    """Participations and ballots of every pot, on the web and at each station, and why they differ."""
    return _index(process_id, StationForm())


def _index(process_id: UUID, form: StationForm, status: int = 200) -> ResponseReturnValue:
    space, session = _space(process_id), db.session()
    pots, typed = fixed_pots(session, process_id), entries_of(session, process_id)
    page = render_template(
        "committee/reconciliation.html",
        process=space,
        rows=balances_of(session, process_id),
        channels=[(pot, turnout_by_channel(session, pot.id)) for pot in pots],
        stations=stations_of(session, process_id),
        pots=pots,
        states={key: _state(entries) for key, entries in typed.items()},
        whole=[pot for pot in pots_of(session, process_id) if needs_ballots(pot.rule)],
        over=bool(pots) and all(closed(session, pot) for pot in pots),
        uncounted=all(pot.state not in (PotState.COUNTED, PotState.CERTIFIED) for pot in pots),
        may_change=viewer().may(Permission.BUDGET_CERTIFY, process_id),
        form=form,
    )
    return page, status


def _state(entries: list[PaperEntry]) -> str:
    if rules.agreed(entries):
        return "agreed"
    return "differ" if len(entries) == 2 else "once"


@bp.post("/<uuid:process_id>/stations")
@requires(Permission.BUDGET_CERTIFY)
@commits
def new_station(process_id: UUID) -> ResponseReturnValue:
    """Name a station."""
    _space(process_id)
    form = StationForm()
    sent = form.send(lambda: add_station(db.session(), viewer(), process_id, form.name.data or ""))
    if not sent.done:
        return _index(process_id, form, sent.status)
    flash(_("Saved."), "good")
    return redirect(url_for(".index", process_id=process_id), 303)


@bp.post("/stations/<uuid:station_id>/remove")
@requires(Permission.BUDGET_CERTIFY)
@commits
def drop_station(station_id: UUID) -> ResponseReturnValue:
    """Take out a station without totals."""
    place = _station(station_id, Permission.BUDGET_CERTIFY)
    process_id = place.process_id
    attempt(lambda: remove_station(db.session(), viewer(), station_id), _("The station is taken out."))
    return redirect(url_for(".index", process_id=process_id), 303)


def _station(station_id: UUID, permission: Permission) -> Station:
    found = station(db.session(), station_id)
    if found is None or not viewer().may(permission, found.process_id):
        raise NotFound
    return found


def _pot(pot_id: UUID, process_id: UUID) -> Pot:
    found = pot_by_id(db.session(), pot_id)
    if found is None or found.process_id != process_id:
        raise NotFound
    return found


@bp.route("/stations/<uuid:station_id>/<uuid:pot_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_INSPECT)
@commits
def totals(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """Type the totals of a station for a pot, without seeing what somebody else has typed; where two differ: in what."""
    place = _station(station_id, Permission.BUDGET_INSPECT)
    pot, status = _pot(pot_id, place.process_id), 200
    entries = entries_of(db.session(), place.process_id).get((station_id, pot_id), [])
    mine = next((one for one in entries if one.person_id == viewer().person_id), None)
    projects = [(one.number, local_text(one.title)) for one in pot.projects]
    form = totals_form(projects, pot.vote_type, _as_typed(mine) if mine else None)
    if form.validate_on_submit():
        process_id = place.process_id
        try:
            entry = enter_totals(db.session(), viewer(), form.to_command(station_id, pot_id))
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status, place = refusal.status, _station(station_id, Permission.BUDGET_INSPECT)
            pot = _pot(pot_id, place.process_id)
            entries = entries_of(db.session(), place.process_id).get((station_id, pot_id), [])
        else:
            entries = entries_of(db.session(), process_id)[station_id, pot_id]
            if rules.agreed(entries):
                flash(_("Two people have typed the same totals. They count."), "good")
                return redirect(url_for(".index", process_id=process_id), 303)
            if len(entries) == 2:
                flash(_("These totals differ from what the other person typed. Look at the sheet again."), "warning")
                return redirect(url_for(".totals", station_id=station_id, pot_id=pot_id), 303)
            flash(_("Kept. A second person must type the same totals."), "info")
            return redirect(url_for(".index", process_id=process_id, _anchor=f"entry-{entry.turn}"), 303)
    elif form.is_submitted():
        status = 422
    return _totals_page(place, pot, form, entries, status)


def _totals_page(place: Station, pot: Pot, form: TotalsForm, entries: list[PaperEntry], status: int) -> ResponseReturnValue:
    two, me = len(entries) == 2, viewer().person_id
    page = render_template(
        "committee/totals.html",
        place=place,
        pot=pot,
        form=form,
        numbers=rules.NUMBERS,
        whole=needs_ballots(pot.rule),
        entries=entries,
        agreed=rules.agreed(entries),
        reopened=[one for one in totals_reopened(db.session(), place.process_id) if reopened(one, place.id, pot.id)],
        differences=rules.differences(entries[0], entries[1]) if two else [],
        may_enter=viewer().may(Permission.BUDGET_CERTIFY, place.process_id)
        and not rules.agreed(entries)
        and (not two or any(one.person_id == me for one in entries)),
    )
    return page, status


def _as_typed(entry: PaperEntry) -> dict[str, object]:
    values = {name: str(getattr(entry, name)) for name in rules.NUMBERS}
    values |= {f"votes_{number}": str(votes) for number, votes in entry.votes.items()}
    return {**values, **{f"points_{number}": str(points) for number, points in entry.points.items()}}


@bp.route("/explain/<uuid:pot_id>", defaults={"station_id": None}, methods=["GET", "POST"])
@bp.route("/explain/<uuid:pot_id>/<uuid:station_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_CERTIFY)
@commits
def why(pot_id: UUID, station_id: UUID | None) -> ResponseReturnValue:
    """Write down why two numbers differ."""
    found = pot_by_id(db.session(), pot_id)
    if found is None or not viewer().may(Permission.BUDGET_CERTIFY, found.process_id):
        raise NotFound
    process_id, form = found.process_id, ExplainForm()
    sent = form.send(lambda: explain(db.session(), viewer(), form.to_command(pot_id, station_id)))
    if sent.done:
        flash(_("Written down. It becomes part of the protocol."), "good")
        return redirect(url_for(".index", process_id=process_id), 303)
    rows = balances_of(db.session(), process_id)
    row = next((one for one in rows if one.pot.id == pot_id and (one.station.id if one.station else None) == station_id), None)
    if row is None:
        raise NotFound
    return render_template("committee/explain.html", process=_space(process_id), row=row, form=form), sent.status
