"""Where an entry of the register may vote, by which ways people come in, and what they have used. Reads only."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import ANNULLED, Pot, PotState, pots_of
from app.features.spaces.queries import Process, above, process
from app.features.voting.models import (
    Box,
    CodePrint,
    CodeState,
    Contest,
    ContestState,
    Custody,
    IncompleteSet,
    Overvote,
    RollEntry,
    SlotMode,
    VotingCode,
    VotingParticipation,
    VotingSetup,
)
from app.features.voting.queries import AtTheBox, has_roll, roll_entry
from app.features.voting.rules import freed_slot, slot_for
from app.kernel.automated import decides
from app.kernel.errors import Refused
from app.kernel.messages import Message


def setup_of(session: Session, process_id: uuid.UUID) -> VotingSetup:
    """How a process lets people vote; where nobody has said it: every pot, every way, and the server keeps the key."""
    found = session.scalars(select(VotingSetup).where(VotingSetup.process_id == process_id)).first()
    return found or VotingSetup(
        process_id=process_id,
        slots=SlotMode.ALL,
        by_code=True,
        by_card=True,
        by_account=True,
        custody=Custody.SERVER,
        on_paper=False,
        overvote=Overvote.INVALID,
        incomplete_set=IncompleteSet.COUNTS,
    )


@dataclass(frozen=True)
class Prepared:
    """In which processes somebody has said how people vote, there is a list of voters, and letters were made.

    `keys`: where the committee is to keep the key, whether its key is there.
    """

    setups: frozenset[uuid.UUID]
    rolls: frozenset[uuid.UUID]
    letters: frozenset[uuid.UUID]
    keys: Mapping[uuid.UUID, bool]


def prepared(session: Session, process_ids: Collection[uuid.UUID]) -> Prepared:
    """How far the voters of several processes are prepared."""

    def having(model: type[VotingSetup | RollEntry | CodePrint]) -> frozenset[uuid.UUID]:
        return frozenset(session.scalars(select(model.process_id).where(model.process_id.in_(process_ids)).distinct()))

    theirs = select(VotingSetup.process_id, Box.id).outerjoin(
        Box, (Box.process_id == VotingSetup.process_id) & (Box.custody == Custody.COMMITTEE)
    )
    by_committee = theirs.where(VotingSetup.custody == Custody.COMMITTEE, VotingSetup.process_id.in_(process_ids))
    keys = {one: box is not None for one, box in session.execute(by_committee).tuples()}
    return Prepared(having(VotingSetup), having(RollEntry), having(CodePrint), keys)


def announced_custody(pots: Collection[Pot]) -> frozenset[Custody]:
    """Who keeps the key as fixed ballots have announced it; nothing where they were fixed before this was asked."""
    said = [(pot.options.get("voters") or {}).get("custody") for pot in pots]
    return frozenset(Custody(one) for one in said if one)


@dataclass(frozen=True)
class Ways:
    """By which ways somebody can come in now; the desk is always open."""

    code: bool
    card: bool
    account: bool

    @property
    def account_alone(self) -> bool:
        """Whether signing in is all there is."""
        return self.account and not self.code and not self.card


def ways_of(session: Session, process_id: uuid.UUID) -> Ways:
    """The ways of a process. Codes and cards prove something only where there is a list; codes, once there are some."""
    setup = setup_of(session, process_id)
    roll = has_roll(session, process_id)
    return Ways(setup.by_code and has_codes(session, process_id), setup.by_card and roll, setup.by_account)


def has_codes(session: Session, process_id: uuid.UUID) -> bool:
    """Whether codes were made for this process."""
    return session.scalar(select(VotingCode.id).where(VotingCode.process_id == process_id).limit(1)) is not None


def code_counts(session: Session, process_id: uuid.UUID) -> dict[CodeState, int]:
    """Codes by state, every state named."""
    rows = session.execute(
        select(VotingCode.state, func.count()).where(VotingCode.process_id == process_id).group_by(VotingCode.state)
    )
    found = dict(rows.tuples().all())
    return {state: found.get(state, 0) for state in CodeState}


def code_in_force(session: Session, process_id: uuid.UUID, voter_key: str) -> VotingCode | None:
    """The code of an entry that counts now."""
    return session.scalars(
        select(VotingCode).where(
            VotingCode.process_id == process_id, VotingCode.voter_key == voter_key, VotingCode.state == CodeState.ISSUED
        )
    ).first()


def codes_of(session: Session, process_id: uuid.UUID, voter_key: str) -> Sequence[VotingCode]:
    """All codes of an entry, the newest first."""
    return session.scalars(
        select(VotingCode)
        .where(VotingCode.process_id == process_id, VotingCode.voter_key == voter_key)
        .order_by(VotingCode.issued_on.desc(), VotingCode.state, VotingCode.id)
    ).all()


def prints_of(session: Session, process_id: uuid.UUID) -> Sequence[CodePrint]:
    """The print files of a process, the newest first; deleted ones, too."""
    query = select(CodePrint).where(CodePrint.process_id == process_id)
    return session.scalars(query.order_by(CodePrint.created_at.desc(), CodePrint.id)).all()


def print_of(session: Session, print_id: uuid.UUID) -> CodePrint | None:
    """One print file."""
    return session.get(CodePrint, print_id)


def slot_here(session: Session, pot: Pot, now: AtTheBox) -> str:
    """What this entry uses up by casting in this pot. Raises Refused, saying why, where it has no vote.

    What was announced with the fixed ballot holds, whatever the process has set up since.
    """
    mode = _announced_slots(pot, now.ways.slots)
    if mode in (SlotMode.ALL, SlotMode.ONE):
        return slot_for(mode, pot.id, None, None)
    lives_in = now.entry.area_id
    home = None if lives_in is None else above(session, lives_in)
    return slot_for(mode, pot.id, None if pot.area_id == now.space.area_id else pot.area_id, home)


def _announced_slots(pot: Pot, set_up: SlotMode) -> SlotMode:
    announced = pot.options.get("voters")
    return SlotMode(announced["slots"]) if announced else set_up


def home_of(session: Session, process_id: uuid.UUID, voter_key: str) -> frozenset[uuid.UUID] | None:
    """The area of an entry and all that it lies in; None when the list does not say."""
    entry = roll_entry(session, process_id, voter_key)
    return None if entry is None or entry.area_id is None else above(session, entry.area_id)


def used_slots(session: Session, process_id: uuid.UUID, voter_key: str) -> dict[str, uuid.UUID]:
    """What an entry has used, and in which pot."""
    rows = session.execute(
        select(VotingParticipation.slot, VotingParticipation.pot_id).where(
            VotingParticipation.process_id == process_id, VotingParticipation.voter_key == voter_key
        )
    )
    return dict(rows.tuples().all())


def granted_slots(session: Session, process_id: uuid.UUID, voter_key: str) -> frozenset[str]:
    """What the committee has granted this entry besides, after it was contested."""
    rows = session.scalars(
        select(Contest.granted_slot).where(
            Contest.process_id == process_id,
            Contest.voter_key == voter_key,
            Contest.state == ContestState.UPHELD,
            Contest.granted_slot != "",
        )
    )
    return frozenset(rows)


def granted_ballots(session: Session, process_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many ballots the committee granted and somebody cast, by pot: they count among its participations and envelopes."""
    rows = session.execute(
        select(VotingParticipation.pot_id, func.count())
        .where(VotingParticipation.process_id == process_id, VotingParticipation.granted)
        .group_by(VotingParticipation.pot_id)
    )
    return dict(rows.tuples().all())


