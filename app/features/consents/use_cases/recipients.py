"""Recipients are named, corrected and retired."""

import uuid

from sqlalchemy.orm import Session

from app.features.consents.commands import WriteRecipient
from app.features.consents.models import Recipient, RecipientState
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission


def write_recipient(session: Session, actor: Actor, command: WriteRecipient) -> Recipient:
    """Add somebody who gets data, or correct what is known of them. Revisions that are frozen keep what they say.

    Raises Forbidden for everybody but stewards and administrators, Invalid without a name or with an impossible country.
    """
    actor.require(Permission.AGREEMENT_MANAGE)
    errors: dict[str, Message] = {}
    if not any(command.name.values()):
        errors["name"] = msg("Write this in at least one language.")
    country = command.country.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        errors["country"] = msg("Write the two letters of the country, such as FI.")
    if command.url and not command.url.startswith(("https://", "http://")):
        errors["url"] = msg("Write a whole address that begins with https://")
    if errors:
        raise Invalid(errors)
    known = command.recipient_id is not None
    recipient = session.get(Recipient, command.recipient_id, with_for_update=True) if known else Recipient()
    if recipient is None:
        raise NotFound
    before = _facts(recipient) if known else {}
    recipient.name, recipient.kind = command.name, command.kind
    recipient.organisation, recipient.contact = command.organisation, command.contact
    recipient.url, recipient.country = command.url, country
    session.add(recipient)
    session.flush()
    action = "recipient.changed" if known else "recipient.added"
    audit.record(session, actor, action, recipient, before=before, after=_facts(recipient))
    return recipient


def _facts(recipient: Recipient) -> dict[str, object]:
    facts = ("name", "organisation", "contact", "url", "country")
    return {"kind": recipient.kind.value, **{fact: getattr(recipient, fact) for fact in facts}}


def retire_recipient(session: Session, actor: Actor, recipient_id: uuid.UUID) -> Recipient:
    """Offer a recipient for no new agreement. Agreements in force with them go on until they are ended."""
    actor.require(Permission.AGREEMENT_MANAGE)
    recipient = session.get(Recipient, recipient_id, with_for_update=True)
    if recipient is None:
        raise NotFound
    recipient.state = RecipientState.RETIRED
    session.flush()
    audit.record(session, actor, "recipient.retired", recipient)
    return recipient
