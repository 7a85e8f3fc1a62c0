"""How rehearsals are looked up, and what is in one."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, pots_of
from app.features.rehearsals.models import Rehearsal
from app.features.spaces.queries import Process, process
from app.features.voting.queries import participations, roll_size
from app.kernel.errors import NotFound
from app.kernel.model import Model
from app.kernel.permissions import Actor, Permission


def rehearsals_of(session: Session, process_id: uuid.UUID) -> Sequence[Rehearsal]:
    """The rehearsals of a process, the last one first; of those that were thrown away only the numbers are left."""
    query = select(Rehearsal).where(Rehearsal.process_id == process_id)
    return session.scalars(query.order_by(Rehearsal.created_at.desc())).all()


def running_rehearsal(session: Session, process_id: uuid.UUID) -> Rehearsal | None:
    """The rehearsal of a process that was not thrown away yet."""
    query = select(Rehearsal).where(Rehearsal.process_id == process_id, Rehearsal.copy_id.is_not(None))
    return session.scalars(query).first()


def rehearsed(session: Session, process_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these processes that were tried out, or are now."""
    return set(session.scalars(select(Rehearsal.process_id).where(Rehearsal.process_id.in_(process_ids)).distinct()))


def last_rehearsal(session: Session, process_id: uuid.UUID) -> Rehearsal | None:
    """The last rehearsal of a process."""
    query = select(Rehearsal).where(Rehearsal.process_id == process_id).order_by(Rehearsal.created_at.desc())
    return session.scalars(query.limit(1)).first()


def rehearsal_in(session: Session, actor: Actor, copy_id: uuid.UUID, *, to_read: bool = False) -> tuple[Rehearsal, Process]:
    """A rehearsal with the process that is its copy, for those who set up the budgets; `to_read`: for auditors, too.

    Raises NotFound.
    """
    found = session.scalars(select(Rehearsal).where(Rehearsal.copy_id == copy_id)).one_or_none()
    copy = process(session, copy_id) if found else None
    if found is None or copy is None or copy.rehearsal_of is None:
        raise NotFound
    looks = to_read and actor.may(Permission.BUDGET_INSPECT, found.process_id)
    if not looks and not actor.may(Permission.BUDGET_MANAGE, found.process_id):
        raise NotFound
    return found, copy


@dataclass(frozen=True)
class Tried:
    """How far a rehearsal is: its pots, each with its participations, and how many test voters there are."""

    pots: Sequence[tuple[Pot, int]]
    voters: int

    @property
    def ballots(self) -> int:
        """Test ballots in all pots."""
        return sum(number for _pot, number in self.pots)


def tried(session: Session, copy_id: uuid.UUID) -> Tried:
    """How far a rehearsal is."""
    return Tried([(pot, participations(session, pot.id)) for pot in pots_of(session, copy_id)], roll_size(session, copy_id))


def belonging(copy_id: uuid.UUID) -> list[tuple[Table, ColumnElement[bool]]]:
    """Every table with rows that hang on a process by foreign keys, however far, and which of its rows do; parents first.

    Read from the tables themselves, so that nothing of a rehearsal is left behind by a room that came later. References
    that are only set to null (who wrote something) hang nothing.
    """
    top = Model.metadata.tables["process"]
    reached: dict[Table, ColumnElement[bool]] = {top: top.c.id == copy_id}
    for table in Model.metadata.sorted_tables:
        if table is top:
            continue
        hanging = [
            key.parent.in_(select(key.column).where(reached[key.column.table]))
            for key in table.foreign_keys
            if key.column.table in reached and key.ondelete != "SET NULL"
        ]
        if hanging:
            reached[table] = or_(*hanging)
    return list(reached.items())


def contents(session: Session, copy_id: uuid.UUID) -> dict[str, int]:
    """How many rows of which table belong to a rehearsal; empty tables are left out."""
    counted = {
        table.name: session.scalar(select(func.count()).select_from(table).where(which)) or 0
        for table, which in belonging(copy_id)
    }
    return {name: number for name, number in counted.items() if number}
