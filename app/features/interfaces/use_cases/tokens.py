"""Tokens are given to programs that show who they are, and taken back (RFC 6749, 7009, 8707)."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.features.interfaces.commands import AskForToken
from app.features.interfaces.models import InterfaceClient, InterfaceToken, InterfaceUse
from app.features.interfaces.queries import client_by_id
from app.features.interfaces.rules import (
    MOST_LIVE_TOKENS,
    OPENED_BY,
    TOKEN_LIVES,
    WINDOW,
    Audience,
    Scope,
    known_scopes,
    secret_is_right,
)
from app.kernel import clock
from app.kernel.references import new_token, token_hash


class BadClient(Exception):
    """Whoever asks is no registered program, has another secret, or is shut out: the three are not told apart."""


class BadRequest(Exception):
    """The request cannot be met. `error` is the code of RFC 6749 or RFC 8707, `why` a sentence for whoever writes programs."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(error)
        self.error = error
        self.why = why


@dataclass(frozen=True)
class GivenToken:
    """A token as its program gets it, once."""

    token: str
    scopes: list[str]
    seconds: int


def authenticate(session: Session, client_id: str, secret: str) -> InterfaceClient:
    """The program that shows this secret. Raises BadClient."""
    client = client_by_id(session, client_id)
    if client is None or not secret_is_right(client, secret) or client.revoked_at is not None:
        raise BadClient
    return client


def give_token(session: Session, command: AskForToken) -> GivenToken:
    """A new token for a program that shows its secret. Raises BadClient or BadRequest."""
    client = authenticate(session, command.client_id, command.secret)
    scopes = _scopes(client, command)
    live = session.scalar(
        select(func.count())
        .select_from(InterfaceToken)
        .where(
            InterfaceToken.client_id == client.id,
            InterfaceToken.expires_at > clock.now(),
            InterfaceToken.revoked_at.is_(None),
        )
    )
    if live is not None and live >= MOST_LIVE_TOKENS:
        raise BadRequest("invalid_request", "This client has too many tokens that still work. Use one until it expires.")
    token = new_token()
    session.add(
        InterfaceToken(
            client_id=client.id,
            token_hash=token_hash(token),
            scopes=scopes,
            audience=command.audience,
            expires_at=clock.now() + TOKEN_LIVES,
        )
    )
    session.flush()
    return GivenToken(token, scopes, int(TOKEN_LIVES.total_seconds()))


def _scopes(client: InterfaceClient, command: AskForToken) -> list[str]:
    wanted = client.scopes if command.scope is None else command.scope.split()
    if not wanted or not set(wanted) <= set(client.scopes):
        raise BadRequest("invalid_scope", f"This client may ask for: {' '.join(client.scopes)}.")
    if command.audience and command.audience not in list(Audience):
        raise BadRequest("invalid_target", "There is no such interface here.")
    fitting = [one for one in known_scopes(wanted) if not command.audience or OPENED_BY[Scope(one)] == command.audience]
    if not fitting:
        raise BadRequest("invalid_target", "None of the scopes opens this interface.")
    return fitting


def revoke_token(session: Session, client_id: str, secret: str, token: str) -> None:
    """End one of the program's own tokens; another's, or none, changes nothing and says nothing. Raises BadClient."""
    client = authenticate(session, client_id, secret)
    session.execute(
        update(InterfaceToken)
        .where(
            InterfaceToken.token_hash == token_hash(token),
            InterfaceToken.client_id == client.id,
            InterfaceToken.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
    )


def forget_what_is_over(session: Session) -> int:
    """Delete tokens that ran out, and counts of persons' requests that are over. Returns how many tokens.

    A program's last use is kept: administrators see which programs nobody uses any more.
    """
    now = clock.now()
    gone = session.execute(delete(InterfaceToken).where(InterfaceToken.expires_at < now).returning(InterfaceToken.id)).all()
    session.execute(delete(InterfaceUse).where(InterfaceUse.last_at < now - WINDOW, InterfaceUse.key.not_like("client %")))
    return len(gone)
