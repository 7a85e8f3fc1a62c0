"""Full-text search behind one function: FTS5 on SQLite, `tsvector` on PostgreSQL, the same words and results."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, bindparam, column, desc, func, literal_column, select, table
from sqlalchemy.orm import Session

from app.features.proposals.models import Proposal, ProposalState
from app.features.proposals.search_words import Word
from app.kernel.automated import decides

_FTS5 = table("proposal_fts", column("rowid"))
_TSVECTOR = table("proposal_fts", column("draw"), column("document"))
TITLE_WEIGHT = 8.0
SHORTEST_PREFIX = 2


@decides("search_ranking")
def matching(session: Session, words: Sequence[Word], *, every: bool = True, ranked: bool = True) -> Select[tuple[int, float]]:
    """SELECT of `draw` and `rank` (smaller is better) of published proposals that contain every word, or any of them.

    A word also finds longer words that begin with it. Only published proposals are in the index; whoever joins this
    still says `state = 'published'`. `words` must not be empty.
    """
    if session.get_bind().dialect.name == "sqlite":
        rank: ColumnElement[Any] = (
            literal_column(f"bm25(proposal_fts, {TITLE_WEIGHT}, 1.0, 2.0)") if ranked else literal_column("0.0")
        )
        found = literal_column("proposal_fts").op("MATCH")(bindparam("words", _fts5(words, every), unique=True))
        return select(_FTS5.c.rowid.label("draw"), rank.label("rank")).where(found)
    query = func.to_tsquery("simple", _tsquery(words, every))
    weight: ColumnElement[Any] = -func.ts_rank(_TSVECTOR.c.document, query) if ranked else literal_column("0.0")
    return select(_TSVECTOR.c.draw, weight.label("rank")).where(_TSVECTOR.c.document.op("@@")(query))


def found_by(session: Session, words: Sequence[Word], *, every: bool = True, ranked: bool = True) -> CTE:
    """`matching` to join with `proposal`, worked out once: SQLite's planner would search anew for every proposal."""
    return matching(session, words, every=every, ranked=ranked).cte("found").prefix_with("MATERIALIZED")


@decides("search_ranking")
def best(session: Session, words: Sequence[Word], *, every: bool, limit: int, process_id: uuid.UUID) -> list[int]:
    """The `draw` numbers of the best matches of one process, the best first."""
    found = found_by(session, words, every=every)
    query = (
        select(found.c.draw)
        .join(Proposal, Proposal.draw == found.c.draw)
        .where(Proposal.state == ProposalState.PUBLISHED, Proposal.process_id == process_id)
        .order_by(found.c.rank, desc(found.c.draw))
        .limit(limit)
    )
    return list(session.scalars(query))


def _fts5(words: Sequence[Word], every: bool) -> str:
    """FTS5's language. Words hold letters and digits only; they are quoted all the same, as FTS5 knows AND, OR and NEAR."""
    groups = []
    for word in words:
        star = "*" if len(word.bare) >= SHORTEST_PREFIX else ""
        spellings = dict.fromkeys((word.bare, word.spelled))
        groups.append("(" + " OR ".join(f'"{spelling}"{star}' for spelling in spellings) + ")")
    return (" AND " if every else " OR ").join(groups)


def _tsquery(words: Sequence[Word], every: bool) -> str:
    parts = [f"{word.bare}:*" if len(word.bare) >= SHORTEST_PREFIX else word.bare for word in words]
    return (" & " if every else " | ").join(parts)
