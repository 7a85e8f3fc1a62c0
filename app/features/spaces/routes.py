"""Pages for everybody: the home of the city, the processes, one process."""

import json
import uuid
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.maps.queries import MapSpec
from app.features.spaces import listing, queries
from app.features.spaces.city_picture import city_picture
from app.features.spaces.models import ProcessState
from app.features.spaces.picture import Name, Picture, label_names
from app.features.spaces.rules import Stage
from app.features.spaces.shown import ShownAction, ShownProcess, page_url, show_process
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.messages import msg
from app.kernel.paging import page_number
from app.web import navigation
from app.web.access import public, viewer
from app.web.filters import local_text
from app.web.paging import steps

PAGE_SIZE = 20

bp = Blueprint("spaces", __name__, template_folder="templates")
navigation.primary("spaces.index", msg("Processes"), icon="calendar-check", order=10)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """What the city asks its residents now, and what they can do about it."""
    ids, picture = listing.grouped_ids(db.session(), viewer(), clock.now()), city_picture()
    groups = _at_home(ids)
    first = listing.page_where_begins(ids, Stage.FINISHED, PAGE_SIZE)
    return render_template(
        "spaces/home.html",
        groups=groups,
        picture=picture,
        finished_url=url_for(".index", page=first if first > 1 else None, _anchor="finished"),
        offers=_offers(groups[Stage.OPEN]),
        names=_names_on(picture),
        chosen=sorted({each.process.area_id for each in groups[Stage.OPEN] if each.process.area.level > 0}),
        proposals_url=page_url("proposals.index"),
    )


@bp.get("/processes")
@public
def index() -> ResponseReturnValue:
    """All processes: open, coming, finished; a page at a time."""
    now = clock.now()
    page = listing.page_by_group(db.session(), viewer(), now, page_number(request.args.get("page")), PAGE_SIZE)
    groups: dict[str, list[ShownProcess]] = {group: [] for group in listing.GROUPS}
    for group, process in page.items:
        groups[group].append(show_process(process, now))
    return render_template(
        "spaces/index.html",
        groups=groups,
        page=page,
        pages=steps(page, lambda number: url_for(".index", page=number if number > 1 else None)),
    )


@bp.get("/processes/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    """One process: what is it about, what can I do now, until when, where."""
    try:
        process = queries.visible_process(db.session(), viewer(), slug)
    except NotFound:
        former = queries.process_by_former_slug(db.session(), slug)
        if former is None or former.state is ProcessState.DRAFT:
            raise
        return redirect(url_for(".show", slug=former.slug), 301)
    return render_template(
        "spaces/show.html",
        shown=show_process(process),
        map_spec=_map_of(process),
        proposals_url=page_url("budgets.index" if process.imported else "proposals.index", process=process.slug),
    )


@bp.get("/processes/<slug>/outline.geojson")
@public
def outline(slug: str) -> ResponseReturnValue:
    """The border of the process as a GeoJSON feature."""
    process = queries.visible_process(db.session(), viewer(), slug)
    feature = {
        "type": "Feature",
        "id": process.slug,
        "properties": {"area": process.area.code, "name": process.area.name},
        "geometry": json.loads(queries.outline(process)),
    }
    response = make_response(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    response.mimetype = "application/geo+json"
    return _kept(response, private=process.state is ProcessState.DRAFT)


@bp.get("/city.svg")
@public
def city() -> ResponseReturnValue:
    """The drawing of the city that pages show parts of."""
    picture = city_picture()
    if picture is None:
        raise NotFound
    response = make_response(picture.svg)
    response.mimetype = "image/svg+xml"
    return _kept(response, immutable=request.args.get("v") == picture.digest)


def _kept(response: Response, *, immutable: bool = False, private: bool = False) -> Response:
    """Let browsers keep it, and ask by ETag whether it is still right."""
    response.add_etag()
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if immutable else "private, no-cache" if private else "public, no-cache"
    )
    response.make_conditional(request)
    return response


COMING_AT_HOME = 6
FINISHED_AT_HOME = 3


def _at_home(ids: dict[str, list[uuid.UUID]]) -> dict[str, list[ShownProcess]]:
    """What is open, and a few of what is coming and of what is finished."""
    now = clock.now()
    most: dict[str, int | None] = {Stage.OPEN: None, Stage.COMING: COMING_AT_HOME, Stage.FINISHED: FINISHED_AT_HOME}
    groups = {stage: ids[stage][:number] for stage, number in most.items()}
    found = queries.processes_in_order(db.session(), [one for group in groups.values() for one in group])
    shown = {each.id: show_process(each, now) for each in found}
    return {stage: [shown[one] for one in group if one in shown] for stage, group in groups.items()}


MOST_NAMES = 40


def _names_on(picture: Picture | None) -> list[Name]:
    """Names for the drawing, where there are few enough to be read."""
    if picture is None or len(picture.points) > MOST_NAMES:
        return []
    names = queries.area_names(db.session())
    return label_names(picture, {area_id: local_text(texts) for area_id, texts in names.items()})


def _offers(shown: list[ShownProcess]) -> list[ShownAction]:
    """What to offer first on the home page: of all that is open, the main action of each process, at most two kinds."""
    offers: dict[str, ShownAction] = {}
    for each in shown:
        if each.main_action:
            offers.setdefault(each.main_action.label, each.main_action)
    return list(offers.values())[:2]


def _map_of(process: Any) -> MapSpec | None:
    """The map of a process: its border and, where that room is open, its proposals (projects if it was
    imported, because it never had proposals here); None where no place is known."""
    if not queries.has_place(process.area):
        return None
    area = process.area
    return MapSpec(
        map_id="process",
        bounds=(area.west, area.south, area.east, area.north),
        border_url=url_for(".outline", slug=process.slug),
        features_url=page_url("budgets.features_of_process", slug=process.slug)
        if process.imported
        else page_url("proposals.features", process=process.slug),
        size="tall",
    )
