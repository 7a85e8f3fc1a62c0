"""After the vote: the numbers of a station for a pot, its batches, and two signatures."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.scans.queries import looked_through
from app.features.stations.counted import counted_of_batch
from app.features.stations.forms import BatchForm, SignForm
from app.features.stations.manage_routes.shared import place_of, pot_at
from app.features.stations.queries import (
    CountState,
    batches_of,
    count_of,
    missing_before_signing,
    numbers_of,
    progress_of,
    typed_a_part,
)
from app.features.stations.scanned import record_of
from app.features.stations.use_cases import drop_batch, is_stuck, open_batch, proposes, sign_numbers, take_back_signature
from app.features.stations.words import BATCH_STATES, COUNT_STATES
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits

bp = Blueprint("stations_count", __name__, template_folder="../templates", url_prefix="/staff/stations/count")


@bp.route("/<uuid:station_id>/<uuid:pot_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE, reads=Permission.BUDGET_INSPECT)
@commits
def show(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """The equation of a station, with the form to sign it."""
    place_of(station_id)
    form = SignForm()
    sent = form.send(lambda: sign_numbers(db.session(), viewer(), form.to_command(station_id, pot_id)))
    if sent.done:
        done = sent.result.state is CountState.SIGNED
        flash(_("Signed by two. These ballots are counted.") if done else _("Signed. A second person must sign, too."), "good")
        return redirect(url_for(".show", station_id=station_id, pot_id=pot_id), 303)
    return _page(station_id, pot_id, form, BatchForm(formdata=None), sent.status)


@bp.post("/<uuid:station_id>/<uuid:pot_id>/batches")
@requires(Permission.INTAKE)
@commits
def new_batch(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """Begin a batch."""
    place_of(station_id, Permission.INTAKE)
    form = BatchForm()
    sent = form.send(lambda: open_batch(db.session(), viewer(), form.to_command(station_id, pot_id)))
    if sent.done:
        return redirect(url_for("stations_typing.first", batch_id=sent.result.id), 303)
    return _page(station_id, pot_id, SignForm(formdata=None), form, sent.status)


@bp.post("/<uuid:station_id>/<uuid:pot_id>/batches/<uuid:batch_id>/drop")
@requires(Permission.INTAKE)
@commits
def drop(station_id: UUID, pot_id: UUID, batch_id: UUID) -> ResponseReturnValue:
    """Remove a batch in which no ballot lies."""
    attempt(lambda: drop_batch(db.session(), viewer(), station_id, pot_id, batch_id), _("The empty batch is removed."))
    return redirect(url_for(".show", station_id=station_id, pot_id=pot_id), 303)


@bp.post("/<uuid:station_id>/<uuid:pot_id>/unsign")
@requires(Permission.INTAKE)
@commits
def unsign(station_id: UUID, pot_id: UUID) -> ResponseReturnValue:
    """Take the first signature back."""
    attempt(lambda: take_back_signature(db.session(), viewer(), station_id, pot_id), _("The signature is taken back."))
    return redirect(url_for(".show", station_id=station_id, pot_id=pot_id), 303)


def _page(station_id: UUID, pot_id: UUID, form: SignForm, batch: BatchForm, status: int) -> ResponseReturnValue:
    session = db.session()
    place = place_of(station_id)
    pot = pot_at(place, pot_id)
    batches = batches_of(session, pot_id, station_id)
    numbers = numbers_of(session, station_id, pot_id)
    form.seen.data = str(numbers.difference)
    form.reason.flags.required = numbers.difference != 0
    progress = progress_of(session, [one.id for one in batches])
    me = viewer().person_id
    looked = looked_through(session, me, [record_of(one.id) for one in batches]) if me else set()
    mine = typed_a_part(session, me, [one.id for one in batches]) if me else set()
    results = list(counted_of_batch(session, pot, [one.id for one in batches]))
    page = render_template(
        "stations/count.html",
        place=place,
        pot=pot,
        form=form,
        batch=batch,
        page=uuid4(),
        numbers=numbers,
        unready=missing_before_signing(session, place, pot, numbers.state),
        kept=count_of(session, station_id, pot_id),
        batches=[(one, progress[one.id]) for one in batches],
        void=sum(counted.choices is None for _read, counted in results),
        blank=sum(counted.choices is not None and not counted.choices.numbers for _read, counted in results),
        states=COUNT_STATES,
        batch_states=BATCH_STATES,
        stuck=is_stuck(session, station_id, pot_id),
        may_work=viewer().may(Permission.INTAKE, place.process_id),
        me=me,
        proposes=proposes(session, place, pot_id),
        not_mine={one.id for one in batches if one.id not in mine and record_of(one.id) not in looked},
    )
    return page, status
