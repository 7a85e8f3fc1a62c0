"""The ballot box of a process: its key, sealing, closing, opening."""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Choices, Pot, check_choices, hold_pots
from app.features.budgets.use_cases import before_certifying
from app.features.spaces.queries import Process
from app.features.voting import sealing
from app.features.voting.box import custody, opening
from app.features.voting.box.board import BEGINNING
from app.features.voting.commands import PrepareBox
from app.features.voting.exporting import on_the_board, sealed
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Ballot, Box, BoxState, Custody
from app.features.voting.queries import anybody_voted, box_of, fixed_pots, last_block
from app.features.voting.use_cases.casting import new_box
from app.features.voting.use_cases.keeping import keep_as_brought, why_no_key
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

_AT_ONCE = 5000
_DIGEST = 64


def box_to_change(session: Session, actor: Actor, process_id: uuid.UUID) -> Box:
    """The box, locked, after its process and its pots (`hold_pots` says why in that order).

    Raises NotFound without the committee's role, or where no box was ever needed.
    """
    if not actor.may(Permission.BUDGET_CERTIFY, process_id):
        raise NotFound
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update(key_share=True))
    hold_pots(session, process_id)
    box = session.scalars(select(Box).where(Box.process_id == process_id).with_for_update()).first()
    if box is None:
        raise NotFound
    session.refresh(box)
    return box


def prepare_box(session: Session, actor: Actor, command: PrepareBox, keyring: Keyring) -> Box:
    """Take the public key that the committee made offline, with the proof that its shares open an envelope.

    Raises Refused for a key of another vote or without such a proof, Conflict once somebody has voted and where the server was
    chosen to keep the key.
    """
    if not actor.may(Permission.BUDGET_CERTIFY, command.process_id):
        raise NotFound
    sheet, day = _rehearsed(command)
    session.execute(select(Process.id).where(Process.id == command.process_id).with_for_update(key_share=True))
    hold_pots(session, command.process_id)  # whoever has read the key that is there now finishes casting first
    box = box_of(session, command.process_id)
    if anybody_voted(session, command.process_id) or (box is not None and box.state is not BoxState.OPEN):
        raise Conflict(msg("People have voted already, so the key stays as it is."))
    if (why_not := why_no_key(session, command.process_id)) is not None:
        raise why_not
    replaced = box.key["public_key"] if box is not None and box.custody is Custody.COMMITTEE else None
    box = box or new_box(session, command.process_id, Custody.COMMITTEE, sheet, keyring)
    session.refresh(box, with_for_update=True)
    box.custody, box.key, box.rehearsed_on = Custody.COMMITTEE, sheet.as_json(), day
    keep_as_brought(session, command.process_id)
    session.flush()
    audit.record(
        session,
        actor,
        "box.prepared" if replaced is None else "box.key_replaced",
        box,
        process_id=box.process_id,
        needed=sheet.needed,
        shares=len(sheet.commitments),
        key=sheet.public_key,
        **({} if replaced is None else {"replaced": replaced}),
    )
    return box


def _rehearsed(command: PrepareBox) -> tuple[custody.KeySheet, str]:
    try:
        sheet = custody.KeySheet.from_json(json.loads(command.key))
        note = json.loads(command.rehearsal)
        signature = note.pop("signature")
        day = date.fromisoformat(str(note["day"])).isoformat()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(
            msg("This is not the key file, or not the note of the rehearsal. Choose key.json and rehearsal.json.")
        ) from None
    if sheet.election != str(command.process_id) or not 2 <= sheet.needed < len(sheet.commitments):
        raise Refused(msg("This key was made for another vote."))
    if note.get("public_key") != sheet.public_key or not opening.statement_is_signed(note, signature, sheet.statement_key):
        raise Refused(msg("The note does not show that the shares of this key open an envelope. Rehearse again."))
    return sheet, day


