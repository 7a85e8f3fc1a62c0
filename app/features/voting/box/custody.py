"""The key of an election and its shares: made offline, given to several people, put together again after the vote.

A seed of 16 random bytes is the whole secret. The key pair is derived from it (HKDF with SHA-256, RFC 5869), so that Shamir's
scheme over GF(2^128) can split it. The scheme itself gives garbage for a wrong share, so each share has a public commitment, a
SHA-256 that tells which share is wrong and tells nothing about it: 128 random bits cannot be guessed.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from Crypto.Protocol.SecretSharing import Shamir
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.public import PrivateKey, PublicKey
from nacl.signing import SigningKey, VerifyKey

# People read shares from paper: no letter that looks like another or like a digit.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SEED_BYTES = 16
KEY_FORMAT = "plaza-key-1"
MOST_SHARES = 15


class WrongShare(ValueError):
    """A share that is not one of this election; `which` says whose, as far as it can be told."""

    def __init__(self, which: str, reason: str) -> None:
        super().__init__(f"{which}: {reason}")
        self.which = which
        self.reason = reason


@dataclass(frozen=True)
class Share:
    """One person's part of the seed. `number` counts from 1."""

    number: int
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """As it is printed: the number, then groups of four with a check character at the end."""
        body = _spelled(self.secret)
        body += _check(self.number, body)
        return f"{self.number}-" + "-".join(body[at : at + 4] for at in range(0, len(body), 4))

    def commitment(self, election: str) -> str:
        """The public digest by which this share is recognised (hexadecimal SHA-256)."""
        return hashlib.sha256(b"plaza share v1\0" + f"{election}\0{self.number}\0".encode() + self.secret).hexdigest()


