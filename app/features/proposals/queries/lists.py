"""The public list: filters, orders, pages. The map obeys the same filters, because both use `conditions`."""

import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, desc, func, select
from sqlalchemy.orm import Session, selectinload

from app.features.proposals.models import Photo, PlaceKind, Proposal, ProposalState
from app.features.proposals.queries.search import found_by
from app.features.proposals.search_words import search_words
from app.kernel.automated import decides
from app.kernel.model import Model
from app.kernel.paging import Page
from app.kernel.references import normalise_reference

PRIME = 2**31 - 1
MARKED = (PlaceKind.POINT, PlaceKind.LINE, PlaceKind.POLYGON)
NO_ANSWER = "none"


class Sort(StrEnum):
    """Orders of the list. Ties are decided by the draw number, so by lot."""

    FAIR = "fair"
    MATCH = "match"
    NEWEST = "newest"
    SUPPORTED = "supported"
    DISCUSSED = "discussed"


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. None means any; an empty tuple means none.

    `answer`: a status, or `none` for proposals the city has not answered. `marked`: with a place on the map, or without.
    `day` decides the fair order (the calendar day in the city's zone).
    """

    process_id: uuid.UUID | None = None
    category_ids: Sequence[uuid.UUID] | None = None
    area_ids: Sequence[uuid.UUID] | None = None
    answer: str | None = None
    marked: bool | None = None
    text: str = ""
    sort: Sort = Sort.FAIR
    day: date = field(default_factory=lambda: date(2000, 1, 1))
    page: int = 1
    size: int = 20


def published(session: Session, filters: Filters) -> Page[Proposal]:
    """One page of published proposals with their photos: four statements at most, however many there are."""
    total = session.scalar(narrowed(session, filters, select(func.count()).select_from(Proposal))) or 0
    page = Page[Proposal]([], filters.page, filters.size, total)
    if filters.page > page.pages:
        page = replace(page, number=page.pages)
    found = _search(session, filters, ranked=filters.sort is Sort.MATCH)
    draws = _joined(select(Proposal.draw), found).where(*conditions(filters)).order_by(*ordering(filters, found))
    draws = draws.limit(filters.size).offset((page.number - 1) * filters.size)
    return replace(page, items=_rows(session, list(session.scalars(draws))))


def _rows(session: Session, draws: list[int]) -> list[Proposal]:
    if not draws:
        return []
    query = select(Proposal).where(Proposal.draw.in_(draws)).options(selectinload(Proposal.photos))
    found = {proposal.draw: proposal for proposal in session.scalars(query)}
    return [found[draw] for draw in draws if draw in found]


def cover_photos(session: Session, proposal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Photo]:
    """The first photo of each of these proposals that residents can see and that has any."""
    query = (
        select(Photo)
        .join(Proposal, Proposal.id == Photo.proposal_id)
        .where(Proposal.id.in_(proposal_ids), Proposal.state == ProposalState.PUBLISHED)
        .order_by(Photo.position.desc())
    )
    return {photo.proposal_id: photo for photo in session.scalars(query)}


def narrowed(session: Session, filters: Filters, query: Select[Any]) -> Select[Any]:
    """`query` (a SELECT of proposals' columns) narrowed to the filters, words included, in no particular order."""
    return _joined(query, _search(session, filters)).where(*conditions(filters))


def _joined(query: Select[Any], found: CTE | None) -> Select[Any]:
    return query if found is None else query.join(found, found.c.draw == Proposal.draw)


def _search(session: Session, filters: Filters, *, ranked: bool = False) -> CTE | None:
    words = search_words(filters.text)
    if not words or _as_reference(filters.text):
        return None
    return found_by(session, words, ranked=ranked)


def _as_reference(text: str) -> str | None:
    """The reference, when that is what was typed into the search box."""
    wanted = normalise_reference(text[:40])
    head, _, tail = wanted.partition("-")
    return wanted if head == "P" and 4 <= len(tail) <= 8 and tail.isascii() and tail.isalnum() else None


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What every row must meet, words apart. The columns are those of `ix_proposal_draw`, which answers alone."""
    found: list[ColumnElement[bool]] = [Proposal.state == ProposalState.PUBLISHED]
    if filters.process_id is not None:
        found.append(Proposal.process_id == filters.process_id)
    else:
        process = Model.metadata.tables["process"]
        found.append(Proposal.process_id.not_in(select(process.c.id).where(process.c.state == "draft")))
    if filters.category_ids is not None:
        found.append(Proposal.category_id.in_(filters.category_ids))
    if filters.area_ids is not None:
        found.append(Proposal.area_id.in_(filters.area_ids))
    if filters.answer == NO_ANSWER:
        found.append(Proposal.answer_status.is_(None))
    elif filters.answer:
        found.append(Proposal.answer_status == filters.answer)
    if filters.marked is not None:
        kinds = Proposal.place_kind.in_(MARKED)
        found.append(kinds if filters.marked else Proposal.place_kind.not_in(MARKED))
    if reference := _as_reference(filters.text):
        found.append(Proposal.reference == reference)
    elif filters.text.strip() and not search_words(filters.text):
        found.append(Proposal.draw == 0)  # nothing but signs was typed: nothing contains them
    return found


@decides("proposals_order")
def ordering(filters: Filters, found: CTE | None = None) -> list[Any]:
    """ORDER BY of the chosen order."""
    match filters.sort:
        case Sort.MATCH if found is not None:
            return [found.c.rank, desc(Proposal.draw)]
        case Sort.NEWEST:
            return [desc(Proposal.published_at), desc(Proposal.draw)]
        case Sort.SUPPORTED:
            return [desc(Proposal.supports_count), desc(Proposal.draw)]
        case Sort.DISCUSSED:
            return [desc(Proposal.comments_count), desc(Proposal.draw)]
    return fair_order(filters.day)


@decides("proposals_order")
def fair_order(day: date) -> list[Any]:
    """The order of the day: the same for everyone until midnight, and fresh the next day.

    Each proposal has a random number that nobody sees. The day gives two numbers a and b (from SHA-256 of its date);
    proposals stand in the order of (a · number + b) modulo the prime 2³¹ − 1. Over the days each is as often first as
    any other, which a turning or stored order would not give. One scan of a narrow index, no random() and no sort key
    to rewrite at night.
    """
    a, b = day_numbers(day)
    return [(Proposal.draw % PRIME * a + b) % PRIME, Proposal.draw]


def day_numbers(day: date) -> tuple[int, int]:
    """a (1 … P-1) and b (0 … P-1) of a day."""
    digest = hashlib.sha256(f"plaza {day.isoformat()}".encode()).digest()
    return 1 + int.from_bytes(digest[:8]) % (PRIME - 1), int.from_bytes(digest[8:16]) % PRIME
