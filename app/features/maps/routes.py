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
    source, language = read_source(current_app.config), current_locale()
    about = (repr(spec), repr(source), language, label, fallback)
    alike = spec.features is None and spec.border is None  # all that such a map shows comes from addresses
    if alike and (kept := _kept.get(about)) and all(static_url(path) == url for path, url in kept[1].items()):
        return kept[0]
    texts = {key: translate(word) for key, word in WORDS.items()} | {"map": label}
    if fallback:
        texts["noMap"] = fallback
    files: dict[str, str] = {}

    def asset(path: str) -> str:
        return files.setdefault(path, static_url(path))

    rendered = render_map(spec, Surroundings(source, asset, texts, language))
    if alike:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[about] = rendered, files
    return rendered


_kept: dict[tuple[str, ...], tuple[RenderedMap, dict[str, str]]] = {}
"""Maps that were built, each with the addresses of our files in it; a file that has changed has another one."""
_MOST_KEPT = 200
