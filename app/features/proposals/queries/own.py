"""A writer's own proposals: by account, by the ids that a browser remembers, by the secret of a follow-up link."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session, selectinload

from app.features.proposals.follow_links import follow_code, follow_token, slip_token
from app.features.proposals.models import GuestContact, Proposal, ProposalState
from app.features.proposals.rules import is_reachable
from app.kernel.codes import grouped
from app.kernel.errors import NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.references import token_hash

MOST = 200
NO_LINK = msg(
    "This link opens no proposal, or works no more. Once a proposal was put to an account, "
    "whoever signs in there sees it under “My proposals”."
)


def own_list(
    session: Session, actor: Actor, ids: Collection[uuid.UUID] = (), *, thrown_away: bool = False
) -> Sequence[Proposal]:
    """The actor's drafts and proposals, what was changed last first; `ids` are those of a browser without an account.

    Drafts that were thrown away are left out, or are the only ones when `thrown_away`. At most 200.
    """
    gone = and_(
        Proposal.state == ProposalState.WITHDRAWN,
        func.coalesce(Proposal.withdrawn_from, "") == ProposalState.DRAFT.value,
    )
    query = select(Proposal).where(_whose(actor, ids), gone if thrown_away else not_(gone))
    return session.scalars(query.order_by(Proposal.changed_at.desc(), Proposal.id).limit(MOST)).all()


def count_drafts(session: Session, actor: Actor, process_id: uuid.UUID, ids: Collection[uuid.UUID] = ()) -> int:
    """How many drafts of theirs wait in one process."""
    query = select(func.count()).select_from(Proposal).where(_whose(actor, ids))
    return session.scalar(query.where(Proposal.process_id == process_id, Proposal.state == ProposalState.DRAFT)) or 0


def _whose(actor: Actor, ids: Collection[uuid.UUID]) -> ColumnElement[bool]:
    mine = and_(Proposal.id.in_(ids), Proposal.author_id.is_(None))
    return mine if actor.person_id is None else or_(mine, Proposal.author_id == actor.person_id)


def by_follow_token(session: Session, token: str) -> Proposal:
    """The proposal whose follow-up link holds `token`, with its photos. Raises NotFound for drafts and wrong secrets."""
    if not 20 <= len(token) <= 100 or not token.isascii():
        raise NotFound(NO_LINK)
    query = select(Proposal).where(Proposal.follow_token_hash == token_hash(token), Proposal.state != ProposalState.DRAFT)
    proposal = session.scalars(query.options(selectinload(Proposal.photos))).one_or_none()
    if proposal is None or proposal.withdrawn_from == ProposalState.DRAFT.value:
        raise NotFound(NO_LINK)
    return proposal


def has_contact(session: Session, proposal_id: uuid.UUID) -> bool:
    """Whether a way to reach the writer was written on the form."""
    return is_reachable(session.get(GuestContact, proposal_id))


def slip_secret(proposal: Proposal) -> str | None:
    """The secret of the follow-up link on the slip of a proposal that was taken in; None where it has another one, such as
    from before the installation's key was changed."""
    token = slip_token(proposal.id)
    return token if proposal.follow_token_hash == token_hash(token) else None


def typed_code(proposal: Proposal) -> str | None:
    """The short code that leads to the proposal when it is typed, in groups; None where it has none of its own."""
    code = follow_code(proposal.id)
    return grouped(code) if proposal.follow_code_hash == token_hash(code) else None


def by_follow_code(session: Session, code: str) -> Proposal | None:
    """The proposal on whose slip `code` stands, without dashes and spaces; None for any other code."""
    return session.scalars(select(Proposal).where(Proposal.follow_code_hash == token_hash(code))).one_or_none()


def sent_secret(proposal: Proposal) -> str | None:
    """The secret of the follow-up link of a proposal that its writer sent without an account; None where it has another one."""
    token = follow_token(proposal.id)
    return token if proposal.follow_token_hash == token_hash(token) else None


def guest_contact(session: Session, proposal_id: uuid.UUID) -> GuestContact | None:
    """How to reach the writer of a proposal without an account, if they said it."""
    return session.get(GuestContact, proposal_id)
