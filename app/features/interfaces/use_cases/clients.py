"""A program is registered, changed, gets another secret, and is shut out."""

import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.features.interfaces.commands import ChangeClient, RegisterClient
from app.features.interfaces.models import InterfaceClient, InterfaceToken
from app.features.interfaces.rules import RATES, known_scopes
from app.features.spaces.queries import Process
from app.kernel import audit, clock
from app.kernel.contact import is_email
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import new_token, token_hash
from app.kernel.texts import clean_line


def register_client(session: Session, actor: Actor, command: RegisterClient) -> tuple[InterfaceClient, str]:
    """Let a program in. Returns it with its secret, which is kept nowhere and shown once.

    Raises Forbidden for everybody but administrators, Invalid for what is missing or unknown.
    """
    actor.require(Permission.INTERFACE_MANAGE)
    _check(session, command)
    secret = new_token()
    client = InterfaceClient(secret_hash=token_hash(secret), secret_made_at=clock.now())
    _write(client, command)
    session.add(client)
    session.flush()
    audit.record(session, actor, "interface.registered", client, name=client.name, after=" ".join(client.scopes))
    return client, secret


def change_client(session: Session, actor: Actor, command: ChangeClient) -> InterfaceClient:
    """Change what a program may do. What is taken away counts at once, for tokens that it has, too."""
    actor.require(Permission.INTERFACE_MANAGE)
    client = _working(session, command.client_id)
    _check(session, command.registration)
    before = " ".join(client.scopes)
    _write(client, command.registration)
    session.flush()
    audit.record(session, actor, "interface.changed", client, name=client.name, before=before, after=" ".join(client.scopes))
    return client


def rotate_secret(session: Session, actor: Actor, client_id: uuid.UUID) -> str:
    """Give a program another secret, which is shown once. The old one and every token end at once."""
    actor.require(Permission.INTERFACE_MANAGE)
    client = _working(session, client_id)
    secret = new_token()
    client.secret_hash, client.secret_made_at = token_hash(secret), clock.now()
    _end_tokens(session, client)
    audit.record(session, actor, "interface.secret_renewed", client, name=client.name)
    session.flush()
    return secret


def revoke_client(session: Session, actor: Actor, client_id: uuid.UUID, reason: str) -> None:
    """Shut a program out for good: its secret and all its tokens end at once. Raises Conflict when it is shut out already."""
    actor.require(Permission.INTERFACE_MANAGE)
    client = _working(session, client_id)
    client.revoked_at = clock.now()
    _end_tokens(session, client)
    audit.record(session, actor, "interface.shut_out", client, name=client.name, reason=clean_line(reason))
    session.flush()


def _working(session: Session, client_id: uuid.UUID) -> InterfaceClient:
    client = session.get(InterfaceClient, client_id, with_for_update=True, populate_existing=True)
    if client is None:
        raise NotFound
    if client.revoked_at is not None:
        raise Conflict(msg("This program is shut out. Register it again to let it in."))
    return client


def _end_tokens(session: Session, client: InterfaceClient) -> None:
    session.execute(
        update(InterfaceToken)
        .where(InterfaceToken.client_id == client.id, InterfaceToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def _write(client: InterfaceClient, command: RegisterClient) -> None:
    client.name = clean_line(command.name)
    client.contact = command.contact.strip()
    client.scopes = known_scopes(command.scopes)
    client.per_minute = command.per_minute
    client.process_ids = [str(one) for one in command.process_ids]


def _check(session: Session, command: RegisterClient) -> None:
    errors: dict[str, Message] = {}
    if not clean_line(command.name):
        errors["name"] = msg("Write which program of which system this is.")
    if not is_email(command.contact):
        errors["contact"] = msg("Write the e-mail address of whoever looks after the program.")
    if not command.scopes or len(known_scopes(command.scopes)) != len(set(command.scopes)):
        errors["scopes"] = msg("Choose what the program may do.")
    if command.per_minute not in RATES:
        errors["per_minute"] = msg("Choose one of the limits.")
    known = set(session.scalars(select(Process.id).where(Process.id.in_(command.process_ids))))
    if known != set(command.process_ids):
        errors["process_ids"] = msg("Choose from the processes in the list.")
    if errors:
        raise Invalid(errors)
