"""A ballot is cast: a participation and a sealed envelope, in one transaction, and nothing else anywhere."""

import uuid
from typing import Any

from nacl.signing import SigningKey
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import ANNULLED, Choices, OpenPot, Pot, PotState, check_new_choices, held_pot, in_order
from app.features.budgets.use_cases import keeps_fixed
from app.features.spaces.queries import Action, RunningProcess, action_open, dated_process, why_closed
from app.features.voting.box.contents import pack
from app.features.voting.box.custody import KeySheet, key_sheet
from app.features.voting.box.envelopes import receipt_of, seal
from app.features.voting.commands import CastAtDesk, CastBallot
from app.features.voting.exporting import form_of
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Box, BoxState, Custody
from app.features.voting.queries import (
    AtTheBox,
    Coming,
    at_the_box,
    box_of,
    has_voted,
    participations,
    receipt_of_envelope,
)
from app.features.voting.rules import granted_slot
from app.features.voting.use_cases.both_rows import write_both
from app.features.voting.use_cases.identifying import NOT_SAID, account_voter, entry_of, require_way
from app.features.voting.use_cases.keeping import key_missing
from app.features.voting.voters.eligibility import granted_slots, slot_here, standing_of
from app.features.voting.voters.voter import ShownToken, Voter, Way
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, PhaseClosed, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Channel, Permission

keeps_fixed.append(lambda session, pot: participations(session, pot.id) > 0)
ALREADY = msg(
    "A ballot was cast for this person already, or handed out to them: on the web, at the desk or on paper. Everybody has one."
)
ELSEWHERE = msg("This person's vote was used in another pot already, so it cannot be used here.")


def cast_ballot(
    session: Session, who: Voter | Actor | ShownToken, command: CastBallot, keyring: Keyring, coming: Coming | None = None
) -> str:
    """Cast a voter's ballot in a pot and return its receipt. One per slot of an entry of the register, over every channel.

    An actor, or whoever shows the token of one, votes as the entry that their account stands for. The same envelope sent again
    is the same ballot and gets the same receipt, whatever has become of the vote meanwhile. `coming`: the pot, when this
    transaction holds it already, and what was asked with it.

    Raises PhaseClosed outside the vote, Conflict when the slot was used already, Refused for an invalid ballot, for a pot in
    which this entry has no vote, and when the way the voter came in by does not hold any more.
    """
    found = coming.held if coming else held_pot(session, command.pot_id)
    if found is None:
        raise NotFound
    now = coming.now if coming and coming.now else at_the_box(session, found.process_id, who)
    try:
        if now is None or not _takes_ballots(found, now.space):
            require_open(session, found)
        if now is None:
            raise Refused(NOT_SAID)
        voter = who if isinstance(who, Voter) else account_voter(now, who, found.process_id)
        require_way(now, found.process_id, voter)
        _require_good(found.ballot, command.choices, now)
    except Refused:
        if now and (receipt := _sent_before(session, command.pot_id, now.voter_key, command.envelope_id)):
            return receipt
        raise
    return _cast(session, found.ballot, voter, now, command.choices, command.envelope_id, keyring)


def cast_at_desk(session: Session, actor: Actor, command: CastAtDesk, secret: bytes, keyring: Keyring) -> str:
    """Cast a ballot for the person at the counter: same paper, same rule, same constraint. The clerk is not recorded with it.

    Raises NotFound for clerks of other processes, and whatever `cast_ballot` raises.
    """
    found, voter = at_desk(session, actor, command.pot_id, command.number, command.born, secret)
    pot = found.ballot
    now = at_the_box(session, pot.process_id, voter)
    if now is None:
        raise NotFound
    try:
        if not _takes_ballots(found, now.space):
            require_open(session, found)
        _require_good(pot, command.choices, now)
    except Refused:
        if receipt := _sent_before(session, pot.id, voter.key, command.envelope_id):
            return receipt
        raise
    return _cast(session, pot, voter, now, command.choices, command.envelope_id, keyring)


def check_at_desk(session: Session, actor: Actor, pot_id: uuid.UUID, number: str, born: str, secret: bytes) -> None:
    """Before the person at the counter chooses: raise what casting for this number would raise, and cast nothing."""
    found, voter = at_desk(session, actor, pot_id, number, born, secret)
    require_open(session, found)
    pot = found.ballot
    standing = standing_of(session, pot, voter.key)
    if standing.why_not is not None:
        raise Refused(standing.why_not, field="number")
    granted = granted_slot(standing.slot)
    if not standing.may_vote and (granted in standing.used or granted not in granted_slots(session, pot.process_id, voter.key)):
        raise Conflict(ALREADY if standing.voted else ELSEWHERE, field="number")


