"""A large city for measuring and for trying: thousands of proposals with supports and comments, the same ones each time.

Rows go in by the thousand and not through the use cases; counters equal the rows. Call it in one transaction:
`fill(session, Size(proposals=10_000, supports=50_000, comments=20_000))`.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.features.accounts.models import Person
from app.features.proposals.models import Comment, PlaceKind, Proposal, ProposalState, Stance, Support, new_draw
from app.features.spaces.models import Action, Area, Category, Phase, Process, ProcessState
from app.kernel import clock
from app.kernel.permissions import Channel
from app.kernel.references import ALPHABET

Row = dict[str, Any]
WEST, SOUTH, EAST, NORTH = 24.80, 60.12, 25.10, 60.28
GRID = 5
BATCH = 1_000
DAYS = 60

WISHES = (
    "A bench",
    "More shade",
    "A safer crossing",
    "A drinking fountain",
    "Bicycle stands",
    "A playground",
    "Better light",
    "Lisää puita",
    "Turvallinen suojatie",
    "Mehr Sitzbänke",
    "Ein Trinkbrunnen",
    "مقاعد ومظلة",
    "A longer green light",
)
PLACES = (
    "Lime Street",
    "Harbour Road",
    "Mill Lane",
    "School Hill",
    "the tram depot",
    "Market Square",
    "the river bank",
    "the old bridge",
    "Kirkkokatu",
    "Rantatie",
    "the library",
    "the swimming hall",
    "the station",
    "Bahnhofstraße",
)
VOCABULARY = (
    "people wait walk here every morning evening summer winter nowhere sit shade tree lime bench road narrow dangerous "
    "children school older bicycle tram bus stop noise light dark corner market square water green quiet park river "
    "library open longer safer wider clean broken pavement wheelchair pram ramp step crossing signal speed traffic "
    "playground sand slide swing dog meadow bee flower garden neighbour meet table music concert sport swim"
)


@dataclass(frozen=True)
class Size:
    """How much there is to be."""

    proposals: int = 10_000
    supports: int = 50_000
    comments: int = 20_000
    people: int = 5_000


@dataclass(frozen=True)
class Filled:
    """What to look at afterwards: a much discussed proposal, an area, a category, and the process."""

    reference: str
    area: str
    category: str
    process: str


def fill(session: Session, size: Size | None = None) -> Filled:
    """Write the large city; returns names to use in addresses."""
    size = size or Size()
    chance = random.Random(7)
    now = clock.now()
    areas = _areas(chance)
    processes = [_process("our-district", "Our district", areas[0], chance), _process("parks", "Parks", areas[0], chance)]
    categories = [
        {"id": _uuid(chance), "process_id": process["id"], "code": f"about-{n}", "name": {"en": f"Subject {n}"}, "position": n}
        for process in processes
        for n in range(8)
    ]
    people = [{"id": _uuid(chance), "email": f"p{n}@example.org", "display_name": f"Person {n}"} for n in range(size.people)]
    rows = [_proposal(n, chance, processes, areas, categories, people, now) for n in range(size.proposals)]
    supports = list(_supports(chance, rows, people, now, size.supports))
    comments = list(_comments(chance, rows, people, now, size.comments))
    supported = Counter(row["proposal_id"] for row in supports)
    discussed = Counter(row["proposal_id"] for row in comments if row["parent_id"] is None)
    for row in rows:
        row["supports_count"], row["comments_count"] = supported[row["id"]], discussed[row["id"]]
    _insert(session, Area, areas)
    _insert(session, Process, processes)
    _insert(session, Phase, [_phase(process, now, chance) for process in processes])
    _insert(session, Category, categories)
    _insert(session, Person, people)
    # In the order of the draw the full-text table of SQLite is written front to back.
    _insert(session, Proposal, sorted(rows, key=lambda row: row["draw"]))
    _insert(session, Support, supports)
    _insert(session, Comment, comments)
    return Filled(rows[0]["reference"], areas[1]["code"], categories[0]["code"], processes[0]["slug"])


def _insert(session: Session, model: Any, rows: Iterable[Row]) -> None:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        session.execute(insert(model), batch)


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _areas(chance: random.Random) -> list[Row]:
    """The city, and below it a grid of districts."""
    city = _area(chance, "city", "The city", (WEST, SOUTH, EAST, NORTH), None)
    wide, high = (EAST - WEST) / GRID, (NORTH - SOUTH) / GRID
    districts = [
        _area(
            chance,
            f"district-{x}-{y}",
            f"District {chr(65 + x)}{y + 1}",
            (WEST + x * wide, SOUTH + y * high, WEST + (x + 1) * wide, SOUTH + (y + 1) * high),
            city["id"],
        )
        for x in range(GRID)
        for y in range(GRID)
    ]
    return [city, *districts]


def _area(chance: random.Random, code: str, name: str, box: tuple[float, float, float, float], parent: UUID | None) -> Row:
    west, south, east, north = box
    # As many corners as a real border has, so that what reads outlines without need is seen in the figures.
    north_side = [[round(east - (east - west) * n / 500, 6), north] for n in range(501)]
    ring = [[west, south], [east, south], *north_side, [west, south]]
    return {
        "id": _uuid(chance),
        "code": code,
        "parent_id": parent,
        "name": {"en": name},
        "level": int(parent is not None),
        "geojson": json.dumps({"type": "Polygon", "coordinates": [ring]}),
        "size": (east - west) * (north - south),
        "lon": (west + east) / 2,
        "lat": (south + north) / 2,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def _process(slug: str, title: str, area: Row, chance: random.Random) -> Row:
    return {"id": _uuid(chance), "slug": slug, "title": {"en": title}, "area_id": area["id"], "state": ProcessState.PUBLISHED}


def _phase(process: Row, now: datetime, chance: random.Random) -> Row:
    return {
        "id": _uuid(chance),
        "process_id": process["id"],
        "title": {"en": "Collect proposals"},
        "actions": [action.value for action in Action],
        "starts_at": now - timedelta(days=DAYS),
        "ends_at": now + timedelta(days=DAYS),
    }


def _proposal(
    n: int,
    chance: random.Random,
    processes: Sequence[Row],
    areas: Sequence[Row],
    categories: Sequence[Row],
    people: Sequence[Row],
    now: datetime,
) -> Row:
    """Nine of ten in the first process; one of eight without a place on the map, one of ten on paper, some hidden."""
    process = processes[0] if n % 10 else processes[1]
    lon, lat = round(chance.uniform(WEST, EAST), 6), round(chance.uniform(SOUTH, NORTH), 6)
    column, row = int((lon - WEST) / (EAST - WEST) * GRID), int((lat - SOUTH) / (NORTH - SOUTH) * GRID)
    marked = n % 8 != 5
    paper = n % 10 == 3
    author = chance.choice(people)
    return {
        "id": _uuid(chance),
        "reference": _reference(n),
        "draw": new_draw(),
        "process_id": process["id"],
        "category_id": chance.choice([one for one in categories if one["process_id"] == process["id"]])["id"],
        "area_id": areas[1 + min(column, GRID - 1) * GRID + min(row, GRID - 1)]["id"] if marked else None,
        "title": f"{chance.choice(WISHES)} at {chance.choice(PLACES)}",
        "text": _text(chance),
        "state": ProposalState.HIDDEN if n % 50 == 17 else ProposalState.PUBLISHED,
        "author_id": None if paper else author["id"],
        "author_name": author["display_name"] if paper else "",
        "channel": Channel.PAPER if paper else Channel.WEB,
        "place_kind": PlaceKind.POINT if marked else PlaceKind.WHOLE_CITY,
        "geojson": {"type": "Point", "coordinates": [lon, lat]} if marked else None,
        **dict.fromkeys(("lon", "west", "east"), lon if marked else None),
        **dict.fromkeys(("lat", "south", "north"), lat if marked else None),
        "published_at": now - timedelta(minutes=chance.randrange(60 * 24 * DAYS)),
        "answer_status": chance.choice((None, None, None, "accepted", "rejected", "under_evaluation")),
    }


def _reference(n: int) -> str:
    letters = ""
    for _ in range(6):
        n, place = divmod(n, len(ALPHABET))
        letters = ALPHABET[place] + letters
    return f"P-{letters}"


def _text(chance: random.Random) -> str:
    words = VOCABULARY.split()
    return "\n\n".join(" ".join(chance.choices(words, k=chance.randrange(20, 60))).capitalize() + "." for _ in range(2))


def _supports(chance: random.Random, rows: Sequence[Row], people: Sequence[Row], now: datetime, many: int) -> Iterator[Row]:
    """A few proposals have many, most have some; nobody supports the same one twice."""
    weights = [1 + 60 / (1 + n % 997) for n in range(len(rows))]
    seen: set[tuple[int, int]] = set()
    while len(seen) < min(many, len(rows) * len(people)):
        for proposal in chance.choices(range(len(rows)), weights, k=many - len(seen)):
            person = chance.randrange(len(people))
            if (proposal, person) not in seen:
                seen.add((proposal, person))
                yield {
                    "id": _uuid(chance),
                    "proposal_id": rows[proposal]["id"],
                    "person_id": people[person]["id"],
                    "created_at": now - timedelta(minutes=len(seen)),
                }


def _comments(chance: random.Random, rows: Sequence[Row], people: Sequence[Row], now: datetime, many: int) -> Iterator[Row]:
    """The first proposal has two hundred; the others share the rest; one of five is a reply."""
    parents: dict[UUID, UUID] = {}
    for n in range(many):
        proposal = rows[0] if n < min(200, many) else chance.choice(rows)
        reply_to = parents.get(proposal["id"]) if n % 5 == 4 else None
        comment = {
            "id": _uuid(chance),
            "proposal_id": proposal["id"],
            "parent_id": reply_to,
            "author_id": chance.choice(people)["id"],
            "stance": Stance.NEUTRAL if reply_to else chance.choice(list(Stance)),
            "text": _text(chance)[:300],
            "created_at": now - timedelta(minutes=many - n),
        }
        if reply_to is None:
            parents[proposal["id"]] = comment["id"]
        yield comment
