"""Who may write a newsletter, under which agreement, and when it may be sent. Pure."""

import uuid

from app.features.newsletters.models import Newsletter, NewsletterState
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission

PURPOSE = "newsletter"
"""The purpose of the agreements that newsletters rest on."""


def may_write(actor: Actor, process_id: uuid.UUID | None) -> bool:
    """Whether somebody may write to those who agreed in this process; in the whole city only those who may everywhere."""
    allowed = actor.processes_where(Permission.NEWSLETTER)
    return allowed is None or (process_id is not None and process_id in allowed)


def why_not_sent(newsletter: Newsletter, *, in_force: bool) -> Message | None:
    """Why a newsletter cannot be sent now, or None."""
    if newsletter.state is not NewsletterState.DRAFT:
        return msg("This newsletter was sent already.")
    if not in_force:
        return msg("The agreement is not in force any more, so nobody may be written to.")
    return None
