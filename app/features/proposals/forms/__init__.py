"""What people type when they write a proposal."""

from app.features.proposals.forms.draft import DraftForm, draft_form
from app.features.proposals.forms.place import Bounds, PlaceQuestion
from app.features.proposals.forms.publish import Confirmed, PublishForm

__all__ = ["Bounds", "Confirmed", "DraftForm", "PlaceQuestion", "PublishForm", "draft_form"]
