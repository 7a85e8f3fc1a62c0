"""The file that comes out of a box: the signed statement of whoever opened it, then of each pot its salt and its ballots.

A statement is believed to come from somebody with the key of the box, and from nobody in particular: the name in it is typed.
"""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets.queries import Choices
from app.features.voting.box import opening
from app.features.voting.box.board import BEGINNING
from app.features.voting.exporting import on_the_board, sealed
from app.features.voting.models import Box
from app.features.voting.queries import last_block, pots_in_box
from app.kernel.errors import Refused
from app.kernel.messages import msg

_DIGEST = 64
CHANGED = msg("This file does not belong to this box, or was changed. Open the board again and choose the file that comes out.")


def read_statement(box: Box, line: bytes) -> dict[str, Any]:
    """The statement with its signature. Raises Refused for anything but one about this vote, signed with the key of its box."""
    try:
        head = json.loads(line)
        statement, signature = dict(head["statement"]), str(head["signature"])
        digests = {name: str(pot["ballots_sha256"]) for name, pot in statement["pots"].items()}
        whole = all(len(one) == _DIGEST for one in digests.values())
        whole = whole and all(_adds_up(pot) for pot in statement["pots"].values())
        by, digest = str(statement["by"]), str(statement["ballots_sha256"])
        date.fromisoformat(statement["day"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(CHANGED) from None
    whole = whole and bool(by) and digest == opening.digest_of_pots(digests)
    whole = whole and statement.get("format") == opening.STATEMENT_FORMAT and statement.get("election") == str(box.process_id)
    if not whole or not opening.statement_is_signed(statement, signature, box.key["statement_key"]):
        raise Refused(CHANGED)
    return {**statement, "signature": signature}


def _adds_up(pot: dict[str, Any]) -> bool:
    """Whether each envelope is a ballot or is named as unreadable. Raises TypeError for what is no statement about a pot."""
    if not isinstance(pot["unreadable"], dict) or not all(type(pot[name]) is str for name in ("last_block", "frozen_sha256")):
        raise TypeError(pot)
    return int(pot["ballots"]) + len(pot["unreadable"]) == int(pot["envelopes"])


def is_about_our_board(session: Session, box: Box, statement: dict[str, Any]) -> bool:
    """Whether it was made from the board as it is here: its pots, with their envelopes, to the last block."""
    pots = pots_in_box(session, box)
    ours = {str(pot.id): (sealed(session, pot.id), _last(session, pot.id), pot.options["digest"]) for pot in pots}
    said = statement["pots"]
    found = {name: (int(one["envelopes"]), one["last_block"], one["frozen_sha256"]) for name, one in said.items()}
    return found == ours and all(on_the_board(session, uuid.UUID(name), list(one["unreadable"])) for name, one in said.items())


def _last(session: Session, pot_id: uuid.UUID) -> str:
    last = last_block(session, pot_id)
    return last.digest if last else BEGINNING


def say_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two statements found the same in every pot: ballots, envelopes, and which of them could not be read."""
    return {name: _found(pot) for name, pot in one["pots"].items()} == {
        name: _found(pot) for name, pot in other["pots"].items()
    }


def _found(pot: dict[str, Any]) -> Any:
    return {**pot, "unreadable": sorted(pot["unreadable"])}  # why one cannot be read is put in words by each program


class OpenedLines:
    """What follows the statement; at the end it must be what was signed. `salts`: by pot, known once its ballots are read."""

    def __init__(self, statement: dict[str, Any], lines: Iterator[bytes]) -> None:
        self.statement, self._lines = statement, lines
        self.salts: dict[str, str] = {}

    def ballots(self) -> Iterator[tuple[str, int, Choices]]:
        """(pot, how many, choices) of equal ballots. Raises Refused for anything else, and at the end for other sums."""
        counted, digests = Counter[str](), {name: hashlib.sha256() for name in self.statement["pots"]}
        for raw in self._lines:
            try:
                line = json.loads(raw)
                name = line["pot"]
                digests[name].update(raw.rstrip(b"\r\n") + b"\n")
                if name not in self.salts:
                    self.salts[name] = _salt(line["salt"])
                    continue
                number, ballot = _count(line["count"]), _choices(line)
            except (ValueError, KeyError, TypeError):
                raise Refused(CHANGED) from None
            counted[name] += number
            yield name, number, ballot
        said = self.statement["pots"]
        expected = {name: pot["ballots"] for name, pot in said.items() if pot["ballots"]}
        signed = {name: pot["ballots_sha256"] for name, pot in said.items()}
        if {name: one.hexdigest() for name, one in digests.items()} != signed or dict(counted) != expected:
            raise Refused(CHANGED)

    def check(self) -> None:
        """Read all of it and keep nothing. Raises Refused where it is not what was signed."""
        for _one in self.ballots():
            pass


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
