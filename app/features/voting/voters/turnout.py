"""Who took part, in numbers: by area, age and sex, after the vote, and never so small that a number points at somebody."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.features.voting.models import RollEntry, VotingParticipation
from app.kernel.automated import decides

LEAST = 5


@dataclass(frozen=True)
class Group:
    """Entries of one kind and how many of them took part; both None where one of the numbers would be too small."""

    name: str
    entries: int | None
    voted: int | None

    @property
    def percent(self) -> float | None:
        """Their share."""
        return None if self.entries is None or self.voted is None else self.voted / self.entries


def by_area(session: Session, process_id: uuid.UUID) -> list[Group]:
    """By the area on the list."""
    return _by(session, process_id, RollEntry.area_id)


def by_bracket(session: Session, process_id: uuid.UUID) -> list[Group]:
    """By the age bracket on the list."""
    return _by(session, process_id, RollEntry.age_bracket)


def by_sex(session: Session, process_id: uuid.UUID) -> list[Group]:
    """By the sex on the list."""
    return _by(session, process_id, RollEntry.sex)


def _by(session: Session, process_id: uuid.UUID, column: InstrumentedAttribute[Any]) -> list[Group]:
    took_part = (
        select(VotingParticipation.voter_key)
        .where(VotingParticipation.process_id == process_id)
        .distinct()
        .subquery("took_part")
    )
    rows = session.execute(
        select(column, func.count(), func.sum(case((took_part.c.voter_key.is_not(None), 1), else_=0)))
        .select_from(RollEntry)
        .outerjoin(took_part, took_part.c.voter_key == RollEntry.voter_key)
        .where(RollEntry.process_id == process_id)
        .group_by(column)
    )
    return shown([(str(name or ""), entries, int(voted)) for name, entries, voted in rows])


@decides("small_groups")
def shown(groups: Sequence[tuple[str, int, int]]) -> list[Group]:
    """The groups by name without small numbers: of those who voted, and of those who did not.

    The total less the groups that are shown gives what is left out together; so the smallest of the others is left out with
    it until these are enough, too.
    """
    small = {name for name, entries, voted in groups if voted < LEAST or entries - voted < LEAST}
    while small and len(small) < len(groups) and _too_few([one for one in groups if one[0] in small]):
        small.add(min((entries, name) for name, entries, _voted in groups if name not in small)[1])
    return [
        Group(name, None, None) if name in small else Group(name, entries, voted) for name, entries, voted in sorted(groups)
    ]


@decides("small_groups")
def _too_few(groups: Sequence[tuple[str, int, int]]) -> bool:
    """Whether so few of them together took part, or did not, that the number points at somebody."""
    voted = sum(one[2] for one in groups)
    return voted < LEAST or sum(one[1] for one in groups) - voted < LEAST
