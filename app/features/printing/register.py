"""Looking things up in the register of what was printed, for the pages of this room."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.printing.models import PrintedCopy, PrintedForm, PrintRun
from app.features.printing.rules import UNDER_WAY
from app.features.printing.use_cases import PRINTING
from app.kernel import outbox


def runs_of(session: Session, process_id: uuid.UUID, kinds: Sequence[str], limit: int, offset: int) -> Sequence[PrintRun]:
    """The print runs of a process, of these kinds of forms, newest first."""
    query = select(PrintRun).join(PrintedForm, PrintedForm.id == PrintRun.form_id)
    query = query.where(PrintRun.process_id == process_id, PrintedForm.kind.in_(kinds))
    return session.scalars(query.order_by(PrintRun.created_at.desc(), PrintRun.id).limit(limit).offset(offset)).all()


def count_runs(session: Session, process_id: uuid.UUID, kinds: Sequence[str]) -> int:
    """How many there are."""
    query = select(func.count()).select_from(PrintRun).join(PrintedForm, PrintedForm.id == PrintRun.form_id)
    return session.scalar(query.where(PrintRun.process_id == process_id, PrintedForm.kind.in_(kinds))) or 0


def run_of(session: Session, run_id: uuid.UUID) -> tuple[PrintRun, PrintedForm] | None:
    """A run with the form that it prints."""
    run = session.get(PrintRun, run_id)
    return (run, session.get_one(PrintedForm, run.form_id)) if run is not None else None


def forms_of(session: Session, runs: Sequence[PrintRun]) -> dict[uuid.UUID, PrintedForm]:
    """The forms that these runs print."""
    ids = {run.form_id for run in runs}
    return {one.id: one for one in session.scalars(select(PrintedForm).where(PrintedForm.id.in_(ids)))}


def serials_of(session: Session, run_id: uuid.UUID) -> int:
    """How many serials a run has used."""
    return session.scalar(select(func.count()).select_from(PrintedCopy).where(PrintedCopy.run_id == run_id)) or 0


def rests(session: Session, run: PrintRun) -> bool:
    """Whether a run is not drawn to its end and nobody takes it up soon."""
    return run.state in UNDER_WAY and outbox.rests(session, PRINTING, run_id=str(run.id))
