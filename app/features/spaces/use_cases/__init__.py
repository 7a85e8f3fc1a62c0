"""What can happen to processes, phases, categories and areas: one public verb each."""

from app.features.spaces.commands import AddArea, AddPhase, CreateProcess, PhaseDetails, ProcessDetails
from app.features.spaces.use_cases.areas import confirm_upload, discard_upload, import_areas, upload_areas
from app.features.spaces.use_cases.categories import (
    add_category,
    archive_category,
    move_category,
    rename_category,
    restore_category,
)
from app.features.spaces.use_cases.held import votes_to_keep
from app.features.spaces.use_cases.one_area import add_area, remove_area, rename_area
from app.features.spaces.use_cases.phases import add_phase, change_phase, move_phase, remove_phase, restore_phase
from app.features.spaces.use_cases.processes import change_process, create_process, set_process_state
from app.features.spaces.use_cases.voting_time import extend_vote, interrupt_vote, resume_vote

__all__ = [
    "AddArea",
    "AddPhase",
    "CreateProcess",
    "PhaseDetails",
    "ProcessDetails",
    "add_area",
    "add_category",
    "add_phase",
    "archive_category",
    "change_phase",
    "change_process",
    "confirm_upload",
    "create_process",
    "discard_upload",
    "extend_vote",
    "import_areas",
    "interrupt_vote",
    "move_category",
    "move_phase",
    "remove_area",
    "remove_phase",
    "rename_area",
    "rename_category",
    "restore_category",
    "restore_phase",
    "resume_vote",
    "set_process_state",
    "upload_areas",
    "votes_to_keep",
]
