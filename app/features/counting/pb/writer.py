"""Writing a `.pb` file, ballot by ballot, so that a city's election leaves the house without filling its memory."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from app.features.counting.numbers import DECIMALS, score_text
from app.features.counting.pb.errors import Notices
from app.features.counting.pb.meta import ORDER, read_meta
from app.features.counting.pb.model import PbHead, PbProject, PbVote


class TextOut(Protocol):
    """Anything that takes text: an open file, or a buffer that a response reads from."""

    def write(self, text: str, /) -> object:
        """Take some text."""


class NumberDiffers(ValueError):
    """There were more or fewer ballots or projects than META announces; what was written is no valid file."""


def new_head(
    meta: Mapping[str, str | int],
    projects: Sequence[PbProject],
    *,
    project_columns: Sequence[str],
    vote_columns: Sequence[str] = ("voter_id", "vote"),
    decimals: int = DECIMALS,
) -> PbHead:
    """The head of a new file. `meta` holds values as they are to stand there; keys are put into the usual order.

    Raises PbError where a mandatory key is missing or a value is not understood.
    """
    usual = {key: place for place, key in enumerate(ORDER)}
    keys = sorted(meta, key=lambda key: usual.get(key, len(usual)))
    rows = [(None, (key, " ".join(str(meta[key]).split()))) for key in keys]
    return PbHead(read_meta(rows, Notices(), decimals), tuple(projects), tuple(project_columns), tuple(vote_columns))


def write_election(out: TextOut, head: PbHead, votes: Iterable[PbVote]) -> int:
    """Write META, PROJECTS and all ballots, and return the number of ballots.

    Raises NumberDiffers at the end where META announces another number: then throw the output away.
    """
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    _section(writer, "META", ("key", "value"), head.meta.fields)
    decimals = head.meta.decimals
    rows = ([project.cell(column, decimals) for column in head.project_columns] for project in head.projects)
    _section(writer, "PROJECTS", head.project_columns, rows)
    _refuse_other("num_projects", head.meta.num_projects, len(head.projects))
    written = _section(writer, "VOTES", head.vote_columns, (_vote_row(head, vote) for vote in votes))
    _refuse_other("num_votes", head.meta.num_votes, written)
    return written


class _Writer(Protocol):
    def writerow(self, row: Iterable[str], /) -> object: ...


def _section(writer: _Writer, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    writer.writerow((name,))
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow(row)
        written += 1
    return written


def _vote_row(head: PbHead, vote: PbVote) -> list[str]:
    cells = dict(zip(head.vote_extras, vote.extra, strict=True))
    cells |= {"voter_id": vote.voter_id, "vote": ",".join(vote.ballot.choices)}
    cells["points"] = ",".join(map(score_text, vote.ballot.points or ()))
    return [cells[column] for column in head.vote_columns]


def _refuse_other(field: str, announced: int, written: int) -> None:
    if announced != written:
        raise NumberDiffers(f"{field} is {announced}, written were {written}")
