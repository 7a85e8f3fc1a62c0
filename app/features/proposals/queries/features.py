"""Proposals on the map: every one that is marked and passes the filters, in one statement, as text that is ready to send.

Ten thousand pins are about a megabyte before the server packs them; nothing is left out and nothing is said twice. What
a reader has already is recognised by `version`, which one row per process keeps.
"""

import json
import uuid
from collections.abc import Mapping

from sqlalchemy import String, case, null, select, type_coerce
from sqlalchemy.orm import Session

from app.features.proposals.models import ContentVersion, PlaceKind, Proposal
from app.features.proposals.queries.lists import MARKED, Filters, narrowed


def content_version(session: Session) -> str:
    """Changes whenever something that maps show has changed in any process. One statement."""
    rows = session.execute(select(ContentVersion.process_id, ContentVersion.number).order_by(ContentVersion.process_id))
    return ".".join(f"{process_id.hex[:8]}-{number}" for process_id, number in rows)


def map_features(
    session: Session, filters: Filters, *, base: str, labels: Mapping[str, str], categories: Mapping[uuid.UUID, str]
) -> str:
    """A GeoJSON FeatureCollection. `base` precedes each reference in the address of its page; `labels` names the
    states of answers and `categories` the categories in the reader's language. Properties: docs/maps.md.

    The text is put together here and not by a JSON library: of ten thousand rows that is the greater part of the time.
    """
    columns = (
        Proposal.reference,
        Proposal.title,
        Proposal.lon,
        Proposal.lat,
        type_coerce(Proposal.category_id, String),  # as the database gives it: thousands of UUID objects take time
        Proposal.answer_status,
        case((Proposal.place_kind == PlaceKind.POINT, null()), else_=Proposal.geojson),
    )
    marked = (Proposal.place_kind.in_(MARKED), Proposal.lon.is_not(None), Proposal.lat.is_not(None))
    rows = session.execute(narrowed(session, filters, select(*columns).where(*marked))).tuples()
    states: dict[str | None, str] = {key: f',"state":"{key}","state_label":{_text(label)}' for key, label in labels.items()}
    lines: dict[object, str] = {}
    for key, name in categories.items():
        lines[key] = lines[key.hex] = f',"lines":[{_text(name)}]'
    parts = [
        f'{{"type":"Feature","id":"{reference}","geometry":'
        + (f'{{"type":"Point","coordinates":[{lon},{lat}]}}' if shape is None else _shape(shape))
        + f',"properties":{{"title":{_text(title)},"url":"{base}{reference}"{states.get(answer, "")}{lines.get(category, "")}'
        + ("}}" if shape is None else f',"point":[{lon},{lat}]}}}}')
        for reference, title, lon, lat, category, answer, shape in rows
    ]
    return '{"type":"FeatureCollection","features":[' + ",\n".join(parts) + "]}"


_text = json.encoder.encode_basestring
"""A string as JSON; letters beyond ASCII stay what they are."""


def _shape(shape: object) -> str:
    return json.dumps(shape if isinstance(shape, dict) else json.loads(str(shape)), separators=(",", ":"))
