"""Importing a list of voters: keyed hashes only, completely or not at all, before anybody has voted."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import pots_of
from app.features.spaces.queries import Action, Process, areas_of, process
from app.features.voting.models import RollEntry, VoterIdentity
from app.features.voting.queries import participations
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.use_cases.freezing_roll import forget_note
from app.features.voting.voters.roll_file import RollRow, folded
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

_AT_ONCE = 2000


@dataclass(frozen=True)
class HashedRow:
    """One voter as we keep it. Nothing can be read back from it."""

    key: str = field(repr=False)
    proof: str = field(repr=False)
    area: uuid.UUID | None = None
    age: str = ""
    sex: str = ""

    def says(self, known: "HashedRow") -> dict[str, Any]:
        """What this row says otherwise than what is known; what it leaves open stays."""
        new = {"birth_hash": self.proof, "area_id": self.area, "age_bracket": self.age, "sex": self.sex}
        old = {"birth_hash": known.proof, "area_id": known.area, "age_bracket": known.age, "sex": known.sex}
        return {name: value for name, value in new.items() if value and value != old[name]}


@dataclass(frozen=True)
class RollReport:
    """What an import did. `without_born`: entries that nobody votes for with the number: it takes a code, or a desk."""

    added: int
    corrected: int
    unchanged: int
    without_born: int
    without_area: int = 0


def hashed(rows: Iterable[RollRow], process_id: uuid.UUID, secret: bytes) -> list[HashedRow]:
    """The rows of a file as they are kept. Takes seconds for a large city: do it before the transaction begins."""
    return [
        HashedRow(
            voter_key(secret, process_id, row.number),
            birth_hash(secret, process_id, row.number, row.born) if row.born else "",
            row.area,
            row.age,
            row.sex,
        )
        for row in rows
    ]


def roll_is_fixed(session: Session, space: Process) -> Conflict | None:
    """Why no list of voters can be imported now, if so."""
    begun = any(Action.VOTE in phase.actions and phase.starts_at <= clock.now() for phase in space.phases)
    if begun or any(participations(session, pot.id) for pot in pots_of(session, space.id)):
        return Conflict(msg("The vote has begun, so the list of voters stays as it is."))
    return None


def known_rows(session: Session, process_id: uuid.UUID) -> dict[str, HashedRow]:
    """The list as it is, by key."""
    columns = (RollEntry.voter_key, RollEntry.birth_hash, RollEntry.area_id, RollEntry.age_bracket, RollEntry.sex)
    found = session.execute(select(*columns).where(RollEntry.process_id == process_id)).tuples()
    return {key: HashedRow(key, proof, area, age, sex) for key, proof, area, age, sex in found}


def add_rows(session: Session, process_id: uuid.UUID, rows: Sequence[HashedRow]) -> None:
    """Write new entries. Raises IntegrityError when somebody else has written one of them."""
    for at in range(0, len(rows), _AT_ONCE):
        values = [
            {
                "id": uuid.uuid4(),
                "process_id": process_id,
                "voter_key": row.key,
                "birth_hash": row.proof,
                "area_id": row.area,
                "age_bracket": row.age,
                "sex": row.sex,
            }
            for row in rows[at : at + _AT_ONCE]
        ]
        session.execute(insert(RollEntry), values)


def forget_claims(session: Session, process_id: uuid.UUID) -> int:
    """Whoever has said which entry their account stands for says it again, to the list as it is now. Returns how many."""
    claims = session.scalars(select(VoterIdentity.id).where(VoterIdentity.process_id == process_id)).all()
    session.execute(delete(VoterIdentity).where(VoterIdentity.process_id == process_id))
    return len(claims)


def import_roll(session: Session, actor: Actor, process_id: uuid.UUID, rows: Sequence[HashedRow]) -> RollReport:
    """Add voters, and correct what is known of those who are there. An entry keeps its key, so nobody gets a second vote.

    Numbers that somebody claimed before are forgotten: whoever claimed them has to show the date of birth as well. Raises
    NotFound for processes that are not the actor's, Conflict once the vote has begun or anybody has voted.
    """
    space = process(session, process_id)
    if space is None or not actor.may(Permission.BUDGET_MANAGE, process_id):
        raise NotFound
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update())
    if (why_not := roll_is_fixed(session, space)) is not None:
        raise why_not
    known = known_rows(session, process_id)
    new = [row for row in rows if row.key not in known]
    changed = {row.key: says for row in rows if row.key in known and (says := row.says(known[row.key]))}
    try:
        add_rows(session, process_id, new)
    except IntegrityError:
        raise Conflict(msg("Somebody else imported a list at the same moment. Import yours again.")) from None
    for key, says in changed.items():
        session.execute(update(RollEntry).where(RollEntry.process_id == process_id, RollEntry.voter_key == key).values(**says))
    forgotten = 0
    if new or changed:
        forgotten = forget_claims(session, process_id)
        forget_note(session, process_id)
        audit.record(
            session,
            actor,
            "roll.imported",
            space,
            process_id=process_id,
            added=len(new),
            corrected=len(changed),
            claims_forgotten=forgotten,
        )
    unchanged = len(rows) - len(new) - len(changed)
    return RollReport(
        len(new), len(changed), unchanged, sum(not row.proof for row in rows), sum(row.area is None for row in rows)
    )


def add_missing_area(
    session: Session, actor: Actor, process_id: uuid.UUID, number: str, area_id: uuid.UUID, secret: bytes
) -> None:
    """At a desk: say where a voter lives of whom the list does not say it. What the list says is not changed.

    Raises NotFound for processes that are not the clerk's, Refused for a number that is not listed or another city's area.
    """
    space = process(session, process_id)
    if space is None or not actor.may(Permission.INTAKE, process_id):
        raise NotFound
    entry = session.scalars(
        select(RollEntry)
        .where(RollEntry.process_id == process_id, RollEntry.voter_key == voter_key(secret, process_id, number))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if entry is None:
        raise Refused(msg("This number is not on the list of voters."), field="number")
    if entry.area_id is not None:
        raise Conflict(msg("The list says already where this person lives. It is not changed while people vote."))
    if area_id not in {area.id for area in areas_of(session, space)}:
        raise Refused(msg("Choose one of these."), field="area")
    entry.area_id = area_id
    session.flush()
    audit.record(session, actor, "roll.area_added", entry, process_id=process_id)


def areas_by_name(session: Session, process_id: uuid.UUID) -> dict[str, uuid.UUID | None] | None:
    """The areas of a process by code and by each of their names; None where a name stands for several.

    No dictionary at all where the process has no areas to tell apart: a column of areas then means nothing and is passed over.
    """
    found: dict[str, uuid.UUID | None] = {}
    space = process(session, process_id)
    areas = areas_of(session, space) if space is not None else []
    if len(areas) < 2:
        return None
    for area in areas:
        for name in {folded(one) for one in area.name.values() if one}:
            found[name] = None if found.get(name, area.id) != area.id else area.id
    return {**found, **{folded(area.code): area.id for area in areas}}
