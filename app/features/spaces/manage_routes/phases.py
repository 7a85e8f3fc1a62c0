"""Staff set up the phases of a process."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.spaces import use_cases
from app.features.spaces.forms import PhaseForm
from app.features.spaces.manage_routes import bp
from app.features.spaces.manage_routes.shared import process_or_404
from app.features.spaces.queries import Phase, Process
from app.features.spaces.rules import Stale
from app.features.spaces.shown import timeline
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits


@bp.get("/processes/<uuid:process_id>/phases/new")
@requires(Permission.PROCESS_MANAGE)
def new_phase(process_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a new phase."""
    return _page(process_or_404(process_id), PhaseForm.build())


@bp.post("/processes/<uuid:process_id>/phases/new")
@requires(Permission.PROCESS_MANAGE)
@commits
def add_phase(process_id: uuid.UUID) -> ResponseReturnValue:
    """Add a phase."""
    process_or_404(process_id)
    form = PhaseForm.build()
    sent = form.send(lambda: use_cases.add_phase(db.session(), viewer(), form.to_add(process_id)))
    if sent.done:
        flash(_("The phase is added."), "good")
        return _back(process_id)
    return _page(process_or_404(process_id), form), 422


@bp.get("/processes/<uuid:process_id>/phases/<uuid:phase_id>/change")
@requires(Permission.PROCESS_MANAGE)
def edit_phase(process_id: uuid.UUID, phase_id: uuid.UUID) -> ResponseReturnValue:
    """The form of one phase."""
    process = process_or_404(process_id)
    phase = _phase(process, phase_id)
    return _page(process, PhaseForm.of(phase), phase)


@bp.post("/processes/<uuid:process_id>/phases/<uuid:phase_id>/change")
@requires(Permission.PROCESS_MANAGE)
@commits
def change_phase(process_id: uuid.UUID, phase_id: uuid.UUID) -> ResponseReturnValue:
    """Store the changes, or show what somebody else stored meanwhile beside what was typed."""
    process = process_or_404(process_id)
    phase = _phase(process, phase_id)
    form, status, differences = PhaseForm.of(phase), 422, []
    if form.validate_on_submit():
        try:
            use_cases.change_phase(db.session(), viewer(), form.to_change(process_id, phase))
        except Stale as refusal:
            db.session.rollback()
            process, status = process_or_404(process_id), refusal.status
            phase = _phase(process, phase_id)
            differences = form.accept_stale(refusal, PhaseForm.of(phase, typed=False))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your changes are saved."), "good")
            return _back(process_id)
    process = process_or_404(process_id)
    return _page(process, form, _phase(process, phase_id), differences), status


@bp.post("/processes/<uuid:process_id>/phases/<uuid:phase_id>/move/<any(earlier, later):where>")
@requires(Permission.PROCESS_MANAGE)
@commits
def move_phase(process_id: uuid.UUID, phase_id: uuid.UUID, where: str) -> ResponseReturnValue:
    """Show a phase one place earlier or later."""
    use_cases.move_phase(db.session(), viewer(), process_id, phase_id, -1 if where == "earlier" else 1)
    return _back(process_id)


@bp.post("/processes/<uuid:process_id>/phases/<uuid:phase_id>/remove")
@requires(Permission.PROCESS_MANAGE)
@commits
def remove_phase(process_id: uuid.UUID, phase_id: uuid.UUID) -> ResponseReturnValue:
    """Take a phase out; it can be restored on the same page."""
    done = _("The phase is removed. You can restore it below the list of phases.")
    attempt(lambda: use_cases.remove_phase(db.session(), viewer(), process_id, phase_id), done)
    return _back(process_id)


@bp.post("/processes/<uuid:process_id>/phases/<uuid:phase_id>/restore")
@requires(Permission.PROCESS_MANAGE)
@commits
def restore_phase(process_id: uuid.UUID, phase_id: uuid.UUID) -> ResponseReturnValue:
    """Put a removed phase back."""
    attempt(lambda: use_cases.restore_phase(db.session(), viewer(), process_id, phase_id), _("The phase is back."))
    return _back(process_id)


def _phase(process: Process, phase_id: uuid.UUID) -> Phase:
    found = next((phase for phase in process.phases if phase.id == phase_id), None)
    if found is None:
        raise NotFound
    return found


def _back(process_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".process", process_id=process_id, _anchor="phases"))


def _page(process: Process, form: PhaseForm, phase: Phase | None = None, differences: object = ()) -> str:
    return render_template(
        "spaces/staff/phase_form.html",
        process=process,
        phase=phase,
        form=form,
        differences=differences,
        phases=timeline(process.phases, clock.now()),
    )
