"""What can happen here: a newsletter is written, thrown away, sent; somebody stops getting it by the link in a letter."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.commands import WithdrawConsent
from app.features.consents.queries import AgreementState, DataAgreement, readers
from app.features.consents.use_cases import withdraw_consent
from app.features.newsletters.commands import WriteNewsletter
from app.features.newsletters.mails import LETTER
from app.features.newsletters.models import Newsletter, NewsletterState
from app.features.newsletters.queries import agreement_of, newsletter
from app.features.newsletters.rules import may_write, why_not_sent
from app.features.notifications.use_cases import notify
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor

POSTING = "newsletters.posting"
AT_ONCE = 1_000


def write_newsletter(session: Session, actor: Actor, command: WriteNewsletter) -> Newsletter:
    """Keep a draft. Raises NotFound for agreements one may not write under, Conflict once it was sent, Invalid when empty."""
    about = _agreement(session, actor, command.agreement_id)
    errors = {
        name: msg("Write this in at least one language.")
        for name, texts in (("title", command.title), ("text", command.text))
        if not any(texts.values())
    }
    only_one = set(command.title) ^ set(command.text)
    if not errors and only_one:
        errors["title"] = msg("In each language that you use, write a title and a text.")
    if errors:
        raise Invalid(errors)
    if command.newsletter_id is None:
        found = Newsletter(agreement_id=about.id, written_by_id=actor.person_id)
        session.add(found)
    else:
        found = _locked(session, actor, command.newsletter_id)
        if found.state is not NewsletterState.DRAFT:
            raise Conflict(msg("This newsletter was sent already."))
    found.title, found.text = command.title, command.text
    session.flush()
    return found


def discard_newsletter(session: Session, actor: Actor, newsletter_id: uuid.UUID) -> None:
    """Throw a draft away. Raises Conflict once it was sent."""
    found = _locked(session, actor, newsletter_id)
    if found.state is not NewsletterState.DRAFT:
        raise Conflict(msg("This newsletter was sent already."))
    session.delete(found)
    session.flush()


def send_newsletter(session: Session, actor: Actor, newsletter_id: uuid.UUID) -> Newsletter:
    """Let it go out after the commit: to each whose consent is in force when their own letter leaves.

    Raises Conflict when it was sent already, or when the agreement is not in force any more.
    """
    found = _locked(session, actor, newsletter_id)
    about = session.get_one(DataAgreement, found.agreement_id)
    if problem := why_not_sent(found, in_force=about.state is AgreementState.IN_FORCE):
        raise Conflict(problem)
    found.state, found.sent_at = NewsletterState.SENT, clock.now()
    outbox.post(session, POSTING, newsletter=str(found.id))
    audit.record(session, actor, "newsletter.sent", found, process_id=about.process_id, agreement=about.code)
    session.flush()
    return found


def post_letters(session: Session, newsletter_id: uuid.UUID) -> int:
    """Put a letter in line for everybody who may be written to now. Each asks the valve again when it leaves."""
    found = newsletter(session, newsletter_id, locked=True)
    if found is None:
        return 0
    people = session.scalars(select(readers([found.agreement_id]).subquery().c.person_id).execution_options(yield_per=AT_ONCE))
    number = 0
    for number, person_id in enumerate(people, start=1):
        notify(session, LETTER, person_id=person_id, params={"newsletter": str(found.id)})
        if number % AT_ONCE == 0:
            session.flush()
    found.posted = number
    session.flush()
    return number


def stop_newsletter(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Take the consent back for whoever has the link of a letter; it stands for signing in. Twice is the same as once."""
    withdraw_consent(session, Actor(person_id=person_id), WithdrawConsent(agreement_id, person_id))


def _agreement(session: Session, actor: Actor, agreement_id: uuid.UUID) -> DataAgreement:
    found = agreement_of(session, agreement_id)
    if found is None or not may_write(actor, found.process_id):
        raise NotFound
    return found


def _locked(session: Session, actor: Actor, newsletter_id: uuid.UUID) -> Newsletter:
    found = newsletter(session, newsletter_id, locked=True)
    if found is None:
        raise NotFound
    _agreement(session, actor, found.agreement_id)
    return found
