"""Where a proposal is: whatever way it was said becomes the same stored place, with the area derived from it."""

from sqlalchemy.orm import Session

from app.features.proposals.commands import AtPoint, Drawn, InArea, Where, WholeCity
from app.features.proposals.models import PlaceKind, Proposal
from app.features.proposals.rules import LABEL_MOST
from app.features.spaces.queries import Area, Process, area_at, areas_of, inside_process
from app.kernel import geometry
from app.kernel.errors import Refused
from app.kernel.geometry import Place
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.texts import pick

_KINDS = {"Point": PlaceKind.POINT, "LineString": PlaceKind.LINE, "Polygon": PlaceKind.POLYGON}


class OutsideArea(Refused):
    """The place is not inside the process area. `place` is what was marked, to be shown beside the border."""

    def __init__(self, place: Place, area_name: str) -> None:
        super().__init__(
            msg(
                "This place is outside %(area)s, which this process is about. Choose a place inside its border.",
                area=area_name,
            ),
            field="where",
        )
        self.place = place


def put_place(session: Session, actor: Actor, process: Process, proposal: Proposal, where: Where | None) -> None:
    """Store `where` on the proposal: its kind, its shape, a point that stands for it, its bounding box and its area.

    None takes the place away (not said yet). Raises OutsideArea, or Refused with `field="where"`.
    """
    if where is None:
        _clear(proposal)
        return
    label = where.label.strip()[:LABEL_MOST]
    match where:
        case WholeCity():
            _clear(proposal)
            proposal.place_kind = PlaceKind.WHOLE_CITY
        case InArea(area_id=area_id):
            area = next((one for one in areas_of(session, process) if one.id == area_id), None)
            if area is None:
                raise Refused(msg("Choose one of the areas of this process."), field="where")
            _put_area(proposal, area)
        case Drawn() | AtPoint():
            _put_shape(session, actor, process, proposal, read_place(where))
    proposal.place_label = label


def read_place(where: Drawn | AtPoint) -> Place:
    """The shape that was drawn or given. Raises Refused with `field="where"` when it cannot be read."""
    try:
        if isinstance(where, Drawn):
            return geometry.parse_place(where.geojson)
        return geometry.place_from_geojson({"type": "Point", "coordinates": [where.lon, where.lat]})
    except Refused as refusal:
        raise Refused(refusal.message, field="where") from None


def _put_shape(session: Session, actor: Actor, process: Process, proposal: Proposal, place: Place) -> None:
    if not inside_process(session, process, place):
        raise OutsideArea(place, pick(process.area.name, actor.locale)[0])
    area = area_at(session, process, place)
    proposal.place_kind = _KINDS[place.kind]
    proposal.geojson = place.geojson
    proposal.lon, proposal.lat = place.lon, place.lat
    proposal.west, proposal.south, proposal.east, proposal.north = place.bounds
    proposal.area_id = area.id if area else process.area_id


def _put_area(proposal: Proposal, area: Area) -> None:
    """The area itself, by reference; its own point and box so that lists and maps need no join. No shape is copied."""
    proposal.place_kind = PlaceKind.AREA
    proposal.geojson = None
    proposal.lon, proposal.lat = area.lon, area.lat
    proposal.west, proposal.south, proposal.east, proposal.north = area.west, area.south, area.east, area.north
    proposal.area_id = area.id


def _clear(proposal: Proposal) -> None:
    proposal.place_kind = None
    proposal.place_label = ""
    proposal.geojson = None
    proposal.lon = proposal.lat = None
    proposal.west = proposal.south = proposal.east = proposal.north = None
    proposal.area_id = None
