"""What can happen here: an answer is published, a time is promised; what won is carried out before everybody's eyes."""

from app.features.answers.commands import BeginImplementation
from app.features.answers.use_cases.answering import announce, promise_answers, publish_answer
from app.features.answers.use_cases.following import follow_implementation, unfollow_implementation
from app.features.answers.use_cases.implementing import begin_implementations
from app.features.answers.use_cases.losing import STOP, Lost, ask_to_stop, stop_lost
from app.features.answers.use_cases.milestones import remove_milestone, restore_milestone, undo_milestone, write_milestone

__all__ = [
    "STOP",
    "BeginImplementation",
    "Lost",
    "announce",
    "ask_to_stop",
    "begin_implementations",
    "follow_implementation",
    "promise_answers",
    "publish_answer",
    "remove_milestone",
    "restore_milestone",
    "stop_lost",
    "undo_milestone",
    "unfollow_implementation",
    "write_milestone",
]
