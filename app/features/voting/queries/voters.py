"""The roll, and the entry that an account stands for."""

import hashlib
import uuid
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Table, Uuid, bindparam, exists, func, literal_column, select
from sqlalchemy.orm import Session

from app.features.voting.models import (
    FrozenRoll,
    RollEntry,
    VoterIdentity,
)


def voter_key_of(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> str | None:
    """The entry an account stands for in a process, once its owner has said so."""
    return session.scalar(
        select(VoterIdentity.voter_key).where(VoterIdentity.process_id == process_id, VoterIdentity.person_id == person_id)
    )


def voter_of(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> tuple[str | None, bool]:
    """The entry an account stands for, if its owner has said so, and whether it may vote: on the roll, where there is one."""
    key, may_vote = session.execute(_VOTER, {"process": process_id, "person": person_id}).one()
    return key, bool(may_vote)


_MINE = (
    select(VoterIdentity.voter_key)
    .where(VoterIdentity.process_id == bindparam("process"), VoterIdentity.person_id == bindparam("person"))
    .scalar_subquery()
)


_roll = cast("Table", RollEntry.__table__)  # not the class: a statement of plain tables is read in two thirds of the time
_ONE: ColumnElement[int] = literal_column("1")


def first_of_roll(process_id: uuid.UUID | ColumnElement[Any]) -> ScalarSelect[str]:
    """The first entry of a process's roll in the order of its index, NULL without one: whether there is a roll.

    Asked as EXISTS, PostgreSQL reads the whole table from its beginning, which holds the half million entries of another vote
    where this one has no roll, and that for every ballot. In an order that the index has it is one look. The number of rows
    stands in the statement: with one that it is told, it would plan anew for each ballot what it could keep.
    """
    return (
        select(_roll.c.voter_key)
        .where(_roll.c.process_id == process_id)
        .order_by(_roll.c.process_id, _roll.c.voter_key)
        .limit(_ONE)
        .scalar_subquery()
    )


_PROCESS: BindParameter[uuid.UUID] = bindparam("process", type_=Uuid())
_VOTER = select(
    _MINE,
    exists().where(RollEntry.process_id == _PROCESS, RollEntry.voter_key == _MINE) | first_of_roll(_PROCESS).is_(None),
)


def has_roll(session: Session, process_id: uuid.UUID) -> bool:
    """Whether this process has a voter roll."""
    return session.scalar(select(first_of_roll(process_id))) is not None


def roll_size(session: Session, process_id: uuid.UUID) -> int:
    """How many entries the roll of a process has."""
    return session.scalar(select(func.count()).select_from(RollEntry).where(RollEntry.process_id == process_id)) or 0


def roll_entry(session: Session, process_id: uuid.UUID, voter_key: str) -> RollEntry | None:
    """An entry of the roll."""
    return session.scalars(
        select(RollEntry).where(RollEntry.process_id == process_id, RollEntry.voter_key == voter_key)
    ).first()


def roll_digest(session: Session, process_id: uuid.UUID) -> tuple[int, str]:
    """How many entries the roll has now, and SHA-256 over their keys: sorted, each with a line feed behind it.

    The area is not in it: a desk may add one that the list did not say.
    """
    keys = sorted(session.scalars(select(RollEntry.voter_key).where(RollEntry.process_id == process_id)))
    digest = hashlib.sha256()
    for key in keys:
        digest.update(key.encode() + b"\n")
    return len(keys), digest.hexdigest()


def frozen_roll(session: Session, process_id: uuid.UUID) -> FrozenRoll | None:
    """What was noted of the roll when the vote had begun, and when its box was closed."""
    return session.get(FrozenRoll, process_id)


def list_of_voters(session: Session, process_id: uuid.UUID) -> dict[str, Any] | None:
    """The same for the protocol and the package. None where nothing was noted, as for votes that began before this was done."""
    noted = frozen_roll(session, process_id)
    if noted is None:
        return None
    found: dict[str, Any] = {"noted_at": noted.created_at.isoformat(), "entries": noted.entries, "sha256": noted.sha256}
    if noted.closed_entries is None:
        return found
    at_closing = {"entries": noted.closed_entries, "sha256": noted.closed_sha256}
    return {**found, "at_closing": at_closing, "unchanged": noted.sha256 == noted.closed_sha256}
