"""What every act at a station has in common: who may, on which station, and names in office."""

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office, people_names
from app.features.budgets.queries import Pot, PotState
from app.features.committee.queries import Station, station
from app.features.stations.models import StationCount
from app.features.stations.queries import works_at
from app.features.voting.queries import fixed_pots
from app.features.voting.use_cases import paper_rules
from app.kernel import clock
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

NO_PAPER = msg("Nobody votes on paper in this pot: “How people vote” does not say so.")
OPENED = msg("The boxes of this station are open, so its numbers stay as they are.")
Hand = tuple[uuid.UUID, str]


def station_of(session: Session, station_id: uuid.UUID) -> Station:
    """The station. Raises NotFound."""
    found = station(session, station_id)
    if found is None:
        raise NotFound
    return found


def clerk(session: Session, actor: Actor, process_id: uuid.UUID, *also: Permission) -> Hand:
    """Id and name of a clerk of that process, or of somebody who holds one of the other permissions there.

    The role is looked up again: it may have been taken away since this page was shown, and stays until this transaction ends.
    Raises SignInRequired for nobody, NotFound for anybody else.
    """
    person_id = actor.require_signed_in()
    for permission in (Permission.INTAKE, *also):
        if actor.may(permission, process_id) and in_office(session, permission, process_id, [person_id]):
            return person_id, people_names(session, [person_id]).get(person_id, "")
    raise NotFound


def clerk_on_shift(session: Session, actor: Actor, place: Station, zone: str) -> Hand:
    """The same for a desk: whoever works at this station today, by the city's calendar. Raises Forbidden for other clerks."""
    hand = clerk(session, actor, place.process_id)
    if not works_at(session, place.id, hand[0], clock.today(zone)):
        raise Forbidden(msg("You are not on the list of clerks of this station today."))
    return hand


def paper_pot(session: Session, place: Station, pot_id: uuid.UUID) -> Pot:
    """A pot of this station's process on which people vote on paper. Raises NotFound, or Refused without.

    Its projects are read when they are asked for: a desk asks for none, and whoever types needs their numbers alone.
    """
    found = session.get(Pot, pot_id)
    if found is None or found.process_id != place.process_id:
        raise NotFound
    if paper_rules(session, found) is None:
        raise Refused(NO_PAPER)
    return found


def paper_pots(session: Session, process_id: uuid.UUID) -> list[Pot]:
    """The fixed pots of a process on which people also vote on paper at stations."""
    return [pot for pot in fixed_pots(session, process_id) if paper_rules(session, pot) is not None]


def hold_for_ballots(session: Session, pot_id: uuid.UUID) -> PotState | None:
    """Hold a pot until the end of this transaction, as everybody does who types, reads, draws or signs for it; its state."""
    return session.scalar(select(Pot.state).where(Pot.id == pot_id).with_for_update(key_share=True))


def held_count(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> StationCount:
    """The numbers of a station for a pot, held until the end of this transaction; made where there are none."""
    query = select(StationCount).where(StationCount.station_id == station_id, StationCount.pot_id == pot_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is not None:
        return found
    made = StationCount(station_id=station_id, pot_id=pot_id)
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        return session.scalars(query).one()
    return made
