"""Finding a voter who stands in the file twice, at eight bytes of memory for each voter."""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from app.features.counting.messages import msg
from app.features.counting.pb.errors import PbError, shortened

_PARTS = 64


class VoterIds:
    """Remembers a 64-bit hash of each id. Equal hashes are only a suspicion; `refuse_repeated` looks at the ids themselves."""

    def __init__(self) -> None:
        self._parts = [array("q") for _ in range(_PARTS)]

    def add(self, ids: Iterable[str]) -> None:
        """Remember the ids of a batch."""
        parts = self._parts
        for number in map(hash, ids):
            parts[number % _PARTS].append(number)

    def suspicious(self) -> set[int]:
        """Hashes that occur more than once."""
        found: set[int] = set()
        for part in self._parts:
            if len(seen := set(part)) != len(part):
                for number in part:
                    if number in seen:
                        seen.discard(number)
                    else:
                        found.add(number)
        return found


def refuse_repeated(suspicious: set[int], batches: Iterator[tuple[Sequence[str], Sequence[int]]]) -> None:
    """Read the ids and their lines once more. Raises PbError at the first id that really stands there twice."""
    first: dict[str, int] = {}
    for ids, lines in batches:
        for voter, line in zip(ids, lines, strict=True):
            if hash(voter) not in suspicious:
                continue
            if voter in first:
                expected = msg(
                    "a voter_id of its own, “%(id)s” is on line %(first)s already", id=shortened(voter), first=first[voter]
                )
                raise PbError(line=line, field="voter_id", expected=expected)
            first[voter] = line