def seal_boxes(session: Session, process_id: uuid.UUID) -> int:
    """Move envelopes that have waited for enough others to the board; the task calls it. Returns how many."""
    hold_pots(session, process_id, shared=True)
    box = session.scalars(select(Box).where(Box.process_id == process_id).with_for_update()).first()
    if box is None or box.state is not BoxState.OPEN:
        return 0
    return sum(sealing.seal_waiting(session, pot.id) for pot in fixed_pots(session, process_id))


def sign_heads(session: Session, process_id: uuid.UUID, keyring: Keyring) -> None:
    """Sign the state of the board of an open box today."""
    hold_pots(session, process_id, shared=True)
    box = session.scalars(select(Box).where(Box.process_id == process_id).with_for_update()).first()
    if box is not None and box.state is BoxState.OPEN:
        sealing.sign_head(session, box, clock.now().date(), kept_key(session, keyring, process_id, "board"))


def import_opened(session: Session, actor: Actor, process_id: uuid.UUID, lines: Iterable[bytes]) -> Box:
    """Take in what came out of the box; the second time, compare what an auditor found by opening it again.

    The two are brought by two accounts. Raises Refused, changing nothing, when the file was not made from this board with this
    key, was changed afterwards, or holds what cannot have come out of this box: an invalid ballot, a receipt of another board.
    """
    box = box_to_change(session, actor, process_id)
    if box.state not in (BoxState.CLOSED, BoxState.OPENED):
        raise Conflict(msg("The box is not closed yet, or was opened and confirmed already."))
    iterator = iter(lines)
    statement = _statement(session, box, next(iterator, b""))
    first = box.state is BoxState.CLOSED
    if first:
        box.opened_by = actor.person_id
    else:
        if box.opened_by == actor.person_id:
            raise Refused(msg("You brought the first opening. Another member must bring the second one."))
        _compare(box, statement)
    pots = {str(pot.id): pot for pot in fixed_pots(session, process_id)}
    box.salts = _take_in(session, pots, iterator, statement, store=first)
    box.statements = [*box.statements, statement]
    box.state = BoxState.OPENED if first else BoxState.CONFIRMED
    session.flush()
    what = "box.opened" if first else "box.confirmed"
    audit.record(
        session, actor, what, box, process_id=process_id, by=statement["by"], ballots_sha256=statement["ballots_sha256"]
    )
    return box


_CHANGED = msg(
    "This file does not belong to this box, or was changed. Open the board again and choose the file that comes out."
)


