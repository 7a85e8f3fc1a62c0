"""Staff set up pots (`pots`), what is on their ballots (`projects`), and say what can be built (`reviews`)."""

from flask import Blueprint

from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation

bp = Blueprint("budgets_manage", __name__, template_folder="../templates", url_prefix="/staff/budgets")
navigation.staff("budgets_manage.index", msg("Budgets"), icon="wallet", order=50, needs=Permission.BUDGET_MANAGE)

from app.features.budgets.manage_routes import pots, projects, reviews  # noqa: E402

__all__ = ["bp", "pots", "projects", "reviews"]
