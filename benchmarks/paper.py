"""Paper replay: a real election with two channels goes through this house, and its result must be the official one.

Of `Poland_Wroclaw_2015_150_-_500.pb` (Pabulib) the 106,292 votes by internet are cast, the 25,486 on paper are handed out at a
desk, typed in batches, read a second time and signed. `PAPER_EVERY=100` takes one vote in a hundred.
"""

import csv
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.accounts.models import Person, RoleAssignment
from app.features.budgets.models import Pot, PotState, Project
from app.features.budgets.queries import Choices
from app.features.budgets.rules import ballot_digest
from app.features.committee.models import Station
from app.features.spaces.models import Action, Area, Phase, Process, ProcessState
from app.features.stations.commands import (
    AtDesk,
    DrawSample,
    IssueBallot,
    OpenBatch,
    SignNumbers,
    TypeBallot,
)
from app.features.stations.models import Sample, SampleState, Shift
from app.features.stations.queries import batches_of, next_to_read, numbers_of, unsettled_in
from app.features.stations.use_cases import (
    draw_sample,
    finish_batch,
    issue_ballot,
    judge_sample,
    open_batch,
    open_boxes,
    read_again,
    settle,
    sign_numbers,
    type_ballot,
)
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import RollEntry, VotingSetup
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.use_cases import cast_ballot, close_box, count_pot, open_with_the_servers_key
from app.features.voting.voters.voter import Voter, Way
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM, Actor, Channel, Role
from app.kernel.references import new_reference
from benchmarks.electorate import _SQUARE
from benchmarks.harness import Figure, Installation

NAME = "Poland_Wroclaw_2015_150_-_500.pb"
FOLDER = Path(os.environ.get("PLAZA_ELECTIONS") or Path(__file__).parents[2] / "shared" / "data" / "pabulib")
SECRET = b"the key of a replay"
BATCH = 500
AT_ONCE = 500
BORN = "1951-06-30"
ZONE = "Europe/Warsaw"
CLERKS = ("First", "Second", "Third")


@dataclass
class Election:
    """What the file says: projects as (number, cost, selected), votes by channel, the money."""

    budget: int
    rule: str
    projects: list[tuple[str, int, bool]]
    internet: list[str] = field(default_factory=list)
    paper: list[str] = field(default_factory=list)

    @property
    def official(self) -> set[str]:
        """The projects that won."""
        return {number for number, _cost, won in self.projects if won}

    def sample(self, every: int) -> "Election":
        """One vote in so many of each channel."""
        return Election(self.budget, self.rule, self.projects, self.internet[::every], self.paper[::every])


def read_file(path: Path) -> Election:
    """Read it as plain rows: what is measured must not read its own truth."""
    meta: dict[str, str] = {}
    projects: list[tuple[str, int, bool]] = []
    votes: dict[str, list[str]] = {"internet": [], "paper": []}
    part, head = "", []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter=";"):
            if len(row) == 1 and row[0] in ("META", "PROJECTS", "VOTES"):
                part, head = row[0], []
            elif not head:
                head = row
            elif part == "META":
                meta[row[0]] = row[1]
            else:
                one = dict(zip(head, row, strict=False))
                if part == "PROJECTS":
                    projects.append((one["project_id"], int(one["cost"]), one["selected"] == "1"))
                else:
                    votes[one["voting_method"]].append(one["vote"])
    return Election(int(meta["budget"]), meta["rule"], projects, votes["internet"], votes["paper"])


@dataclass
class Replayed:
    """What came of it. `twice`: voters who tried the other channel, too, and were refused."""

    pot_id: UUID
    record: dict[str, Any]
    sample: SampleState
    twice: int
    seconds: dict[str, float]


def replay(
    transaction: Callable[[], Any], person: Callable[[str], UUID], keyring: Keyring, election: Election, *, both: int = 50
) -> Replayed:
    """Hold the vote. `transaction` gives a session that is committed, `person` somebody with an account.

    `both`: how many try both channels.
    """
    vote = _Vote(transaction, person, keyring, election)
    seconds: dict[str, float] = {}
    for name, step in (
        ("handing out", vote.hand_out),
        ("casting", vote.cast),
        ("trying both", lambda: vote.try_both(both)),
        ("closing", vote.close),
        ("typing", vote.type_all),
        ("second reading", vote.read_second),
        ("signing and counting", vote.count),
    ):
        began = time.perf_counter()
        step()
        seconds[name] = time.perf_counter() - began
    return Replayed(vote.pot_id, vote.record, vote.sample, vote.twice, seconds)


def _parts(rows: Sequence[str], size: int) -> Iterator[tuple[int, Sequence[str]]]:
    for at in range(0, len(rows), size):
        yield at, rows[at : at + size]


def _kept(session: Session, pot_id: UUID) -> Pot:
    """The pot with its projects: a session forgets what nobody holds."""
    pot = session.get_one(Pot, pot_id)
    assert pot.projects
    return pot


