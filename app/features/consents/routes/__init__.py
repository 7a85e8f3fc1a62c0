"""One's own data: what one allowed, who used it, and everything to take away; the register for everybody."""

from flask import Blueprint

from app.features.consents.references import vault
from app.kernel.messages import msg
from app.web import navigation

bp = Blueprint("consents", __name__, template_folder="../templates", url_prefix="/my-data")
bp.record_once(lambda state: vault.bind(state.app.config["SECRET_KEY"]))
navigation.primary("consents.my_data", msg("My data"), icon="shield-check", order=50)
navigation.footer("consents.agreements", msg("What personal data is used for"), icon="shield-check", order=20)

from app.features.consents.routes import asking, code, guardians, letters, my_data, papers, register, usages  # noqa: E402  they need `bp`

__all__ = ["asking", "bp", "code", "guardians", "letters", "my_data", "papers", "register", "usages"]
