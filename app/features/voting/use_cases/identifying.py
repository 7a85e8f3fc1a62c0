"""Somebody shows which entry of the register they are: with a code, a card, or an account."""

import hmac
import uuid
from collections.abc import Callable

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.spaces.queries import Action, Process, ProcessState, action_open, process, why_closed
from app.features.voting.commands import EnterCode, Identify
from app.features.voting.keys.kept import KeyLost
from app.features.voting.keys.keyring import KeyDestroyed
from app.features.voting.letters.code import code_hash, read_code
from app.features.voting.models import CodeState, VoterIdentity, VotingCode
from app.features.voting.queries import AtTheBox, at_the_box, has_roll, roll_entry, voter_key_of
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.voters.eligibility import setup_of, used_slots
from app.features.voting.voters.voter import ShownToken, Voter, Way
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, PhaseClosed, Refused
from app.kernel.messages import Beginning, Message, msg
from app.kernel.permissions import Actor, Channel

NO_CARDS = msg("In this vote the number of a card is not enough. Use the code of your letter, or go to a voting desk.")
NO_ACCOUNTS = msg("In this vote accounts are not used. Look at the other ways to vote.")
VOID = {
    CodeState.VOIDED: msg("This code is void. If you were given a newer one, use that. Otherwise ask at a voting desk."),
    CodeState.UNDELIVERED: msg("The letter with this code came back to us, so the code is void. Ask at a voting desk."),
}
NOT_SAID = msg("Say first who you are: write the number of your residence card.")
NO_BIRTH = msg("The list of voters has no date of birth for this number. Use the code of your letter, or ask at a desk.")
NOT_LISTED = msg("This number with this date of birth is not on the list of voters. Check both, or ask at a voting desk.")


def identify(session: Session, actor: Actor, command: Identify, secret: bytes) -> VoterIdentity:
    """Bind the actor's account to an entry of the register for a process, while people vote in it.

    A slip can be put right for as long as nothing was cast with the number in this process. Raises PhaseClosed before and
    after, Refused when number and birth date are not on the roll (the two are not told apart) and, but in a rehearsal, when the
    roll has no date of birth for the number, Conflict when another account stands for that entry, and when the account's own
    number has been voted with.
    """
    person_id = actor.require_signed_in()
    space = process(session, command.process_id)
    if space is None:
        raise NotFound
    if not action_open(space, Action.VOTE, clock.now()):
        raise PhaseClosed(why_closed(space, Action.VOTE, clock.now()))
    setup = setup_of(session, command.process_id)
    if not setup.by_account:
        raise Refused(NO_ACCOUNTS)
    if not setup.by_card and has_roll(session, command.process_id):
        raise Refused(NO_CARDS, field="number")
    key = entry_of(session, command.process_id, command.number, command.born, secret)
    entry = roll_entry(session, command.process_id, key)
    if entry is not None and not entry.birth_hash and space.rehearsal_of is None:
        raise Refused(NO_BIRTH, field="number")
    mine = _held_identity(session, command.process_id, person_id)
    if mine is not None and mine.voter_key == key:
        return mine
    if mine is not None and used_slots(session, command.process_id, mine.voter_key):
        raise Conflict(msg("Your account already uses another card number in this vote. Ask at a voting desk."))
    identity = mine or VoterIdentity(process_id=command.process_id, person_id=person_id)
    try:
        with session.begin_nested():
            identity.voter_key = key
            session.add(identity)
            session.flush()
    except IntegrityError:
        if mine is None and voter_key_of(session, command.process_id, person_id) == key:
            return VoterIdentity(process_id=command.process_id, person_id=person_id, voter_key=key)  # a second click
        raise Conflict(msg("Another account already uses this card number in this vote. Ask at a voting desk.")) from None
    return identity


