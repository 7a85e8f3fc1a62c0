"""Stations with clerks, ballots that are handed out, and whole boxes that are typed, read and signed, for tests."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.models import Pot
from app.features.committee.models import Station
from app.features.printing.queries import Kind
from app.features.scans.models import ScanFile, ScanPage
from app.features.spaces.models import Phase, Process
from app.features.stations.commands import AtDesk, DrawSample, IssueBallot, OpenBatch, SignNumbers, TakeScans, TypeBallot
from app.features.stations.models import Batch, CountState, Issue, PaperBallot, Shift, StationCount
from app.features.stations.queries import next_to_read, numbers_of
from app.features.stations.use_cases import (
    draw_sample,
    finish_batch,
    issue_ballot,
    open_batch,
    open_boxes,
    read_again,
    reads_all,
    sign_numbers,
    take_scans,
    type_ballot,
)
from app.features.voting.models import VotingSetup
from app.kernel import clock
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, committee, scans, spaces, voting
from tests.factories.tools import add

SECRET = voting.SECRET
ZONE = "Europe/Helsinki"
"""The city's time zone, as in the settings of the tests."""


def today() -> date:
    """The day in the city."""
    return clock.today(ZONE)


def clerk(process_id: Any, name: str = "Kaisa Clerk") -> Actor:
    """A clerk in office."""
    person = accounts.staff(Role.CLERK, database.session.get_one(Process, process_id), display_name=name)
    return Actor(person_id=person.id, roles=frozenset({(Role.CLERK, process_id)}))


def clerk_of(batch: Batch) -> Actor:
    """Whoever types a batch."""
    place = database.session.get_one(Station, batch.station_id)
    return Actor(person_id=batch.typed_by, roles=frozenset({(Role.CLERK, place.process_id)}))


def on_shift(place: Station, name: str = "Kaisa Clerk", day: date | None = None) -> Actor:
    """A clerk who works at this station today, or on another day."""
    actor = clerk(place.process_id, name)
    add(Shift(station_id=place.id, person_id=actor.person_id, person_name=name, day=day or today()))
    return actor


def paper_pot(process: Any = None, **attributes: Any) -> Pot:
    """A pot on which people vote now, on the web and on paper."""
    process = process or spaces.process("Vote on your street", open_for=["vote"])
    add(VotingSetup(process_id=process.id, on_paper=True))
    return voting.pot(process, **attributes)


def at(place: Station, pot: Pot, number: str) -> AtDesk:
    """Somebody at the desk."""
    return AtDesk(place.id, pot.id, number, zone=ZONE)


def handed_out(actor: Actor, place: Station, pot: Pot, number: str, stub: int) -> Issue:
    """A ballot for somebody."""
    return issue_ballot(database.session(), actor, IssueBallot(at(place, pot, number), uuid4(), stub), SECRET)


def voting_on(pot: Pot, days: int) -> None:
    """People vote from so many days ago until as many days from now."""
    session = database.session()
    for phase in session.scalars(select(Phase).where(Phase.process_id == pot.process_id)):
        phase.starts_at, phase.ends_at = clock.now() - timedelta(days=days), clock.now() + timedelta(days=days)
    session.flush()


def over(pot: Pot, on: date | None = None) -> None:
    """The vote has ended, a day ago or with a day of the city."""
    session = database.session()
    ended = clock.now() - timedelta(days=1)
    if on is not None:
        ended = datetime.combine(on + timedelta(days=1), time(), ZoneInfo(ZONE))
    for phase in session.scalars(select(Phase).where(Phase.process_id == pot.process_id)):
        phase.starts_at, phase.ends_at = ended - timedelta(days=19), ended
    session.flush()


def box_is_open(pot: Pot) -> StationCount:
    """A station of the pot's process whose box is open."""
    place = committee.station(pot.process_id)
    return add(StationCount(station_id=place.id, pot_id=pot.id, state=CountState.OPENED))


def typed(actor: Actor, place: Station, pot: Pot, ballots: Iterable[str], *, finish: bool = True) -> Batch:
    """A batch with these ballots; the boxes of its station are open."""
    session, ballots = database.session(), list(ballots)
    batch = open_batch(session, actor, OpenBatch(place.id, pot.id, max(len(ballots), 1)))
    for number, marks in enumerate(ballots, start=1):
        type_ballot(session, actor, TypeBallot(batch.id, number, marks))
    return finish_batch(session, actor, batch.id) if finish else batch