def at_desk(session: Session, actor: Actor, pot_id: uuid.UUID, number: str, born: str, secret: bytes) -> tuple[OpenPot, Voter]:
    """The held pot and the entry of whoever stands before a clerk. Raises NotFound for clerks of other processes."""
    pot = session.get(Pot, pot_id)
    if pot is None or not actor.may(Permission.INTAKE, pot.process_id):
        raise NotFound
    found = held_pot(session, pot_id)
    if found is None:
        raise NotFound
    key = entry_of(session, pot.process_id, number, born, secret)
    return found, Voter(pot.process_id, key, Way.DESK, Channel.DESK)


def _takes_ballots(found: OpenPot, space: RunningProcess) -> bool:
    """Whether a held pot takes ballots. It is held: who closes the box waits for ballots that began in time."""
    return action_open(space, Action.VOTE, clock.now()) and not found.annulled and found.state is PotState.READY


def require_open(session: Session, found: OpenPot) -> None:
    """Raise what keeps a held pot from taking ballots, if anything does."""
    space = dated_process(session, found.process_id)
    if space is None:
        raise NotFound
    now = clock.now()
    if not action_open(space, Action.VOTE, now):
        raise PhaseClosed(why_closed(space, Action.VOTE, now))
    if found.annulled:
        raise Conflict(ANNULLED)
    if found.state is not PotState.READY:
        raise Conflict(msg("This vote has been counted. No more ballots are taken."))


def _require_good(pot: Pot, choices: Choices, now: AtTheBox) -> None:
    """Raise what is wrong with a ballot, or that its box takes none any more."""
    check_new_choices(pot, choices)
    if now.box is not None and now.box.state is not BoxState.OPEN:
        raise Conflict(msg("This box is closed. No more ballots are taken."))


def _sent_before(session: Session, pot_id: uuid.UUID, voter_key: str, envelope_id: uuid.UUID) -> str | None:
    """The receipt of an envelope, for an entry that has a ballot in this pot; for everybody else no envelope is looked up.

    Ask before this transaction writes a participation, and only where a ballot is refused: most are taken. No row says whose
    an envelope is, so its id must stay what only the page that made it knows.
    """
    return receipt_of_envelope(session, pot_id, envelope_id) if has_voted(session, pot_id, voter_key) else None


def ready_box(session: Session, process_id: uuid.UUID, keyring: Keyring) -> Box:
    """The box of a process; where it has none yet, one whose key the server keeps.

    Raises Conflict where the committee is to keep the key: nothing is ever sealed with another one.
    """
    box = box_of(session, process_id)
    if box is not None:
        return box
    if (missing := key_missing(session, process_id)) is not None:
        raise Conflict(missing)
    sheet = key_sheet(kept_key(session, keyring, process_id, "box"), str(process_id))
    return new_box(session, process_id, Custody.SERVER, sheet, keyring)


def new_box(session: Session, process_id: uuid.UUID, custody: Custody, sheet: KeySheet, keyring: Keyring) -> Box:
    """A box with this key, or the one that somebody else has made at this moment."""
    board = SigningKey(kept_key(session, keyring, process_id, "board")).verify_key
    box = Box(process_id=process_id, custody=custody, key=sheet.as_json(), board_key=bytes(board).hex())
    try:
        with session.begin_nested():
            session.add(box)
            session.flush()
    except IntegrityError:
        found = box_of(session, process_id)
        if found is None:
            raise
        return found
    return box


def _participation(pot: Pot, voter: Voter, slot: str, *, granted: bool = False) -> dict[str, Any]:
    """What a ballot in this pot uses up."""
    return {
        "process_id": pot.process_id,
        "pot_id": pot.id,
        "voter_key": voter.key,
        "slot": slot,
        "granted": granted,
        "channel": voter.channel,
        "day": clock.now().date(),
    }


def _cast(
    session: Session,
    pot: Pot,
    voter: Voter,
    now: AtTheBox,
    choices: Choices,
    envelope_id: uuid.UUID,
    keyring: Keyring,
) -> str:
    """Both rows or none: the participation, and a sealed envelope that belongs to nobody."""
    box = now.box or ready_box(session, pot.process_id, keyring)
    slot = slot_here(session, pot, now)
    kept = in_order(pot, choices)
    ciphertext = seal(bytes.fromhex(box.key["public_key"]), pack(form_of(pot), kept.numbers, kept.points))
    receipt = receipt_of(pot.id, ciphertext)
    envelope = {"id": envelope_id, "pot_id": pot.id, "ciphertext": ciphertext, "receipt": receipt}
    taken, new = write_both(session, _participation(pot, voter, slot), envelope)
    if not taken:
        if before := _sent_before(session, pot.id, voter.key, envelope_id):
            return before  # a second click, or a page sent again after a lost connection
        if voter.way is Way.DESK and granted_slot(slot) in granted_slots(session, pot.process_id, voter.key):
            taken, new = write_both(session, _participation(pot, voter, granted_slot(slot), granted=True), envelope)
        if not taken:
            raise Conflict(ALREADY if has_voted(session, pot.id, voter.key) else ELSEWHERE)
    if not new:
        raise Conflict(msg("This ballot was begun on another page. Go back to your choices and look at them again."))
    return receipt
