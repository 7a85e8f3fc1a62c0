"""What the pages for writing are put together from: the form, its map, the photos that came with it."""

import json
import uuid
from typing import Any

from flask import current_app, g, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from app.extensions import db
from app.features.maps import queries as maps
from app.features.maps.queries import MapSpec
from app.features.proposals import rules
from app.features.proposals.authoring_routes.door import remembered
from app.features.proposals.commands import AddPhoto, DescribePhoto, Where
from app.features.proposals.forms import Bounds, DraftForm, draft_form
from app.features.proposals.pictures import BYTES_MOST, Picture, read_picture
from app.features.proposals.queries import Proposal
from app.features.proposals.queries.own import count_drafts
from app.features.proposals.use_cases import OutsideArea, add_photo, describe_photo
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Action, Process, Publication
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.geometry import Place, place_from_geojson
from app.web.access import viewer
from app.web.filters import local_text, translate
from app.web.kiosk import is_kiosk


def process_of(proposal: Proposal) -> Process:
    """The process of a proposal, with phases and categories."""
    process = spaces.process(db.session(), proposal.process_id)
    if process is None:
        raise NotFound
    return process


def form_for(process: Process, proposal: Proposal | None = None) -> DraftForm:
    """The form with the categories and areas of this process, and only the questions that this writer is asked."""
    session = db.session()
    categories = spaces.categories_of(session, process)
    areas = spaces.areas_of(session, process)
    form = draft_form(
        {str(category.id): local_text(category.name) for category in categories},
        {str(area.id): "\u2003" * (area.level - areas[0].level) + local_text(area.name) for area in areas},
        with_account=viewer().is_signed_in if proposal is None else proposal.author_id is not None,
    )
    form.give_example(process.area.lon, process.area.lat)
    return form


def page(form: DraftForm, process: Process, proposal: Proposal | None = None) -> str:
    """The form as a page."""
    key = f"proposal-{proposal.id}" if proposal is not None else f"proposal-new-{process.slug}"
    outside = g.get("place_outside")
    open_until = spaces.open_until(process, Action.PROPOSE, clock.now())
    return render_template(
        "proposals/authoring/write.html",
        form=form,
        process=process,
        proposal=proposal,
        after_approval=process.publication is Publication.AFTER_APPROVAL,
        action=url_for(".save", proposal_id=proposal.id) if proposal is not None else url_for(".create", process=process.slug),
        autosave=None if at_kiosk() else key,
        with_photos=not at_kiosk(),
        photos={str(photo.id): photo for photo in proposal.photos} if proposal is not None else {},
        slots=range(1, rules.PHOTOS_MOST + 1),
        draw=draw_map(process),
        changing=request.endpoint not in ("proposals_authoring.new", "proposals_authoring.create"),
        outside=outside_map(process, outside) if outside else None,
        open_until=open_until,
        drafts=drafts_elsewhere(process, proposal),
    )


def drafts_elsewhere(process: Process, proposal: Proposal | None) -> int:
    """How many drafts wait for this writer in this process, while a new one is begun."""
    if proposal is not None:
        return 0
    return count_drafts(db.session(), viewer(), process.id, remembered())


def at_kiosk() -> bool:
    """Whether this is a public screen: no photos to choose, nothing kept in the browser."""
    return is_kiosk()


def bounds_of(process: Process) -> Bounds:
    """What a map about this process opens on: its area, as far as the city's map reaches."""
    area = process.area
    west, south, east, north = maps.map_bounds(current_app.config)
    seen = max(area.west, west), max(area.south, south), min(area.east, east), min(area.north, north)
    return seen if seen[0] < seen[2] and seen[1] < seen[3] else (area.west, area.south, area.east, area.north)


def draw_map(process: Process) -> MapSpec:
    """The map on which the place is marked, with the border that it must stay inside."""
    return MapSpec(
        kind="draw",
        map_id="place",
        form_field_id="drawing",
        bounds=bounds_of(process),
        border=json.loads(spaces.outline(process)),
    )


def place_map(process: Process, geojson: dict[str, Any] | None, map_id: str) -> MapSpec | None:
    """A small map that shows a place and the border of the process; None when there is no shape to show."""
    if geojson is None:
        return None
    feature = {"type": "Feature", "geometry": geojson, "properties": {}}
    return MapSpec(
        kind="place",
        map_id=map_id,
        size="small",
        bounds=place_from_geojson(geojson).bounds,  # and not the whole process: the place is what it is about
        features={"type": "FeatureCollection", "features": [feature]},
        border=json.loads(spaces.outline(process)),
    )


