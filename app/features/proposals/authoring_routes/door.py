"""The blueprint, and what this browser may call its own without an account.

A browser without an account remembers in its signed session which proposals were begun in it; the secret of each is
computed from its id (`follow_links`), so a click that is repeated, or answered twice, always meets the same secret.
"""

import uuid
from typing import Any

from flask import Blueprint, session

from app.features.proposals import follow_links
from app.kernel.messages import msg
from app.web import navigation
from app.web.access import viewer

bp = Blueprint("proposals_authoring", "app.features.proposals", template_folder="templates", url_prefix="/proposals")
REMEMBERED = "own_proposals"
REMEMBERED_MOST = 20

navigation.account(
    "proposals_authoring.drafts",
    msg("My proposals"),
    icon="file-text",
    order=20,
    shown_to=lambda actor: actor.is_signed_in,
)


@bp.record_once
def _take_the_key(state: Any) -> None:
    follow_links.bind(str(state.app.config["SECRET_KEY"]))


def remembered() -> list[uuid.UUID]:
    """Ids of the proposals that were begun in this browser without an account, the newest last."""
    found = []
    for text in session.get(REMEMBERED, []):
        try:
            found.append(uuid.UUID(hex=text))
        except (ValueError, TypeError, AttributeError):
            continue
    return found


def new_id() -> uuid.UUID:
    """The id of a proposal that may be begun on the page being shown; the browser remembers it where nobody is signed in."""
    proposal_id = uuid.uuid4()
    if not viewer().is_signed_in:
        session[REMEMBERED] = [one.hex for one in [*remembered(), proposal_id][-REMEMBERED_MOST:]]
    return proposal_id


def token_for(proposal_id: uuid.UUID) -> str | None:
    """The secret of a proposal that was begun in this browser; None for every other."""
    return follow_links.follow_token(proposal_id) if proposal_id in remembered() else None
