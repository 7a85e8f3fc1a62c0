"""What can happen with letters: one is written to somebody; somebody says which news they want."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.notifications.models import MailChoice
from app.features.notifications.queries import Mail, News
from app.kernel import outbox
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Actor

KIND = "mail"


def notify(
    session: Session,
    mail: Mail,
    *,
    person_id: uuid.UUID | None = None,
    email: str | None = None,
    locale: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> OutboxRow:
    """Post a letter to a person, or to the address of somebody without an account; it leaves after the commit (law 4).

    `params` are JSON values for the subject and the template. `locale` matters for addresses without a person; people get
    their mail in the language of their account. Raises ValueError unless exactly one reader is named.
    """
    if (person_id is None) == (email is None):
        raise ValueError("a letter goes to a person or to an address, not to both or neither")
    return outbox.post(
        session,
        KIND,
        mail=mail.name,
        person_id=str(person_id) if person_id else None,
        email=email,
        locale=locale,
        params=dict(params or {}),
    )


def choose_news(session: Session, actor: Actor, wishes: Mapping[News, bool]) -> None:
    """Remember which news the person who asks wants by mail. Raises SignInRequired."""
    person_id = actor.require_signed_in()
    for news, wanted in wishes.items():
        _remember(session, news, wanted=wanted, person_id=person_id, address_hash=None)


def stop_news(
    session: Session, news: News, *, person_id: uuid.UUID | None = None, address_hash: str | None = None, wanted: bool = False
) -> None:
    """End one kind of news for the reader of a letter (or begin it again); the link in the letter stands for signing in."""
    _remember(session, news, wanted=wanted, person_id=person_id, address_hash=address_hash)


def _remember(session: Session, news: News, *, wanted: bool, person_id: uuid.UUID | None, address_hash: str | None) -> None:
    query = select(MailChoice).where(
        MailChoice.news == news,
        MailChoice.person_id == person_id if person_id else MailChoice.address_hash == address_hash,
    )
    choice = session.scalars(query).first()
    if choice is None:
        try:
            with session.begin_nested():
                session.add(MailChoice(person_id=person_id, address_hash=address_hash, news=news, wanted=wanted))
                session.flush()
            return
        except IntegrityError:  # another window was faster: its row is there now
            choice = session.scalars(query).one()
    choice.wanted = wanted
    session.flush()
