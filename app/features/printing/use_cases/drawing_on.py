"""Drawing a print run in the background: file by file, two at a time.

Whoever is killed in between goes on with the next file.
"""

import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.printing import rules
from app.features.printing.layout.model import FormLayout, Kind
from app.features.printing.models import PrintedCopy, PrintedForm, PrintRun, RunState
from app.features.printing.runs import AT_A_TIME, copies_of
from app.features.printing.setting import Apart, Copy
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.files import files
from app.kernel.messages import msg

PORTION = 240.0
"""Seconds after which a worker puts a run back into the queue: well below the time after which another takes it up."""
Transactions = Callable[[], AbstractContextManager[Session]]


class SerialRepeated(Conflict):
    """A serial stands in the register already. No sheet with it leaves the house."""


def draw_on(transactions: Transactions, run_id: uuid.UUID, secret: bytes, *, seconds: float = PORTION) -> bool:
    """Draw the files of a run that are not drawn yet, two at a time; each is noted in a transaction of its own.

    Serials are written into the register together with the note that their file is drawn, so whoever is killed in between
    leaves neither. True when files are left after so many seconds. Raises SerialRepeated where a serial stands there already.
    """
    begun = _begin(transactions, run_id)
    if begun is None:
        return False
    layout, parts, test = begun
    until, same = time.monotonic() + seconds, _Same(layout, test)
    waiting: deque[_Part] = deque()
    try:
        for first, count in parts:
            late = time.monotonic() >= until
            if late and not waiting:
                return True
            copies = copies_of(layout, count, secret, test=test)
            waiting.append(_Part(first, copies, Apart(layout, copies) if layout.numbered else same.of(count)))
            while len(waiting) >= (1 if late else AT_A_TIME):
                if not _next_done(transactions, run_id, layout, waiting):
                    return False
        while waiting and _next_done(transactions, run_id, layout, waiting):
            pass
        return False
    finally:
        for one in waiting:
            one.stop()


def say_failed(session: Session, run_id: uuid.UUID) -> None:
    """Note that a run could not be drawn to its end: it can be taken up again from its page."""
    run = session.get(PrintRun, run_id, with_for_update=True)
    if run is not None and run.state in rules.UNDER_WAY:
        run.state, run.moved_at = RunState.FAILED, clock.now()


def _begin(transactions: Transactions, run_id: uuid.UUID) -> tuple[FormLayout, list[tuple[int, int]], bool] | None:
    with transactions() as session:
        run = session.get(PrintRun, run_id, with_for_update=True)
        if run is None or run.state not in rules.UNDER_WAY:
            return None
        run.state, run.moved_at = RunState.PRINTING, clock.now()
        layout = FormLayout.from_json(session.get_one(PrintedForm, run.form_id).layout)
        return layout, [part for part in rules.parts_of(run.number) if part[0] >= run.done], run.test


@dataclass(frozen=True)
class _Part:
    """A file of a run: its first copy, its copies, and its PDF, or the program that draws it."""

    first: int
    copies: Sequence[Copy]
    made: Apart | bytes

    def pdf(self) -> bytes:
        return self.made.pdf() if isinstance(self.made, Apart) else self.made

    def stop(self) -> None:
        if isinstance(self.made, Apart):
            self.made.stop()


class _Same:
    """Files whose copies are all the same are drawn once."""

    def __init__(self, layout: FormLayout, test: bool) -> None:
        self._layout, self._test = layout, test
        self._made: dict[int, bytes] = {}

    def of(self, count: int) -> bytes:
        """The file with so many copies."""
        if count not in self._made:
            self._made = {count: Apart(self._layout, copies_of(self._layout, count, test=self._test)).pdf()}
        return self._made[count]


def _next_done(transactions: Transactions, run_id: uuid.UUID, layout: FormLayout, waiting: "deque[_Part]") -> bool:
    """Store the file that was begun first and note it. False when the run was cancelled, or somebody else has drawn it."""
    part = waiting.popleft()
    first, copies, pdf = part.first, part.copies, part.pdf()
    with transactions() as session:
        run = session.get(PrintRun, run_id, with_for_update=True)
        if run is None or run.state is not RunState.PRINTING or run.done != first:
            return False
        if layout.numbered and layout.key.kind is not Kind.BALLOT:
            register_serials(session, run_id, [copy.code for copy in copies])
        files.put(rules.part_key(run_id, first), pdf)  # while the row is locked: nobody stores it with other serials
        run.done, run.moved_at = first + len(copies), clock.now()
        if run.done == run.number:
            run.state, run.finished_at = RunState.READY, clock.now()
    return True


def register_serials(session: Session, run_id: uuid.UUID, serials: Sequence[str]) -> None:
    """Write serials into the register. Raises SerialRepeated where one of them was ever given out before."""
    try:
        with session.begin_nested():
            session.execute(insert(PrintedCopy), [{"serial": one, "run_id": run_id} for one in serials])
    except IntegrityError:
        raise SerialRepeated(msg("A serial was given out before. Nothing with it is printed; make the file again.")) from None
