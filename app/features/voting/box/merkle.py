"""Merkle trees as in RFC 6962 (Certificate Transparency): one digest for a list, and short proofs that something is in it."""

import hashlib
from collections.abc import Sequence


def leaf(entry: bytes) -> bytes:
    """Digest of one entry; another first byte than inside the tree, so that no node can pass as an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The digest that stands for all entries in this order; for none, the digest of nothing."""
    if not entries:
        return hashlib.sha256(b"").digest()
    level = [leaf(entry) for entry in entries]
    while len(level) > 1:
        paired = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def proof(entries: Sequence[bytes], place: int) -> list[tuple[bool, bytes]]:
    """The neighbours on the way from an entry to the root: (whether it stands on the left, its digest)."""
    level, path = [leaf(entry) for entry in entries], []
    while len(level) > 1:
        other = place ^ 1
        if other < len(level):
            path.append((other < place, level[other]))
        paired = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
        place //= 2
    return path


def proves(entry: bytes, path: Sequence[tuple[bool, bytes]], expected: bytes) -> bool:
    """Whether the path leads from the entry to the expected root."""
    digest = leaf(entry)
    for on_the_left, neighbour in path:
        digest = _node(neighbour, digest) if on_the_left else _node(digest, neighbour)
    return digest == expected
