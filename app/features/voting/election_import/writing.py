"""Storing an election: first everything but the ballots, as a draft that nobody sees; at the end what makes it public."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.features.budgets.queries import ElectionImport, Pot, PotState, Project, ProjectCategory
from app.features.counting.numbers import Score, score_text
from app.features.counting.use_cases import PbElection, PbMeta, PbProject
from app.features.spaces.queries import (
    IMPORTED_AREA,
    NOWHERE_AREA,
    Action,
    Category,
    Participation,
    Process,
    Publication,
)
from app.features.spaces.use_cases import (
    AddArea,
    AddPhase,
    CreateProcess,
    PhaseDetails,
    ProcessDetails,
    add_area,
    add_phase,
    create_process,
)
from app.features.voting.election_import import words
from app.features.voting.election_import.compare import facts_of
from app.features.voting.election_import.days import voting_days
from app.features.voting.election_import.notices import Notice, from_reading, own
from app.features.voting.election_import.outline import anywhere, hull, place_of
from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.permissions import SYSTEM
from app.kernel.references import new_reference
from app.kernel.texts import Texts, clean_line, clean_text

MOST_INTEGER = 2**31 - 1
MOST_TEXT = 10_000
REFERENCE_LENGTH = 8  # thousands of imported projects share the space of references with the city's own


@dataclass(frozen=True)
class Stored:
    """What the first transaction left, for those that follow."""

    import_id: uuid.UUID
    process_id: uuid.UUID
    pot_id: uuid.UUID
    slug: str
    notices: tuple[Notice, ...]
    located: int


def write_head(session: Session, election: PbElection, identity: str, file_name: str, now: datetime, zone: ZoneInfo) -> Stored:
    """Store process, area, categories, pot and projects. All of it is a draft until `publish`."""
    meta = election.head.meta
    days, money = voting_days(meta, now, zone), words.money_of(meta)
    notices = [*map(from_reading, election.notices), *days.notices, *money.notices]
    process = _process(session, election, identity)
    phase = PhaseDetails(words.VOTE, {}, days.starts_at, days.ends_at, (Action.VOTE,))
    add_phase(session, SYSTEM, AddPhase(process.id, uuid.uuid4(), phase))
    pot = _pot(election, process, money)
    session.add(pot)
    session.flush()
    notices += _write_projects(session, election, process, pot)
    entry = ElectionImport(
        pot_id=pot.id,
        identity=identity,
        content_digest=election.content_digest,
        file_name=clean_line(file_name)[:255],
        meta=dict(meta.fields),
        summary={"complete": False, "facts": facts_of(election), "notices": notices},
    )
    session.add(entry)
    session.flush()
    located = sum(place_of(project) is not None for project in election.head.projects)
    return Stored(entry.id, process.id, pot.id, process.slug, tuple(notices), located)


def _process(session: Session, election: PbElection, identity: str) -> Process:
    meta = election.head.meta
    language = words.title_language(meta)
    places = [place for project in election.head.projects if (place := place_of(project))]
    shape = hull(places)
    area = add_area(
        session,
        SYSTEM,
        AddArea(
            code=f"{IMPORTED_AREA if shape else NOWHERE_AREA}{identity[:20]}",
            name={words.language(meta): words.area_name(meta)},
            geojson=json.dumps(shape or anywhere()),
        ),
    )
    full, short = words.title(meta), words.short_title(meta)
    details = ProcessDetails(
        title={language: short},
        area_id=area.id,
        summary={},
        description={language: clean_text(full)[:MOST_TEXT]} if full != short else {},
        publication=Publication.AT_ONCE,
        participation=Participation.ACCOUNT,
    )
    process = _with_free_address(session, details, words.address(meta))
    process.imported = True
    session.flush()
    return process


def _with_free_address(session: Session, details: ProcessDetails, address: str) -> Process:
    """The guessable address, with a number behind it where another process has it already."""
    for number in range(1, 1000):
        slug = address and (address if number == 1 else f"{address}-{number}")
        try:
            return create_process(session, SYSTEM, CreateProcess(uuid.uuid4(), _at(details, slug)))
        except Refused as refusal:
            if refusal.field != "slug":
                raise
    return create_process(session, SYSTEM, CreateProcess(uuid.uuid4(), _at(details, "")))


def _at(details: ProcessDetails, slug: str) -> ProcessDetails:
    return ProcessDetails(**{**details.__dict__, "slug": slug})


def _pot(election: PbElection, process: Process, money: words.Money) -> Pot:
    meta = election.head.meta
    return Pot(
        process_id=process.id,
        area_id=process.area_id if process.area.code.startswith(IMPORTED_AREA) else None,
        title=process.title,
        description={},
        amount=meta.budget,
        currency=money.currency,
        vote_type=meta.vote_type.value,
        rule=meta.rule[:40],
        limit_by_cost=meta.max_sum_cost is not None and meta.max_length is None,
        min_projects=_whole(meta.min_length) or 0,
        max_projects=_whole(meta.max_length),
        max_points=_whole(meta.max_sum_points),
        options=_options(election, money),
        state=PotState.READY,
    )


def _options(election: PbElection, money: words.Money) -> dict[str, Any]:
    """The announced rule as counting needs it, and everything META said. Points are texts: they may be fractions."""
    meta = election.head.meta
    limits: dict[str, Any] = {key: getattr(meta, key) for key in ("min_length", "max_length", "min_sum_cost", "max_sum_cost")}
    points = ("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score", "min_project_score_threshold")
    limits |= {key: _score(getattr(meta, key)) for key in points}
    known = {key: value for key, value in limits.items() if value is not None}
    return known | {
        "imported": True,
        "tie_rules": ["listed_first"],
        "decimals": meta.decimals,
        "meta": [list(pair) for pair in meta.fields],
        "has_official": any(project.selected is not None for project in election.head.projects),
    }


def _score(score: Score | None) -> str | None:
    return None if score is None else score_text(score)


def _whole(number: Score | None) -> int | None:
    """A limit as a column holds it; larger ones and fractions stand in the options."""
    return number if isinstance(number, int) and 0 <= number <= MOST_INTEGER else None


def _write_projects(session: Session, election: PbElection, process: Process, pot: Pot) -> list[Notice]:
    meta, projects = election.head.meta, election.head.projects
    language = words.language(meta)
    categories = _write_categories(session, process, meta, projects)
    rows, links = [], []
    for position, project in enumerate(projects):
        row = _project_row(project, meta, language, pot) | {"id": uuid.uuid4(), "position": position}
        rows.append(row)
        codes = dict.fromkeys(_key(name) for name in project.categories)
        links += [{"project_id": row["id"], "category_id": categories[code]} for code in codes if code in categories]
    if rows:
        session.execute(insert(Project), rows)
    if links:
        session.execute(insert(ProjectCategory), links)
    return _notices_about(projects, meta)


def _project_row(project: PbProject, meta: PbMeta, language: str, pot: Pot) -> dict[str, Any]:
    extra = {key: value for key, value in project.extra if value}
    name, text = clean_line(project.name), clean_text(extra.pop("description", ""))
    place = place_of(project)
    kept = {"target": list(project.targets), "votes": project.votes, "score": _score(project.score), "columns": extra}
    if project.selected not in (None, 0, 1):
        kept["selected"] = project.selected
    return {
        "pot_id": pot.id,
        "number": project.project_id,
        "reference": new_reference("B", REFERENCE_LENGTH),
        "title": {language: name} if name else _numbered(project.project_id),
        "description": {language: text} if text else {},
        "cost": project.cost,
        "area_id": pot.area_id if place else None,
        "lon": place[0] if place else None,
        "lat": place[1] if place else None,
        "official_selected": None if project.selected is None else project.selected == 1,
        "extra": {key: value for key, value in kept.items() if value or value == 0},
    }


def _numbered(number: str) -> Texts:
    return {code: words_ % number for code, words_ in words.PROJECT.items()}


def _write_categories(session: Session, process: Process, meta: PbMeta, projects: Sequence[PbProject]) -> dict[str, uuid.UUID]:
    """Every category of the file once, in the order in which they first stand there; names are left as they are."""
    names: dict[str, str] = {}
    for project in projects:
        for name in project.categories:
            if _key(name):
                names.setdefault(_key(name), clean_line(name))
    ids = {key: uuid.uuid4() for key in names}
    rows = [
        {
            "id": ids[key],
            "process_id": process.id,
            "code": f"c{position + 1}",
            "name": {words.category_language(name, meta): name},
            "position": position,
        }
        for position, (key, name) in enumerate(names.items())
    ]
    if rows:
        session.execute(insert(Category), rows)
    return ids


def _key(name: str) -> str:
    return clean_line(name).casefold()


def _notices_about(projects: Sequence[PbProject], meta: PbMeta) -> list[Notice]:
    """What pages must say about projects: nowhere, nameless, dearer than the pot, chosen with another mark."""
    found: list[Notice] = []

    def note(code: str, field: str, which: list[PbProject], text: Any) -> None:
        if which:
            lines = tuple(project.line for project in which[:10] if project.line is not None)
            found.append(own(code, field, text, count=len(which), lines=lines))

    zero = [p for p in projects if p.latitude == 0 and p.longitude == 0]
    note("null_island", "latitude", zero, msg("A place at 0, 0 stands for none; the project is not on the map."))
    nameless = [p for p in projects if not clean_line(p.name)]
    note("no_name", "name", nameless, msg("Projects without a name are called by their number."))
    dear = [p for p in projects if p.cost > meta.budget]
    note("too_dear", "cost", dear, msg("Projects that cost more than the whole pot can never win."))
    marked = [p for p in projects if p.selected not in (None, 0, 1)]
    note("other_mark", "selected", marked, msg("Only 1 in the column “selected” was read as chosen by the city."))
    return found


def record_import(session: Session, stored: Stored, election: PbElection, file_name: str, ballots: int) -> None:
    """Leave the audit entry that says which file became which pot."""
    pot = session.get_one(Pot, stored.pot_id)
    audit.record(
        session,
        SYSTEM,
        "election.imported",
        pot,
        process_id=stored.process_id,
        file_name=clean_line(file_name)[:255],
        content_digest=election.content_digest,
        ballots=ballots,
    )
