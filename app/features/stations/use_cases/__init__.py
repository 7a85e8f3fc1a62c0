"""What can happen at stations: ballots are handed out, boxes opened, ballots typed, read again, decided on, numbers signed."""

from app.features.stations.use_cases.batches import drop_batch, finish_batch, open_batch, reopen_batch, type_ballot
from app.features.stations.use_cases.boxes import open_boxes
from app.features.stations.use_cases.desk import (
    begin_return,
    exchange_spoilt,
    finish_return,
    issue_ballot,
    look_up,
    stop_return,
)
from app.features.stations.use_cases.drawing import draw_sample, judge_sample, read_all
from app.features.stations.use_cases.envelopes import decide_envelope, strike_out, take_in_envelope
from app.features.stations.use_cases.leaving import is_stuck, note_left, take_back_left
from app.features.stations.use_cases.loosening import loosen, pots_to_loosen
from app.features.stations.use_cases.scans import give_back_scans, take_scans
from app.features.stations.use_cases.second import read_again, settle
from app.features.stations.use_cases.shared import paper_pots
from app.features.stations.use_cases.shifts import assign_clerk, take_off
from app.features.stations.use_cases.signing import proposes, sign_numbers, take_back_signature
from app.features.stations.use_cases.wanting import reads_all

__all__ = [
    "assign_clerk",
    "begin_return",
    "decide_envelope",
    "draw_sample",
    "drop_batch",
    "exchange_spoilt",
    "finish_batch",
    "finish_return",
    "give_back_scans",
    "is_stuck",
    "issue_ballot",
    "judge_sample",
    "look_up",
    "loosen",
    "note_left",
    "open_batch",
    "open_boxes",
    "paper_pots",
    "pots_to_loosen",
    "proposes",
    "read_again",
    "read_all",
    "reads_all",
    "reopen_batch",
    "settle",
    "sign_numbers",
    "stop_return",
    "strike_out",
    "take_back_left",
    "take_back_signature",
    "take_in_envelope",
    "take_off",
    "take_scans",
    "type_ballot",
]
