"""A ballot on paper uses up what one in the box does: the same constraint keeps people from voting on paper and on the web.

What is written is that a ballot was handed out: a participation without an envelope. Which paper it was, nobody writes down.
The room of the stations says who may hand one out, and where.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, held_pot, hold_pots, require_valid
from app.features.budgets.queries import pot as pot_by_id
from app.features.voting.commands import OnPaper
from app.features.voting.models import BoxState, VotingParticipation
from app.features.voting.queries import AtTheBox, at_the_box, closed, fixed_pots, has_roll, has_voted
from app.features.voting.rules import birth_hash, granted_slot, voter_key
from app.features.voting.use_cases.casting import ALREADY, ELSEWHERE, at_desk, require_open
from app.features.voting.use_cases.identifying import entry_of, is_listed
from app.features.voting.voters.eligibility import granted_slots, slot_here
from app.features.voting.voters.voter import Voter, Way
from app.kernel import clock, outbox
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Channel, Permission

FORGOTTEN = "*"
"""Instead of a station, once it is forgotten: the ballot was one on paper. No station is called so."""
FORGOTTEN_STATIONS = "paper.stations_forgotten"
"""The row of the outbox after which nothing of them is left in the files of the database."""
BOX_CLOSED = msg("This box is closed. No more ballots are taken.")


def issue_on_paper(session: Session, actor: Actor, command: OnPaper, secret: bytes) -> str:
    """Write that a ballot on paper is handed out, and return the key of the voter: they cannot vote any other way now.

    Raises NotFound for clerks of other processes, PhaseClosed outside the vote, Refused when number and birth date are not on
    the list or this entry has no vote here, Conflict when it has voted, by whatever channel.
    """
    found, voter = at_desk(session, actor, command.pot_id, command.number, command.born, secret)
    now = at_the_box(session, found.process_id, voter)
    if now is None:
        raise NotFound
    require_open(session, found)
    if now.box is not None and now.box.state is not BoxState.OPEN:
        raise Conflict(BOX_CLOSED)
    _use_up(session, found.ballot, voter.key, now, command.station)
    return voter.key


def hand_back(session: Session, actor: Actor, command: OnPaper, secret: bytes) -> str:
    """Undo it while people vote: the ballot came back before its voter had left the station. Returns the key of the voter.

    Raises Conflict when no ballot on paper was handed out to this entry at this station.
    """
    found, voter = at_desk(session, actor, command.pot_id, command.number, command.born, secret)
    require_open(session, found)
    handed_out = delete(VotingParticipation).where(
        VotingParticipation.pot_id == command.pot_id,
        VotingParticipation.voter_key == voter.key,
        VotingParticipation.channel == Channel.PAPER,
        VotingParticipation.station == command.station,
    )
    undone: Any = session.execute(handed_out.execution_options(synchronize_session=False))
    if undone.rowcount != 1:
        raise Conflict(msg("No ballot on paper was handed out to this number at this station."), field="number")
    return voter.key


def voter_on_list(session: Session, actor: Actor, command: OnPaper, secret: bytes) -> str:
    """The key of a number. Raises Refused when it is not on the list."""
    pot = pot_by_id(session, command.pot_id)
    if pot is None or not actor.may(Permission.INTAKE, pot.process_id):
        raise NotFound
    return entry_of(session, pot.process_id, command.number, command.born, secret)


@dataclass(frozen=True)
class OnEnvelope:
    """What is kept of the number on an envelope that is decided on later.

    `proof`: a keyed hash of number and date of birth, where the two were not on the list when it was written down.
    """

    key: str
    proof: str = ""


class NotOnTheList(Refused):
    """The number on an envelope, with the date of birth beside it, is not on the list of voters."""


def number_on_envelope(session: Session, actor: Actor, command: OnPaper, secret: bytes) -> OnEnvelope:
    """What is kept of a number that stands on an envelope, whether it is on the list or not."""
    pot = pot_by_id(session, command.pot_id)
    if pot is None or not actor.may(Permission.INTAKE, pot.process_id):
        raise NotFound
    key = voter_key(secret, pot.process_id, command.number)
    proof = birth_hash(secret, pot.process_id, command.number, command.born)
    if has_roll(session, pot.process_id) and not is_listed(session, pot.process_id, key, proof):
        return OnEnvelope(key, proof)
    return OnEnvelope(key)


def accept_on_paper(
    session: Session, actor: Actor, pot_id: uuid.UUID, written: OnEnvelope, station: str, day: date | None = None
) -> None:
    """Take an outer envelope as a vote on paper, also when the vote has ended: it arrived in time.

    `day`: when its ballot was handed out, where that is known. Raises NotOnTheList where it is not on the list, Refused or
    Conflict, saying why, when this entry has no vote here or has used it: the envelope stays closed.
    """
    pot = pot_by_id(session, pot_id)
    if pot is None or not actor.may(Permission.INTAKE, pot.process_id):
        raise NotFound
    found = held_pot(session, pot_id)
    if found is None:
        raise NotFound
    require_valid(pot)
    if found.state is not PotState.READY:
        raise Conflict(msg("This vote has been counted. No more ballots are taken."))
    now = at_the_box(session, pot.process_id, Voter(pot.process_id, written.key, Way.DESK, Channel.PAPER))
    if now is None:
        raise NotFound
    if now.entry.has_roll and not now.entry.on_roll:
        raise NotOnTheList(msg("This number is not on the list of voters any more."))
    if written.proof and not is_listed(session, pot.process_id, written.key, written.proof):
        raise NotOnTheList(msg("This number is not on the list of voters."))
    _use_up(session, found.ballot, written.key, now, station, day)


def forget_stations(session: Session, actor: Actor, process_id: uuid.UUID) -> dict[tuple[uuid.UUID, str], int]:
    """When the vote is over, forget at which station each ballot on paper was handed out, in one go for all of them.

    Returns how many there were, by pot and station. Where few vote, a box would else say whose ballots are in it. So that no
    old row says it either, the files of the database are wiped in the background, as when the box is closed.
    """
    if not actor.may(Permission.INTAKE, process_id):
        raise NotFound
    hold_pots(session, process_id)
    if not all(closed(session, pot) for pot in fixed_pots(session, process_id)):
        raise Conflict(msg("People can still vote. Boxes are opened afterwards."))
    handed_out = (VotingParticipation.process_id == process_id, VotingParticipation.station.not_in(("", FORGOTTEN)))
    rows = session.execute(
        select(VotingParticipation.pot_id, VotingParticipation.station, func.count())
        .where(*handed_out)
        .group_by(VotingParticipation.pot_id, VotingParticipation.station)
    )
    numbers = Counter({(pot_id, station): number for pot_id, station, number in rows})
    forget = update(VotingParticipation).where(*handed_out).values(station=FORGOTTEN)
    session.execute(forget.execution_options(synchronize_session=False))
    if numbers:
        outbox.post(session, FORGOTTEN_STATIONS, process_id=str(process_id))
    return dict(numbers)


def _use_up(session: Session, pot: Pot, key: str, now: AtTheBox, station: str, day: date | None = None) -> None:
    slot = slot_here(session, pot, now)
    values = {
        "process_id": pot.process_id,
        "pot_id": pot.id,
        "voter_key": key,
        "slot": slot,
        "granted": False,
        "channel": Channel.PAPER,
        "station": station,
        "day": day or clock.now().date(),
    }
    if _taken(session, values):
        return
    more = granted_slot(slot)
    if more in granted_slots(session, pot.process_id, key) and _taken(session, {**values, "slot": more, "granted": True}):
        return
    raise Conflict(ALREADY if has_voted(session, pot.id, key) else ELSEWHERE, field="number")


def _taken(session: Session, values: dict[str, Any]) -> bool:
    """Whether what the participation uses up was still there; whoever writes the same at this moment is waited for."""
    kind = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    written = kind(VotingParticipation).values({**values, "id": uuid.uuid4()}).on_conflict_do_nothing()
    return session.execute(written.returning(VotingParticipation.pot_id)).first() is not None
