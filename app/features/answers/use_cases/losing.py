"""A project that had won does not any more: its implementation is shown as stopped, and why; the officer can take that off."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.answers.models import Implementation, Milestone, MilestoneState, MilestoneVersion
from app.features.answers.use_cases.milestones import keep_step, note_step
from app.kernel import clock, outbox
from app.kernel.permissions import SYSTEM
from app.kernel.texts import Texts

STOP = "answers.stop"


class Lost(StrEnum):
    """Why a project no longer wins."""

    CORRECTED = "corrected"
    ANNULLED = "annulled"


def ask_to_stop(session: Session, pot_id: UUID, winners: Collection[UUID], why: Lost) -> None:
    """Have the implementations of a pot stopped whose projects are not among the winners, after the commit."""
    begun = select(Implementation.id).where(Implementation.pot_id == pot_id).limit(1)
    if session.scalar(begun) is not None:
        outbox.post(session, STOP, pot_id=str(pot_id), winners=sorted(map(str, winners)), why=why.value)


def stop_lost(session: Session, pot_id: UUID, winners: Collection[UUID], title: Texts, note: Texts) -> list[Implementation]:
    """Stop what does not win any more, and let go on what wins again. Safe to run twice. Returns what was stopped.

    It is a step like any other, written by the system: those who follow are told, and the officer can change it or take it
    off. A step that a person has changed is theirs, and stays.
    """
    stopped = []
    found = select(Implementation).where(Implementation.pot_id == pot_id).order_by(Implementation.created_at, Implementation.id)
    for implementation in session.scalars(found.with_for_update()).all():
        steps = list(_stops(session, implementation))
        if implementation.project_id in winners:
            for step in steps:
                if step.version == 1:
                    step.removed_at = clock.now()
                    step.version += 1
                    note_step(session, SYSTEM, "milestone.removed", step, implementation)
        elif not any(step.note == note for step in steps):
            last = session.scalar(select(func.max(Milestone.position)).where(Milestone.implementation_id == implementation.id))
            step = Milestone(
                implementation_id=implementation.id,
                title=title,
                note=note,
                state=MilestoneState.STOPPED,
                version=0,
                position=(last or 0) + 1,
            )
            keep_step(session, SYSTEM, step)
            note_step(session, SYSTEM, "milestone.written", step, implementation)
            stopped.append(implementation)
    return stopped


def _stops(session: Session, implementation: Implementation) -> Iterator[Milestone]:
    """The steps that the system wrote here and that nobody took off."""
    first = select(MilestoneVersion.milestone_id).where(MilestoneVersion.version == 1, MilestoneVersion.officer_id.is_(None))
    mine = select(Milestone).where(Milestone.implementation_id == implementation.id, Milestone.id.in_(first))
    yield from session.scalars(mine.where(Milestone.removed_at.is_(None), Milestone.state == MilestoneState.STOPPED))