def _statement(session: Session, box: Box, line: bytes) -> dict[str, Any]:
    try:
        head = json.loads(line)
        statement, signature = dict(head["statement"]), str(head["signature"])
        found = {name: (int(pot["envelopes"]), str(pot["last_block"])) for name, pot in statement["pots"].items()}
        unreadable = {name: _receipts(pot["unreadable"]) for name, pot in statement["pots"].items()}
        whole = all(int(pot["ballots"]) + len(pot["unreadable"]) == int(pot["envelopes"]) for pot in statement["pots"].values())
        whole = whole and all(len(str(pot["ballots_sha256"])) == _DIGEST for pot in statement["pots"].values())
        fixed = {name: str(pot["frozen_sha256"]) for name, pot in statement["pots"].items()}
        by, digest = str(statement["by"]), str(statement["ballots_sha256"])
        date.fromisoformat(statement["day"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(_CHANGED) from None
    whole = whole and digest == opening.digest_of_pots({name: one["ballots_sha256"] for name, one in statement["pots"].items()})
    signed = statement.get("format") == opening.STATEMENT_FORMAT
    signed = signed and opening.statement_is_signed(statement, signature, box.key["statement_key"])
    pots = fixed_pots(session, box.process_id)
    ours = {str(pot.id): (sealed(session, pot.id), _last_digest(session, pot.id)) for pot in pots}
    whole = whole and fixed == {str(pot.id): pot.options["digest"] for pot in pots}
    whole = whole and all(on_the_board(session, uuid.UUID(name), found) for name, found in unreadable.items() if name in ours)
    if not (signed and whole and by and digest) or statement.get("election") != str(box.process_id) or found != ours:
        raise Refused(_CHANGED)
    return {**statement, "signature": signature}


def _receipts(unreadable: Any) -> list[str]:
    """The receipts of a statement's unreadable envelopes. Raises TypeError for anything but receipts with reasons."""
    if not isinstance(unreadable, dict):
        raise TypeError(unreadable)
    return list(unreadable)


def _last_digest(session: Session, pot_id: uuid.UUID) -> str:
    last = last_block(session, pot_id)
    return last.digest if last else BEGINNING


def _compare(box: Box, statement: dict[str, Any]) -> None:
    before = box.statements[0]
    if before["by"] == statement["by"]:
        raise Refused(msg("This was opened by the same person. Somebody else must open the box a second time."))
    if before["ballots_sha256"] != statement["ballots_sha256"]:
        raise Conflict(msg("Two people opened the box and found different ballots. Do not count: find out why first."))


def _take_in(
    session: Session, pots: dict[str, Pot], lines: Iterator[bytes], statement: dict[str, Any], *, store: bool
) -> dict[str, str]:
    """Keep the ballots; returns the salt of each pot, which comes before its ballots."""
    counted, salts = Counter[str](), dict[str, str]()
    digests = {name: hashlib.sha256() for name in pots}
    rows: list[dict[str, Any]] = []
    if store:
        session.execute(delete(Ballot).where(Ballot.pot_id.in_([pot.id for pot in pots.values()])))
    for raw in lines:
        try:
            line = json.loads(raw)
            digests[line["pot"]].update(raw.rstrip(b"\r\n") + b"\n")
            if line["pot"] not in salts:
                salts[line["pot"]] = _salt(line["salt"])
                continue
            pot, number, ballot = pots[line["pot"]], _count(line["count"]), _choices(line)
        except (ValueError, KeyError, TypeError):
            raise Refused(_CHANGED) from None
        _require_valid_ballot(pot, ballot)
        choices, points = ",".join(ballot.numbers), ",".join(map(str, ballot.points or ()))
        counted[line["pot"]] += number
        for _ in range(number if store else 0):
            rows.append({"id": uuid.uuid4(), "pot_id": pot.id, "choices": choices, "points": points})
            if len(rows) == _AT_ONCE:
                _write(session, rows)
    _write(session, rows)
    expected = {name: pot["ballots"] for name, pot in statement["pots"].items() if pot["ballots"]}
    signed = {name: pot["ballots_sha256"] for name, pot in statement["pots"].items()}
    found = {name: one.hexdigest() for name, one in digests.items()}
    if found != signed or dict(counted) != expected:
        raise Refused(_CHANGED)
    return salts


def _salt(text: str) -> str:
    if len(bytes.fromhex(text)) * 2 != _DIGEST:
        raise ValueError(text)
    return text


def _count(number: Any) -> int:
    if type(number) is not int or number < 1:
        raise ValueError(number)
    return number


def _choices(line: dict[str, Any]) -> Choices:
    numbers, points = line["choices"], line.get("points")
    if not all(type(one) is str for one in numbers) or not all(type(one) is int for one in points or ()):
        raise TypeError(line)
    return Choices(tuple(numbers), None if points is None else tuple(points))


def _require_valid_ballot(pot: Pot, ballot: Choices) -> None:
    """Raise Refused for what nobody can have cast in this pot; the words name the ballot, which belongs to nobody."""
    try:
        check_choices(pot, ballot)
    except Refused as refused:
        raise Refused(
            msg(
                "The opened file holds a ballot that is not valid in this vote: %(choices)s (%(why)s) Nothing was taken in. "
                "Do not count: find out first how it came into the box.",
                choices=", ".join(ballot.numbers),
                why=refused.message,
            )
        ) from None


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(Ballot), rows)
        rows.clear()


def _confirmed(session: Session, pot: Pot) -> None:
    """Raise Conflict while only one person has opened a box to which the committee holds the key."""
    box = box_of(session, pot.process_id)
    if box is not None and box.custody is Custody.COMMITTEE and box.state is BoxState.OPENED:
        raise Conflict(
            msg(
                "The box was opened once. Before a result is certified, somebody else opens it again "
                "and finds the same ballots."
            )
        )


before_certifying.append(_confirmed)
