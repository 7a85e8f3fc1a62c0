"""Who works at which station on which day."""

import uuid

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office, people_names
from app.features.committee.queries import Station
from app.features.committee.use_cases import stations_in_use
from app.features.stations.commands import AssignClerk
from app.features.stations.models import Issue, OuterEnvelope, Shift, StationCount
from app.features.stations.use_cases.shared import station_of
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def assign_clerk(session: Session, actor: Actor, command: AssignClerk) -> Shift:
    """Put a clerk on the list of a station for a day; once more changes nothing.

    Raises NotFound for everybody but the committee, Refused for somebody who is no clerk of this process.
    """
    place = station_of(session, command.station_id)
    if not actor.may(Permission.BUDGET_CERTIFY, place.process_id):
        raise NotFound
    if not in_office(session, Permission.INTAKE, place.process_id, [command.person_id]):
        raise Refused(msg("Choose a clerk of this process."), field="person")
    which = (Shift.station_id == place.id, Shift.person_id == command.person_id, Shift.day == command.day)
    shift = Shift(
        station_id=place.id,
        person_id=command.person_id,
        person_name=people_names(session, [command.person_id]).get(command.person_id, ""),
        day=command.day,
    )
    try:
        with session.begin_nested():
            session.add(shift)
            session.flush()
    except IntegrityError:
        return session.scalars(select(Shift).where(*which)).one()
    audit.record(
        session, actor, "station.clerk_assigned", shift, process_id=place.process_id, station=place.name,
        day=command.day.isoformat(), clerk=str(command.person_id),
    )  # fmt: skip
    return shift


def take_off(session: Session, actor: Actor, shift_id: uuid.UUID) -> None:
    """Take a clerk off the list of a station for a day."""
    shift = session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    place = station_of(session, shift.station_id)
    if not actor.may(Permission.BUDGET_CERTIFY, place.process_id):
        raise NotFound
    audit.record(
        session, actor, "station.clerk_taken_off", shift, process_id=place.process_id, station=place.name,
        day=shift.day.isoformat(), clerk=str(shift.person_id),
    )  # fmt: skip
    session.delete(shift)
    session.flush()


def _in_use(session: Session, place: Station) -> bool:
    tables = (Shift, Issue, StationCount, OuterEnvelope)
    return any(session.scalar(select(exists().where(table.station_id == place.id))) for table in tables)


stations_in_use.append(_in_use)
