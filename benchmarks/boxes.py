"""A large box from the first block to the result: each step in a process of its own, so that its time and memory are its own.

`small` and `large` differ by ten; what a step needs in memory must not.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.budgets.models import Pot
from app.features.spaces.models import Phase
from app.features.voting.box.contents import pack
from app.features.voting.box.envelopes import receipt_of, seal
from app.features.voting.exporting import form_of
from app.features.voting.keys.installation import keyring
from app.features.voting.models import Envelope, VotingParticipation
from app.features.voting.rules import slot_of
from app.features.voting.use_cases.casting import ready_box
from app.kernel.permissions import Channel
from benchmarks.electorate import Electorate, electorate
from benchmarks.harness import ROOT, SECRET, Figure, Installation

LARGE = int(os.environ.get("PLAZA_BENCH_BALLOTS", "500000"))
SMALL = LARGE // 10
_AT_ONCE = 5_000
STEP = """
import json, sys, time
from pathlib import Path
from uuid import UUID
import wsgi
from app.extensions import db
from app.features.voting import use_cases
from app.features.voting.keys.installation import keyring
from app.features.voting.sealing import wipe
from app.kernel.permissions import SYSTEM
process, pot, step = UUID(sys.argv[1]), UUID(sys.argv[2]), sys.argv[3]
shown = []
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
with wsgi.app.app_context():
    idle = peak()
    started, worked = time.perf_counter(), time.process_time()
    with db.transaction() as session:
        if step == "seal":
            use_cases.seal_boxes(session, process)
        elif step == "close":
            use_cases.close_box(session, SYSTEM, process, keyring())
        elif step == "open":
            use_cases.open_with_the_servers_key(session, SYSTEM, process, keyring(), shown.append)
        elif step == "count":
            use_cases.count_pot(session, SYSTEM, pot, shown.append)
    if step == "close":
        wipe(db.engine)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    most = peak()
taken = {"seconds": seconds, "processor": processor, "megabytes": most - idle}
print(json.dumps({**taken, "shown": sum(shown), "times": len(shown)}))
"""


def run(place: Installation) -> Iterator[Figure]:
    """The figures of this room. Casting has figures of its own (`voting`)."""
    before: dict[str, float] = {}
    for number in (SMALL, LARGE):
        found = place.fill(lambda number=number: _box(db.session(), number))
        case = f"{number:,} ballots, {place.database}"
        for step, words in (
            ("seal", "sealing"), ("close", "closing, with rewriting and wiping"), ("open", "opening"), ("count", "counting"),
        ):  # fmt: skip
            if step == "close":
                place.fill(_end)
            took = _step(place, found, step)
            if step in ("open", "count") and (took["shown"] != number or took["times"] < 2):
                raise RuntimeError(f"{words} showed {took['shown']} of {number} in {took['times']} steps")
            yield Figure(words, case, round(took["seconds"], 2), "s")
            yield Figure(f"{words}, processor", case, round(took["processor"], 2), "s")
            grown = round(took["megabytes"] / before[step], 1) if before.get(step) else None
            yield Figure(
                f"{words}, memory", case, round(took["megabytes"]), "MB", f"{SMALL:,} ballots" if grown else None, grown
            )
            before[step] = took["megabytes"]


def _box(session: Session, number: int) -> Electorate:
    """A pot with so many envelopes that wait, each of them sealed as a voter's would be."""
    found = electorate(session, 0, SECRET)
    pot = session.get_one(Pot, found.pot_id)
    public = bytes.fromhex(ready_box(session, found.process_id, keyring()).key["public_key"])
    form, day = form_of(pot), datetime.now(UTC).date()
    voters: list[dict[str, Any]] = []
    envelopes: list[dict[str, Any]] = []
    for at in range(number):
        chosen = [found.projects[(at * step) % len(found.projects)] for step in range(1, 2 + at % found.at_most)]
        ciphertext = seal(public, pack(form, list(dict.fromkeys(chosen))))
        same = {"pot_id": pot.id}
        envelopes.append({**same, "id": uuid.uuid4(), "ciphertext": ciphertext, "receipt": receipt_of(pot.id, ciphertext)})
        voters.append({**same, "process_id": pot.process_id, "voter_key": os.urandom(32).hex(), "slot": slot_of(pot.id),
                       "channel": Channel.WEB, "day": day})  # fmt: skip
        if len(voters) == _AT_ONCE or at == number - 1:
            session.execute(insert(VotingParticipation), voters)
            session.execute(insert(Envelope), envelopes)
            voters, envelopes = [], []
    return found


def _end() -> None:
    """The vote is over."""
    now = datetime.now(UTC)
    db.session.execute(update(Phase).values(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1)))


def _step(place: Installation, found: Electorate, step: str) -> dict[str, Any]:
    words = [str(found.process_id), str(found.pot_id), step]
    done = subprocess.run(
        [sys.executable, "-c", STEP, *words],
        cwd=ROOT, env={**os.environ, **place.environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{step} failed:\n{done.stderr}")
    taken: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return taken
