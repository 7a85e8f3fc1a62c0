"""The letter itself: to the address that was given for it, if the consent is in force when it leaves."""

import uuid
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.features.accounts.queries import person
from app.features.consents.queries import DataAgreement, readers
from app.features.consents.use_cases import note_usage_once
from app.features.newsletters.models import Newsletter
from app.features.newsletters.stopping import stop_token
from app.features.notifications.queries import Address, Mail
from app.kernel.messages import msg
from app.kernel.texts import pick


def where_to(session: Session, person_id: uuid.UUID, params: dict[str, Any]) -> Address | None:
    """The address that this person gave for the newsletter, read through the valve; with the words in their language."""
    found = session.get(Newsletter, uuid.UUID(params["newsletter"]))
    if found is None:
        return None
    reader = session.execute(readers([found.agreement_id], person_id)).first()
    if reader is None:
        return None
    known = person(session, person_id)
    title, locale = pick(found.title, known.locale if known else "en")
    about = session.get_one(DataAgreement, found.agreement_id)
    params |= {
        "title": title,
        "text": pick(found.text, locale)[0],
        "sender": pick(about.current.recipient, locale)[0],
        "agreement": str(about.id),
    }
    return Address(reader.address, locale, reader.name)


def note_sent(session: Session, person_id: uuid.UUID, params: dict[str, Any]) -> None:
    """The mail server has taken the letter: only now it was delivered, and the address used. Once for each person, however
    often it is told."""
    found = session.get(Newsletter, uuid.UUID(params["newsletter"]))
    if found is None:
        return
    known = person(session, person_id)
    title, _locale = pick(found.title, known.locale if known else "en")
    about = found.agreement_id
    if note_usage_once(session, found.id, person_id, kind="newsletter", by_role="officer", agreement_id=about, title=title):
        counted = update(Newsletter).where(Newsletter.id == found.id).values(delivered=Newsletter.delivered + 1)
        session.execute(counted.execution_options(synchronize_session=False))


def stop_page(person_id: uuid.UUID, params: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The page that ends it, for this person and this agreement."""
    return "newsletters.stop", {"token": stop_token(uuid.UUID(params["agreement"]), person_id)}


LETTER = Mail("newsletters.letter", subject=msg("%(title)s"), where=where_to, stop=stop_page, sent=note_sent)
