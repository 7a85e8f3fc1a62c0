"""What is inside an envelope: a ballot as bytes of one length per pot, so that its size says nothing about the choices.

Layout, big-endian: version (1 byte), the first 8 bytes of the digest under which the pot was fixed, the number of choices
(2 bytes), then for each choice its place in the pot's list of projects (2 bytes) and its points (4 bytes, where the ballot type
has any), then zeros. The digest binds the ballot to this pot with these projects in this order.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

VERSION = 1
_HEAD = struct.Struct(">B8sH")
_PLACE = struct.Struct(">H")
_POINTS = struct.Struct(">I")
MOST_PROJECTS = 2**16
MOST_POINTS = 2**32 - 1


class NotABallot(ValueError):
    """Bytes that are no ballot of this pot; the message says why."""


@dataclass(frozen=True)
class Form:
    """What every envelope of a pot has in common. `projects` are the numbers in the order in which they were fixed."""

    digest: str
    projects: Sequence[str]
    most_choices: int
    with_points: bool = False

    @property
    def length(self) -> int:
        """Bytes of every ballot of this pot, rounded up to 16."""
        each = _PLACE.size + (_POINTS.size if self.with_points else 0)
        return -(-(_HEAD.size + self.most_choices * each) // 16) * 16

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each project stands."""
        return {number: place for place, number in enumerate(self.projects)}


def pack(form: Form, choices: Sequence[str], points: Sequence[int] | None = None) -> bytes:
    """The bytes of a ballot. Raises NotABallot for choices that the form cannot hold; the rules of the pot come before."""
    places = form.places
    if len(choices) > form.most_choices or len(form.projects) > MOST_PROJECTS:
        raise NotABallot("more choices than this pot allows")
    if (points is not None) != form.with_points or (points is not None and len(points) != len(choices)):
        raise NotABallot("points where there must be none, or the reverse")
    packed = bytearray(_HEAD.pack(VERSION, bytes.fromhex(form.digest)[:8], len(choices)))
    for at, number in enumerate(choices):
        if number not in places:
            raise NotABallot("a project that is not in this pot")
        packed += _PLACE.pack(places[number])
        if points is not None:
            if not 0 <= points[at] <= MOST_POINTS:
                raise NotABallot("points that cannot be")
            packed += _POINTS.pack(points[at])
    return bytes(packed.ljust(form.length, b"\0"))


def unpack(form: Form, content: bytes) -> tuple[tuple[str, ...], tuple[int, ...] | None]:
    """Choices and points of a ballot. Raises NotABallot when the bytes are anything else."""
    if len(content) != form.length:
        raise NotABallot("it has another length than the ballots of this pot")
    version, digest, count = _HEAD.unpack_from(content)
    if version != VERSION:
        raise NotABallot("it is of an unknown version")
    if digest != bytes.fromhex(form.digest)[:8]:
        raise NotABallot("it belongs to another pot")
    each = _PLACE.size + (_POINTS.size if form.with_points else 0)
    end = _HEAD.size + count * each
    if count > form.most_choices or any(content[end:]):
        raise NotABallot("its choices do not fit")
    choices, points = [], []
    for at in range(_HEAD.size, end, each):
        (place,) = _PLACE.unpack_from(content, at)
        if place >= len(form.projects):
            raise NotABallot("it names a project that is not in this pot")
        choices.append(form.projects[place])
        if form.with_points:
            points.append(_POINTS.unpack_from(content, at + _PLACE.size)[0])
    if len(set(choices)) != len(choices):
        raise NotABallot("it names a project twice")
    return tuple(choices), tuple(points) if form.with_points else None
