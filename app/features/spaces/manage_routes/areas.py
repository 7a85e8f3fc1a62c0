"""The areas of the city: looked at as a tree and on a map, imported from a file after a preview."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.extensions import db
from app.features.maps.queries import MapSpec
from app.features.spaces import queries, use_cases
from app.features.spaces.area_files.plan import Change, Plan
from app.features.spaces.area_files.problems import FileRefused, Problem
from app.features.spaces.forms import AreasForm
from app.features.spaces.manage_routes import bp
from app.features.spaces.manage_routes.shared import indented
from app.kernel.errors import NotFound, Refused
from app.kernel.paging import page_number, page_of
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.paging import steps
from app.web.transaction import commits

PAGE_SIZE = 50


@bp.get("/areas")
@requires(Permission.PROCESS_MANAGE)
def areas() -> ResponseReturnValue:
    """The tree of areas, a page at a time, beside a map of all of them."""
    found = queries.all_areas(db.session())
    page = page_of(queries.with_depth(found), page_number(request.args.get("page")), PAGE_SIZE)
    return render_template(
        "spaces/staff/areas.html",
        areas=page.items,
        total=page.total,
        pages=steps(page, lambda number: url_for(".areas", page=number if number > 1 else None)),
        used=queries.areas_in_use(db.session()),
        map_spec=MapSpec(map_id="areas", features=_features([(a.code, local_text(a.name), a.geojson) for a in found])),
    )


@bp.get("/areas/import")
@requires(Permission.PROCESS_MANAGE)
def new_import() -> ResponseReturnValue:
    """The form for a file of areas."""
    return _import_page(_form(), [])


@bp.post("/areas/import")
@requires(Permission.PROCESS_MANAGE)
@commits
def upload() -> ResponseReturnValue:
    """Check a file; nothing is imported yet."""
    form = _form()
    problems: Sequence[Problem] = ()
    if form.validate_on_submit():
        try:
            kept = use_cases.upload_areas(db.session(), viewer(), form.to_command())
        except FileRefused as refusal:
            form.refuse(refusal)
            problems = refusal.problems
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".preview", upload_id=kept.id))
        form.offer_parents(_parents())
    return _import_page(form, problems), 422


@bp.get("/areas/import/<uuid:upload_id>")
@requires(Permission.PROCESS_MANAGE)
def preview(upload_id: uuid.UUID) -> ResponseReturnValue:
    """What the import would add and change, on a map and in a table."""
    kept = queries.upload(db.session(), upload_id)
    if kept is None:
        abort(404)
    return _preview(kept)


@bp.post("/areas/import/<uuid:upload_id>")
@requires(Permission.PROCESS_MANAGE)
@commits
def confirm(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Import the file that was looked at."""
    try:
        plan = use_cases.confirm_upload(db.session(), viewer(), upload_id, request.form.get("seen", ""))
    except NotFound:
        flash(_("This file was imported or discarded already."), "info")
        return redirect(url_for(".areas"))
    except Refused as refusal:
        db.session.rollback()
        kept = queries.upload(db.session(), upload_id)
        if kept is None:
            raise
        return _preview(kept, refusal)
    flash(_done(plan), "good")
    return redirect(url_for(".areas"))


@bp.post("/areas/import/<uuid:upload_id>/discard")
@requires(Permission.PROCESS_MANAGE)
@commits
def discard(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Throw the checked file away."""
    use_cases.discard_upload(db.session(), viewer(), upload_id)
    flash(_("Nothing was imported."), "info")
    return redirect(url_for(".areas"))


def _form() -> AreasForm:
    form = AreasForm()
    form.offer_parents(_parents())
    return form


def _parents() -> list[tuple[str, str]]:
    return [(each.code, name) for each, name in indented(queries.all_areas(db.session()))]


def _import_page(form: AreasForm, problems: Sequence[Problem]) -> str:
    return render_template("spaces/staff/areas_import.html", form=form, problems=problems)


def _preview(kept: Any, refusal: Refused | None = None) -> ResponseReturnValue:
    """What the kept file would do now; a file that no longer fits says why."""
    try:
        plan = queries.plan_of_upload(db.session(), kept)
    except Refused as outdated:
        return render_template("spaces/staff/areas_outdated.html", upload=kept, refusal=outdated), 409
    spec = MapSpec(map_id="areas", features=_features([(p.code, p.label, p.outline.geojson) for p in plan.areas]))
    page = render_template(
        "spaces/staff/areas_preview.html", upload=kept, plan=plan, Change=Change, map_spec=spec, refusal=refusal
    )
    return page, refusal.status if refusal else 200


def _done(plan: Plan) -> str:
    added, changed = len(plan.of(Change.ADDED)), len(plan.of(Change.CHANGED))
    return " ".join(
        [
            ngettext("%(num)s area added.", "%(num)s areas added.", added),
            ngettext("%(num)s area changed.", "%(num)s areas changed.", changed),
        ]
    )


def _features(areas: list[tuple[str, str, str]]) -> dict[str, Any]:
    """Areas for the map, the largest first so that small ones stay on top."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": code, "properties": {"title": name}, "geometry": json.loads(geojson)}
            for code, name, geojson in areas
        ],
    }
