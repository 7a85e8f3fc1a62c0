"""What this room removes by itself: drafts that nobody comes back to, and how to reach guests when all is over."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.features.proposals import rules
from app.features.proposals.models import GuestContact, Proposal, ProposalState
from app.features.proposals.use_cases.tidying import (
    GUEST_DRAFTS_KEPT,
    count_drafts,
    delete_drafts,
    left_behind,
    thrown_away,
)
from app.features.spaces.queries import Phase
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare, rows


def _delete_thrown_away(session: Session, before: datetime, most: int) -> int:
    return delete_drafts(session, thrown_away(before), most)


def _delete_left_behind(session: Session, before: datetime, most: int) -> int:
    return delete_drafts(session, left_behind(before), most)


def _of_ended_processes(before: datetime) -> ColumnElement[bool]:
    ended = (
        select(Phase.process_id)
        .where(Phase.removed_at.is_(None))
        .group_by(Phase.process_id)
        .having(func.max(Phase.ends_at) < before)
    )
    return GuestContact.proposal_id.in_(select(Proposal.id).where(Proposal.process_id.in_(ended)))


declare(
    Rule(
        "drafts_thrown_away",
        msg("Drafts that were thrown away, with their photos"),
        msg("after they were thrown away"),
        msg("Until then their author can bring them back."),
        rules.UNDO_FOR.days,
        lambda session, before: count_drafts(session, thrown_away(before)),
        _delete_thrown_away,
        fewest_days=rules.UNDO_FOR.days,
    )
)
declare(
    Rule(
        "guest_drafts",
        msg("Drafts made without an account and not sent, with their photos"),
        msg("after they were last changed"),
        msg("The browser they were written in has forgotten them by then, so nobody can come back to them."),
        GUEST_DRAFTS_KEPT.days,
        lambda session, before: count_drafts(session, left_behind(before)),
        _delete_left_behind,
        fewest_days=1,
    )
)
rows(
    "guest_contacts",
    msg("How to reach people who made a proposal without an account"),
    GuestContact,
    _of_ended_processes,
    since=msg("after the last phase of the process has ended"),
    why=msg("Until then they get news of their proposal and of what becomes of it."),
    days=365,
)


def _taken_back(before: datetime) -> ColumnElement[bool]:
    gone = select(Proposal.id).where(Proposal.state == ProposalState.WITHDRAWN, Proposal.changed_at < before)
    return GuestContact.proposal_id.in_(gone)


rows(
    "guest_contacts_taken_back",
    msg("How to reach people who took back a proposal that they had made without an account"),
    GuestContact,
    _taken_back,
    since=msg("after they took it back"),
    why=msg("Until then they can bring it back. Afterwards there is nothing to tell them."),
    days=rules.UNDO_FOR.days,
    fewest_days=rules.UNDO_FOR.days,
)
