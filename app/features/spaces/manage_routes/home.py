"""The first page of the staff area: what each person can do, and what waits for them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.features.spaces.manage_routes import bp
from app.kernel.permissions import Permission
from app.web.access import requires
from app.web.navigation import Navigation


@bp.get("/")
@requires(Permission.STAFF_AREA)
def staff_home() -> ResponseReturnValue:
    """Tiles from the navigation, and what rooms have to report."""
    tiles = [entry for entry in Navigation().staff if not entry.current]
    return render_template("spaces/staff/home.html", tiles=tiles)
