"""What the pages of a station have in common: what an address names, and whether the viewer may see it."""

from uuid import UUID

from flask import current_app

from app.extensions import db
from app.features.budgets.queries import Pot, gives_points
from app.features.budgets.queries import pot as pot_by_id
from app.features.committee.queries import Station, station
from app.features.spaces.queries import Process, process
from app.features.stations.marks import points_width, width_of
from app.features.stations.queries import Batch, batch
from app.features.voting.use_cases import Keyring, kept_key, paper_rules
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import viewer

LOOKS = (Permission.INTAKE, Permission.BUDGET_INSPECT)


def space_of(process_id: UUID, *permissions: Permission) -> Process:
    """The process. Raises NotFound for whoever holds none of these permissions in it."""
    space = process(db.session(), process_id)
    if space is None or space.imported or not any(viewer().may(one, process_id) for one in permissions or LOOKS):
        raise NotFound
    return space


def place_of(station_id: UUID, *permissions: Permission) -> Station:
    """The station. Raises NotFound as `space_of`."""
    found = station(db.session(), station_id)
    if found is None:
        raise NotFound
    space_of(found.process_id, *permissions)
    return found


def pot_at(place: Station, pot_id: UUID) -> Pot:
    """A pot of that station on which people vote on paper. Raises NotFound."""
    found = pot_by_id(db.session(), pot_id)
    if found is None or found.process_id != place.process_id or paper_rules(db.session(), found) is None:
        raise NotFound
    return found


def batch_at(batch_id: UUID, *permissions: Permission) -> tuple[Batch, Station, Pot]:
    """A batch with its station and pot. Raises NotFound."""
    found = batch(db.session(), batch_id)
    if found is None:
        raise NotFound
    place = place_of(found.station_id, *permissions)
    return found, place, pot_at(place, found.pot_id)


def how_typed(pot: Pot) -> dict[str, int]:
    """With how many digits a clerk types a project of this pot, and its points; none where there are no points."""
    return {"digits": width_of(pot), "points_digits": points_width(pot) if gives_points(pot) else 0}


def secret_of(process_id: UUID) -> bytes:
    """The key under which the register numbers of a vote are hashed."""
    return kept_key(db.session(), Keyring(current_app.config["SETTINGS"].keys), process_id, "voters")
