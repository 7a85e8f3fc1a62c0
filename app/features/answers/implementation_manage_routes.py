"""The officer's pages on which the steps of what won are kept up to date."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.answers.forms import StepForm, milestone_form
from app.features.answers.queries import carried, implementation_by_reference, implementations_in, removed_milestones
from app.features.answers.rules import STEP_LOOKS
from app.features.answers.use_cases import remove_milestone, restore_milestone, undo_milestone, write_milestone
from app.features.spaces.queries import visible_processes
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.forms import typed_amount
from app.web.transaction import attempt, commits

if TYPE_CHECKING:
    from app.features.answers.models import Implementation

bp = Blueprint("implementations_manage", __name__, template_folder="templates", url_prefix="/staff/implementations")
navigation.staff(
    "implementations_manage.index", msg("What became of the winners"), icon="list-checks", order=35, needs=Permission.ANSWER
)


def _found(reference: str) -> "Implementation":
    found = implementation_by_reference(db.session(), reference)
    if found is None or not viewer().may(Permission.ANSWER, found.process_id):
        raise NotFound
    return found


@bp.get("")
@requires(Permission.ANSWER)
def index() -> str:
    """Every winner of the officer's processes, and how far it is."""
    found = implementations_in(db.session(), viewer().processes_where(Permission.ANSWER))
    processes = {one.id: one for one in visible_processes(db.session(), viewer())}
    return render_template(
        "answers/implementations_manage.html",
        found=[carried(one) for one in found],
        processes=processes,
        looks=STEP_LOOKS,
    )


@bp.get("/<reference>")
@requires(Permission.ANSWER)
def show(reference: str) -> str:
    """The steps of one winner, with what can be done to each."""
    found = _found(reference)
    return render_template(
        "answers/implementation_manage.html",
        implementation=found,
        carried=carried(found),
        removed=removed_milestones(db.session(), found.id),
        looks=STEP_LOOKS,
    )


@bp.route("/<reference>/steps/new", methods=["GET", "POST"])
@requires(Permission.ANSWER)
@commits
def new_step(reference: str) -> ResponseReturnValue:
    """Add a step."""
    return _write(reference, None)


@bp.route("/<reference>/steps/<uuid:step_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER)
@commits
def change_step(reference: str, step_id: UUID) -> ResponseReturnValue:
    """Change a step."""
    return _write(reference, step_id)


def _write(reference: str, step_id: UUID | None) -> ResponseReturnValue:
    found = _found(reference)
    step = next((one for one in found.milestones if one.id == step_id), None)
    if step_id is not None and step is None:
        raise NotFound
    data: dict[str, object] = {}
    if step is not None:
        data = {
            "state": step.state.value,
            "planned_for": step.planned_for,
            "done_on": step.done_on,
            "cost": typed_amount(step.cost, found.currency),
            "seen_version": str(step.version),
            **{f"title_{code}": text for code, text in step.title.items()},
            **{f"note_{code}": text for code, text in step.note.items()},
        }
    form = milestone_form(**data)
    status, asks = 200, bool(form.stop_confirmed.data)
    if form.validate_on_submit():
        try:
            write_milestone(db.session(), viewer(), form.to_command(reference, step_id))
        except NotFound:
            raise
        except Refused as refusal:
            asks = asks or (isinstance(refusal, Invalid) and "stop_confirmed" in refusal.errors)
            form.refuse(refusal)
            status = refusal.status
            found = _found(reference)
        else:
            flash(_("Saved. Everybody who follows it gets a letter."), "good")
            return redirect(url_for(".show", reference=reference))
    elif form.is_submitted():
        status = 422
    page = render_template(
        "answers/milestone_form.html", form=form, implementation=found, changing=step_id is not None, asks=asks
    )
    return page, status


@bp.post("/<reference>/steps/<uuid:step_id>/undo")
@requires(Permission.ANSWER)
@commits
def undo_step(reference: str, step_id: UUID) -> ResponseReturnValue:
    """Undo the last change of a step."""
    command = StepForm().to_command(step_id)
    return _press(reference, lambda: undo_milestone(db.session(), viewer(), command), _("The last change is undone."))


@bp.post("/<reference>/steps/<uuid:step_id>/remove")
@requires(Permission.ANSWER)
@commits
def remove_step(reference: str, step_id: UUID) -> ResponseReturnValue:
    """Take a step off the page."""
    command = StepForm().to_command(step_id)
    return _press(reference, lambda: remove_milestone(db.session(), viewer(), command), _("Taken off. You can bring it back."))


@bp.post("/<reference>/steps/<uuid:step_id>/restore")
@requires(Permission.ANSWER)
@commits
def restore_step(reference: str, step_id: UUID) -> ResponseReturnValue:
    """Put a step back that was taken off."""
    command = StepForm().to_command(step_id)
    return _press(reference, lambda: restore_milestone(db.session(), viewer(), command), _("The step is back."))


def _press(reference: str, step: Callable[[], object], done: str) -> ResponseReturnValue:
    _found(reference)
    attempt(step, done)
    return redirect(url_for(".show", reference=reference))
