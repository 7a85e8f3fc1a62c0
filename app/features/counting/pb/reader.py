"""Reading a `.pb` file: once to check and add up everything, and again whenever the ballots themselves are wanted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import BinaryIO, cast

from app.features.counting.ballots import Ballot
from app.features.counting.messages import msg
from app.features.counting.numbers import DECIMALS
from app.features.counting.pb.digest import Digests, head_digests
from app.features.counting.pb.errors import Notices, PbError, PbNotice
from app.features.counting.pb.head import read_head
from app.features.counting.pb.limits import Limits
from app.features.counting.pb.model import PbHead, PbVote
from app.features.counting.pb.rows import BrokenQuotes, Rows, first_broken_row
from app.features.counting.pb.source import PbSource, Source
from app.features.counting.pb.voters import VoterIds, refuse_repeated
from app.features.counting.pb.votes import BATCH, Batch, VoteBatches
from app.features.counting.tally import Tally

Progress = Callable[[int], object]
"""Called with the number of bytes read since the last call."""


@dataclass(frozen=True, slots=True)
class PbElection:
    """A checked file. `tally` holds the sums of all its ballots: count with it, add nothing to it.

    Two elections are equal if their content is, however their files are written.
    """

    head: PbHead = field(compare=False)
    tally: Tally = field(compare=False)
    notices: tuple[PbNotice, ...] = field(compare=False)
    digests: Digests
    limits: Limits = field(compare=False)
    source: PbSource = field(compare=False, repr=False)

    @property
    def content_digest(self) -> str:
        """SHA-256 of what the file says, however it is written."""
        return self.digests.content

    def votes(self, batch_size: int = BATCH) -> Iterator[list[PbVote]]:
        """The ballots in the order of the file, in lists. Raises PbError where the file has changed since it was checked."""
        for batch in self._again(batch_size):
            ballots = [batch.ballots[text][0] for text in batch.texts]
            if batch.extras:
                yield list(map(PbVote, batch.voters, ballots, zip(*batch.extras, strict=True)))
            else:
                yield list(map(PbVote, batch.voters, ballots))

    def ballot_classes(self, batch_size: int = BATCH) -> Iterator[list[tuple[Ballot, int]]]:
        """The ballots without their voters, equal ones of a batch joined, as `Tally.add_all` takes them."""
        for batch in self._again(batch_size):
            yield list(batch.ballots.values())

    def new_tally(self, *, keep_ballots: bool = False) -> Tally:
        """An empty tally for the ballots of this election, for rules that need to see whole ballots."""
        return empty_tally(self.head, keep_ballots=keep_ballots)

    def _again(self, batch_size: int) -> Iterator[Batch]:
        batches = VoteBatches(self.head, self.limits, None)
        with _opened(self.source, Notices()) as rows:
            read_head(rows, Notices(), self.head.meta.decimals, need_rule=False)
            yield from batches.read(rows, batch_size)
        if batches.hexdigest() != self.digests.votes:
            raise PbError(line=None, field="VOTES", expected=msg("the file that was checked before, but it has changed since"))


def read_election(
    source: Source,
    *,
    decimals: int = DECIMALS,
    limits: Limits = Limits.REFUSE,
    progress: Progress | None = None,
    keep_ballots: Callable[[PbHead], bool] | None = None,
    need_rule: bool = True,
) -> PbElection:
    """Read and check a whole `.pb` file; memory does not grow with its ballots, but for eight bytes for each voter.

    Where `keep_ballots` says so after the head has been read, the tally keeps whole ballots, equal ones together.
    Whoever counts by a rule of their own does not `need_rule` in the file.

    What is damaged is refused with a PbError that names line and field; what is only odd is accepted and listed in
    `notices`. `limits` says whether ballots beyond max_length, min_length or max_sum_points are refused or noticed.
    Raises PbError, and OSError where the file cannot be opened.
    """
    notices, pb_source = Notices(), PbSource(source)
    pb_source.examine(notices)
    with _opened(pb_source, notices, progress) as rows:
        head = read_head(rows, notices, decimals, need_rule=need_rule)
        _refuse_other_number(head.meta.lines.get("num_projects"), "num_projects", head.meta.num_projects, len(head.projects))
        batches, voters = VoteBatches(head, limits, notices), VoterIds()
        tally = empty_tally(head, keep_ballots=keep_ballots is not None and keep_ballots(head))
        for batch in batches.read(rows):
            voters.add(batch.voters)
            tally.add_all(batch.ballots.values())
    if suspicious := voters.suspicious():
        refuse_repeated(suspicious, _voters_with_lines(pb_source, head, limits))
    _refuse_other_number(head.meta.lines.get("num_votes"), "num_votes", head.meta.num_votes, tally.voters)
    _notice_other_sums(head, tally, notices)
    digests = Digests(*head_digests(head), batches.hexdigest())
    return PbElection(head, tally, notices.all(), digests, limits, pb_source)


@contextmanager
def _opened(source: PbSource, notices: Notices, progress: Progress | None = None) -> Iterator[Rows]:
    try:
        with source.text() as text:
            yield Rows(text if progress is None else _reporting(text, progress), notices)
    except BrokenQuotes:
        with source.text() as text:
            raise first_broken_row(text) from None


def _reporting(text: TextIOWrapper, progress: Progress) -> Iterator[str]:
    raw, reported = cast("BinaryIO", text.buffer), 0
    for number, line in enumerate(text):
        if number % BATCH == 0:
            progress(raw.tell() - reported)
            reported = raw.tell()
        yield line
    progress(raw.tell() - reported)


def empty_tally(head: PbHead, *, keep_ballots: bool = False) -> Tally:
    """A tally for the ballots that META describes."""
    meta = head.meta
    return Tally(
        meta.vote_type,
        (project.project_id for project in head.projects),
        max_length=meta.max_length,
        default_score=meta.default_score or 0,
        keep_ballots=keep_ballots,
    )


def _voters_with_lines(source: PbSource, head: PbHead, limits: Limits) -> Iterator[tuple[Sequence[str], Sequence[int]]]:
    with _opened(source, Notices()) as rows:
        read_head(rows, Notices(), head.meta.decimals, need_rule=False)
        for batch in VoteBatches(head, limits, None).read(rows):
            yield batch.voters, batch.lines()


def _refuse_other_number(line: int | None, field: str, announced: int, found: int) -> None:
    if announced != found:
        expected = msg("the number of rows, %(found)s, and META says %(announced)s", found=found, announced=announced)
        raise PbError(line=line, field=field, expected=expected)


def _notice_other_sums(head: PbHead, tally: Tally, notices: Notices) -> None:
    votes = msg("The column differs from the number of ballots that name the project; the ballots were counted.")
    score = msg("The column differs from the points that the ballots give; the ballots were counted.")
    for project in head.projects:
        if project.votes is not None and project.votes != tally.votes(project.project_id):
            notices.add("other_votes", "votes", votes, line=project.line)
        if project.score is not None and project.score != tally.score(project.project_id):
            notices.add("other_score", "score", score, line=project.line)
