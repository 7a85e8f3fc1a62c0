"""The moderators' queue: one decision at a time, or one decision on several things."""

from flask import Blueprint

from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation

bp = Blueprint("moderation_manage", __name__, template_folder="../templates", url_prefix="/staff/moderation")
navigation.staff("moderation_manage.queue_page", msg("Moderation"), icon="shield-check", order=20, needs=Permission.MODERATE)

from app.features.moderation.manage_routes import queue, together  # noqa: E402  they add their pages to bp

__all__ = ["bp", "queue", "together"]
