"""The second reading of a pot: the draw, whether it was enough, and ballots on which two people decide."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.queries import Pot, gives_points
from app.features.budgets.queries import pot as pot_by_id
from app.features.committee.queries import stations_of
from app.features.scans.queries import ReviewedPage
from app.features.spaces.queries import Process
from app.features.stations.forms import MarksForm, SeedForm
from app.features.stations.manage_routes.shared import batch_at, how_typed, space_of
from app.features.stations.marks import VOID, from_stored
from app.features.stations.queries import (
    batches_of,
    missing_before_drawing,
    numbers_of,
    paper_ballot,
    progress_of,
    sample_of,
    unsettled_in,
)
from app.features.stations.scanned import scanned_in
from app.features.stations.use_cases import draw_sample, judge_sample, read_all, reads_all, settle
from app.features.stations.words import BATCH_STATES
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.transaction import attempt, commits

if TYPE_CHECKING:
    from app.features.stations.models import PaperBallot

bp = Blueprint("stations_second", __name__, template_folder="../templates", url_prefix="/staff/stations/second")


@bp.route("/<uuid:pot_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE, reads=Permission.BUDGET_INSPECT)
@commits
def show(pot_id: UUID) -> ResponseReturnValue:
    """The check codes of all batches, the seed, and what was drawn with it."""
    form = SeedForm()
    _space(pot_id)
    sent = form.send(lambda: draw_sample(db.session(), viewer(), form.to_command(pot_id)))
    if sent.done:
        flash(_("Drawn. Now another person reads these ballots a second time."), "good")
        return redirect(url_for(".show", pot_id=pot_id), 303)
    session = db.session()
    pot = pot_by_id(session, pot_id)
    space = _space(pot_id)
    names = {place.id: place.name for place in stations_of(session, space.id)}
    batches = batches_of(session, pot_id)
    progress = progress_of(session, [one.id for one in batches])
    page = render_template(
        "stations/second.html",
        process=space,
        pot=pot,
        form=form,
        whole=reads_all(pot) if pot else False,
        sample=sample_of(session, pot_id),
        untyped=sum(max(0, numbers_of(session, at, pot_id).difference) for at in names),
        missing=missing_before_drawing(session, pot) if pot else None,
        batches=[(one, names[one.station_id], progress[one.id].typed, progress[one.id].to_read) for one in batches],
        states=BATCH_STATES,
        may_work=viewer().may(Permission.INTAKE, space.id),
    )
    return page, sent.status


def _space(pot_id: UUID) -> Process:
    found = pot_by_id(db.session(), pot_id)
    if found is None:
        raise NotFound
    return space_of(found.process_id)


@bp.post("/<uuid:pot_id>/judge")
@requires(Permission.INTAKE)
@commits
def judge(pot_id: UUID) -> ResponseReturnValue:
    """Was the sample enough?"""
    _space(pot_id)
    attempt(lambda: judge_sample(db.session(), viewer(), pot_id), _("Worked out. What came of it stands below."))
    return redirect(url_for(".show", pot_id=pot_id), 303)


@bp.post("/<uuid:pot_id>/all")
@requires(Permission.INTAKE)
@commits
def every(pot_id: UUID) -> ResponseReturnValue:
    """Read all, whatever was drawn."""
    _space(pot_id)
    attempt(lambda: read_all(db.session(), viewer(), pot_id), _("All ballots are read a second time."))
    return redirect(url_for(".show", pot_id=pot_id), 303)


@bp.get("/batch/<uuid:batch_id>")
@requires(Permission.INTAKE, reads=Permission.BUDGET_INSPECT)
def differences(batch_id: UUID) -> str:
    """The ballots of a batch on which two people have yet to decide, with both readings."""
    found, place, pot = batch_at(batch_id)
    points = gives_points(pot)
    rows = [(one, _words(one.first, points), _words(one.second, points)) for one in unsettled_in(db.session(), batch_id)]
    return render_template(
        "stations/differences.html",
        found=found,
        place=place,
        pot=pot,
        rows=rows,
        may_work=viewer().may(Permission.INTAKE, place.process_id),
    )


@bp.route("/batch/<uuid:batch_id>/<int(max=9999):number>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def decide(batch_id: UUID, number: int) -> ResponseReturnValue:
    """Say what a ballot is, with the paper in hand; a second person must say the same."""
    found, place, pot = batch_at(batch_id, Permission.INTAKE)
    ballot = paper_ballot(db.session(), batch_id, number)
    if ballot is None:
        raise NotFound
    form, said = MarksForm(), ballot.proposed_by
    form.at.data = str(number)
    sent = form.send(lambda: settle(db.session(), viewer(), form.to_command(batch_id)))
    if sent.done:
        flash(*_told(sent.result, said))
        return redirect(url_for(".differences", batch_id=batch_id), 303)
    found, place, pot = batch_at(batch_id, Permission.INTAKE)
    ballot = paper_ballot(db.session(), batch_id, number)
    points = gives_points(pot)
    page = render_template(
        "stations/decide.html",
        found=found,
        place=place,
        pot=pot,
        number=number,
        form=form,
        first=_words(ballot.first, points) if ballot else "",
        second=_words(ballot.second, points) if ballot and ballot.second else "",
        scans=_scans_of(pot, batch_id, number),
        **how_typed(pot),
        waits=bool(ballot and ballot.proposed_by and ballot.proposed_by != viewer().person_id),
    )
    return page, sent.status


def _told(ballot: "PaperBallot", before: UUID | None) -> tuple[str, str]:
    """What came of it: two agree, one has spoken, or they say different things."""
    if not ballot.unsettled:
        return _("Decided by two."), "good"
    if before in (None, ballot.proposed_by):
        return _("Written down. A second person must look at the ballot and say the same."), "good"
    return _("Written down, but the other person said something else. Look at the ballot together, then both type it."), "info"


def _scans_of(pot: Pot, batch_id: UUID, number: int) -> tuple[ReviewedPage, ...]:
    """The pages of a ballot that came from scans."""
    scanned = scanned_in(db.session(), pot, batch_id)
    return scanned[number - 1].pages if 1 <= number <= len(scanned) else ()


def _words(text: str, points: bool) -> str:
    """A reading as it is shown beside the other one."""
    read = from_stored(text, points=points)
    told = (
        translate(VOID[read.void]) if read.void else (", ".join(text.rstrip("!?").split(",")) if read.numbers else _("blank"))
    )
    doubt = " " + _("(in doubt)") if read.doubtful else ""
    return told + (" " + _("(a page is missing)") if read.incomplete else "") + doubt
