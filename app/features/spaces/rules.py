"""What is open when, and what follows when staff change it. Pure: no database, no clock, no web."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from app.features.spaces.models import Action, Phase, Process, ProcessState
from app.kernel.errors import Conflict, PhaseClosed, Refused
from app.kernel.messages import Beginning, Ending, Message, msg


class Stage(StrEnum):
    """Where a process stands in the eyes of residents."""

    OPEN = "open"
    COMING = "coming"
    FINISHED = "finished"


class Stale(Conflict):
    """Somebody else changed it after this form was opened. Nothing was stored; both versions can be compared."""

    def __init__(self) -> None:
        super().__init__(
            msg("Somebody else changed this while you were writing. Nothing of yours is lost: compare, then save.")
        )


class _Dated(Protocol):
    """Anything with a beginning and an end."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


class _Opening(_Dated, Protocol):
    """A dated stage that says what it opens."""

    @property
    def actions(self) -> Sequence[str]: ...


class Running(Protocol):
    """What says whether something is open: a process, or as much of it as was read."""

    @property
    def state(self) -> ProcessState: ...
    @property
    def rehearsal_of(self) -> UUID | None: ...
    @property
    def interrupted_at(self) -> datetime | None: ...
    @property
    def phases(self) -> Sequence[_Opening]: ...


def is_now(phase: _Dated, now: datetime) -> bool:
    """Whether the phase runs at this moment: from its first moment up to, not including, the moment it is over."""
    return phase.starts_at <= now < phase.ends_at


def phase_now(process: Process, now: datetime) -> Phase | None:
    """The phase that runs now; of several, the one that began last, because it is what has just become possible."""
    running = [phase for phase in process.phases if is_now(phase, now)]
    return max(running, key=lambda phase: (phase.starts_at, phase.position), default=None)


def next_phase(process: Process, now: datetime) -> Phase | None:
    """The phase that begins next, if any."""
    coming = [phase for phase in process.phases if phase.starts_at > now]
    return min(coming, key=lambda phase: (phase.starts_at, phase.position), default=None)


def action_open(process: Running, action: Action, now: datetime) -> bool:
    """Whether some running phase of the published process opens `action`. Phases may overlap: each adds what it opens.

    A rehearsal is never published, and goes by its phases all the same. A vote that the committee has interrupted is not
    open, whatever the dates say.
    """
    if action is Action.VOTE and process.interrupted_at is not None:
        return False
    runs = process.state is ProcessState.PUBLISHED or process.rehearsal_of is not None
    return runs and any(is_now(phase, now) and action in phase.actions for phase in process.phases)


def open_on(process: Running, action: Action, day: date, zone: ZoneInfo, now: datetime) -> bool:
    """Whether `action` has been open at some moment of a day of the city. An interrupted vote has not been since then."""
    begins, ends = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    ends = min(ends, now)
    if action is Action.VOTE and process.interrupted_at is not None:
        ends = min(ends, process.interrupted_at)
    runs = process.state is ProcessState.PUBLISHED or process.rehearsal_of is not None
    return runs and any(
        action in phase.actions and max(begins, phase.starts_at) < min(ends, phase.ends_at) for phase in process.phases
    )


def open_until(process: Process, action: Action, now: datetime) -> datetime | None:
    """When `action` closes if it is open now; phases that follow each other without a gap count as one stretch."""
    if not action_open(process, action, now):
        return None
    end = now
    for phase in sorted(process.phases, key=lambda phase: phase.starts_at):
        if action in phase.actions and phase.starts_at <= end < phase.ends_at:
            end = phase.ends_at
    return end


_OPENS = {
    Action.PROPOSE: msg("You can make proposals from %(when)s."),
    Action.SUPPORT: msg("You can support proposals from %(when)s."),
    Action.COMMENT: msg("You can comment from %(when)s."),
    Action.VOTE: msg("You can vote from %(when)s."),
}
_ENDED = {
    Action.PROPOSE: msg("The time for making proposals ended on %(when)s."),
    Action.SUPPORT: msg("The time for supporting proposals ended on %(when)s."),
    Action.COMMENT: msg("The time for comments ended on %(when)s."),
    Action.VOTE: msg("The vote ended on %(when)s."),
}
_NEVER = {
    Action.PROPOSE: msg("This process does not ask for proposals."),
    Action.SUPPORT: msg("Proposals are not supported in this process."),
    Action.COMMENT: msg("There are no comments in this process."),
    Action.VOTE: msg("There is no vote in this process."),
}


