"""Staff set up processes: list, create, change, publish, archive."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.spaces import listing, queries, rules, use_cases
from app.features.spaces.forms import ProcessForm
from app.features.spaces.forms.texts import language_name
from app.features.spaces.manage_routes import bp
from app.features.spaces.manage_routes.shared import indented, process_or_404
from app.features.spaces.models import Action, ProcessState
from app.features.spaces.rules import Stale
from app.features.spaces.shown import ShownProcess, action_label, page_url, show_process
from app.kernel.errors import Refused
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.forms import city_languages
from app.web.paging import steps
from app.web.transaction import commits

PAGE_SIZE = 50


@bp.get("/processes")
@requires(Permission.PROCESS_MANAGE)
def index() -> ResponseReturnValue:
    """All processes with their state and phase, the newest first."""
    page = listing.newest_page(db.session(), viewer(), page_number(request.args.get("page")), PAGE_SIZE)
    return render_template(
        "spaces/staff/processes.html",
        processes=[show_process(process) for process in page.items],
        pages=steps(page, lambda number: url_for(".index", page=number if number > 1 else None)),
        has_areas=queries.has_areas(db.session()),
    )


@bp.get("/processes/new")
@requires(Permission.PROCESS_MANAGE)
def new() -> ResponseReturnValue:
    """The form for a new process."""
    form = ProcessForm.build()
    form.offer_areas(_areas())
    return render_template("spaces/staff/process_form.html", form=form, process=None, differences=[])


@bp.post("/processes/new")
@requires(Permission.PROCESS_MANAGE)
@commits
def create() -> ResponseReturnValue:
    """Make a draft."""
    form = ProcessForm.build()
    form.offer_areas(_areas())
    if form.validate_on_submit():
        try:
            process = use_cases.create_process(db.session(), viewer(), form.to_create())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_("The draft is saved. Add phases and categories, then publish it."), "good")
            return redirect(url_for(".process", process_id=process.id))
    return render_template("spaces/staff/process_form.html", form=form, process=None, differences=[]), 422


@bp.get("/processes/<uuid:process_id>")
@requires(Permission.PROCESS_MANAGE)
def process(process_id: uuid.UUID) -> ResponseReturnValue:
    """Everything about one process, each part with what can be done to it."""
    found = process_or_404(process_id)
    return render_template(
        "spaces/staff/process.html",
        process=found,
        shown=show_process(found),
        removed=queries.removed_phases(db.session(), found),
        overlaps=rules.overlaps(found.phases),
        missing=missing_languages(found),
        lacks=_lacks(found),
    )


@bp.get("/processes/<uuid:process_id>/change")
@requires(Permission.PROCESS_MANAGE)
def edit(process_id: uuid.UUID) -> ResponseReturnValue:
    """The form of one process."""
    found = process_or_404(process_id)
    form = ProcessForm.of(found, _areas())
    return render_template("spaces/staff/process_form.html", form=form, process=found, differences=[])


@bp.post("/processes/<uuid:process_id>/change")
@requires(Permission.PROCESS_MANAGE)
@commits
def change(process_id: uuid.UUID) -> ResponseReturnValue:
    """Store the changes, or show what somebody else stored meanwhile beside what was typed."""
    found = process_or_404(process_id)
    form, status, differences = ProcessForm.of(found, _areas()), 422, []
    if form.validate_on_submit():
        try:
            use_cases.change_process(db.session(), viewer(), form.to_change(process_id))
        except Stale as refusal:
            found, status = process_or_404(process_id), refusal.status
            differences = form.accept_stale(refusal, ProcessForm.of(found, _areas(), typed=False))
        except Refused as refusal:
            form.refuse(refusal)
            found = process_or_404(process_id)
        else:
            flash(_("Your changes are saved."), "good")
            return redirect(url_for(".process", process_id=process_id))
    return render_template("spaces/staff/process_form.html", form=form, process=found, differences=differences), status


@bp.get("/processes/<uuid:process_id>/state")
@requires(Permission.PROCESS_MANAGE)
def ask_state(process_id: uuid.UUID) -> ResponseReturnValue:
    """Say what publishing or archiving will do, before it is done."""
    found = process_or_404(process_id)
    return _state_page(show_process(found), "")


@bp.post("/processes/<uuid:process_id>/state/<any(published, archived):state>")
@requires(Permission.PROCESS_MANAGE)
@commits
def set_state(process_id: uuid.UUID, state: str) -> ResponseReturnValue:
    """Publish, archive, or take out of the archive."""
    try:
        use_cases.set_process_state(db.session(), viewer(), process_id, ProcessState(state))
    except Refused as refusal:
        db.session.rollback()
        if refusal.status == 404:
            raise
        return _state_page(show_process(process_or_404(process_id)), refusal), refusal.status
    flash(_("The process is published.") if state == "published" else _("The process is in the archive now."), "good")
    return redirect(url_for(".process", process_id=process_id))


def _state_page(shown: ShownProcess, refusal: Refused | str) -> str:
    running = shown.phase or queries.phase_now(shown.process, shown.now)
    actions = ", ".join(action_label(action) for action in Action if running and action in running.actions)
    opens_now = _("People can do this at once: %(actions)s.", actions=actions) if actions else ""
    return render_template(
        "spaces/staff/state.html",
        lacks=_lacks(shown.process),
        shown=shown,
        process=shown.process,
        opens_now=opens_now,
        refusal=refusal,
    )


def _lacks(process: queries.Process) -> list[dict[str, str | None]]:
    """What residents would look for in vain, and where staff add it."""
    offered = {action for phase in process.phases for action in phase.actions}
    lacks = []
    if Action.VOTE in offered and queries.not_ready(db.session())(process, Action.VOTE):
        text = _("A phase opens the vote, but there is nothing to vote on yet: set up a pot with projects and fix the ballot.")
        lacks.append({"text": text, "label": _("Go to the budgets"), "url": page_url("budgets_manage.index")})
    if Action.PROPOSE in offered and not any(not one.archived for one in process.categories):
        text = _("There is no category yet: proposals cannot be sorted or found by what they are about.")
        add = url_for(".new_category", process_id=process.id)
        lacks.append({"text": text, "label": _("Add a category"), "url": add})
    return lacks


def _areas() -> list[tuple[uuid.UUID, str]]:
    """The city's own areas first; those that came with imported elections at the end."""
    areas = indented(queries.all_areas(db.session()))
    return [(each.id, name) for each, name in sorted(areas, key=lambda pair: queries.is_imported(pair[0]))]


def missing_languages(process: queries.Process) -> list[str]:
    """Languages of the installation in which the title or the summary is not written yet."""
    return [
        language_name(code)
        for code in city_languages()
        if not process.title.get(code) or (process.summary and not process.summary.get(code))
    ]