class _Vote:
    def __init__(self, transaction: Callable[[], Any], person: Callable[[str], UUID], keyring: Keyring, election: Election):
        self.transaction, self.keyring, self.election = transaction, keyring, election
        self.twice, self.record, self.sample = 0, {}, SampleState.ALL
        with transaction() as session:
            process = _process(session)
            self.process_id, self.pot_id = process.id, _pot(session, process, election).id
            self._list(session)
            station = Station(process_id=process.id, name="Town hall")
            session.add(station)
            session.flush()
            self.station_id = station.id
            self.clerks = [self._clerk(session, person(name), name) for name in CLERKS]

    def _list(self, session: Session) -> None:
        """Everybody is on the roll, with a number and a date of birth."""
        numbers = [f"P{at:07}" for at in range(1, len(self.election.paper) + 1)]
        numbers += [f"W{at:07}" for at in range(len(self.election.internet))]
        for _at, part in _parts(numbers, 5_000):
            rows = [
                {
                    "process_id": self.process_id,
                    "voter_key": voter_key(SECRET, self.process_id, number),
                    "birth_hash": birth_hash(SECRET, self.process_id, number, BORN),
                }
                for number in part
            ]
            session.execute(insert(RollEntry), rows)

    def _clerk(self, session: Session, person_id: UUID, name: str) -> Actor:
        session.add(RoleAssignment(person_id=person_id, process_id=self.process_id, role=Role.CLERK))
        session.add(Shift(station_id=self.station_id, person_id=person_id, person_name=name, day=clock.now().date()))
        session.flush()
        return Actor(person_id=person_id, roles=frozenset({(Role.CLERK, self.process_id)}))

    def hand_out(self) -> None:
        """Everybody who voted on paper gets a ballot."""
        for at, part in _parts(self.election.paper, AT_ONCE):
            with self.transaction() as session:
                kept = _kept(session, self.pot_id)  # noqa: F841  read once for many, as for all of a request
                for number in range(at + 1, at + len(part) + 1):
                    voter = AtDesk(self.station_id, self.pot_id, f"P{number:07}", BORN, zone=ZONE)
                    issue_ballot(session, self.clerks[0], IssueBallot(voter, uuid4(), number), SECRET)

    def cast(self) -> None:
        """Everybody else casts theirs."""
        for at, part in _parts(self.election.internet, AT_ONCE):
            with self.transaction() as session:
                for number, vote in enumerate(part, start=at):
                    self._cast(session, f"W{number:07}", vote)

    def _cast(self, session: Session, number: str, vote: str) -> None:
        voter = Voter(self.process_id, voter_key(SECRET, self.process_id, number), Way.CARD, Channel.WEB)
        choices = Choices(tuple(vote.split(",")) if vote else ())
        cast_ballot(session, voter, CastBallot(self.pot_id, choices), self.keyring)

    def try_both(self, many: int) -> None:
        """People who have a ballot on paper try the web, and the other way round."""
        for number in range(1, min(many, len(self.election.paper)) + 1):
            self._refused(lambda session, number=number: self._cast(session, f"P{number:07}", self.election.projects[0][0]))
        for number in range(min(many, len(self.election.internet))):
            voter, stub = (
                AtDesk(self.station_id, self.pot_id, f"W{number:07}", BORN, zone=ZONE),
                len(self.election.paper) + number + 1,
            )
            self._refused(
                lambda session, voter=voter, stub=stub: issue_ballot(
                    session, self.clerks[0], IssueBallot(voter, uuid4(), stub), SECRET
                )
            )

    def _refused(self, attempt: Callable[[Session], object]) -> None:
        try:
            with self.transaction() as session:
                attempt(session)
        except Conflict:
            self.twice += 1

    def close(self) -> None:
        """The vote ends; both kinds of boxes are opened."""
        with self.transaction() as session:
            for phase in session.scalars(select(Phase).where(Phase.process_id == self.process_id)):
                phase.starts_at, phase.ends_at = clock.now() - timedelta(days=20), clock.now() - timedelta(days=1)
        with self.transaction() as session:
            close_box(session, SYSTEM, self.process_id, self.keyring)
        with self.transaction() as session:
            open_with_the_servers_key(session, SYSTEM, self.process_id, self.keyring)
        with self.transaction() as session:
            open_boxes(session, self.clerks[0], self.station_id)

    def type_all(self) -> None:
        """The first clerk types everything, in batches."""
        for _at, part in _parts(self.election.paper, BATCH):
            with self.transaction() as session:
                kept = _kept(session, self.pot_id)  # noqa: F841  the same
                batch = open_batch(session, self.clerks[0], OpenBatch(self.station_id, self.pot_id, len(part)))
                for number, vote in enumerate(part, start=1):
                    type_ballot(session, self.clerks[0], TypeBallot(batch.id, number, vote or "0"))
                finish_batch(session, self.clerks[0], batch.id)

    def read_second(self) -> None:
        """What is drawn is read by the second clerk; if that is not enough, all is."""
        with self.transaction() as session:
            sample = draw_sample(session, self.clerks[0], DrawSample(self.pot_id, "6 3 1 4 2"))
            self.sample = sample.state
        self._read()
        if self.sample is SampleState.DRAWN:
            with self.transaction() as session:
                self.sample = judge_sample(session, self.clerks[0], self.pot_id).state
            self._read()

    def _read(self) -> None:
        with self.transaction() as session:
            batches = [(one.id, one.number) for one in batches_of(session, self.pot_id)]
        for batch_id, place in batches:
            truth = self.election.paper[(place - 1) * BATCH : place * BATCH]
            with self.transaction() as session:
                kept = _kept(session, self.pot_id)  # noqa: F841  the same
                number = next_to_read(session, batch_id)
                while number is not None:
                    again = TypeBallot(batch_id, number, truth[number - 1] or "0")
                    number = read_again(session, self.clerks[1], again)
                for ballot in unsettled_in(session, batch_id):
                    said = TypeBallot(batch_id, ballot.number, truth[ballot.number - 1] or "0")
                    settle(session, self.clerks[1], said)
                    settle(session, self.clerks[2], said)

    def count(self) -> None:
        """Two sign, then all is counted together."""
        with self.transaction() as session:
            seen = numbers_of(session, self.station_id, self.pot_id).difference
            for clerk in self.clerks[:2]:
                sign_numbers(session, clerk, SignNumbers(self.station_id, self.pot_id, seen))
        with self.transaction() as session:
            self.record = dict(count_pot(session, SYSTEM, self.pot_id).result or {})


