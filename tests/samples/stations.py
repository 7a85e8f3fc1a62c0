"""Sample data for stations: one where people vote now, one where it is over, with a pile typed, one read, one in doubt."""

from datetime import timedelta
from uuid import uuid4

from app.extensions import db
from app.features.printing.queries import Kind
from app.features.spaces.models import Process
from app.features.stations.commands import DrawSample, OpenBatch, TakeBack, TakeInEnvelope, TypeBallot
from app.features.stations.models import Shift
from app.features.stations.use_cases import (
    begin_return,
    draw_sample,
    open_batch,
    open_boxes,
    read_again,
    take_in_envelope,
    type_ballot,
)
from app.features.voting.models import VotingSetup
from app.kernel import clock
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, committee, scans, stations
from tests.factories.stations import SECRET, at
from tests.factories.tools import add
from tests.samples.world import Visit, World


def _grant(world: World, process_id: object) -> None:
    process = db.session.get_one(Process, process_id)
    for viewer, role in (("clerk", Role.CLERK), ("committee", Role.COMMITTEE), ("auditor", Role.AUDITOR)):
        accounts.grant(world.person(viewer), role, process)


def build(world: World) -> None:
    """A vote that is open, and one that is over."""
    session = db.session()
    world.paper_now = pot = stations.paper_pot()
    _grant(world, pot.process_id)
    setup = session.query(VotingSetup).filter_by(process_id=pot.process_id).one()
    setup.postal_until = clock.now() + timedelta(days=3)
    world.desk_station = place = committee.station(pot.process_id)
    sam = world.person("clerk")
    add(Shift(station_id=place.id, person_id=sam.id, person_name="Sam Clerk", day=clock.today(stations.ZONE)))
    desk = stations.on_shift(place)
    for stub in (1, 2):
        stations.handed_out(desk, place, pot, f"CARD{stub:05}", stub)
    begin_return(session, desk, TakeBack(at(place, pot, "CARD00001"), 1), SECRET)
    world.outer_envelope = take_in_envelope(
        session,
        desk,
        TakeInEnvelope(at(place, pot, "CARD00003"), uuid4(), "provisional", given_on=clock.today(stations.ZONE)),
        SECRET,
    )
    world.shift_id = session.query(Shift).filter_by(person_id=sam.id).one().id
    _over(world)


def _over(world: World) -> None:
    session = db.session()
    world.paper_over = pot = stations.paper_pot()
    _grant(world, pot.process_id)
    world.count_station = place = committee.station(pot.process_id)
    desk = stations.on_shift(place)
    for stub in range(1, 6):
        stations.handed_out(desk, place, pot, f"P{stub:05}", stub)
    stations.over(pot)
    first, second = stations.clerk(pot.process_id, "Aino A"), stations.clerk(pot.process_id, "Benno B")
    sam = Actor(person_id=world.person("clerk").id, roles=frozenset({(Role.CLERK, pot.process_id)}))
    open_boxes(session, first, place.id)
    world.read_batch = stations.typed(first, place, pot, ["1", "2", "3?"])
    draw_sample(session, first, DrawSample(pot.id, "6 3 1 4"))
    for number, marks in ((1, "1"), (2, "3")):
        read_again(session, second, TypeBallot(world.read_batch.id, number, marks))
    other = committee.station(pot.process_id, "School")
    open_boxes(session, first, other.id)
    world.shares_pot = shares = stations.paper_pot(rule="equalshares/add1")
    _grant(world, shares.process_id)
    world.shares_station = hall = committee.station(shares.process_id)
    stations.over(shares)
    open_boxes(session, stations.clerk(shares.process_id), hall.id)
    sam = Actor(person_id=sam.person_id, roles=frozenset({(Role.CLERK, shares.process_id)}))
    world.open_batch = open_batch(session, sam, OpenBatch(hall.id, shares.id, 4))
    for number, marks in ((1, "1"), (2, "23")):
        type_ballot(session, sam, TypeBallot(world.open_batch.id, number, marks))

    world.empty_batch = open_batch(session, sam, OpenBatch(hall.id, shares.id, 9))
    layout = scans.layout_of(Kind.BALLOT, shares)
    upload = scans.file(session.get_one(Process, shares.process_id))
    for code, doubtful in (("", ()), ("", (1,)), ("7KXMAB2C", ())):
        scans.reviewed(upload, layout, marked=(0,), doubtful=doubtful, code=code, pages=2 if code else 1)