class OpenBox:
    """A station whose box is open, with so many ballots handed out, three clerks, and files with scans of ballots."""

    def __init__(self, number: int = 1, **attributes: Any) -> None:
        self.pot = paper_pot(**attributes)
        self.place = committee.station(self.pot.process_id)
        desk = on_shift(self.place)
        for stub in range(1, number + 1):
            handed_out(desk, self.place, self.pot, f"P{stub:05}", stub)
        over(self.pot)
        self.first, self.second, self.third = (clerk(self.pot.process_id, name) for name in ("Aino A", "Benno B", "Cilla C"))
        open_boxes(database.session(), self.first, self.place.id)
        self.layout = scans.layout_of(Kind.BALLOT, self.pot)

    def file(self) -> ScanFile:
        """An upload that was read."""
        return scans.file(database.session.get_one(Process, self.pot.process_id))

    def upload(self, *pages: dict[str, Any]) -> ScanFile:
        """An upload with these accepted pages; `marks` says what is marked in which field."""
        file = self.file()
        for page in pages:
            self.page(file, **page)
        return file

    def page(self, file: ScanFile, marks: dict[str, str] | None = None, **more: Any) -> ScanPage:
        """An accepted page of the ballot in a file."""
        marked = scans.circles(self.layout, marks or {}, more.get("form_page", 1))
        return scans.reviewed(file, self.layout, **{"marked": marked, **more})

    def sheet(self, file: ScanFile, marks: dict[str, str], **more: Any) -> None:
        """All pages of one ballot, with one set code where there are several."""
        pages = self.layout.pages
        for one in pages:
            here = {name: value for name, value in marks.items() if name in {circle.field for circle in one.bubbles}}
            self.page(file, here, form_page=one.number, **{"code": "7KXMAB2C" if len(pages) > 1 else "", **more})

    def batch(self, declared: int = 5) -> Batch:
        """A batch without ballots."""
        return open_batch(database.session(), self.first, OpenBatch(self.place.id, self.pot.id, declared))

    def taken(self, file: ScanFile, number: int, batch: Batch | None = None) -> Batch:
        """A batch with the ballots of an upload."""
        into = batch or self.batch(number)
        assert take_scans(database.session(), self.first, TakeScans(into.id, file.id, number)) == number
        return into

    def firsts(self, batch: Batch) -> list[str]:
        """What was typed first, or read from scans, in the order of the batch."""
        query = select(PaperBallot.first).where(PaperBallot.batch_id == batch.id).order_by(PaperBallot.number)
        return list(database.session.scalars(query))


def read_second(actor: Actor, batch: Batch, ballots: Iterable[str]) -> None:
    """All that is to be read of a batch is read by somebody else."""
    session, ballots = database.session(), list(ballots)
    while (number := next_to_read(session, batch.id)) is not None:
        read_again(session, actor, TypeBallot(batch.id, number, ballots[number - 1]))


def drawn_from(batch: Batch) -> list[PaperBallot]:
    """What was drawn into the sample from a batch, in its order."""
    query = select(PaperBallot).where(PaperBallot.batch_id == batch.id, PaperBallot.drawn).order_by(PaperBallot.number)
    return list(database.session.scalars(query))


def signed(first: Actor, second: Actor, place: Station, pot: Pot, reason: str = "") -> None:
    """Two people sign the numbers of a station."""
    session = database.session()
    seen = numbers_of(session, place.id, pot.id).difference
    sign_numbers(session, first, SignNumbers(place.id, pot.id, seen, reason))
    sign_numbers(session, second, SignNumbers(place.id, pot.id, seen))


def through(place: Station, pot: Pot, ballots: list[str], reason: str = "") -> tuple[Actor, Actor]:
    """A whole box of the only station: typed by one clerk, read by another, signed by both. Returns the two."""
    session = database.session()
    first, second = clerk(pot.process_id, "Kaisa Clerk"), clerk(pot.process_id, "Kalle Clerk")
    open_boxes(session, first, place.id)
    if ballots:
        batch = typed(first, place, pot, ballots)
        if not reads_all(pot):
            draw_sample(session, first, DrawSample(pot.id, "6 3 1 4"))
        read_second(second, batch, ballots)
    signed(first, second, place, pot, reason)
    return first, second


def closed_with_box(ballots: list[str], box: list[str], **attributes: Any) -> tuple[Pot, Station]:
    """A pot whose vote is over with these ballots on paper, read and signed, and these from the box."""
    pot = paper_pot(**attributes)
    place = committee.station(pot.process_id)
    desk = on_shift(place)
    for stub, _one in enumerate(ballots, start=1):
        handed_out(desk, place, pot, f"P{stub:05}", stub)
    voting.ballots(pot, box)
    over(pot)
    through(place, pot, ballots)
    return pot, place
