"""In which words a status is told, until when an answer is due, and what a step of carrying out must say. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.features.answers.models import AnswerStatus, MilestoneState
from app.kernel.messages import Message, msg


@dataclass(frozen=True)
class StatusLook:
    """A status in words, with its icon and tone: never colour alone."""

    label: Message
    icon: str
    tone: str


LOOKS: dict[str, StatusLook] = {
    AnswerStatus.ACCEPTED: StatusLook(msg("Accepted"), "circle-check", "good"),
    AnswerStatus.REJECTED: StatusLook(msg("Rejected"), "circle-x", "bad"),
    AnswerStatus.UNDER_EVALUATION: StatusLook(msg("Under evaluation"), "clock", "warning"),
}
FINAL = frozenset({AnswerStatus.ACCEPTED, AnswerStatus.REJECTED})


def due_at(published_at: datetime, days: int) -> datetime:
    """Until when a proposal published at that moment is to be answered."""
    return published_at + timedelta(days=days)


def date_problem(status: AnswerStatus, planned_for: date | None, stood: date | None, now: datetime) -> Message | None:
    """Why this date cannot stand in an answer. A date that stood there before may have passed since."""
    if planned_for is None:
        return None
    if status is AnswerStatus.REJECTED:
        return msg("A rejected proposal has no date. Leave it empty.")
    if planned_for < now.date() and planned_for != stood:
        return msg("This day has passed. Choose today or a later day.")
    return None


STEP_LOOKS: dict[str, StatusLook] = {
    MilestoneState.PLANNED: StatusLook(msg("Planned"), "calendar-clock", "neutral"),
    MilestoneState.RUNNING: StatusLook(msg("Under way"), "circle-dot", "brand"),
    MilestoneState.DELAYED: StatusLook(msg("Delayed"), "clock", "warning"),
    MilestoneState.DONE: StatusLook(msg("Done"), "circle-check", "good"),
    MilestoneState.STOPPED: StatusLook(msg("Stopped"), "ban", "bad"),
}
EARLIEST_YEAR, YEARS_AHEAD = 2000, 30


def progress_of(states: Collection[MilestoneState]) -> MilestoneState:
    """Where an implementation stands: stopped or delayed if any step is; done once all are; planned before any began."""
    found = set(states)
    for worst in (MilestoneState.STOPPED, MilestoneState.DELAYED):
        if worst in found:
            return worst
    if not found or found == {MilestoneState.PLANNED}:
        return MilestoneState.PLANNED
    return MilestoneState.DONE if found == {MilestoneState.DONE} else MilestoneState.RUNNING


def step_problems(
    state: MilestoneState,
    title: Mapping[str, str],
    note: Mapping[str, str],
    dates: tuple[date | None, date | None],
    won_on: date,
    today: date,
) -> dict[str, Message]:
    """Why a step cannot be told so, by field. `dates` are the planned one and the one on which it was done."""
    planned_for, done_on = dates
    problems: dict[str, Message] = {}
    if not any(title.values()):
        problems["title"] = msg("Give the step a name in at least one language.")
    if planned_for is not None and not EARLIEST_YEAR <= planned_for.year <= today.year + YEARS_AHEAD:
        problems["planned_for"] = msg("Check the year of this date.")
    if state is MilestoneState.DONE:
        if done_on is None:
            problems["done_on"] = msg("Say on which day it was done.")
        elif done_on > today:
            problems["done_on"] = msg("This day has not come yet. A step is done on a day that has passed, or today.")
        elif done_on < won_on:
            problems["done_on"] = msg("This day lies before the vote was certified.")
    elif done_on is not None:
        problems["done_on"] = msg("Only a step that is done has such a day. Leave it empty, or choose “Done”.")
    if state in (MilestoneState.STOPPED, MilestoneState.DELAYED) and not any(note.values()):
        problems["note"] = msg("Say why, so that people understand it.")
    return problems
