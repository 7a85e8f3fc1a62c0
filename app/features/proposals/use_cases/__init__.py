"""What can happen to proposals: one public verb each. Other rooms call these; commands are offered here too."""

from app.features.proposals.commands import (
    AddPhoto,
    AtPoint,
    ClaimAtDesk,
    ClaimProposal,
    Contact,
    DescribePhoto,
    Drawn,
    HideName,
    InArea,
    OwnProposal,
    PublishProposal,
    RemovePhoto,
    SaveDraft,
    StartDraft,
    TakeInProposal,
    Where,
    WholeCity,
    WriteComment,
)
from app.features.proposals.use_cases.claiming import claim_at_desk, claim_proposal, contact_known_by
from app.features.proposals.use_cases.discussing import restore_comment, set_comment_state, withdraw_comment, write_comment
from app.features.proposals.use_cases.drafting import own_proposal, save_draft, start_draft
from app.features.proposals.use_cases.following import follow, unfollow
from app.features.proposals.use_cases.photos import add_photo, describe_photo, remove_photo
from app.features.proposals.use_cases.place import OutsideArea
from app.features.proposals.use_cases.publishing import publish_proposal
from app.features.proposals.use_cases.states import note_answer, set_proposal_state
from app.features.proposals.use_cases.supporting import support_proposal, withdraw_support
from app.features.proposals.use_cases.taking_in import check_take_in, take_in_proposal
from app.features.proposals.use_cases.withdrawing import hide_name, restore_proposal, withdraw_proposal

__all__ = [
    "AddPhoto",
    "AtPoint",
    "ClaimAtDesk",
    "ClaimProposal",
    "Contact",
    "DescribePhoto",
    "Drawn",
    "HideName",
    "InArea",
    "OutsideArea",
    "OwnProposal",
    "PublishProposal",
    "RemovePhoto",
    "SaveDraft",
    "StartDraft",
    "TakeInProposal",
    "Where",
    "WholeCity",
    "WriteComment",
    "add_photo",
    "check_take_in",
    "claim_at_desk",
    "claim_proposal",
    "contact_known_by",
    "describe_photo",
    "follow",
    "hide_name",
    "note_answer",
    "own_proposal",
    "publish_proposal",
    "remove_photo",
    "restore_comment",
    "restore_proposal",
    "save_draft",
    "set_comment_state",
    "set_proposal_state",
    "start_draft",
    "support_proposal",
    "take_in_proposal",
    "unfollow",
    "withdraw_comment",
    "withdraw_proposal",
    "withdraw_support",
    "write_comment",
]
