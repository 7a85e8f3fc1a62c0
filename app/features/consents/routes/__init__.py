"""One's own data: what one allowed, who used it, and everything to take away; the register for everybody."""

from flask import Blueprint

from app.kernel.messages import msg
from app.web import navigation

bp = Blueprint("consents", __name__, template_folder="../templates", url_prefix="/my-data")
navigation.primary("consents.my_data", msg("My data"), icon="shield-check", order=50)
navigation.footer("consents.agreements", msg("What personal data is used for"), icon="shield-check", order=20)

from app.features.consents.routes import asking, my_data, register  # noqa: E402  they need `bp`

__all__ = ["asking", "bp", "my_data", "register"]
