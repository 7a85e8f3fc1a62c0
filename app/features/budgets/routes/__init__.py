"""Budgets for everybody: the votes (`votes`), one pot with its projects (`reading`), what became of it (`results`,
`process_results`), what can be built (`feasibility`)."""

from flask import Blueprint

from app.kernel.messages import msg
from app.web import navigation

bp = Blueprint("budgets", __name__, template_folder="../templates", url_prefix="/budgets")
navigation.primary("budgets.index", msg("Budgets"), icon="coins", order=30)

from app.features.budgets.routes import feasibility, files, process_results, reading, results, votes  # noqa: E402

__all__ = ["bp", "feasibility", "files", "process_results", "reading", "results", "votes"]
