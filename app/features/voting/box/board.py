"""The public board: blocks of receipts chained to each other, and heads signed once a day.

A block names the one before, so nothing can be taken out or put in between without every later digest changing; a head that
somebody copied outside pins everything up to it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from app.features.voting.box import merkle

BEGINNING = "0" * 64
"""What stands for the block before the first."""


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces (RFC 8785 for what is used here: text, whole numbers, lists, objects)."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True)
class Block:
    """Receipts that were sealed together, in random order. Digests are hexadecimal."""

    pot: str
    number: int
    previous: str
    receipts: Sequence[str]

    @property
    def root(self) -> str:
        """The Merkle root of its receipts."""
        return merkle.root([bytes.fromhex(receipt) for receipt in self.receipts]).hex()

    @property
    def digest(self) -> str:
        """What the next block and the heads refer to."""
        content = {
            "format": "plaza-block-1",
            "pot": self.pot,
            "number": self.number,
            "previous": self.previous,
            "size": len(self.receipts),
            "root": self.root,
        }
        return hashlib.sha256(canonical(content)).hexdigest()


def broken_link(blocks: Iterable[Block]) -> str:
    """Words for the first thing wrong with a pot's blocks in their order, or nothing."""
    previous = BEGINNING
    seen: set[str] = set()
    for number, block in enumerate(blocks, 1):
        if block.number != number:
            return f"block {number} is missing"
        if block.previous != previous:
            return f"block {number} does not follow from the one before"
        if twice := seen & set(block.receipts):
            return f"block {number} repeats {min(twice)}"
        seen.update(block.receipts)
        previous = block.digest
    return ""


@dataclass(frozen=True)
class Head:
    """The state of the board at the end of a day: for each pot its last block and the envelopes so far."""

    election: str
    day: str
    pots: Sequence[tuple[str, int, int, str]]
    """(pot, blocks, envelopes, digest of the last block), ordered by pot."""

    @property
    def content(self) -> bytes:
        """What is signed."""
        return canonical(
            {"format": "plaza-head-1", "election": self.election, "day": self.day, "pots": [list(pot) for pot in self.pots]}
        )


def sign(head: Head, seed: bytes) -> str:
    """An Ed25519 signature, hexadecimal; `seed` are the 32 bytes of the signing key."""
    return SigningKey(seed).sign(head.content).signature.hex()


def is_signed(head: Head, signature: str, verify_key: bytes) -> bool:
    """Whether the signature is of this head."""
    try:
        VerifyKey(verify_key).verify(head.content, bytes.fromhex(signature))
    except (BadSignatureError, ValueError):
        return False
    return True
