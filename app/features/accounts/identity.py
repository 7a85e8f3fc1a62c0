"""Who sits at this browser: the bridge between Flask-Login and our own signed-in browsers.

The cookie holds a random token; the row it leads to says who it is and whether it still counts, so signing out, a new
password or a withdrawn role work at once, in every window.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, Response, g, session
from flask_login import login_user, logout_user
from sqlalchemy import update

from app.extensions import db, login_manager
from app.features.accounts import queries, rules
from app.features.accounts.known import KnownSession
from app.features.accounts.models import Person, SignInSession
from app.kernel import clock
from app.kernel.permissions import Actor
from app.web.locale import current_locale


@dataclass(frozen=True)
class CurrentUser:
    """The reader, as `flask_login.current_user` gives them. Plain values: a rolled-back request cannot unload them."""

    token: str
    person_id: UUID
    session_id: UUID
    display_name: str
    email: str
    actor: Actor
    is_staff_member: bool
    second_factor_passed: bool
    has_second_factor: bool
    department: str = ""
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie keeps."""
        return self.token


class Nobody:
    """The reader when nobody is signed in."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_staff_member = False
    second_factor_passed = False
    display_name = ""
    department = ""

    @property
    def actor(self) -> Actor:
        """Somebody unknown, reading in the language of this page."""
        return Actor(locale=current_locale())

    def get_id(self) -> None:
        """Nothing to keep."""


def current_user_of(row: SignInSession | KnownSession, token: str) -> CurrentUser:
    """The reader behind a signed-in browser."""
    person = row.person
    return CurrentUser(
        token=token,
        person_id=person.id,
        session_id=row.id,
        display_name=person.display_name,
        email=person.email or "",
        actor=rules.actor_for(row, current_locale()),
        is_staff_member=rules.is_staff_member(person),
        second_factor_passed=row.second_factor_at is not None,
        has_second_factor=person.totp_confirmed_at is not None,
        department=person.department,
    )


def load(token: str) -> CurrentUser | None:
    """Flask-Login's question: who shows this token? None when the session is over or the account closed."""
    row = queries.known_session(db.session(), token)
    if row is None or not rules.may_sign_in(row.person):
        return None
    now = clock.now()
    if rules.is_over(row, staff=rules.is_staff_member(row.person), now=now):
        return None
    if now - row.last_seen_at >= rules.SEEN_EVERY:
        g.seen_session = (row.id, row.person.id, now)
    return current_user_of(row, token)


def remember(row: SignInSession, token: str) -> None:
    """Let this browser show `token` from now on. What it carried before signing in is worth nothing afterwards."""
    session.pop("csrf_token", None)
    session.permanent = True
    login_user(current_user_of(row, token))


def forget() -> None:
    """Leave nothing of the person in this browser's cookie."""
    logout_user()
    session.clear()


def _note_seen(response: Response) -> Response:
    """Write when this browser was last seen: at most every five minutes, after the request, in a short transaction of its
    own (the exception to law 3). What the request itself had to write is committed by now; ending its transaction first
    makes sure that it does not wait for itself where there is one writer at a time. A stream may still be reading: it is
    left alone, and the next request is the one that counts."""
    if not response.is_streamed and (seen := g.pop("seen_session", None)):
        db.session.rollback()
        session_id, person_id, now = seen
        with db.separate_transaction() as own:
            own.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now))
            used_on = update(Person).where(Person.id == person_id, Person.last_used_at < now - rules.USED_EVERY)
            own.execute(used_on.values(last_used_at=now))
    return response


def init_app(app: Flask) -> None:
    """Teach Flask-Login who people are."""
    login_manager.user_loader(load)
    login_manager.anonymous_user = Nobody
    login_manager.session_protection = None  # phones change their network; the token and its age protect the session
    # The row in the database says when a session is over. The cookie lasts as long as a session can, and is sent once:
    # sent again with each answer, it would stand on files and data sets that shared caches may keep.
    app.config.update(PERMANENT_SESSION_LIFETIME=rules.LIFE, SESSION_REFRESH_EACH_REQUEST=False)
    app.after_request(_note_seen)
