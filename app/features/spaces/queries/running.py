"""How a process stands at one moment, for a room that must know it in the same statement as much else: casting asks so."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam

from app.features.spaces.models import Phase, Process, ProcessState
from app.kernel.types import UtcDateTime


@dataclass(frozen=True)
class RunningPhase:
    """A phase that runs at the moment that was asked about."""

    starts_at: datetime
    ends_at: datetime
    actions: Sequence[str]


@dataclass(frozen=True)
class RunningProcess:
    """As much of a process as `action_open` asks. Its other phases are not read: why something is closed, it cannot say."""

    state: ProcessState
    rehearsal_of: uuid.UUID | None
    interrupted_at: datetime | None
    area_id: uuid.UUID
    phases: tuple[RunningPhase, ...]


_process, _phase = cast("Table", Process.__table__), cast("Table", Phase.__table__)
_now = bindparam("now", type_=UtcDateTime())

RUNNING = (
    _process.c.state,
    _process.c.rehearsal_of,
    _process.c.interrupted_at,
    _process.c.area_id,
    _phase.c.starts_at,
    _phase.c.ends_at,
    _phase.c.actions,
)
"""The first columns of such a statement, one row for each phase that runs; one row where none does."""

RUNNING_FROM = _process.outerjoin(
    _phase,
    (_phase.c.process_id == _process.c.id)
    & _phase.c.removed_at.is_(None)
    & (_phase.c.starts_at <= _now)
    & (_now < _phase.c.ends_at),
)
"""Where they come from. The statement says which process it is about and is given `now`."""


def running_process(rows: Sequence[Sequence[Any]]) -> RunningProcess:
    """The process in the rows of such a statement."""
    phases = tuple(RunningPhase(row[4], row[5], row[6]) for row in rows if row[4] is not None)
    state, rehearsal_of, interrupted_at, area_id = rows[0][:4]
    return RunningProcess(state, rehearsal_of, interrupted_at, area_id, phases)
