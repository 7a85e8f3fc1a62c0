"""What became of the winners, for everybody: one page for each, all of a process together, following."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.answers.queries import (
    Carried,
    carried,
    follows_implementation,
    has_implementations,
    implementation_of_project,
    implementations_in,
    implementations_of_proposal,
    sources_of_implementation,
    visible_implementation,
)
from app.features.answers.rules import STEP_LOOKS
from app.features.answers.use_cases import follow_implementation, unfollow_implementation
from app.features.maps.queries import MapSpec
from app.features.proposals.queries import Proposal, ProposalState
from app.features.spaces import queries as spaces
from app.kernel.permissions import Permission
from app.kernel.texts import pick
from app.web import slots
from app.web.access import public, signed_in, viewer
from app.web.filters import local_text, translate
from app.web.locale import current_locale
from app.web.transaction import commits

bp = Blueprint("implementations", __name__, template_folder="templates", url_prefix="/implementations")
MARKS = {"done": "accepted", "stopped": "rejected"}


@bp.get("/<reference>")
@public
def show(reference: str) -> str:
    """One winner: how far it is, each step with its date and a note, what it has cost so far."""
    session = db.session()
    found = visible_implementation(session, viewer(), reference)
    process = spaces.process(session, found.process_id)
    return render_template(
        "answers/implementation.html",
        carried=carried(found),
        implementation=found,
        process=process,
        looks=STEP_LOOKS,
        sources=sources_of_implementation(session, found.id),
        follows=follows_implementation(session, viewer().person_id, found.id),
        may_change=viewer().may(Permission.ANSWER, found.process_id),
        map_spec=_map_of_one(carried(found)),
    )


@bp.get("/in/<slug>")
@public
def in_process(slug: str) -> str:
    """What became of the winners of a process: how many are done, a map, and each with its progress."""
    process = spaces.visible_process(db.session(), viewer(), slug)
    found = [carried(one) for one in implementations_in(db.session(), [process.id])]
    numbers = [(look, sum(one.state == state for one in found)) for state, look in STEP_LOOKS.items()]
    return render_template(
        "answers/implementations.html",
        process=process,
        found=found,
        looks=STEP_LOOKS,
        numbers=[(look, number) for look, number in numbers if number],
        map_spec=_map_of_process(process, found),
    )


@bp.get("/in/<slug>/features.geojson")
@public
def features(slug: str) -> Response:
    """The located winners of a process for the map, with how far each is."""
    process = spaces.visible_process(db.session(), viewer(), slug)
    found = [_feature(carried(one)) for one in implementations_in(db.session(), [process.id]) if one.lon is not None]
    body = json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/geo+json")
    response.add_etag()
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.make_conditional(request)
    return response


@bp.post("/<reference>/follow")
@signed_in
@commits
def follow(reference: str) -> ResponseReturnValue:
    """Ask for news."""
    follow_implementation(db.session(), viewer(), reference)
    flash(_("You get an e-mail when a step changes."), "good")
    return redirect(url_for(".show", reference=reference, _anchor="follow"))


@bp.post("/<reference>/unfollow")
@signed_in
@commits
def unfollow(reference: str) -> ResponseReturnValue:
    """Ask for no more news."""
    unfollow_implementation(db.session(), viewer(), reference)
    flash(_("You get no more e-mails about this project."), "good")
    return redirect(url_for(".show", reference=reference, _anchor="follow"))


def _feature(one: Carried) -> dict[str, Any]:
    found, look = one.implementation, STEP_LOOKS[one.state]
    languages = (current_app.config["SETTINGS"].default_language, "en")
    return {
        "type": "Feature",
        "id": found.reference,
        "geometry": {"type": "Point", "coordinates": [found.lon, found.lat]},
        "properties": {
            "id": found.reference,
            "title": pick(found.title, current_locale(), languages)[0],
            "url": url_for("implementations.show", reference=found.reference),
            "state": MARKS.get(one.state, "open"),
            "state_label": translate(look.label),
            "lines": [local_text(found.pot_title)],
        },
    }


def _map_of_one(one: Carried) -> MapSpec | None:
    found = one.implementation
    if found.lon is None or found.lat is None:
        return None
    return MapSpec(
        kind="place",
        map_id="place_map",
        centre=(found.lon, found.lat),
        zoom=17,
        features={"type": "FeatureCollection", "features": [_feature(one)]},
        size="small",
    )


def _map_of_process(process: spaces.Process, found: list[Carried]) -> MapSpec | None:
    area = process.area
    if not any(one.implementation.lon is not None for one in found) or not spaces.has_place(area):
        return None
    return MapSpec(
        map_id="implementations_map",
        bounds=(area.west, area.south, area.east, area.north),
        border_url=url_for("spaces.outline", slug=process.slug),
        features_url=url_for(".features", slug=process.slug),
        list_id="implementations",
        group_within=34,
        size="tall",
    )


def _on_proposal(proposal: Proposal) -> Markup:
    """On a proposal's page: what became of it, once it was part of a project that won."""
    if proposal.state != ProposalState.PUBLISHED:
        return Markup("")
    found = [carried(one) for one in implementations_of_proposal(db.session(), proposal.id)]
    return slots.partial("answers/_carried.html", found=found, looks=STEP_LOOKS) if found else Markup("")


def _on_process(process: spaces.Process) -> Markup:
    """On the pages of a process and of its results: the way to what became of the winners."""
    if not has_implementations(db.session(), process.id):
        return Markup("")
    return slots.partial("answers/_carried_link.html", url=url_for("implementations.in_process", slug=process.slug))


def _on_project(project: Any) -> Markup:
    """On the page of a project that won: how far it is."""
    found = implementation_of_project(db.session(), project.id)
    if found is None:
        return Markup("")
    return slots.partial("answers/_carried_state.html", one=carried(found), looks=STEP_LOOKS)


slots.register("project.outcome", 10, _on_project)
slots.register("proposal.page", 5, _on_proposal)
slots.register("proposal.follow_up", 10, _on_proposal)
slots.register("process.actions", 12, _on_process)
slots.register("process.results", 10, _on_process)
