"""The pages of one's own account: signing in and out, signing up, links from letters, settings, second factor."""

from typing import Any

from flask import Blueprint
from flask_login import current_user

from app.features.accounts import identity
from app.features.accounts.vault import vault
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.web import navigation

bp = Blueprint("accounts", __name__, template_folder="../templates", url_prefix="/account")


@bp.record_once
def _bind(state: Any) -> None:
    vault.bind(state.app.config["SECRET_KEY"])
    identity.init_app(state.app)


def _signed_in(actor: Actor) -> bool:
    return actor.is_signed_in


def _waits_for_second_factor(actor: Actor) -> bool:
    return actor.is_signed_in and not actor.is_staff and bool(current_user.is_staff_member)


navigation.account("accounts.sign_in", msg("Sign in"), icon="log-in", order=10, shown_to=lambda actor: not actor.is_signed_in)
navigation.account(
    "accounts.sign_up", msg("Sign up"), icon="user-plus", order=15, shown_to=lambda actor: not actor.is_signed_in
)
navigation.account(
    "accounts.second_factor", msg("Staff: enter your code"), icon="shield", order=5, shown_to=_waits_for_second_factor
)
navigation.account("accounts.settings", msg("Your account"), icon="user", order=30, shown_to=_signed_in)
navigation.account("accounts.sign_out", msg("Sign out"), icon="log-out", order=90, shown_to=_signed_in)

from app.features.accounts.routes import links, second_factor, settings, sign_in, sign_up  # noqa: E402  they need `bp`

__all__ = ["bp", "links", "second_factor", "settings", "sign_in", "sign_up"]