def _process(session: Session) -> Process:
    now = clock.now()
    area = Area(name={"en": "All of it"}, code=f"area-{uuid4().hex[:8]}", **_SQUARE)
    session.add(area)
    session.flush()
    process = Process(slug=f"replay-{uuid4().hex[:8]}", title={"en": "Replay"}, area_id=area.id, state=ProcessState.PUBLISHED)
    session.add(process)
    session.flush()
    dates = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=1)}
    session.add(Phase(process_id=process.id, title={"en": "Vote"}, actions=[Action.VOTE], **dates))
    session.add(VotingSetup(process_id=process.id, on_paper=True, by_card=True))
    session.flush()
    return process


def _pot(session: Session, process: Process, election: Election) -> Pot:
    pot = Pot(
        process_id=process.id,
        title={"en": "Replay"},
        amount=election.budget * 100,
        currency="PLN",
        vote_type="choose-1",
        rule=election.rule,
        limit_by_cost=False,
        state=PotState.READY,
        options={"tie_rules": ["listed_first"]},
        projects=[
            Project(number=number, reference=new_reference("B"), title={"en": number}, cost=cost * 100, position=place)
            for place, (number, cost, _won) in enumerate(election.projects, start=1)
        ],
    )
    session.add(pot)
    session.flush()
    pot.options = {**pot.options, "digest": ballot_digest(pot)}
    session.flush()
    return pot


def direct_count(votes: Iterable[str]) -> dict[str, int]:
    """Votes by project, added up by nothing but this."""
    found: dict[str, int] = {}
    for vote in votes:
        for number in vote.split(",") if vote else ():
            found[number] = found.get(number, 0) + 1
    return found


def run(place: Installation) -> Iterator[Figure]:
    """Replay it, and refuse to give figures where the result is another one."""
    every = int(os.environ.get("PAPER_EVERY", "1"))
    whole = read_file(FOLDER / NAME)
    election = whole.sample(every) if every > 1 else whole

    def person(name: str) -> UUID:
        with db.transaction() as session:
            somebody = Person(email=f"{uuid4().hex}@example.org", display_name=name)
            session.add(somebody)
            session.flush()
            return somebody.id

    with place.app.app_context():
        people = {name: person(name) for name in CLERKS}  # before: where one writes at a time, nothing is written within it
        found = replay(db.transaction, people.__getitem__, Keyring(place.app.config["SETTINGS"].keys), election)
    sums = {number: why["votes"] for number, why in found.record["why"].items() if why["votes"]}
    if sums != direct_count([*election.internet, *election.paper]):
        raise AssertionError("the sums are not those of the file")
    if every == 1 and set(found.record["winners"]) != whole.official:
        raise AssertionError("the result is not the official one")
    case = f"{len(election.internet)} on the web, {len(election.paper)} on paper, {place.database}"
    for name, many in (
        ("handing out", len(election.paper)),
        ("casting", len(election.internet)),
        ("typing", len(election.paper)),
        ("second reading", len(election.paper)),
    ):
        yield Figure(f"paper replay: {name}", case, round(many / found.seconds[name], 1), "ballots/s")
    yield Figure("paper replay: closing", case, round(found.seconds["closing"], 1), "s")
    yield Figure("paper replay: signing and counting", case, round(found.seconds["signing and counting"], 1), "s")
    with place.app.app_context(), db.transaction() as session:
        sample = session.scalars(select(Sample)).one()
        read = sample.ballots if found.sample is SampleState.ALL else sample.size
    yield Figure("paper replay: read twice", case, read, "ballots")
