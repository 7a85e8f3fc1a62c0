"""Opening the box: the exported board in, anonymous ballots and a signed statement out. Runs without database and network.

The board file is JSON lines, so that half a million envelopes take no more memory than one block:

- the head: `format`, `election`, `title`, `key` (see `KeySheet`), `pots` (what every envelope of a pot has in common);
- one line a block: `pot`, `number`, `previous`, `receipts`, `envelopes` (base64, in the same order);
- the foot: `blocks`, `envelopes`, and `sha256` over every line before it.

The opened file is JSON lines too: a head with the digest and the numbers of each pot, then of each pot its salt and its
ballots, equal ones joined and sorted, so that no order of casting is left. The digest of a pot is over its salt and its
ballots: digests are published always, salts only with the ballots, so that nobody can try out which few ballots have one.
"""

import base64
import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from nacl.exceptions import BadSignatureError
from nacl.public import PrivateKey
from nacl.signing import VerifyKey

from app.features.voting.box.board import BEGINNING, Block, canonical
from app.features.voting.box.contents import Form, NotABallot, unpack
from app.features.voting.box.custody import ballots_salt, private_key, statement_key
from app.features.voting.box.envelopes import CannotOpen, open_envelope, receipt_of

BOARD_FORMAT = "plaza-board-1"
OPENED_FORMAT = "plaza-opened-2"
STATEMENT_FORMAT = "plaza-opening-2"

Choice = tuple[tuple[str, ...], tuple[int, ...] | None]


