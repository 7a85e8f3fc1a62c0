"""The data sets, one a file. Importing this package declares them."""

from app.features.dataplatform.datasets import contact_opt_ins, feedback_by_area, hand_over, participation, proposals

__all__ = ["contact_opt_ins", "feedback_by_area", "hand_over", "participation", "proposals"]
