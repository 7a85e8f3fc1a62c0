"""The roll, and the entry that an account stands for."""

import uuid

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.features.voting.models import (
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


_ROLL = RollEntry.process_id == bindparam("process")


_VOTER = select(_MINE, exists().where(_ROLL, RollEntry.voter_key == _MINE) | ~exists().where(_ROLL))


def has_roll(session: Session, process_id: uuid.UUID) -> bool:
    """Whether this process has a voter roll."""
    return session.scalar(select(RollEntry.id).where(RollEntry.process_id == process_id).limit(1)) is not None


def roll_size(session: Session, process_id: uuid.UUID) -> int:
    """How many entries the roll of a process has."""
    return session.scalar(select(func.count()).select_from(RollEntry).where(RollEntry.process_id == process_id)) or 0


def roll_entry(session: Session, process_id: uuid.UUID, voter_key: str) -> RollEntry | None:
    """An entry of the roll."""
    return session.scalars(
        select(RollEntry).where(RollEntry.process_id == process_id, RollEntry.voter_key == voter_key)
    ).first()
