"""For which entries of the voters' lists an account stands, and where these have voted."""

import uuid
from collections.abc import Mapping

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.features.voting.models import VoterIdentity, VotingParticipation


def entries_of(session: Session, person_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The entries that an account stands for, by process."""
    rows = select(VoterIdentity.process_id, VoterIdentity.voter_key).where(VoterIdentity.person_id == person_id)
    return dict(session.execute(rows).tuples().all())


def pots_voted_in(session: Session, entries: Mapping[uuid.UUID, str]) -> frozenset[uuid.UUID]:
    """The pots in which these entries, one of a process each, have taken part."""
    rows = select(VotingParticipation.pot_id).where(
        tuple_(VotingParticipation.process_id, VotingParticipation.voter_key).in_(list(entries.items()))
    )
    return frozenset(session.scalars(rows))
