"""Codes by letter: made for entries of the roll, voided by newer ones, marked when a letter comes back."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.spaces.queries import Action, Process, process
from app.features.voting.commands import IssueCodes
from app.features.voting.letters.code import code_hash, grouped, new_code
from app.features.voting.letters.spool import Letter, Spool
from app.features.voting.models import CodePrint, CodeState, RollEntry, VotingCode
from app.features.voting.rules import voter_key
from app.features.voting.voters.eligibility import setup_of
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg, nmsg
from app.kernel.permissions import Actor, Permission

_AT_ONCE = 2000
T = TypeVar("T")


class Unlisted(Refused):
    """Some numbers are not on the roll: their places in what was given, counted from 1, and not the numbers."""

    def __init__(self, places: Sequence[int]) -> None:
        super().__init__(
            nmsg(
                "Nothing was done: one of these numbers is not on the list of voters.",
                "Nothing was done: %(num)s of these numbers are not on the list of voters.",
                len(places),
            ),
            field="file",
        )
        self.places = tuple(places)


def issue_codes(
    session: Session,
    actor: Actor,
    command: IssueCodes,
    secret: bytes,
    spool: Spool,
    progress: Callable[[int], None] = lambda _number: None,
) -> CodePrint | None:
    """Make a code for each register number, and one print file; the database gets hashes only.

    None when everybody has a code already. The caller commits, and deletes the file when that fails. Raises NotFound for
    other processes, Unlisted for numbers that are not on the roll, Conflict when somebody else issues at the same moment.
    """
    _open_for(session, actor, command.process_id, Permission.BUDGET_MANAGE)
    # against a second issue, not against voters: a participation's foreign key waits for FOR UPDATE, not for this lock
    session.execute(select(Process.id).where(Process.id == command.process_id).with_for_update(key_share=True))
    keys = [voter_key(secret, command.process_id, number) for number in command.numbers]
    _require_listed(session, command.process_id, keys)
    in_force = set(
        session.scalars(
            select(VotingCode.voter_key).where(
                VotingCode.process_id == command.process_id, VotingCode.state == CodeState.ISSUED
            )
        )
    )
    wanted = [(number, key) for number, key in zip(command.numbers, keys, strict=True) if command.renew or key not in in_force]
    if not wanted:
        return None
    voided = [key for _number, key in wanted if key in in_force]
    for part in _parts(voided):
        _void(session, command.process_id, part)
    printed = CodePrint(id=uuid.uuid4(), process_id=command.process_id, letters=len(wanted))
    session.add(printed)
    session.flush()

    def letters() -> Iterator[Letter]:
        for part in _parts(wanted):
            codes = [new_code() for _ in part]
            made = [_row(command.process_id, key, code, secret) for (_, key), code in zip(part, codes, strict=True)]
            session.execute(insert(VotingCode), made)
            progress(len(part))
            yield from (Letter(number, grouped(code)) for (number, _), code in zip(part, codes, strict=True))

    try:
        spool.write(printed.id, letters())
        audit.record(
            session, actor, "codes.issued", printed, process_id=command.process_id, letters=len(wanted), voided=len(voided)
        )
        session.flush()
    except IntegrityError:
        spool.delete(printed.id)
        raise Conflict(msg("Somebody else made codes at the same moment. Look at the list again.")) from None
    except BaseException:
        spool.delete(printed.id)
        raise
    return printed


def renew_code(session: Session, actor: Actor, process_id: uuid.UUID, number: str, secret: bytes) -> str:
    """At a desk: void the code of one entry and return a new one, to be handed over. Raises as `issue_codes` does."""
    _open_for(session, actor, process_id, Permission.INTAKE)
    key = voter_key(secret, process_id, number)
    _require_listed(session, process_id, [key])
    _void(session, process_id, [key])
    code = new_code()
    made = VotingCode(**_row(process_id, key, code, secret))
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("Somebody else made codes at the same moment. Look at the list again.")) from None
    audit.record(session, actor, "code.renewed", made, process_id=process_id)
    return grouped(code)


def void_code(session: Session, actor: Actor, process_id: uuid.UUID, number: str, secret: bytes) -> None:
    """At a desk: make the code of one entry void without a new one. Raises Conflict when there is none that counts."""
    _end(session, actor, process_id, number, secret, CodeState.VOIDED)


def mark_undelivered(session: Session, actor: Actor, process_id: uuid.UUID, number: str, secret: bytes) -> None:
    """At a desk: the letter of one entry came back. Raises Conflict when it has no code that counts."""
    _end(session, actor, process_id, number, secret, CodeState.UNDELIVERED)


def _end(session: Session, actor: Actor, process_id: uuid.UUID, number: str, secret: bytes, state: CodeState) -> None:
    _open_for(session, actor, process_id, Permission.INTAKE)
    key = voter_key(secret, process_id, number)
    found = session.scalars(
        select(VotingCode)
        .where(VotingCode.process_id == process_id, VotingCode.voter_key == key, VotingCode.state == CodeState.ISSUED)
        .with_for_update()
    ).first()
    if found is None:
        raise Conflict(msg("There is no code in force for this number."))
    found.state = state
    session.flush()
    audit.record(session, actor, f"code.{state}", found, process_id=process_id)


def mark_undelivered_letters(
    session: Session, actor: Actor, process_id: uuid.UUID, numbers: Sequence[str], secret: bytes
) -> int:
    """The letters of these numbers came back; all are marked or, with Unlisted, none. Returns how many codes ended."""
    space = _open_for(session, actor, process_id, Permission.BUDGET_MANAGE)
    keys = [voter_key(secret, process_id, number) for number in numbers]
    _require_listed(session, process_id, keys)
    ended = 0
    for part in _parts(keys):
        found = session.scalars(
            update(VotingCode)
            .where(*_in_force(process_id, part))
            .values(state=CodeState.UNDELIVERED)
            .returning(VotingCode.id)
            .execution_options(synchronize_session=False)
        ).all()
        ended += len(found)
    if ended:
        audit.record(session, actor, "codes.undelivered", space, process_id=process_id, letters=ended)
    return ended


def delete_print(session: Session, actor: Actor, print_id: uuid.UUID, spool: Spool) -> CodePrint:
    """Delete a print file for good and record it. The file goes first: a record must not say what is not so."""
    printed = session.get(CodePrint, print_id, with_for_update=True)
    if printed is None or not actor.may(Permission.BUDGET_MANAGE, printed.process_id):
        raise NotFound
    if printed.deleted_at is None:
        found = spool.delete(printed.id)
        printed.deleted_at = clock.now()
        session.flush()
        audit.record(
            session,
            actor,
            "codes.print_deleted",
            printed,
            process_id=printed.process_id,
            letters=printed.letters,
            file_found=found,
        )
    return printed


def _open_for(session: Session, actor: Actor, process_id: uuid.UUID, permission: Permission) -> Process:
    """The process. Raises NotFound for strangers, Conflict where no codes are used or the vote is over."""
    space = process(session, process_id)
    if space is None or not actor.may(permission, process_id):
        raise NotFound
    if not setup_of(session, process_id).by_code:
        raise Conflict(msg("In this vote no codes are used. The page “How people vote” says which ways there are."))
    votes = [phase for phase in space.phases if Action.VOTE in phase.actions]
    if votes and all(phase.ends_at <= clock.now() for phase in votes):
        raise Conflict(msg("The vote is over, so its codes stay as they are."))
    return space


def _require_listed(session: Session, process_id: uuid.UUID, keys: Sequence[str]) -> None:
    listed: set[str] = set()
    for part in _parts(keys):
        listed.update(
            session.scalars(
                select(RollEntry.voter_key).where(RollEntry.process_id == process_id, RollEntry.voter_key.in_(part))
            )
        )
    if unknown := tuple(place for place, key in enumerate(keys, start=1) if key not in listed):
        raise Unlisted(unknown)


def _row(process_id: uuid.UUID, key: str, code: str, secret: bytes) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "process_id": process_id,
        "voter_key": key,
        "code_hash": code_hash(secret, process_id, code),
        "state": CodeState.ISSUED,
        "issued_on": clock.now().date(),
    }


def _in_force(process_id: uuid.UUID, keys: Sequence[str]) -> tuple[Any, ...]:
    return (VotingCode.process_id == process_id, VotingCode.voter_key.in_(keys), VotingCode.state == CodeState.ISSUED)


def _void(session: Session, process_id: uuid.UUID, keys: Sequence[str]) -> None:
    session.execute(update(VotingCode).where(*_in_force(process_id, keys)).values(state=CodeState.VOIDED))


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(rows), _AT_ONCE):
        yield rows[at : at + _AT_ONCE]
