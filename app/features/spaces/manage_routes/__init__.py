"""Staff pages: the overview, and setting up processes and areas."""

from typing import Any

from flask import Blueprint, current_app

from app.features.spaces.forms.texts import language_name
from app.features.spaces.models import Action
from app.features.spaces.shown import action_label
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.forms import city_languages

bp = Blueprint("spaces_manage", __name__, template_folder="../templates", url_prefix="/staff")

navigation.staff("spaces_manage.staff_home", msg("Overview"), icon="house", order=0, needs=Permission.STAFF_AREA)
navigation.staff("spaces_manage.index", msg("Processes"), icon="calendar-check", order=10, needs=Permission.PROCESS_MANAGE)
navigation.staff("spaces_manage.areas", msg("Areas"), icon="map", order=12, needs=Permission.PROCESS_MANAGE)
navigation.account("spaces_manage.staff_home", msg("Staff area"), icon="building", order=5, shown_to=lambda a: a.is_staff)


@bp.context_processor
def _words() -> dict[str, Any]:
    """What several templates of this blueprint say: names of languages and actions, the zone that times are in."""
    return {
        "language_names": {code: language_name(code) for code in city_languages()},
        "action_names": {action.value: action_label(action) for action in Action},
        "zone_name": current_app.config["BABEL_DEFAULT_TIMEZONE"],
    }


from app.features.spaces.manage_routes import areas, categories, home, one_area, phases, processes  # noqa: E402  they add their pages to bp

__all__ = ["areas", "bp", "categories", "home", "one_area", "phases", "processes"]
