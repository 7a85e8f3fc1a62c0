"""Who has taken part: how many, and whether one entry has. It says nothing about choices."""

import uuid
from collections.abc import Collection

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.features.spaces.queries import Process
from app.features.voting.models import (
    VotingParticipation,
)


def anybody_voted(session: Session, process_id: uuid.UUID) -> bool:
    """Whether somebody has cast a ballot in any pot of a process."""
    return bool(session.scalar(select(exists().where(VotingParticipation.process_id == process_id))))


def where_anybody_voted(session: Session, process_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """In which of these processes somebody has cast a ballot: one look at the index for each, however many have voted."""
    voted = exists().where(VotingParticipation.process_id == Process.id)
    return set(session.scalars(select(Process.id).where(Process.id.in_(process_ids), voted)))


def participations(session: Session, pot_id: uuid.UUID) -> int:
    """How many have taken part so far: turnout, which says nothing about choices."""
    return (
        session.scalar(select(func.count()).select_from(VotingParticipation).where(VotingParticipation.pot_id == pot_id)) or 0
    )


def in_the_box(session: Session, pot_id: uuid.UUID) -> int:
    """How many of them left an envelope in the box: all but those who were handed a ballot on paper at a station."""
    query = select(func.count()).where(VotingParticipation.pot_id == pot_id, VotingParticipation.station == "")
    return session.scalar(query) or 0


def turnout_by_channel(session: Session, pot_id: uuid.UUID) -> dict[str, int]:
    """How many have taken part through the box so far, by channel."""
    query = select(VotingParticipation.channel, func.count()).where(VotingParticipation.pot_id == pot_id)
    return {str(channel): number for channel, number in session.execute(query.group_by(VotingParticipation.channel))}


def turnout_by_day(session: Session, pot_id: uuid.UUID) -> dict[str, int]:
    """How many have taken part on each day, over all channels: never by both, where small numbers would point at people."""
    query = select(VotingParticipation.day, func.count()).where(VotingParticipation.pot_id == pot_id)
    rows = session.execute(query.group_by(VotingParticipation.day).order_by(VotingParticipation.day))
    return {day.isoformat(): number for day, number in rows}


def has_voted(session: Session, pot_id: uuid.UUID, voter_key: str) -> bool:
    """Whether this entry has taken part in this pot."""
    return (
        session.scalar(
            select(VotingParticipation.id).where(
                VotingParticipation.pot_id == pot_id, VotingParticipation.voter_key == voter_key
            )
        )
        is not None
    )


def keys_that_voted(session: Session, pot_id: uuid.UUID) -> set[str]:
    """The entries that have taken part in a pot, so that a rehearsal knows which of its test voters are left."""
    return set(session.scalars(select(VotingParticipation.voter_key).where(VotingParticipation.pot_id == pot_id)))
