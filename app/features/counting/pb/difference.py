"""How two files of one election differ, in rows that people can read. Ballots are compared side by side as they stream."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from app.features.counting.numbers import score_text
from app.features.counting.pb.meta import canonical_fields
from app.features.counting.pb.model import PbHead, PbVote
from app.features.counting.pb.reader import PbElection

_LOOK_AHEAD = 256
"""A ballot that was put in or taken out is recognised as such if the next common voter stands within so many rows."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` or `after` is None where there is nothing on that side."""

    field: str
    before: str | None
    after: str | None


def difference(before: PbElection, after: PbElection, *, most_votes: int = 20) -> list[Change]:
    """What differs, section by section; an empty list means the same content.

    Of the ballots the first `most_votes` differences are listed, after the totals of the projects that changed.
    """
    changes: list[Change] = []
    if before.digests.meta != after.digests.meta:
        changes += _in_meta(before.head, after.head)
    if before.digests.projects != after.digests.projects:
        changes += _in_projects(before.head, after.head)
    if before.digests.votes != after.digests.votes:
        changes += _in_totals(before, after)
        changes += _first(_in_votes(before, after), most_votes)
    return changes


def _in_meta(before: PbHead, after: PbHead) -> Iterator[Change]:
    old, new = dict(canonical_fields(before.meta)), dict(canonical_fields(after.meta))
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield Change(f"META {key}", old.get(key), new.get(key))


def _in_projects(before: PbHead, after: PbHead) -> Iterator[Change]:
    old, new = ({project.project_id: project for project in head.projects} for head in (before, after))
    columns = dict.fromkeys((*before.project_columns, *after.project_columns))
    for name in dict.fromkeys((*old, *new)):
        if name not in old or name not in new:
            sides = [side[name].name or name if name in side else None for side in (old, new)]
            yield Change(f"PROJECTS {name}", *sides)
            continue
        for column in columns:
            cells = (
                old[name].cell(column, before.meta.decimals) if column in before.project_columns else None,
                new[name].cell(column, after.meta.decimals) if column in after.project_columns else None,
            )
            if cells[0] != cells[1]:
                yield Change(f"PROJECTS {name} {column}", *cells)
    if list(old) != list(new) and set(old) == set(new):
        yield Change("PROJECTS order", ",".join(old), ",".join(new))


def _in_totals(before: PbElection, after: PbElection) -> Iterator[Change]:
    if before.tally.voters != after.tally.voters:
        yield Change("VOTES number", str(before.tally.voters), str(after.tally.voters))
    if sorted(before.head.vote_columns) != sorted(after.head.vote_columns):
        yield Change("VOTES columns", ";".join(before.head.vote_columns), ";".join(after.head.vote_columns))
    for name in before.tally.project_ids:
        if name not in after.tally.project_ids:
            continue
        votes = before.tally.votes(name), after.tally.votes(name)
        scores = score_text(before.tally.score(name)), score_text(after.tally.score(name))
        if votes[0] != votes[1]:
            yield Change(f"VOTES total {name} votes", str(votes[0]), str(votes[1]))
        if scores[0] != scores[1]:
            yield Change(f"VOTES total {name} score", *scores)


def _in_votes(before: PbElection, after: PbElection) -> Iterator[Change]:
    old, new = _Ahead(before), _Ahead(after)
    while old.rows or new.rows:
        gone, come = _until_common(old, new)
        for vote in (old.take() for _ in range(gone)):
            yield Change(f"VOTES {vote.voter_id}", _words(vote, before.head), None)
        for vote in (new.take() for _ in range(come)):
            yield Change(f"VOTES {vote.voter_id}", None, _words(vote, after.head))
        if old.rows and new.rows and old.rows[0].voter_id == new.rows[0].voter_id:
            one, other = old.take(), new.take()
            if one != other or before.head.vote_extras != after.head.vote_extras:
                sides = _words(one, before.head), _words(other, after.head)
                if sides[0] != sides[1]:
                    yield Change(f"VOTES {one.voter_id}", *sides)


def _until_common(old: "_Ahead", new: "_Ahead") -> tuple[int, int]:
    """How many rows to pass on each side until both stand at the same voter."""
    if old.rows and new.rows and old.rows[0].voter_id == new.rows[0].voter_id:
        return 0, 0
    places = {vote.voter_id: place for place, vote in enumerate(new.rows)}
    for gone, vote in enumerate(old.rows):
        if vote.voter_id in places:
            return gone, places[vote.voter_id]
    return len(old.rows), len(new.rows)


class _Ahead:
    """The next rows of one side."""

    def __init__(self, election: PbElection) -> None:
        self._votes = chain.from_iterable(election.votes())
        self.rows: deque[PbVote] = deque()
        self._fill()

    def take(self) -> PbVote:
        vote = self.rows.popleft()
        self._fill()
        return vote

    def _fill(self) -> None:
        while len(self.rows) < _LOOK_AHEAD and (vote := next(self._votes, None)) is not None:
            self.rows.append(vote)


def _words(vote: PbVote, head: PbHead) -> str:
    cells = [",".join(vote.ballot.choices)]
    if vote.ballot.points is not None:
        cells.append(",".join(map(score_text, vote.ballot.points)))
    extras = sorted(zip(head.vote_extras, vote.extra, strict=True))
    return "; ".join((*cells, *(f"{column} {value}" for column, value in extras if value)))


def _first(changes: Iterable[Change], most: int) -> list[Change]:
    found: list[Change] = []
    for change in changes:
        if len(found) == most:
            found.append(Change("VOTES", "…", "…"))
            break
        found.append(change)
    return found
