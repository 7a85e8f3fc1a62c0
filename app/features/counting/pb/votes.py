"""VOTES, batch by batch. Equal ballots of a batch are read once, so the cost is that of the different ones."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from app.features.counting.ballots import Ballot, VoteType
from app.features.counting.messages import msg
from app.features.counting.pb.digest import VotesDigest
from app.features.counting.pb.errors import Notices, PbError
from app.features.counting.pb.limits import Broken, Limits, beyond_limits, oddities
from app.features.counting.pb.model import PbHead
from app.features.counting.pb.parse_ballot import Parsed, parse_ballot
from app.features.counting.pb.projects import fitted
from app.features.counting.pb.rows import Rows, lines_in, note_blank, section_named

BATCH = 8192
"""Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of VOTES. `voters` and `extras` are columns; `texts` tells for each row which of `ballots` it holds."""

    voters: Sequence[str]
    texts: Sequence[tuple[str, ...]]
    ballots: dict[tuple[str, ...], tuple[Ballot, int]]
    extras: Sequence[Sequence[str]]
    table: "_Table"

    def lines(self) -> Sequence[int]:
        """The line of each row."""
        return self.table.lines


class VoteBatches:
    """Reads what follows the header of VOTES. `notices` is None on a second reading, when everything has been said."""

    def __init__(self, head: PbHead, limits: Limits, notices: Notices | None) -> None:
        self._head, self._limits, self._notices = head, limits, notices
        self._ids = frozenset(project.project_id for project in head.projects)
        self._costs = {project.project_id: project.cost for project in head.projects}
        columns = head.vote_columns
        self._voter, self._vote = columns.index("voter_id"), columns.index("vote")
        self._points = columns.index("points") if "points" in columns else None
        self._extras = [columns.index(column) for column in head.vote_extras]
        self._digest = VotesDigest(columns)
        meta = head.meta
        self._only_names = not meta.vote_type.gives_points and meta.min_sum_cost is None and meta.max_sum_cost is None
        self._fewest = meta.min_length or 1
        self._most = 1 if meta.vote_type is VoteType.CHOOSE_ONE else meta.max_length or len(head.projects)
        self._blank: list[int] = []

    def read(self, rows: Rows, size: int = BATCH) -> Iterator[Batch]:
        """The ballots in the order of the file. Raises PbError at the first one that cannot be read, and BrokenQuotes."""
        for line, raw in rows.batches(size):
            table = self._table(raw, line)
            if table.rows:
                yield self._batch(table)

    def hexdigest(self) -> str:
        """The digest of what was read so far."""
        return self._digest.hexdigest()

    # Rows

    def _table(self, raw: list[list[str]], line: int) -> "_Table":
        if set(map(len, raw)) == {len(self._head.vote_columns)} and not self._blank:
            return _Table(raw, line, None)
        kept, lines = [], []
        for row in raw:
            if any(field.strip() for field in row):
                kept.append(self._row(row, line))
                lines.append(line)
            else:
                self._blank.append(line)
            line += lines_in(row)
        return _Table(kept, line, lines)

    def _row(self, row: list[str], line: int) -> Sequence[str]:
        if name := section_named(row):
            raise PbError(line=line, field=name, expected=msg("META, PROJECTS and VOTES once each and in this order"))
        notices = self._notices or Notices()
        for blank in self._blank:
            note_blank(notices, blank)
        self._blank.clear()
        return fitted(row, self._head.vote_columns, line, notices)

    # Ballots

    def _batch(self, table: "_Table") -> Batch:
        columns = table.stripped_columns()
        voters = columns[self._voter]
        if "" in voters:
            raise PbError(
                line=table.lines[voters.index("")], field="voter_id", expected=msg("the id of a voter, found nothing")
            )
        texts = self._texts(columns)
        ballots: dict[tuple[str, ...], tuple[Ballot, int]] = {}
        canonical: dict[tuple[str, ...], Parsed] = {}
        for text, number in Counter(texts).items():
            if (plain := self._plain(text)) is not None:
                ballots[text] = (plain, number)
                continue
            parsed = self._parsed(text, number, texts, table)
            ballots[text] = (parsed.ballot, number)
            if (parsed.vote, parsed.points)[: len(text)] != text:
                canonical[text] = parsed
        self._digest.add(self._canonical(columns, texts, canonical) if canonical else columns)
        return Batch(voters, texts, ballots, [columns[index] for index in self._extras], table)

    def _texts(self, columns: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
        votes = columns[self._vote]
        return list(zip(votes, strict=True) if self._points is None else zip(votes, columns[self._points], strict=True))

    def _plain(self, text: tuple[str, ...]) -> Ballot | None:
        """A ballot of nothing but names, as most are, about which there is nothing to say; None for all others."""
        if not self._only_names or len(text) > 1:
            return None
        choices = tuple(text[0].split(","))
        number = len(choices)
        if self._fewest <= number <= self._most and self._ids.issuperset(choices) and len(set(choices)) == number:
            return Ballot(choices)
        return None

    def _parsed(self, text: tuple[str, ...], number: int, texts: list[tuple[str, ...]], table: "_Table") -> Parsed:
        meta = self._head.meta
        try:
            parsed = parse_ballot(text[0], text[1] if len(text) > 1 else None, meta, self._ids)
            broken = beyond_limits(parsed.ballot, meta)
            if broken and self._limits.refuses(broken[0]):
                raise Broken(*broken)
        except Broken as error:
            raise PbError(line=table.lines[texts.index(text)], field=error.field, expected=error.expected) from None
        if self._notices is not None:
            odd = oddities(parsed.ballot, meta, self._costs)
            if broken:
                odd.append(("beyond_limits", broken[0], msg("Ballots beyond the announced limits were counted.")))
            if parsed.stray_comma:
                odd.append(("stray_comma", "vote", msg("Commas with nothing between them were passed over.")))
            if parsed.odd_points:
                odd.append(("points_not_counted", "points", msg("The vote type has no points; the column was not counted.")))
            for code, field, message in odd:
                lines = (table.lines[index] for index, other in enumerate(texts) if other == text)
                self._notices.add_many(code, field, message, number, lines)
        return parsed

    def _canonical(
        self, columns: list[Sequence[str]], texts: list[tuple[str, ...]], canonical: dict[tuple[str, ...], Parsed]
    ) -> list[Sequence[str]]:
        columns = list(columns)
        columns[self._vote] = [canonical[text].vote if text in canonical else text[0] for text in texts]
        if self._points is not None:
            columns[self._points] = [canonical[text].points if text in canonical else text[1] for text in texts]
        return columns


class _Table:
    """Rows of equal width. `lines` is None where each row takes the lines that its own text says."""

    def __init__(self, rows: Sequence[Sequence[str]], first_line: int, lines: list[int] | None) -> None:
        self.rows, self._first_line, self._lines = rows, first_line, lines

    @property
    def lines(self) -> list[int]:
        """The line on which each row begins. Worked out when somebody asks, which happens for few files."""
        if self._lines is None:
            self._lines = list(accumulate(map(lines_in, self.rows[:-1]), initial=self._first_line))
        return self._lines

    def stripped_columns(self) -> list[Sequence[str]]:
        """The columns, without space around their values. Most files have none, and looking once is cheap."""
        columns: list[Sequence[str]] = list(zip(*self.rows, strict=True))
        return [list(map(str.strip, column)) if _has_space("".join(column)) else column for column in columns]


def _has_space(text: str) -> bool:
    return bool(text) and text.split(None, 1) != [text]
