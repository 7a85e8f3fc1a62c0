"""Letters to the authors of proposals. Words that a stranger typed never go to an address that nobody has confirmed."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.features.notifications.queries import Mail, sizes_kept_by
from app.features.proposals.follow_links import follow_token
from app.features.proposals.models import GuestContact, Proposal, ProposalState
from app.features.proposals.rules import is_own
from app.kernel.messages import msg
from app.kernel.permissions import ANONYMOUS


def _complete(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    """Address and words at the moment of delivery; nothing when the author has taken the proposal back meanwhile."""
    proposal = session.get(Proposal, uuid.UUID(params["proposal_id"]))
    if proposal is None or proposal.state in (ProposalState.WITHDRAWN, ProposalState.DRAFT):
        return None
    found = {**params, "reference": proposal.reference, "path": f"/proposals/{proposal.reference}", "follow_path": ""}
    if proposal.author_id is not None:
        return {**found, "title": proposal.title}
    token = follow_token(proposal.id)
    if is_own(ANONYMOUS, proposal, token):
        found["follow_path"] = f"/proposals/follow/{token}"
    return {**found, "title": ""}


PUBLISHED = Mail("proposals.published", subject=msg("Your proposal %(reference)s is published"), prepare=_complete, renews=True)
WAITING = Mail("proposals.waiting", subject=msg("Your proposal %(reference)s has arrived"), prepare=_complete, renews=True)
CLAIMED = Mail("proposals.claimed", subject=msg("Your proposal %(reference)s is in your account"), prepare=_complete)
CLAIMED_BY = Mail("proposals.claimed_by", subject=msg("Your proposal %(reference)s was put to an account"), prepare=_complete)


def _keep_size(session: Session, proposal_id: uuid.UUID, large: bool) -> None:
    """What a clerk chose for one letter to a guest holds for those that follow."""
    contact = session.get(GuestContact, proposal_id)
    if contact is not None:
        contact.large_print = large


sizes_kept_by(_keep_size)