SAMPLES = {
    "stations.index": lambda _world: "/staff/stations",
    "stations.process": lambda world: [
        f"/staff/stations/{world.paper_now.process_id}",
        Visit(f"/staff/stations/{world.paper_over.process_id}", viewer="clerk"),
        Visit(f"/staff/stations/{world.shares_pot.process_id}", viewer="auditor"),
    ],
    "stations.clerks": lambda world: [
        f"/staff/stations/station/{world.desk_station.id}/clerks",
        Visit(f"/staff/stations/station/{world.desk_station.id}/clerks", viewer="auditor"),
    ],
    "stations_desk.hand_out": lambda world: [
        f"/staff/stations/desk/{world.desk_station.id}/{world.paper_now.id}",
        f"/staff/stations/desk/{world.count_station.id}/{world.paper_over.id}",
    ],
    "stations_desk.changes": lambda world: f"/staff/stations/desk/{world.desk_station.id}/{world.paper_now.id}/changes",
    "stations_desk.stubs": lambda world: [
        f"/staff/stations/desk/{world.desk_station.id}/{world.paper_now.id}/stubs",
        Visit(
            f"/staff/stations/desk/{world.desk_station.id}/{world.paper_now.id}/stubs?first=0&number=70&paper=a4", status=422
        ),
    ],
    "stations_count.show": lambda world: [
        f"/staff/stations/count/{world.count_station.id}/{world.paper_over.id}",
        f"/staff/stations/count/{world.desk_station.id}/{world.paper_now.id}",
        Visit(f"/staff/stations/count/{world.count_station.id}/{world.paper_over.id}", viewer="auditor"),
        Visit(f"/staff/stations/count/{world.shares_station.id}/{world.shares_pot.id}", viewer="clerk"),
    ],
    "stations_typing.first": lambda world: [
        f"/staff/stations/batch/{world.open_batch.id}",
        f"/staff/stations/batch/{world.read_batch.id}",
    ],
    "stations_scans.show": lambda world: [
        f"/staff/stations/batch/{world.empty_batch.id}/scans",
        f"/staff/stations/batch/{world.open_batch.id}/scans",
        f"/staff/stations/batch/{world.read_batch.id}/scans",
    ],
    "stations_typing.second": lambda world: f"/staff/stations/batch/{world.read_batch.id}/second",
    "stations_typing.reopen": lambda world: f"/staff/stations/batch/{world.read_batch.id}/reopen",
    "stations_second.show": lambda world: [
        f"/staff/stations/second/{world.paper_over.id}",
        f"/staff/stations/second/{world.paper_now.id}",
        Visit(f"/staff/stations/second/{world.shares_pot.id}", viewer="auditor"),
    ],
    "stations_second.differences": lambda world: [
        f"/staff/stations/second/batch/{world.read_batch.id}",
        f"/staff/stations/second/batch/{world.open_batch.id}",
    ],
    "stations_second.decide": lambda world: f"/staff/stations/second/batch/{world.read_batch.id}/2",
    "stations_envelopes.index": lambda world: [
        f"/staff/stations/envelopes/{world.paper_now.process_id}",
        f"/staff/stations/envelopes/{world.shares_pot.process_id}",
    ],
}


def _another_batch(world: World) -> None:
    actor = stations.clerk(world.paper_over.process_id, "Dora D")
    stations.typed(actor, world.count_station, world.paper_over, ["1", "2"])


def _another_envelope(world: World) -> None:
    command = TakeInEnvelope(
        at(world.desk_station, world.paper_now, f"CARD{uuid4().int % 10**8:08}"), uuid4(), "postal", arrived_at=clock.now()
    )
    take_in_envelope(db.session(), stations.on_shift(world.desk_station, "Dora D"), command, SECRET)


GROW = {
    "stations.process": lambda world: committee.station(world.paper_now.process_id, f"Station {uuid4()}"),
    "stations_count.show": _another_batch,
    "stations_second.show": _another_batch,
    "stations_envelopes.index": _another_envelope,
}
UNIQUE = {
    "station_shift": ("station_id", "person_id", "day"),
    "paper_issue": ("station_id", "pot_id", "stub"),
    "station_count": ("station_id", "pot_id"),
    "ballot_batch": ("station_id", "pot_id", "number"),
    "paper_ballot": ("batch_id", "number"),
    "paper_sample": ("pot_id",),
}