class BrokenBoard(ValueError):
    """A board file that cannot be opened as it is: cut off, changed, or of another vote. `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass
class OpenedPot:
    """What was in the envelopes of one pot. `unreadable` names the receipts of envelopes with no valid ballot, and why;
    `expected` is the number of envelopes that the head of the file announces.
    """

    form: Form
    salt: str
    expected: int | None = None
    envelopes: int = 0
    ballots: Counter[Choice] = field(default_factory=Counter)
    unreadable: dict[str, str] = field(default_factory=dict)
    blocks: int = 0
    last: str = BEGINNING

    def lines(self, pot: str) -> Iterator[dict[str, Any]]:
        """What its digest is over: the salt, then the ballots."""
        yield {"pot": pot, "salt": self.salt}
        yield from self.ballot_lines(pot)

    def ballot_lines(self, pot: str) -> Iterator[dict[str, Any]]:
        """The ballots, sorted, equal ones joined."""
        for (choices, points), count in sorted(self.ballots.items(), key=lambda item: (item[0][0], item[0][1] or ())):
            line: dict[str, Any] = {"pot": pot, "choices": list(choices), "count": count}
            yield line if points is None else {**line, "points": list(points)}

    def sha256(self, pot: str) -> str:
        """The digest of its salted ballots alone, so that one pot can be published and checked without the others."""
        digest = hashlib.sha256()
        for line in self.lines(pot):
            digest.update(canonical(line) + b"\n")
        return digest.hexdigest()


@dataclass
class Opened:
    """A whole board, opened."""

    election: str
    board_sha256: str
    pots: dict[str, OpenedPot]

    def lines(self) -> Iterator[bytes]:
        """Salt and ballots of every pot as canonical JSON, in a fixed order: the same for whoever opens the same board."""
        for pot in sorted(self.pots):
            for line in self.pots[pot].lines(pot):
                yield canonical(line)

    @property
    def ballots_sha256(self) -> str:
        """What the opener and the auditor both sign."""
        return digest_of_pots({name: pot.sha256(name) for name, pot in self.pots.items()})

    def statement(self, by: str, day: str) -> dict[str, Any]:
        """What whoever opened the box declares."""
        return {
            "format": STATEMENT_FORMAT,
            "election": self.election,
            "by": by,
            "day": day,
            "board_sha256": self.board_sha256,
            "ballots_sha256": self.ballots_sha256,
            "pots": {
                name: {
                    "envelopes": pot.envelopes,
                    "ballots": pot.ballots.total(),
                    "unreadable": pot.unreadable,
                    "last_block": pot.last,
                    "frozen_sha256": pot.form.digest,
                    "ballots_sha256": pot.sha256(name),
                }
                for name, pot in sorted(self.pots.items())
            },
        }

    def file(self, statement: dict[str, Any], signature: str) -> Iterator[bytes]:
        """The opened file, line by line."""
        yield canonical({"format": OPENED_FORMAT, "statement": statement, "signature": signature}) + b"\n"
        for line in self.lines():
            yield line + b"\n"


def digest_of_pots(digests: dict[str, str]) -> str:
    """One digest over the digests of all pots, so that it says no more about the ballots of a pot than its own does."""
    return hashlib.sha256(canonical(digests)).hexdigest()


def open_board(lines: Iterable[bytes], seed: bytes, progress: Callable[[int], None] | None = None) -> Opened:
    """Open every envelope of a board file. Raises BrokenBoard, with the line, before anything is given out.

    An envelope that cannot be read ends in its pot's `unreadable`, with its receipt: it is counted and named, never dropped.
    """
    digest, opened, ended = hashlib.sha256(), None, False
    key: PrivateKey | None = None
    for number, raw in enumerate(lines, 1):
        if ended:
            raise BrokenBoard(number, "there is something after the end")
        line = _read(number, raw)
        if opened is None or key is None:
            opened, key = _begin(number, line, seed)
        elif "sha256" in line:
            _check_foot(number, line, digest.hexdigest(), opened)
            ended = True
        else:
            _open_block(number, line, opened, key, progress)
        digest.update(raw.rstrip(b"\r\n") + b"\n")
    if opened is None or not ended:
        raise BrokenBoard(0, "the file is cut off: its last line is missing")
    opened.board_sha256 = digest.hexdigest()
    return opened


def sign_statement(statement: dict[str, Any], seed: bytes, election: str) -> str:
    """An Ed25519 signature that only whoever had enough shares can make; hexadecimal."""
    return statement_key(seed, election).sign(canonical(statement)).signature.hex()


def statement_is_signed(statement: dict[str, Any], signature: str, verify_key: str) -> bool:
    """Whether a statement was signed with the key of its election."""
    try:
        VerifyKey(bytes.fromhex(verify_key)).verify(canonical(statement), bytes.fromhex(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def _read(number: int, raw: bytes) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except ValueError:
        raise BrokenBoard(number, "this is no JSON") from None
    if not isinstance(line, dict):
        raise BrokenBoard(number, "this is no JSON object")
    return line


def _begin(number: int, line: dict[str, Any], seed: bytes) -> tuple[Opened, PrivateKey]:
    if line.get("format") != BOARD_FORMAT:
        raise BrokenBoard(number, f"this is no board file ({BOARD_FORMAT})")
    try:
        election, public_key = str(line["election"]), line["key"]["public_key"]
        forms = {pot["pot"]: (_form(pot), pot.get("envelopes")) for pot in line["pots"]}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenBoard(number, f"the head of the board is damaged ({error})") from None
    key = private_key(seed, election)
    if public_key != bytes(key.public_key).hex():
        raise BrokenBoard(number, "the shares belong to another vote than this board")
    pots = {pot: OpenedPot(form, ballots_salt(seed, election, pot), expected) for pot, (form, expected) in forms.items()}
    return Opened(election, "", pots), key


def _form(pot: dict[str, Any]) -> Form:
    """What ballots of a pot look like. Raises KeyError, TypeError or ValueError where the head does not say it rightly."""
    digest, projects, most, points = pot["digest"], tuple(pot["projects"]), pot["most_choices"], pot["with_points"]
    bytes.fromhex(digest)
    if not all(isinstance(one, str) for one in (pot["pot"], *projects)) or not isinstance(most, int):
        raise TypeError("a pot of another kind")
    UUID(pot["pot"])
    return Form(digest, projects, most, points)


def _open_block(
    number: int, line: dict[str, Any], opened: Opened, key: PrivateKey, progress: Callable[[int], None] | None
) -> None:
    try:
        block = Block(line["pot"], line["number"], line["previous"], tuple(line["receipts"]))
        pot = opened.pots[block.pot]
        envelopes = [base64.b64decode(text, validate=True) for text in line["envelopes"]]
    except (KeyError, TypeError, binascii.Error) as error:
        raise BrokenBoard(number, f"this is no block of the board ({error})") from None
    if block.previous != pot.last or block.number != pot.blocks + 1:
        raise BrokenBoard(number, f"block {block.number} does not follow block {pot.blocks}: one is missing or was changed")
    if len(envelopes) != len(block.receipts):
        raise BrokenBoard(number, f"block {block.number} has {len(block.receipts)} receipts and {len(envelopes)} envelopes")
    pot_id = UUID(block.pot)
    for receipt, envelope in zip(block.receipts, envelopes, strict=True):
        if receipt_of(pot_id, envelope) != receipt:
            raise BrokenBoard(number, f"the envelope of receipt {receipt[:12]}… was exchanged")
        pot.envelopes += 1
        try:
            pot.ballots[unpack(pot.form, open_envelope(key, envelope))] += 1
        except (CannotOpen, NotABallot) as error:
            pot.unreadable[receipt] = str(error)
    pot.blocks, pot.last = block.number, block.digest
    if progress is not None:
        progress(len(envelopes))


def _check_foot(number: int, line: dict[str, Any], digest: str, opened: Opened) -> None:
    for pot in opened.pots.values():
        if pot.expected not in (None, pot.envelopes):
            raise BrokenBoard(number, f"the pot has {pot.envelopes} envelopes, but the head of the file says {pot.expected}")
    found = {
        "blocks": sum(pot.blocks for pot in opened.pots.values()),
        "envelopes": sum(pot.envelopes for pot in opened.pots.values()),
        "sha256": digest,
    }
    for name, value in found.items():
        if line.get(name) != value:
            raise BrokenBoard(number, f"{name} is {value}, but the end of the file says {line.get(name)}")
