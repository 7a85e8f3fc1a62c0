"""Voting: casting over HTTP compared with a bare insert, and 500 people at once; by account, and with the code of a letter.

The bare insert (`benchmarks/bare.py`) is served by the same workers in the same run; all are sent by 64 connections, in turns.
"""

import asyncio
import os
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence

from sqlalchemy import text

from app.extensions import db
from benchmarks import load
from benchmarks.electorate import Electorate, Voter, electorate, identities
from benchmarks.harness import SECRET, Figure, Installation
from benchmarks.letters import electorate_by_letter

WORKERS, THREADS = 2, 10
CONNECTIONS = 64
ROUNDS, IN_A_ROUND = 12, 320
AT_ONCE = 500
TABLE = "CREATE TABLE bare (id VARCHAR(32) PRIMARY KEY, content VARCHAR(200) NOT NULL)"
Vote = tuple[str, Electorate, Iterator[Voter]]
PAUSES = (4.0, 12.0)
"""Seconds that a voter looks at a page, at least and at most: somebody who reads takes longer."""


def run(place: Installation) -> Iterator[Figure]:
    """The figures of this room."""
    votes = place.fill(lambda: _votes(ROUNDS * IN_A_ROUND + 2 * AT_ONCE + CONNECTIONS))
    port = place.serve("benchmarks.bare:app", workers=WORKERS, threads=THREADS)
    places = [(way, found, iter(found.voters)) for way, found in votes.items()]
    yield from _rates(place, port, places)
    for one in places:
        yield from _many_at_once(place, port, *one)
    place.close()


def _votes(number: int) -> dict[str, Electorate]:
    found = electorate(db.session(), number, SECRET)
    identities(db.session(), found)
    db.session.execute(text(TABLE))
    return {"by account": found, "by letter": electorate_by_letter(db.session(), number, SECRET)}


def _is_cast(answer: load.Answer) -> bool:
    return answer.status == 303 and answer.header(b"Location")[0].endswith("/thanks")


def _ballot(found: Electorate, voter: Voter) -> bytes:
    return load.casting(found, voter, str(uuid.uuid4()), random.sample(found.projects, found.at_most))


def _rates(place: Installation, port: int, votes: Sequence[Vote]) -> Iterator[Figure]:
    """Ballots and bare rows in turns, so that whatever else this machine does disturbs all alike."""
    bare, cast = [], {way: list[load.Taken]() for way, _found, _voters in votes}
    bare_request = load.request("POST", "/bare", form=[])
    for _way, found, voters in votes:
        load.as_fast_as_they_go(port, CONNECTIONS, [_ballot(found, next(voters)) for _ in range(CONNECTIONS)], _is_cast)
    for _ in range(ROUNDS):
        rows = [bare_request] * (2 * IN_A_ROUND)
        bare.append(load.as_fast_as_they_go(port, CONNECTIONS, rows, lambda answer: answer.status == 204))
        for way, found, voters in votes:
            ballots = [_ballot(found, next(voters)) for _ in range(IN_A_ROUND)]
            cast[way].append(load.as_fast_as_they_go(port, CONNECTIONS, ballots, _is_cast))
    case = f"{CONNECTIONS} connections, {WORKERS} workers, {place.database}"
    yield Figure("bare insert", case, round(statistics.median(taken.rate for taken in bare), 1), "rows/s")
    busy = f"the bare insert, {os.getloadavg()[0]:.1f} load"
    for way, taken in cast.items():
        rate = statistics.median(one.rate for one in taken)
        share = statistics.median(mine.rate / least.rate for mine, least in zip(taken, bare, strict=True))
        yield Figure(f"casting {way}", case, round(rate, 1), "ballots/s", busy, round(share, 2))


def _many_at_once(place: Installation, port: int, way: str, found: Electorate, voters: Iterator[Voter]) -> Iterator[Figure]:
    """Everybody reads and clicks at their own pace; then the worst case, all of them pressing the last button in one moment."""
    case = f"{AT_ONCE} voters at once {way}, {place.database}"
    visits = load.all_at_home(port, [_visit(found, next(voters)) for _ in range(AT_ONCE)])
    pages, ballots = visits.each, visits.each[3::4]
    yield _milliseconds(
        "casting, p99", f"{case}, {PAUSES[0]:.0f} to {PAUSES[1]:.0f} s on a page", load.Taken(ballots).quantile(0.99)
    )
    yield _milliseconds("every request of a visit, p99", case, load.Taken(pages).quantile(0.99))
    burst = load.as_fast_as_they_go(port, AT_ONCE, [_ballot(found, next(voters)) for _ in range(AT_ONCE)], _is_cast)
    yield _milliseconds("casting, p99, all in the same moment", case, burst.quantile(0.99))
    yield Figure("casting, all in the same moment", case, round(burst.rate, 1), "ballots/s")


def _visit(found: Electorate, voter: Voter) -> Callable[[load.Line], Awaitable[list[float]]]:
    """Ballot, choices, review, casting."""
    page = f"/voting/{found.pot_id}"
    choices = random.sample(found.projects, found.at_most)
    chosen = [("csrf_token", voter.form_token), *(("choice", one) for one in choices), ("step", "review")]

    async def visit(line: load.Line) -> list[float]:
        cookies, taken = [f"plaza={voter.cookie}"], []

        async def ask(request: bytes, good: Callable[[load.Answer], bool]) -> load.Answer:
            await asyncio.sleep(random.uniform(*PAUSES))
            started = time.perf_counter()
            answer = await line.ask(request)
            taken.append(time.perf_counter() - started)
            load.expect(answer, good)
            return answer

        await ask(load.request("GET", page, cookies[0]), lambda answer: answer.status == 200)
        answer = await ask(load.request("POST", page, cookies[0], chosen), lambda answer: answer.status == 303)
        cookies += [value.partition(";")[0] for value in answer.header(b"Set-Cookie")]
        await ask(load.request("GET", f"{page}/review", "; ".join(cookies)), lambda answer: answer.status == 200)
        await ask(load.casting(found, voter, str(uuid.uuid4()), choices), _is_cast)
        return taken

    return visit


def _milliseconds(bench: str, case: str, seconds: float) -> Figure:
    return Figure(bench, case, round(1000 * seconds), "ms")
