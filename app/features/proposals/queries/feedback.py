"""What may be counted outside this room: published proposals, supports and comments as SELECTs that others join.

Hidden and withdrawn content, and content of processes that are not published, is in none of them.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, String, case, func, literal, null, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from app.features.proposals.models import Comment, CommentState, Proposal, ProposalState, Support
from app.kernel.model import Model
from app.kernel.permissions import Channel
from app.kernel.small_numbers import FEWEST_INSIDE, joined

SUPPORTED_BY = (Channel.WEB.value, Channel.KIOSK.value)
"""Where one can support a proposal. That nobody has at one of them is not told: else one would see the first one come."""


class month_of(FunctionElement[str]):  # noqa: N801  named like the SQL functions it stands beside
    """The calendar month of a stored moment as `2026-05`, in UTC."""

    type = String()
    inherit_cache = True
    name = "month_of"


@compiles(month_of, "sqlite")
def _month_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 7)"


@compiles(month_of, "postgresql")
def _month_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"to_char(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'UTC', 'YYYY-MM')"


def in_visible_process() -> ColumnElement[bool]:
    """The proposal's process is published or archived, not a draft."""
    process = Model.metadata.tables["process"]
    return Proposal.process_id.in_(select(process.c.id).where(process.c.state != "draft"))


def published_select() -> Select[Proposal]:
    """Published proposals of visible processes, for other rooms to narrow, join and order."""
    return select(Proposal).where(Proposal.state == ProposalState.PUBLISHED, in_visible_process())


def published_proposals_cte() -> CTE:
    """Columns: proposal_id, process_id, area_id, category_id, person_id (null: no account), stance (null), month, channel."""
    return (
        select(
            Proposal.id.label("proposal_id"),
            Proposal.process_id,
            Proposal.area_id,
            Proposal.category_id,
            Proposal.author_id.label("person_id"),
            null().label("stance"),
            month_of(Proposal.published_at).label("month"),
            Proposal.channel,
        )
        .where(Proposal.state == ProposalState.PUBLISHED, in_visible_process())
        .cte("published_proposals")
    )


def supports_cte(before: datetime | None = None) -> CTE:
    """Supports of published proposals, with the place and topic of the proposal; stance is `in_favour`. Those given `before` a
    moment, or all.
    """
    found = (
        select(
            Proposal.id.label("proposal_id"),
            Proposal.process_id,
            Proposal.area_id,
            Proposal.category_id,
            Support.person_id,
            literal("in_favour").label("stance"),
            month_of(Support.created_at).label("month"),
            Support.channel,
        )
        .join(Proposal, Proposal.id == Support.proposal_id)
        .where(Proposal.state == ProposalState.PUBLISHED, in_visible_process())
    )
    return (found if before is None else found.where(Support.created_at < before)).cte("supports_of_published")


def published_comments_cte() -> CTE:
    """Published comments and replies under published proposals; stance is null for a reply, which takes none."""
    return (
        select(
            Proposal.id.label("proposal_id"),
            Proposal.process_id,
            Proposal.area_id,
            Proposal.category_id,
            Comment.author_id.label("person_id"),
            case((Comment.parent_id.is_(None), Comment.stance), else_=null()).label("stance"),
            Comment.parent_id.is_not(None).label("is_reply"),
            month_of(Comment.created_at).label("month"),
            Comment.channel,
        )
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .where(
            Proposal.state == ProposalState.PUBLISHED,
            Comment.state == CommentState.PUBLISHED,
            in_visible_process(),
        )
        .cte("published_comments")
    )


def by_channel(session: Session, process_id: uuid.UUID) -> dict[Channel, int]:
    """How many published proposals of a process came in which way, the most first; ways that nobody took are left out."""
    number = func.count()
    query = published_select().where(Proposal.process_id == process_id).with_only_columns(Proposal.channel, number)
    return dict(session.execute(query.group_by(Proposal.channel).order_by(number.desc(), Proposal.channel)).tuples().all())


def supports_by_channel(session: Session, proposal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """How the supports of these proposals came in, for staff: the most first, small numbers together so that none points at
    somebody. A proposal with nothing to compare is left out.
    """
    query = (
        select(Support.proposal_id, Support.channel, func.count())
        .where(Support.proposal_id.in_(proposal_ids))
        .group_by(Support.proposal_id, Support.channel)
    )
    found: dict[uuid.UUID, dict[str, int]] = {}
    for proposal_id, channel, number in session.execute(query).tuples():
        found.setdefault(proposal_id, {})[channel.value] = number
    told = {one: joined(numbers, FEWEST_INSIDE, every=SUPPORTED_BY) for one, numbers in found.items()}
    return {one: dict(sorted(ways.items(), key=lambda way: -way[1])) for one, ways in told.items() if len(ways) > 1}
