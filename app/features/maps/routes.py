"""The map room's door for templates: the macro in `maps/map.html` calls `render_map`. It has no pages of its own."""

from typing import Any

from flask import Blueprint, current_app

from app.features.maps.maps import render_map
from app.features.maps.queries import allowed_hosts
from app.features.maps.source import read_source
from app.features.maps.spec import MapSpec, RenderedMap, Surroundings
from app.features.maps.words import WORDS
from app.web.assets import static_url
from app.web.filters import translate
from app.web.locale import current_locale

bp = Blueprint("maps", __name__, template_folder="templates")


@bp.record_once
def _let_the_city_map_through(state: Any) -> None:
    """Tell the security headers which host a city's own map needs; stops the start when the map is set up wrongly."""
    known = tuple(state.app.config.get("CSP_HOSTS", ()))
    state.app.config["CSP_HOSTS"] = (*known, *(host for host in allowed_hosts(state.app.config) if host not in known))


@bp.app_template_global("render_map")
def _render_map(spec: MapSpec, label: str, fallback: str = "") -> RenderedMap:
    """Build a map in the reader's language with the city's source; `label` names it, `fallback` stands in for it."""
    texts = {key: translate(word) for key, word in WORDS.items()} | {"map": label}
    if fallback:
        texts["noMap"] = fallback
    return render_map(spec, Surroundings(read_source(current_app.config), static_url, texts, current_locale()))
