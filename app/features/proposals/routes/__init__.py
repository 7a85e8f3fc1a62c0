"""The pages on which proposals are found, read, supported, discussed and followed."""

from flask import Blueprint

from app.kernel.messages import msg
from app.web import navigation

bp = Blueprint("proposals", __name__, template_folder="../templates", url_prefix="/proposals")

navigation.primary("proposals.index", msg("Proposals"), icon="lightbulb", order=20)

# Each of these adds its addresses to `bp`.
from app.features.proposals.routes import acting, finding, reading, ways  # noqa: E402, F401  the blueprint must exist first
