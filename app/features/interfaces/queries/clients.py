"""Programs and their tokens."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.interfaces.models import InterfaceClient, InterfaceToken, InterfaceUse
from app.features.interfaces.rules import use_key
from app.kernel.references import token_hash


@dataclass(frozen=True)
class Registered:
    """A program in the list of programs."""

    client: InterfaceClient
    last_used_at: datetime | None


def clients(session: Session) -> list[Registered]:
    """Every program, those that still work first, then by name."""
    found = session.scalars(
        select(InterfaceClient).order_by(InterfaceClient.revoked_at.is_not(None), InterfaceClient.name, InterfaceClient.id)
    ).all()
    last = _last_used(session, [one.id for one in found])
    return [Registered(one, last.get(use_key(one.id))) for one in found]


def client(session: Session, client_id: uuid.UUID) -> Registered | None:
    """One program, with when it last asked."""
    found = session.get(InterfaceClient, client_id)
    return Registered(found, _last_used(session, [client_id]).get(use_key(client_id))) if found else None


def _last_used(session: Session, client_ids: Iterable[uuid.UUID]) -> dict[str, datetime]:
    keys = [use_key(one) for one in client_ids]
    return dict(
        session.execute(select(InterfaceUse.key, InterfaceUse.last_at).where(InterfaceUse.key.in_(keys))).tuples().all()
    )


def client_by_id(session: Session, client_id: str) -> InterfaceClient | None:
    """The program with the `client_id` that it sent; None for one that nobody has, or that is no id at all."""
    try:
        wanted = uuid.UUID(client_id)
    except ValueError:
        return None
    return session.get(InterfaceClient, wanted)


def working_token(session: Session, token: str, now: datetime) -> tuple[InterfaceToken, InterfaceClient] | None:
    """A token that works now, with its program: neither has been revoked, and it has not run out."""
    row = session.execute(
        select(InterfaceToken, InterfaceClient)
        .join(InterfaceClient, InterfaceClient.id == InterfaceToken.client_id)
        .where(
            InterfaceToken.token_hash == token_hash(token),
            InterfaceToken.revoked_at.is_(None),
            InterfaceToken.expires_at > now,
            InterfaceClient.revoked_at.is_(None),
        )
    ).first()
    return (row[0], row[1]) if row else None


def processes_of(found: InterfaceClient) -> list[uuid.UUID] | None:
    """The processes in which a program works; None means all."""
    return [uuid.UUID(one) for one in found.process_ids] or None
