"""Outer envelopes: written down, then accepted or sent back unopened."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.committee.queries import stations_of
from app.features.stations.forms import EnvelopeForm
from app.features.stations.manage_routes.shared import place_of, secret_of, space_of
from app.features.stations.models import EnvelopeState
from app.features.stations.queries import envelope, envelopes_of
from app.features.stations.use_cases import decide_envelope, paper_pots, strike_out, take_in_envelope
from app.features.stations.use_cases.envelopes import MISTAKE, WHY, takes_post
from app.features.stations.words import ENVELOPE_STATES
from app.features.voting.queries import fixed_pots, has_roll
from app.kernel import clock
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import city_zone, local_text, translate
from app.web.paging import steps
from app.web.transaction import attempt, commits

SHOWN = 50
bp = Blueprint("stations_envelopes", __name__, template_folder="../templates", url_prefix="/staff/stations/envelopes")


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def index(process_id: UUID) -> ResponseReturnValue:
    """The outer envelopes of a process, and the form for another one."""
    space_of(process_id, Permission.INTAKE)
    session = db.session()
    form = EnvelopeForm()
    form.place.choices = [(str(one.id), one.name) for one in stations_of(session, process_id)]
    if not form.is_submitted():
        form.given.data = clock.today(city_zone().key).isoformat()
    form.pot.choices = [(str(one.id), local_text(one.title)) for one in paper_pots(session, process_id)]
    sent = form.send(lambda: take_in_envelope(session, viewer(), form.to_command(), secret_of(process_id)))
    if sent.done:
        told = _("Write number %(number)s on the envelope, and put it aside unopened.", number=sent.result.number)
        flash(told, "good")
        return redirect(url_for(".index", process_id=process_id), 303)
    envelopes = envelopes_of(db.session(), process_id, page_number(request.args.get("page")), SHOWN)
    page = render_template(
        "stations/envelopes.html",
        process=space_of(process_id, Permission.INTAKE),
        form=form,
        page=uuid4(),
        envelopes=envelopes.items,
        steps=steps(envelopes, lambda at: url_for(".index", process_id=process_id, page=at)),
        places={one.id: one.name for one in stations_of(db.session(), process_id)},
        titles={one.id: one.title for one in fixed_pots(db.session(), process_id)},
        states=ENVELOPE_STATES,
        why=WHY,
        mistake=MISTAKE,
        roll=has_roll(db.session(), process_id),
        by_post=any(takes_post(db.session(), pot) for pot in paper_pots(db.session(), process_id)),
    )
    return page, sent.status


@bp.post("/one/<uuid:envelope_id>/decide")
@requires(Permission.INTAKE)
@commits
def decide(envelope_id: UUID) -> ResponseReturnValue:
    """Accept it, or send it back unopened."""
    found = envelope(db.session(), envelope_id)
    process_id = place_of(found.station_id, Permission.INTAKE).process_id
    attempt(lambda: decide_envelope(db.session(), viewer(), envelope_id), lambda: _decided(envelope_id))
    return redirect(url_for(".index", process_id=process_id), 303)


@bp.post("/one/<uuid:envelope_id>/strike-out")
@requires(Permission.INTAKE)
@commits
def strike(envelope_id: UUID) -> ResponseReturnValue:
    """It was written down by mistake."""
    found = envelope(db.session(), envelope_id)
    process_id, number = place_of(found.station_id, Permission.INTAKE).process_id, found.number
    attempt(
        lambda: strike_out(db.session(), viewer(), envelope_id),
        lambda: _("Struck out. Write the envelope down again; it gets a new number instead of %(number)s.", number=number),
    )
    return redirect(url_for(".index", process_id=process_id), 303)


def _decided(envelope_id: UUID) -> str:
    found = envelope(db.session(), envelope_id)
    if found.state is EnvelopeState.ACCEPTED:
        return _(
            "Envelope %(number)s is accepted. Open it, and put its ballot into the box without looking at it.",
            number=found.number,
        )
    return _("Envelope %(number)s goes back unopened: %(why)s.", number=found.number, why=translate(WHY[found.because]))
