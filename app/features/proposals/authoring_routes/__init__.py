"""Pages of people who write a proposal: the form, the review, one's own drafts and proposals, photos."""

from app.features.proposals.authoring_routes import claiming, own, photos, reviewing, writing
from app.features.proposals.authoring_routes.door import bp

__all__ = ["bp", "claiming", "own", "photos", "reviewing", "writing"]
