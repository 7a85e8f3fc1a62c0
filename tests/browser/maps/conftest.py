"""A small site with maps on it, under the house's own security headers: the map room by itself, in a real browser."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from flask import Flask, jsonify, render_template_string, request
from werkzeug.serving import make_server

from app.features.maps.maps import render_map
from app.features.maps.queries import CITY_DATA
from app.features.maps.spec import MapSpec, RenderedMap, Surroundings
from app.features.maps.words import WORDS
from app.web import assets, security
from app.web.assets import static_url
from tests.support.browser import DESK, Watch

ROOT = Path(__file__).resolve().parents[3]
STATES = ("open", "under_evaluation", "accepted", "rejected", "done", "project")
PAGE = """{% from "maps/map.html" import map %}<!doctype html>
<html lang="{{ lang }}" dir="{{ direction }}"><head><meta charset="utf-8"><title>Map</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{{ static_url('css/plaza.css') }}"><link rel="icon" href="data:,"></head>
<body><main><h1>Map</h1>
<form id="filters"><label>State
<select name="state"><option value="">All</option><option>rejected</option></select></label></form>
{% if request.args.get("closed") %}<details><summary>Where</summary>{% endif %}
{{ map(spec, "Proposals on the map", list_url="#list") }}
{% if request.args.get("closed") %}</details>{% endif %}
<form><label for="place">Place</label> <textarea id="place" name="place">{{ place }}</textarea></form>
<ul id="list">{% for one in features %}
<li data-feature-id="{{ one.id }}"><a href="#{{ one.id }}">{{ one.properties.title }}</a></li>{% endfor %}</ul>
</main></body></html>"""


def proposals() -> list[dict[str, Any]]:
    """Twelve proposals in a row across the park and the squares; the last title tries to be markup."""
    rows = []
    for i in range(12):
        state = STATES[i % len(STATES)]
        title = "<img src=x onerror=alert(1)>" if i == 11 else f"Bench number {i}"
        properties = {
            "title": title,
            "url": f"/proposals/{i}",
            "state": state,
            "state_label": state.capitalize(),
            "lines": ["Parks"],
        }
        point = {"type": "Point", "coordinates": [round(24.9375 + i * 0.0012, 6), round(60.1668 + i * 0.0007, 6)]}
        rows.append({"type": "Feature", "id": f"p{i}", "geometry": point, "properties": properties})
    return rows


def areas(level: int) -> dict[str, Any]:
    """The demo city's areas of one level, as staff see them: a name and an outline."""
    rows = json.loads((CITY_DATA / "areas.geojson").read_text())["features"]
    kept = [
        {**row, "properties": {"title": row["properties"]["name"]["fi"]}} for row in rows if row["properties"]["level"] == level
    ]
    return {"type": "FeatureCollection", "features": kept}


def line() -> dict[str, Any]:
    """One proposal along a street."""
    street = {"type": "LineString", "coordinates": [[24.9443, 60.1689], [24.9476, 60.16895], [24.9506, 60.1690]]}
    return {"type": "Feature", "id": "p1", "geometry": street, "properties": {"title": "A greener street", "state": "accepted"}}


def specs() -> dict[str, MapSpec]:
    """The maps of the site by their address."""
    street = {"centre": (24.9443, 60.1712), "zoom": 17}
    return {
        "features": MapSpec(features_url="/features.geojson", list_id="list", filter_form_id="filters"),
        "draw": MapSpec(kind="draw", form_field_id="place", **street),
        "pin": MapSpec(
            kind="draw",
            form_field_id="place",
            shapes=("Point",),
            border_url="/kluuvi.geojson",
            centre=(24.95, 60.1712),
            zoom=17,
        ),
        "areas": MapSpec(features=areas(2)),
        "place": MapSpec(kind="place", features={"type": "FeatureCollection", "features": [line()]}, size="small"),
        "broken": MapSpec(features_url="/nothing.geojson"),
    }


def map_site() -> Flask:
    """The site: one page for each spec, a list of features, and the border of a district."""
    site = Flask("maps", static_folder=str(ROOT / "static"))
    folders = [ROOT / "app/features/maps/templates", ROOT / "app/web/templates"]
    site.jinja_env.loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders])
    texts = {key: str(word) for key, word in WORDS.items()}

    def render(spec: MapSpec, label: str, fallback: str = "") -> RenderedMap:
        words = texts | {"map": label} | ({"noMap": fallback} if fallback else {})
        return render_map(spec, Surroundings(texts=words, asset=static_url, locale=request.args.get("lang", "en")))

    site.jinja_env.globals.update(render_map=render, _=lambda text: text)
    site.config["ENV_NAME"] = "testing"
    security.init_app(site)
    assets.init_app(site)

    @site.get("/<kind>")
    def page(kind: str) -> str:
        values = {"lang": request.args.get("lang", "en"), "direction": request.args.get("dir", "ltr")}
        place = request.args.get("place", "")
        return render_template_string(PAGE, spec=specs()[kind], features=proposals(), place=place, **values)

    @site.get("/features.geojson")
    def features() -> Any:
        wanted = request.args.get("state")
        rows = [row for row in proposals() if not wanted or row["properties"]["state"] == wanted]
        return jsonify(type="FeatureCollection", features=rows)

    @site.get("/kluuvi.geojson")
    def border() -> Any:
        areas = json.loads((CITY_DATA / "areas.geojson").read_text())["features"]
        return jsonify(next(area for area in areas if area["id"] == "kluuvi"))

    @site.get("/nothing.geojson")
    def nothing() -> Any:
        return "not today", 404

    return site


@pytest.fixture(scope="session")
def map_url() -> Iterator[str]:
    """Address of the site, served by threads of this process."""
    server = make_server("127.0.0.1", 0, map_site(), threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


VIOLATIONS = """window.violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));"""


@pytest.fixture
def open_map(browser: Any, map_url: str) -> Iterator[Callable[..., Any]]:
    """`open_map("draw?lang=fi", viewport=PHONE)`: a window on a map that is ready. Fails on any policy violation, on any
    error and on any request to another host.
    """
    contexts, pages = [], []
    watch = Watch(map_url)

    def open_window(path: str, *, ready: bool = True, **options: Any) -> Any:
        context = browser.new_context(**{"base_url": map_url, "viewport": DESK, "locale": "en", **options})
        context.set_default_timeout(10_000)
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        contexts.append(context)
        pages.append(page)
        watch.attach(page)
        page.goto(f"/{path}")
        if ready:
            page.locator(".map[data-ready]").wait_for()
        return page

    yield open_window
    for page in pages:
        page.wait_for_load_state("networkidle")  # a window closed in the middle of a file leaves the server with half of it
    found = [violation for page in pages for violation in page.evaluate("window.violations ?? []")]
    for context in contexts:
        context.close()
    assert found == []
    watch.check()
