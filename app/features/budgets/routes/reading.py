"""One pot and one project, and the projects as GeoJSON."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, current_app, render_template, request, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets import announcing, finding, outcomes, ties
from app.features.budgets.listing import Address, chosen, one_page, read_address
from app.features.budgets.queries import Pot, PotState, Project, gone_from
from app.features.budgets.routes import bp
from app.features.budgets.routes.shared import (
    in_one_language,
    last_voting_day,
    map_of,
    names_for,
    names_in,
    shown_projects,
    source_of,
    steps,
    visible,
)
from app.features.budgets.shown import (
    Names,
    PotStage,
    ShownPot,
    ShownProject,
    show_project,
)
from app.features.maps.queries import MapSpec
from app.features.spaces import queries as spaces
from app.kernel import clock
from app.kernel.errors import NotFound
from app.web.access import public, viewer
from app.web.filters import local_text


@bp.get("/<uuid:pot_id>")
@public
def show(pot_id: UUID) -> str:
    """One pot: how much, for what, how to vote, until when."""
    pot, shown = visible(pot_id)
    projects = shown_projects(pot, shown)
    address = read_address(request.args, projects, _usual(shown))
    found = chosen(projects, address, clock.today(current_app.config["BABEL_DEFAULT_TIMEZONE"]))
    page = one_page(found, address.page)
    return render_template(
        "budgets/show.html",
        shown=shown,
        pot=pot,
        projects=page.items,
        page=page,
        address=address,
        located=sum(one.located for one in projects),
        total=len(projects),
        gone=sum(one.withdrawn for one in projects),
        options=_options(projects),
        chips=_chips(pot, address, projects),
        sorts=_sorts(pot, address, shown),
        pages=steps(page, "page", {**address.args(page=1), "pot_id": str(pot.id)}, ".show"),
        map_spec=map_of(pot, shown, projects, url_for(".features", pot_id=pot.id, **address.args(page=1, sort=""))),
        names_in=names_in(projects),
        rule=announcing.rule_steps(pot),
        ballot=announcing.ballot_steps(pot),
        ties=[] if pot.options.get("imported") else ties.tie_steps(pot),
        groups=announcing.groups(pot),
        ends=last_voting_day(shown),
        description=in_one_language(pot.description),
        source=source_of(pot),
    )


@bp.get("/<uuid:pot_id>/projects/<path:name>")
@public
def project(pot_id: UUID, name: str) -> str:
    """One project: where, how much, what it is, the proposals it was made from. `name` is its reference or number."""
    pot, shown = visible(pot_id)
    found = next((one for one in pot.projects if one.reference == name), None)
    found = found or next((one for one in pot.projects if one.number == name), None)
    if found is None:
        raise NotFound
    result = pot.result if pot.state is PotState.CERTIFIED else None
    why = (result or {}).get("why", {}).get(found.number)
    titles = {one.number: local_text(one.title) for one in pot.projects}
    sources = finding.published_sources(db.session(), found)
    return render_template(
        "budgets/project.html",
        shown=shown,
        pot=pot,
        one=show_project(found, names_for(pot, shown)),
        gone=gone_from(pot).get(found.number),
        text=in_one_language(found.description),
        sources=sources,
        photos=[photo for source in sources for photo in source.photos],
        outcome=outcomes.outcome(pot, found.number, why, titles) if why else None,
        why=why,
        score=outcomes.score_words(pot, why["score"]) if why else "",
        targets=found.extra.get("target", []),
        columns=[
            (key, value) for key, value in found.extra.get("columns", {}).items() if key not in ("neighborhood", "district")
        ],
        map_spec=_map_of_project(found, shown),
        official=found.official_selected if pot.options.get("has_official") and result else None,
    )


@bp.get("/<uuid:pot_id>/features.geojson")
@public
def features(pot_id: UUID) -> Response:
    """The located projects that pass the filters, as GeoJSON. `view=result` marks the winners of a certified count."""
    pot, shown = visible(pot_id)
    projects = shown_projects(pot, shown)
    address = read_address(request.args, projects, _usual(shown))
    found = [one for one in chosen(projects, address, clock.today("UTC")) if one.located]
    winners = winners_of(pot) if request.args.get("view") == "result" else None
    if winners is not None and request.args.get("show") == "won":
        found = [one for one in found if one.number in winners]
    return geojson(
        [feature(one, winners) for one in found], private=pot.state is PotState.DRAFT or shown.process.rehearsal_of is not None
    )


@bp.get("/of/<slug>/features.geojson")
@public
def features_of_process(slug: str) -> Response:
    """The located projects of all pots of a process, for the map on its page."""
    process = spaces.visible_process(db.session(), viewer(), slug)
    names = Names({category.id: category for category in process.categories}, {}, None)
    found = [
        feature(show_project(one, names), None)
        for pot in finding.with_projects(db.session(), process.id)
        for one in pot.projects
        if one.lon is not None
    ]
    return geojson(found, private=False)


def winners_of(pot: Pot) -> set[str] | None:
    """The winners of a certified count; the city's own where we do not count; None where nobody says."""
    if pot.state is not PotState.CERTIFIED or not pot.result:
        return None
    if pot.result.get("supported"):
        return set(pot.result["winners"])
    return {one.number for one in pot.projects if one.official_selected} if pot.options.get("has_official") else None