def outside_map(process: Process, place: Place) -> MapSpec:
    """The border, and the place beyond it where the city's map reaches that far."""
    west, south, east, north = maps.map_bounds(current_app.config)
    reached = west <= place.lon <= east and south <= place.lat <= north
    feature = {"type": "Feature", "geometry": place.geojson, "properties": {}}
    return MapSpec(
        kind="place",
        map_id="outside",
        size="small",
        bounds=None if reached else bounds_of(process),
        features={"type": "FeatureCollection", "features": [feature]} if reached else None,
        border=json.loads(spaces.outline(process)),
    )


def wanted_place(form: DraftForm, process: Process) -> Where | None:
    """The place that was said; the reason stands beside the field when there is none."""
    return form.wanted_place(maps.street_table(current_app.config), bounds_of(process))


def show_place_refusal(form: DraftForm, refusal: Refused) -> None:
    """Say beside the answer why the place cannot be; the page shows what was marked, and the border."""
    form.refuse_place(refusal)
    if isinstance(refusal, OutsideArea) and form.where.data != "map":
        g.place_outside = refusal.place


def show_refusal(form: DraftForm, refusal: Refused) -> None:
    """Say why nothing was stored, and undo what was begun; files have to be chosen again."""
    form.refuse(refusal)
    for number in range(1, rules.PHOTOS_MOST + 1):
        if _sent(form[f"photo_{number}"].data):
            form[f"photo_{number}"].errors = [gettext("Choose this photo again: it could not be kept.")]


def read_pictures(form: DraftForm) -> dict[int, Picture]:
    """The photos that were sent, by slot, ready to be stored; what is wrong with one stands beside it.

    The database waits for nobody meanwhile: reading takes up to a second each.
    """
    sent = {n: form[f"photo_{n}"].data for n in range(1, rules.PHOTOS_MOST + 1) if _sent(form[f"photo_{n}"].data)}
    if sent:
        db.session.rollback()
    pictures = {}
    for number, file in sent.items():
        try:
            pictures[number] = read_picture(file.stream.read(BYTES_MOST + 1))
        except Refused as refusal:
            form[f"photo_{number}"].errors = [translate(refusal.message)]
        finally:
            file.close()
    return pictures


def _sent(file: Any) -> bool:
    """Whether a file was chosen (a browser sends an empty one otherwise; somebody else may send a text)."""
    return isinstance(file, FileStorage) and bool(file.filename)


def keep_photos(form: DraftForm, proposal: Proposal, pictures: dict[int, Picture], token: str | None) -> dict[uuid.UUID, int]:
    """Store new photos and what is said about the old ones. Returns in which slot each photo of the draft was sent."""
    session, actor = db.session(), viewer()
    came_from = slots_of(form, proposal)
    for photo in proposal.photos:
        words = _words(form, came_from[photo.id]) if photo.id in came_from else photo.alternative_text
        if words != photo.alternative_text:
            describe_photo(session, actor, DescribePhoto(proposal.id, photo.id, words, token))
    for slot, picture in pictures.items():
        try:
            photo = add_photo(
                session,
                actor,
                AddPhoto(
                    proposal.id,
                    picture.full,
                    picture.thumbnail,
                    picture.width,
                    picture.height,
                    _words(form, slot) if slot not in came_from.values() else "",
                    token,
                ),
            )
        except Refused as refusal:
            form[f"photo_{slot}"].errors = [translate(refusal.message)]
        else:
            came_from[photo.id] = slot
    return came_from


def slots_of(form: DraftForm, proposal: Proposal) -> dict[uuid.UUID, int]:
    """In which slot of the form that was sent each stored photo stood."""
    sent = {form[f"photo_{n}_id"].data: n for n in range(1, rules.PHOTOS_MOST + 1)}
    return {photo.id: sent[str(photo.id)] for photo in proposal.photos if str(photo.id) in sent}


def _words(form: DraftForm, slot: int) -> str:
    return (form[f"photo_{slot}_text"].data or "")[: rules.ALTERNATIVE_TEXT_MOST]
