"""Taking everything of the busiest person: 10,000 things that they wrote, backed, follow, and had happen to their data."""

import re
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from app.extensions import db, files
from app.features.accounts.models import Person
from app.features.consents.models import Usage
from app.features.consents.takeout import takeout, tree
from app.features.proposals.models import Comment, Follow, Photo, Proposal, Support, new_draw
from app.features.spaces.models import Area, Process
from app.kernel import clock
from app.kernel.database import intent
from benchmarks.harness import Figure, Installation

PROPOSALS, PHOTOS, COMMENTS, SUPPORTS, FOLLOWS, USAGES = 800, 200, 3_000, 3_000, 1_500, 1_500
ITEMS = PROPOSALS + PHOTOS + COMMENTS + SUPPORTS + FOLLOWS + USAGES
PICTURE = b"\xff\xd8" + b"picture of forty kilobytes" * 1_500
TEXT = "There is nowhere to sit between the library and the tram stop. A bench under the lime tree would help. " * 6


def take_everything(place: Installation) -> Iterator[Figure]:
    """How long all of it takes, when the first byte leaves, and how much memory it needs beside what the program has."""
    person_id = place.fill(busiest_person)
    case = f"{ITEMS:,} things, {place.database}"
    with place.app.app_context():
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew: what ran before had one of its own
        before = _kilobytes("VmRSS")
        started = time.perf_counter()
        with intent(writing=False):
            pieces = takeout(db.session(), person_id, str)
            size = len(next(pieces))
            first = time.perf_counter() - started
            size += sum(map(len, pieces))
        taken = time.perf_counter() - started
        grown = _kilobytes("VmHWM") - before
        db.session.remove()
        started = time.perf_counter()
        nodes = sum(map(len, tree(db.session(), person_id)))
        as_tree = time.perf_counter() - started
        db.session.remove()
    yield Figure("take everything", case, round(taken, 2), "s")
    yield Figure("take everything, first byte", case, round(1000 * first, 1), "ms")
    yield Figure("take everything, size of the file", case, size, "bytes")
    yield Figure("take everything, memory grown by", case, grown * 1024, "bytes")
    yield Figure("take everything as a tree of nodes", f"{case}, {nodes:,} characters", round(as_tree, 2), "s")


def _kilobytes(name: str) -> int:
    """Memory of this process, as Linux tells it."""
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) if found else 0


def busiest_person() -> uuid.UUID:
    """Fill a city with this person's things and the proposals of somebody else that they are about."""
    session = db.session()
    me = Person(email=f"{uuid.uuid4().hex}@example.org", display_name="Bea Busy")
    other = Person(email=f"{uuid.uuid4().hex}@example.org", display_name="Otto Other")
    area = Area(code=uuid.uuid4().hex[:8], name={"en": "Centre"}, geojson='{"type": "Polygon", "coordinates": []}', size=1.0,
                lon=24.9, lat=60.2, west=24.8, south=60.1, east=25.0, north=60.3)  # fmt: skip
    session.add_all([me, other, area])
    session.flush()
    process = Process(slug=f"busy-{uuid.uuid4().hex[:8]}", title={"en": "Busy"}, area_id=area.id)
    session.add(process)
    session.flush()
    mine = _proposals(process.id, me.id, PROPOSALS)
    others = _proposals(process.id, other.id, SUPPORTS, counted=True)
    session.execute(insert(Proposal), mine + others)
    now = clock.now()
    ids = [row["id"] for row in others]
    about = [{"id": uuid.uuid4(), "proposal_id": one, "created_at": now} for one in ids]
    session.execute(insert(Support), [row | {"person_id": me.id} for row in about])
    session.execute(insert(Follow), [row | {"id": uuid.uuid4(), "person_id": me.id} for row in about[:FOLLOWS]])
    session.execute(insert(Comment), [row | {"id": uuid.uuid4(), "author_id": me.id, "text": TEXT} for row in about[:COMMENTS]])
    session.execute(
        insert(Photo),
        [
            {"id": uuid.uuid4(), "proposal_id": row["id"], "created_at": now, "key": files.write(PICTURE, ".jpg"),
             "thumbnail_key": "", "alternative_text": "A corner", "width": 1200, "height": 800}
            for row in mine[:PHOTOS]
        ],
    )  # fmt: skip
    used: list[dict[str, Any]] = [
        {"id": uuid.uuid4(), "person_id": me.id, "kind": "release", "by_role": "steward", "basis": "consent", "details": {},
         "at": now - timedelta(hours=number)}
        for number in range(USAGES)
    ]  # fmt: skip
    session.execute(insert(Usage), used)
    return me.id


def _proposals(process_id: uuid.UUID, author_id: uuid.UUID, number: int, *, counted: bool = False) -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {"id": uuid.uuid4(), "reference": f"P-{uuid.uuid4().hex[:12]}", "draw": new_draw(), "process_id": process_id,
         "title": "A bench",
         "text": TEXT, "state": "published", "author_id": author_id, "place_kind": "whole_city", "created_at": now,
         "published_at": now, "supports_count": int(counted), "comments_count": int(counted)}
        for _ in range(number)
    ]  # fmt: skip
