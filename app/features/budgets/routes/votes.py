"""The votes: open, coming, being counted, finished; and the pots of a process on its page."""

from flask import render_template, request
from markupsafe import Markup

from app.extensions import db
from app.features.budgets import finding
from app.features.budgets.routes import bp
from app.features.budgets.routes.shared import (
    steps,
)
from app.features.budgets.shown import (
    PotStage,
    ShownPot,
    by_area,
    by_process,
    show_pot,
)
from app.features.spaces import queries as spaces
from app.kernel.errors import NotFound
from app.kernel.paging import page_number
from app.web import slots
from app.web.access import public, viewer

LIST_SIZE = 24


@bp.get("")
@public
def index() -> str:
    """What can be voted on now, what comes, what is counted, what became of earlier votes."""
    session = db.session()
    process = _process_asked_for()
    process_id = process.id if process else None
    groups: dict[str, list[ShownPot]] = {stage.value: [] for stage in PotStage}
    for row in finding.running(session, process_id):
        shown = show_pot(row.pot, row.process, row.projects, row.area)
        groups[shown.stage.value].append(shown)
    own = finding.finished(session, imported=False, process_id=process_id, number=_page("page"), size=LIST_SIZE)
    imported = finding.finished(session, imported=True, process_id=process_id, number=_page("imported"), size=LIST_SIZE)
    return render_template(
        "budgets/index.html",
        groups={stage: by_process(pots) for stage, pots in groups.items()},
        own=[show_pot(row.pot, row.process, row.projects, row.area) for row in own.items],
        imported=[show_pot(row.pot, row.process, row.projects, row.area) for row in imported.items],
        own_pages=steps(own, "page", {"process": process.slug} if process else {}),
        imported_pages=steps(imported, "imported", {"process": process.slug} if process else {}),
        process=process,
        processes=finding.processes_with_pots(session),
    )


def _process_asked_for() -> spaces.Process | None:
    slug = request.args.get("process")
    if not slug:
        return None
    try:
        return spaces.visible_process(db.session(), viewer(), slug)
    except NotFound:
        return None


def _page(name: str) -> int:
    return page_number(request.args.get(name))


def _on_process_page(process: spaces.Process) -> Markup:
    """The pots of a process on its page."""
    session = db.session()
    over = finding.finished(session, imported=process.imported, process_id=process.id, number=1, size=LIST_SIZE)
    rows = [*finding.running(session, process.id), *over.items]
    if not rows:
        return Markup("")
    pots = [show_pot(row.pot, row.process, row.projects, row.area) for row in rows]
    return slots.partial("budgets/_on_process.html", pots=pots, groups=by_area([one for one in pots if one.stage != "draft"]))


def _result_of_process(process: spaces.Process) -> Markup:
    """Where the result stands: what people look for once a process is over."""
    over = finding.finished(db.session(), imported=process.imported, process_id=process.id, number=1, size=LIST_SIZE)
    if not over.items:
        return Markup("")
    pots = [show_pot(row.pot, row.process, row.projects, row.area) for row in over.items]
    return slots.partial("budgets/_results.html", pots=pots)


spaces.register_ready(spaces.Action.VOTE, finding.votable)
slots.register("process.page", 30, _on_process_page)
slots.register("process.actions", 10, _result_of_process)
