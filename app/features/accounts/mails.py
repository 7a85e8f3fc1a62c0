"""Letters of this room. The secret of a link is made when its letter is written, so that it never lies in the outbox."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.features.accounts.models import SignInLink
from app.features.accounts.rules import LINK_LIFE, ROLE_NAMES, how_to_object
from app.features.notifications.queries import Mail
from app.kernel import clock
from app.kernel.messages import msg
from app.kernel.permissions import Role
from app.kernel.references import new_token, token_hash
from app.web.filters import City


def _with_token(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    """Give the link its secret and its half hour now; nothing is sent for a link that is gone or used."""
    link = session.get(SignInLink, uuid.UUID(params["link_id"]))
    if link is None or link.used_at is not None:
        return None
    token = new_token()
    link.token_hash = token_hash(token)
    link.expires_at = clock.now() + LINK_LIFE
    session.flush()
    return {**params, "token": token, "minutes": int(LINK_LIFE.total_seconds() // 60)}


def _with_role(_session: Session, params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "role": ROLE_NAMES[Role(params["role"])]}


def _with_contact(_session: Session, params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "objection": how_to_object(City().contact)}


SIGN_IN_LINK = Mail("accounts.sign_in_link", subject=msg("Your link to sign in"), prepare=_with_token)
CONFIRM = Mail("accounts.confirm", subject=msg("Confirm your e-mail address"), prepare=_with_token)
ALREADY = Mail("accounts.already", subject=msg("You already have an account"), prepare=_with_token)
NO_ACCOUNT = Mail("accounts.no_account", subject=msg("There is no account with this address"))
NEW_EMAIL = Mail("accounts.new_email", subject=msg("Confirm your new e-mail address"), prepare=_with_token)
EMAIL_CHANGED = Mail("accounts.email_changed", subject=msg("Your account has another e-mail address now"))
PASSWORD_CHANGED = Mail("accounts.password_changed", subject=msg("Your password was changed"))
FACTOR_SET = Mail("accounts.factor_set", subject=msg("A second factor protects your account now"))
FACTOR_RESET = Mail("accounts.factor_reset", subject=msg("Your second factor was reset"))
BLOCKED = Mail("accounts.blocked", subject=msg("Your account is blocked"), prepare=_with_contact)
UNBLOCKED = Mail("accounts.unblocked", subject=msg("Your account is open again"))
ROLE_GIVEN = Mail("accounts.role_given", subject=msg("You have a new task"), prepare=_with_role)
ROLE_TAKEN = Mail("accounts.role_taken", subject=msg("One of your tasks has ended"), prepare=_with_role)
