"""Staff write what people are asked, a second person reviews it, and it is put in force and ended; who gets data."""

from flask import Blueprint

from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation

bp = Blueprint("consents_manage", __name__, template_folder="../templates", url_prefix="/staff/agreements")
navigation.staff(
    "consents_manage.index", msg("Data agreements"), icon="shield-check", order=70, needs=Permission.AGREEMENT_MANAGE
)

from app.features.consents.manage_routes import agreements, deliveries, objections, recipients, steps  # noqa: E402  they need `bp`

__all__ = ["agreements", "bp", "deliveries", "objections", "recipients", "steps"]
