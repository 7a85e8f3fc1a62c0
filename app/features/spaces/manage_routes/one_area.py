"""One area: its names, and its removal while nothing stands on it."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.spaces import queries, use_cases
from app.features.spaces.forms import AreaForm
from app.features.spaces.manage_routes import bp
from app.features.spaces.queries import Area
from app.features.spaces.rules import Stale
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import commits


@bp.get("/areas/<uuid:area_id>/change")
@requires(Permission.PROCESS_MANAGE)
def edit_area(area_id: uuid.UUID) -> ResponseReturnValue:
    """The names of one area."""
    area = _area(area_id)
    return _page(area, AreaForm.of(area))


@bp.post("/areas/<uuid:area_id>/change")
@requires(Permission.PROCESS_MANAGE)
@commits
def rename_area(area_id: uuid.UUID) -> ResponseReturnValue:
    """Store the names, or show what somebody else stored meanwhile beside what was typed."""
    area = _area(area_id)
    form, status, differences = AreaForm.of(area), 422, []
    if form.validate_on_submit():
        try:
            use_cases.rename_area(db.session(), viewer(), form.to_command(area_id))
        except Stale as refusal:
            db.session.rollback()
            area, status = _area(area_id), refusal.status
            differences = form.accept_stale(refusal, AreaForm.of(area, typed=False))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your changes are saved."), "good")
            return redirect(url_for(".areas"))
    return _page(_area(area_id), form, differences), status


@bp.get("/areas/<uuid:area_id>/remove")
@requires(Permission.PROCESS_MANAGE)
def ask_remove_area(area_id: uuid.UUID) -> ResponseReturnValue:
    """Say what removing will do, before it is done."""
    return render_template("spaces/staff/area_remove.html", area=_area(area_id), refusal=None)


@bp.post("/areas/<uuid:area_id>/remove")
@requires(Permission.PROCESS_MANAGE)
@commits
def remove_area(area_id: uuid.UUID) -> ResponseReturnValue:
    """Remove an area that nothing needs. A second click finds it gone, which is what was wanted."""
    try:
        use_cases.remove_area(db.session(), viewer(), area_id)
    except NotFound:
        pass
    except Refused as refusal:
        db.session.rollback()
        page = render_template("spaces/staff/area_remove.html", area=_area(area_id), refusal=refusal)
        return page, refusal.status
    flash(_("The area is removed."), "good")
    return redirect(url_for(".areas"))


def _area(area_id: uuid.UUID) -> Area:
    found = queries.area(db.session(), area_id)
    if found is None:
        raise NotFound
    return found


def _page(area: Area, form: AreaForm, differences: object = ()) -> str:
    return render_template("spaces/staff/area_form.html", area=area, form=form, differences=differences)