def why_closed(process: Process, action: Action, now: datetime) -> Message:
    """Why `action` is not open now: when it opens, or when it ended. Ask only when `action_open` says no."""
    if process.state is ProcessState.DRAFT and process.rehearsal_of is None:
        return msg("This process is not published yet.")
    if process.state is ProcessState.ARCHIVED:
        return msg("This process is in the archive. You can read everything, and nothing changes any more.")
    opening = [phase for phase in process.phases if action in phase.actions]
    if not opening:
        return _NEVER[action]
    if action is Action.VOTE and process.interrupted_at and any(is_now(phase, now) for phase in opening):
        return msg("The vote is interrupted. Why, and how it goes on, stands among the decisions of the committee.")
    if coming := [phase.starts_at for phase in opening if phase.starts_at > now]:
        return msg(_OPENS[action].template, when=Beginning(min(coming)))
    return msg(_ENDED[action].template, when=Ending(max(phase.ends_at for phase in opening)))


def require_open(process: Process, action: Action, now: datetime) -> None:
    """Raise PhaseClosed, with the reason that pages show before the click, unless `action` is open."""
    if not action_open(process, action, now):
        raise PhaseClosed(why_closed(process, action, now))


def stage(process: Process, now: datetime) -> Stage:
    """Where a process stands, by its state and its phases."""
    first = min((phase.starts_at for phase in process.phases), default=None)
    last = max((phase.ends_at for phase in process.phases), default=None)
    return stage_between(process.state, first, last, now)


def stage_between(state: ProcessState, first: datetime | None, last: datetime | None, now: datetime) -> Stage:
    """Open from the first phase to the end of the last one, pauses between phases included; coming before; then finished.

    A published process without phases is still coming.
    """
    if state is ProcessState.ARCHIVED:
        return Stage.FINISHED
    if first is None or last is None or now < first:
        return Stage.COMING
    return Stage.OPEN if now < last else Stage.FINISHED


def require_current(version: int, current: int) -> None:
    """Raise Stale when the form was opened at another version than the stored one."""
    if version != current:
        raise Stale


def check_phase(starts_at: datetime, ends_at: datetime) -> None:
    """Raise Refused at the end's field unless the phase ends after it begins."""
    if ends_at <= starts_at:
        raise Refused(msg("The end must be after the beginning."), field="ends_at")


NEXT_STATES: dict[ProcessState, ProcessState] = {
    ProcessState.DRAFT: ProcessState.PUBLISHED,
    ProcessState.PUBLISHED: ProcessState.ARCHIVED,
    ProcessState.ARCHIVED: ProcessState.PUBLISHED,
}


def require_next_state(process: Process, state: ProcessState) -> None:
    """Raise Refused unless `process` may go to `state` now: drafts are published, published ones archived, and back again.

    A published process never becomes a draft again, because what people wrote in it would disappear with it. A rehearsal
    is never published.
    """
    if process.rehearsal_of is not None:
        raise Conflict(msg("This is a rehearsal. It is never published; throw it away when you are done with it."))
    if NEXT_STATES[process.state] is not state:
        raise Conflict(msg("This process has been changed in the meantime. Look at it again."))
    if state is ProcessState.PUBLISHED and not process.phases:
        raise Refused(msg("Add at least one phase first, so that people see what they can do and until when."))


def slug_from(texts: Mapping[str, str], preferred: Sequence[str]) -> str:
    """A name for addresses made from the first title that has Latin letters; empty when none has."""
    for language in (*preferred, *texts):
        plain = unicodedata.normalize("NFKD", texts.get(language, "").lower().replace("ß", "ss"))
        words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
        if slug := "-".join(words)[:60].strip("-"):
            return slug
    return ""


def overlaps(phases: Sequence[Phase]) -> list[tuple[Phase, Phase]]:
    """Pairs of phases that run at the same time: allowed, and worth a second look."""
    ordered = sorted(phases, key=lambda phase: phase.starts_at)
    return [
        (first, second)
        for index, first in enumerate(ordered)
        for second in ordered[index + 1 :]
        if second.starts_at < first.ends_at
    ]