def read_share(text: str) -> Share:
    """A share as somebody typed it; spaces, hyphens and capitals do not matter. Raises WrongShare with what is wrong."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    parts = re.match(r"\s*(\d{1,2})\s*[-–\s:.]\s*(.*)$", folded, re.DOTALL)
    if parts is None:
        raise WrongShare("a share", "it begins with its number and a hyphen, such as 2-h7kd-…")
    number, body = int(parts[1]), re.sub(r"[\s\-–]", "", parts[2])
    which = f"share {number}"
    if strange := sorted(set(body) - set(ALPHABET)):
        raise WrongShare(which, f"it has no {', '.join(map(repr, strange))}; look again at what is printed")
    if len(body) != _LENGTH + 1:
        raise WrongShare(which, f"it has {len(body)} characters after the number; there must be {_LENGTH + 1}")
    if _check(number, body[:-1]) != body[-1]:
        raise WrongShare(which, "a character is mistyped: the check character at the end does not fit")
    value = 0
    for letter in body[:-1]:
        value = value * len(ALPHABET) + ALPHABET.index(letter)
    if value.bit_length() > SEED_BYTES * 8:
        raise WrongShare(which, "a character is mistyped: this cannot be a share")
    return Share(number, value.to_bytes(SEED_BYTES, "big"))


def new_seed() -> bytes:
    """A fresh secret."""
    return secrets.token_bytes(SEED_BYTES)


def split(seed: bytes, shares: int, needed: int) -> list[Share]:
    """The seed in `shares` parts of which any `needed` give it back.

    Raises ValueError unless 2 ≤ needed < shares: with needed = shares, one lost sheet would lose every ballot.
    """
    if not 2 <= needed < shares <= MOST_SHARES:
        raise ValueError(
            f"at least two people must be needed, and there must be one share more than needed, at most {MOST_SHARES}"
        )
    return [Share(number, secret) for number, secret in Shamir.split(needed, shares, seed)]


def combine(shares: Sequence[Share], needed: int, commitments: Mapping[int, str], election: str) -> bytes:
    """The seed from at least `needed` shares. Raises WrongShare naming the first that is not of this election."""
    for share in shares:
        known = commitments.get(share.number)
        if known is None:
            raise WrongShare(f"share {share.number}", "this election has no share of that number")
        if not secrets.compare_digest(known, share.commitment(election)):
            raise WrongShare(f"share {share.number}", "it is not the one that was given out for this election")
    different = {share.number: share for share in shares}
    if len(different) < needed:
        raise WrongShare("the shares", f"{len(different)} different ones are here; {needed} are needed")
    chosen = list(different.values())[:needed]
    return Shamir.combine([(share.number, share.secret) for share in chosen])


def private_key(seed: bytes, election: str) -> PrivateKey:
    """The key that opens the envelopes of this election. `.public_key` is what envelopes are sealed with."""
    return PrivateKey(_derived(seed, b"plaza box v1\0", election))


def statement_key(seed: bytes, election: str) -> SigningKey:
    """The key with which whoever had enough shares signs what they found in the box (Ed25519)."""
    return SigningKey(_derived(seed, b"plaza opening v1\0", election))


def ballots_salt(seed: bytes, election: str, pot: str) -> str:
    """What is hashed before the ballots of a pot, hexadecimal: the same for whoever opens, unknown to everybody else.

    Without it, whoever knows the digest of a few ballots could try which ballots have it.
    """
    return _derived(seed, b"plaza ballots v1\0", f"{election}\0{pot}").hex()


@dataclass(frozen=True)
class KeySheet:
    """What of a key is public: published before the vote, so that everything later can be held against it."""

    election: str
    public_key: str
    statement_key: str
    needed: int
    commitments: Mapping[int, str]

    def as_json(self) -> dict[str, Any]:
        """For the key file, the platform and the board."""
        return {
            "format": KEY_FORMAT,
            "election": self.election,
            "public_key": self.public_key,
            "statement_key": self.statement_key,
            "needed": self.needed,
            "commitments": {str(number): digest for number, digest in self.commitments.items()},
        }

    @classmethod
    def from_json(cls, content: Any) -> "KeySheet":
        """Read it back. Raises ValueError for anything else."""
        try:
            if content["format"] != KEY_FORMAT:
                raise ValueError(f"this is no key file ({KEY_FORMAT})")
            PublicKey(bytes.fromhex(content["public_key"]))
            VerifyKey(bytes.fromhex(content["statement_key"]))
            commitments = {int(number): str(digest) for number, digest in content["commitments"].items()}
            if not all(re.fullmatch("[0-9a-f]{64}", digest) for digest in commitments.values()):
                raise ValueError("a commitment is no SHA-256")
            needed = int(content["needed"])
            return cls(str(content["election"]), content["public_key"], content["statement_key"], needed, commitments)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no key file ({KEY_FORMAT})") from error


def key_sheet(seed: bytes, election: str, shares: Sequence[Share] = (), needed: int = 0) -> KeySheet:
    """The public part of a seed and its shares. Without shares, the key is kept whole by the server."""
    return KeySheet(
        election,
        bytes(private_key(seed, election).public_key).hex(),
        bytes(statement_key(seed, election).verify_key).hex(),
        needed,
        {share.number: share.commitment(election) for share in shares},
    )


def _derived(seed: bytes, purpose: bytes, election: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose + election.encode()).derive(seed)


def _spelled(secret: bytes) -> str:
    value, letters = int.from_bytes(secret, "big"), []
    for _place in range(_LENGTH):
        value, digit = divmod(value, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(reversed(letters))


def _length() -> int:
    return next(n for n in range(1, 64) if len(ALPHABET) ** n >= 2 ** (SEED_BYTES * 8))


_LENGTH = _length()


def _check(number: int, body: str) -> str:
    """A check character: finds every single mistyped character and every swap of two neighbours.

    Weights run through the powers of 3 modulo 31, a prime (the size of the alphabet), so neighbours never weigh the same.
    """
    total = number + sum(pow(3, place, len(ALPHABET)) * ALPHABET.index(letter) for place, letter in enumerate(body, 1))
    return ALPHABET[total % len(ALPHABET)]