def geojson(found: Sequence[dict[str, Any]], *, private: bool) -> Response:
    """Features as an answer that browsers keep, and ask about."""
    body = json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/geo+json")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache" if private else "public, no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.make_conditional(request)
    return response


def _usual(shown: ShownPot) -> str:
    """While people choose, the order is fair; afterwards the published list is quicker to search."""
    return "list" if shown.stage is PotStage.FINISHED else "fair"


def _options(projects: Sequence[ShownProject]) -> dict[str, list[tuple[str, str]]]:
    categories = {category.code: category.name for one in projects for category in one.categories}
    places = sorted({one.place for one in projects if one.place})
    return {
        "category": sorted(categories.items(), key=lambda pair: pair[1].casefold()),
        "place": [(one, one) for one in places],
    }


def _chips(pot: Pot, address: Address, projects: Sequence[ShownProject]) -> list[dict[str, str]]:
    names = {category.code: category.name for one in projects for category in one.categories}
    found = []
    if address.text:
        found.append((_("Words: %(words)s", words=address.text), {"text": ""}))
    if address.category:
        found.append((names[address.category], {"category": ""}))
    if address.place:
        found.append((address.place, {"place": ""}))

    def without(change: dict[str, str]) -> str:
        return url_for(".show", pot_id=pot.id, **address.args(page=1, **change))

    return [{"label": label, "remove_url": without(change)} for label, change in found]


def _sorts(pot: Pot, address: Address, shown: ShownPot) -> list[dict[str, Any]]:
    words = {
        "fair": _("Fair order"),
        "list": _("As on the list"),
        "cheap": _("Cheapest first"),
        "dear": _("Dearest first"),
        "name": _("By name"),
    }
    offered = [key for key in words if key != "fair" or shown.stage is not PotStage.FINISHED]
    return [
        {
            "label": words[key],
            "url": url_for(".show", pot_id=pot.id, **address.args(sort=key, page=1)),
            "current": key == address.order,
        }
        for key in offered
    ]


def _map_of_project(found: Project, shown: ShownPot) -> MapSpec | None:
    if found.lon is None or found.lat is None:
        return None
    area, imported = shown.process.area, shown.process.imported
    feature = {
        "type": "Feature",
        "id": found.reference,
        "geometry": {"type": "Point", "coordinates": [found.lon, found.lat]},
        "properties": {"id": found.reference, "title": local_text(found.title), "state": "project"},
    }
    return MapSpec(
        kind="place",
        map_id="place_map",
        centre=None if imported else (found.lon, found.lat),
        zoom=None if imported else 17,
        bounds=(area.west, area.south, area.east, area.north) if imported else None,
        border_url=url_for("spaces.outline", slug=shown.process.slug) if imported else None,
        features={"type": "FeatureCollection", "features": [feature]},
        size="small",
    )


def feature(one: ShownProject, winners: set[str] | None) -> dict[str, Any]:
    """A project on the map; marked as won or not where `winners` are known."""
    properties: dict[str, Any] = {
        "id": one.project.reference,
        "title": one.title,
        "url": one.url,
        "state": "project",
        "lines": [one.cost, *[category.name for category in one.categories]],
    }
    if winners is not None:
        won = one.number in winners
        properties |= {"state": "accepted" if won else "open", "state_label": _("Won") if won else _("Not funded")}
    return {
        "type": "Feature",
        "id": one.project.reference,
        "geometry": {"type": "Point", "coordinates": [one.project.lon, one.project.lat]},
        "properties": properties,
    }
