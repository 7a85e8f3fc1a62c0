"""Signed-in browsers: one is opened, passes the second factor, is ended. The token is shown to the browser alone."""

import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.features.accounts.models import Person, SignInSession
from app.features.accounts.rules import LIFE, STAFF_LIFE, Blocked, is_staff_member, may_sign_in
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor
from app.kernel.references import new_token, token_hash


def open_session(session: Session, person: Person, *, device: str = "", by_link: bool = False) -> tuple[SignInSession, str]:
    """Sign a person in, in one browser. Returns the row and the token that the browser keeps; we keep its hash.

    Raises Blocked when the account is blocked or erased.
    """
    if not may_sign_in(person):
        raise Blocked
    token = new_token()
    now = person.last_used_at = clock.now()
    row = SignInSession(
        person_id=person.id,
        token_hash=token_hash(token),
        created_at=now,
        last_seen_at=now,
        expires_at=now + (STAFF_LIFE if is_staff_member(person) else LIFE),
        device=device[:120],
        by_link=by_link,
    )
    session.add(row)
    session.flush()
    return row, token


def renew_token(session: Session, row: SignInSession) -> str:
    """Another token for the same browser, where it gains rights: whoever knew the old one is left outside."""
    token = new_token()
    row.token_hash = token_hash(token)
    session.flush()
    return token


def end_session(session: Session, actor: Actor, session_id: uuid.UUID) -> None:
    """Sign one of one's own browsers out. Raises NotFound for anybody else's."""
    row = session.get(SignInSession, session_id)
    if row is None or row.person_id != actor.require_signed_in():
        raise NotFound
    row.ended_at = row.ended_at or clock.now()
    session.flush()


def end_sessions(session: Session, person_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """Sign somebody out everywhere, except in the browser `but`."""
    query = update(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
    if but is not None:
        query = query.where(SignInSession.id != but)
    session.execute(query.values(ended_at=clock.now()))
