"""What clerks type: a proposal, an answer about personal data, and the steps of a batch."""

from app.features.intake.forms.batches import BatchForm, ClaimForm, ReasonForm, ScansForm, SlipForm, StepForm
from app.features.intake.forms.consents import ConsentSheetForm, sheet_form
from app.features.intake.forms.proposals import TakeInForm
from app.features.intake.forms.sheets import AnswerSheetForm, ProposalSheetForm

__all__ = [
    "AnswerSheetForm",
    "BatchForm",
    "ClaimForm",
    "ConsentSheetForm",
    "ProposalSheetForm",
    "ReasonForm",
    "ScansForm",
    "SlipForm",
    "StepForm",
    "TakeInForm",
    "sheet_form",
]