@dataclass(frozen=True)
class Standing:
    """What an entry may still do in a pot. `why_not`: why it has no vote here; `used_in`: the other pot that used it up.

    `others`: the other pots in which it has voted; `used`: the slots it has used.
    """

    pot: Pot
    slot: str
    voted: bool
    mode: SlotMode
    why_not: Message | None = None
    used_in: Pot | None = None
    others: tuple[Pot, ...] = ()
    used: frozenset[str] = frozenset()

    @property
    def freed(self) -> bool:
        """Whether the pot was annulled after this entry voted here, so that its vote can be used in another pot."""
        return self.voted and freed_slot(self.pot.id) in self.used

    @property
    def may_vote(self) -> bool:
        """Whether a ballot of this entry is taken here."""
        return not self.voted and self.why_not is None and self.used_in is None


def standing_of(session: Session, pot: Pot, voter_key: str, space: Process | None = None) -> Standing:
    """The standing of an entry in one pot. `space`: its process, for whoever has it at hand."""
    return standings_of(session, pot.process_id, voter_key, space, only=pot)[0]


@decides("voting_right")
def standings_of(
    session: Session, process_id: uuid.UUID, voter_key: str, space: Process | None = None, *, only: Pot | None = None
) -> list[Standing]:
    """The standing of an entry in every pot of a process whose ballot is fixed, in their order. As in `slot_here`, what was
    announced with a ballot holds.
    """
    set_up, used = _mode_and_used(session, process_id, voter_key)
    space = space or process(session, process_id)
    named = only is None or any(one != only.id for one in used.values())  # most have used nothing anywhere else
    pots = {one.id: one for one in pots_of(session, process_id) if one.state is not PotState.DRAFT} if named else {}
    asked = [only] if only is not None else list(pots.values())
    modes = {pot.id: _announced_slots(pot, set_up) for pot in asked}
    needs_home = not {SlotMode.OWN, SlotMode.OWN_PLUS_ONE}.isdisjoint(modes.values())
    home = home_of(session, process_id, voter_key) if needs_home else None
    found = []
    for pot in asked:
        mode = modes[pot.id]
        area = None if space is None or pot.area_id == space.area_id else pot.area_id
        others = tuple(pots[one] for one in used.values() if one != pot.id and one in pots)
        voted = pot.id in used.values()
        if pot.annulled_at is not None and not voted:
            found.append(Standing(pot, "", voted, mode, why_not=ANNULLED, others=others, used=frozenset(used)))
            continue
        try:
            slot = slot_for(mode, pot.id, area, home)
        except Refused as refusal:
            found.append(Standing(pot, "", voted, mode, why_not=refusal.message, others=others, used=frozenset(used)))
            continue
        used_in = pots.get(used[slot]) if slot in used and not voted else None
        found.append(Standing(pot, slot, voted, mode, used_in=used_in, others=others, used=frozenset(used)))
    return found


def _mode_and_used(session: Session, process_id: uuid.UUID, voter_key: str) -> tuple[SlotMode, dict[str, uuid.UUID]]:
    """What `setup_of` and `used_slots` say for this, in one statement: every page of a ballot asks."""
    rows: Sequence[Sequence[Any]] = session.execute(_MODE_AND_USED, {"process": process_id, "key": voter_key}).all()
    mode = rows[0][0] if rows else None
    return mode or SlotMode.ALL, {slot: pot_id for _mode, slot, pot_id in rows if slot is not None}


_MODE_AND_USED = (
    select(VotingSetup.slots, VotingParticipation.slot, VotingParticipation.pot_id)
    .select_from(Process)
    .outerjoin(VotingSetup, VotingSetup.process_id == Process.id)
    .outerjoin(
        VotingParticipation,
        (VotingParticipation.process_id == Process.id) & (VotingParticipation.voter_key == bindparam("key")),
    )
    .where(Process.id == bindparam("process"))
)