def _held_identity(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> VoterIdentity | None:
    """What an account stands for, held so that no ballot is cast with it while it is changed."""
    return session.scalars(
        select(VoterIdentity)
        .where(VoterIdentity.process_id == process_id, VoterIdentity.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def enter_code(session: Session, actor: Actor, command: EnterCode, secret_of: Callable[[uuid.UUID], bytes]) -> Voter:
    """Let somebody vote with the code of a letter, without an account, in the process that the code was made for.

    `secret_of` gives the key of a process. Raises Refused for what is no code, for one nobody knows, and saying so for one
    that is void; PhaseClosed outside the vote.
    """
    code = read_code(command.code)
    with_codes = exists().where(VotingCode.process_id == Process.id)  # one look into an index for each, however many codes
    processes = session.scalars(select(Process.id).where(with_codes)).all()
    secrets = {one: _secret(secret_of, one) for one in processes}
    hashes = [code_hash(secret, one, code) for one, secret in secrets.items() if isinstance(secret, bytes)]
    found = session.scalars(select(VotingCode).where(VotingCode.code_hash.in_(hashes))).first()
    space = process(session, found.process_id) if found is not None else None
    if found is None or space is None:
        if lost := next((one for one in secrets.values() if isinstance(one, KeyLost)), None):
            raise lost  # it may be a code of that vote; those of others are found all the same
        raise UnknownCode(msg("We do not know this code. Compare it with your letter, or ask at a voting desk."), field="code")
    if not action_open(space, Action.VOTE, clock.now()):
        raise PhaseClosed(_why_not_with_a_letter(space))
    voter = Voter(found.process_id, found.voter_key, Way.CODE, _channel(actor), found.id)
    require_current(session, found.process_id, voter)
    return voter


def _why_not_with_a_letter(space: Process) -> Message:
    """Why nobody votes now, for somebody who has a letter: before the vote it is kept, whether the process is public or not."""
    now = clock.now()
    begins = [phase.starts_at for phase in space.phases if Action.VOTE in phase.actions]
    if space.state is ProcessState.ARCHIVED or any(begin <= now for begin in begins):
        return why_closed(space, Action.VOTE, now)
    if begins:
        return msg("You can vote from %(when)s. Keep the letter until then.", when=Beginning(min(begins)))
    return msg("You cannot vote yet. Keep the letter until the vote begins.")


class UnknownCode(Refused):
    """Well written, and no code of ours: a guess, until shown otherwise."""


def _secret(secret_of: Callable[[uuid.UUID], bytes], process_id: uuid.UUID) -> bytes | KeyLost | None:
    """The key of a process, or what keeps it from us: after a vote it is destroyed, and its codes mean nothing any more."""
    try:
        return secret_of(process_id)
    except KeyDestroyed:
        return None
    except KeyLost as lost:
        return lost


def enter_card(session: Session, actor: Actor, command: Identify, secret: bytes) -> Voter:
    """Let somebody vote with card number and date of birth, without an account, where there is a list to compare with.

    Raises PhaseClosed outside the vote, Refused when the process does not let people in this way, when the two are not on the
    list, and when the list has no date of birth for this number: the number alone is known to too many.
    """
    space = process(session, command.process_id)
    if space is None:
        raise NotFound
    if not action_open(space, Action.VOTE, clock.now()):
        raise PhaseClosed(why_closed(space, Action.VOTE, clock.now()))
    if not has_roll(session, command.process_id) or not setup_of(session, command.process_id).by_card:
        raise Refused(NO_CARDS, field="number")
    key = entry_of(session, command.process_id, command.number, command.born, secret)
    voter = Voter(command.process_id, key, Way.CARD, _channel(actor))
    require_current(session, command.process_id, voter)
    return voter


def voter_of_account(session: Session, actor: Actor, process_id: uuid.UUID) -> Voter:
    """The entry that the actor's account stands for. Raises Refused before its owner has said which."""
    key = voter_key_of(session, process_id, actor.require_signed_in())
    if key is None:
        raise Refused(NOT_SAID)
    return Voter(process_id, key, Way.ACCOUNT, _channel(actor))


def require_current(session: Session, process_id: uuid.UUID, voter: Voter) -> None:
    """Raise Refused, saying why, when the way a voter came in by does not hold (any more) in this process."""
    now = at_the_box(session, process_id, voter)
    if now is None:
        raise Refused(NOT_SAID)
    require_way(now, process_id, voter)


def require_way(now: AtTheBox, process_id: uuid.UUID, voter: Voter) -> None:
    """The same where it is known how everything stands."""
    if voter.process_id != process_id:
        raise NotFound
    if voter.way is Way.CODE:
        _require_code_in_force(now, voter)
        return
    if voter.way is Way.ACCOUNT and not now.ways.by_account:
        raise Refused(NO_ACCOUNTS)
    if voter.way is Way.CARD and not (now.entry.has_roll and now.ways.by_card):
        raise Refused(NO_CARDS, field="number")
    if now.entry.has_roll and not now.entry.on_roll:
        raise Refused(msg("The card number you gave is not on the list of voters. Ask at a voting desk."))
    # The number alone is known to too many: neighbours, landlords, shops. Test numbers of a rehearsal are nobody's.
    if now.entry.has_roll and not now.entry.has_birth and now.space.rehearsal_of is None:
        raise Refused(NO_BIRTH, field="number")


def _require_code_in_force(now: AtTheBox, voter: Voter) -> None:
    code = now.code
    if code is None or (code.process_id, code.voter_key) != (voter.process_id, voter.key):
        raise NotFound
    if not now.ways.by_code:
        raise Refused(msg("In this vote no codes are used. Look at the other ways to vote."), field="code")
    if code.state is not CodeState.ISSUED:
        raise Refused(VOID[code.state], field="code")


def account_voter(now: AtTheBox, actor: Actor | ShownToken, process_id: uuid.UUID) -> Voter:
    """The voter that an actor is, whose account was held with its entry."""
    return Voter(process_id, now.voter_key, Way.ACCOUNT, _channel(actor))


def _channel(actor: Actor | ShownToken) -> Channel:
    return actor.channel if actor.channel is Channel.KIOSK else Channel.WEB


def entry_of(session: Session, process_id: uuid.UUID, number: str, born: str, secret: bytes) -> str:
    """The voter key of a register number. Raises Refused when the process has a roll and the two are not on it."""
    key = voter_key(secret, process_id, number)
    if has_roll(session, process_id) and not is_listed(session, process_id, key, birth_hash(secret, process_id, number, born)):
        raise Refused(NOT_LISTED)
    return key


def is_listed(session: Session, process_id: uuid.UUID, key: str, proof: str) -> bool:
    """Whether the roll has this key, with this proof of a date of birth or without any."""
    entry = roll_entry(session, process_id, key)
    return entry is not None and (not entry.birth_hash or hmac.compare_digest(entry.birth_hash, proof))
