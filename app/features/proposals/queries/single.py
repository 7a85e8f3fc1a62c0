"""One proposal: by id, by reference, and whether somebody may see it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.features.proposals.models import Photo, Proposal, ProposalState
from app.kernel.errors import NotFound
from app.kernel.model import Model
from app.kernel.permissions import Actor, Channel, Permission
from app.kernel.references import normalise_reference


def proposal(session: Session, proposal_id: uuid.UUID) -> Proposal | None:
    """The proposal with that id, whatever its state. Pages ask `visible_proposal`."""
    return session.get(Proposal, proposal_id)


def proposal_by_reference(session: Session, reference: str) -> Proposal | None:
    """The proposal with that reference as somebody typed it, with its photos, whatever its state."""
    wanted = normalise_reference(reference)
    if not wanted.isascii() or not 0 < len(wanted) <= 16 or not wanted.isprintable():
        return None
    query = select(Proposal).where(Proposal.reference == wanted).options(selectinload(Proposal.photos))
    return session.scalars(query).one_or_none()


BY_HANDS = frozenset({Channel.PAPER, Channel.PHONE, Channel.DESK})


def may_see(actor: Actor, found: Proposal) -> bool:
    """Published ones everybody; others their author; moderators all of their process but drafts; whoever takes in for the
    process what came by hands and waits for a moderator, so that they can answer somebody who asks for it."""
    if found.state is ProposalState.PUBLISHED:
        return True
    if actor.person_id is not None and actor.person_id == found.author_id:
        return True
    if found.state is ProposalState.PENDING and found.channel in BY_HANDS and actor.may(Permission.INTAKE, found.process_id):
        return True
    return found.state is not ProposalState.DRAFT and actor.may(Permission.MODERATE, found.process_id)


def visible_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Proposal:
    """The proposal if `actor` may see it. Raises NotFound for one that is hidden from them or in a hidden process."""
    return _visible(session, actor, proposal(session, proposal_id))


def visible_by_reference(session: Session, actor: Actor, reference: str) -> Proposal:
    """The same by the reference in an address. Raises NotFound."""
    return _visible(session, actor, proposal_by_reference(session, reference))


def _visible(session: Session, actor: Actor, found: Proposal | None) -> Proposal:
    if found is None or not may_see(actor, found):
        raise NotFound
    process = Model.metadata.tables["process"]
    state = session.scalar(select(process.c.state).where(process.c.id == found.process_id))
    if state is None or (state == "draft" and not actor.may(Permission.PROCESS_MANAGE, found.process_id)):
        raise NotFound
    return found


def visible_photo(session: Session, actor: Actor, photo_id: uuid.UUID) -> Photo:
    """A photo of a proposal that `actor` may see. Raises NotFound."""
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise NotFound
    visible_proposal(session, actor, photo.proposal_id)
    return photo
