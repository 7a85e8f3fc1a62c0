"""Reading a file with as many decimals as its money needs, and refusing what cannot be stored."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.features.counting.use_cases import Limits, PbElection, PbError, read_election
from app.features.voting.election_import import words
from app.kernel.messages import msg

MOST_DECIMALS = 12
"""Published costs that were divided have up to twelve decimals; more is noise that nobody meant."""
MOST_MONEY = 2**63 - 1
MOST_ID = 255

Progress = Callable[[int], object]


def read(path: Path, progress: Progress | None = None) -> PbElection:
    """Check the whole file with lenient limits. Money is kept in the currency's smallest unit, or a smaller one if needed.

    Raises PbError with line and field, OSError where the file cannot be opened.
    """
    election = _with_enough_decimals(path, 2, progress)
    usual = words.money_of(election.head.meta).decimals
    if election.head.meta.decimals == 2 and usual != 2:
        election = _with_enough_decimals(path, usual, None)
    _refuse_what_cannot_be_stored(election)
    return election


def _with_enough_decimals(path: Path, decimals: int, progress: Progress | None) -> PbElection:
    while True:
        try:
            return read_election(path, decimals=decimals, limits=Limits.WARN, progress=progress)
        except PbError as error:
            too_precise = error.params.get("decimals") == decimals and "decimals" in error.template
            if not too_precise or decimals == MOST_DECIMALS:
                raise
            decimals += 1


def _refuse_what_cannot_be_stored(election: PbElection) -> None:
    meta = election.head.meta
    for field, amount, line in _sums(election):
        if amount > MOST_MONEY:
            expected = msg("a smaller sum: with %(decimals)s decimals it does not fit", decimals=meta.decimals)
            raise PbError(line=line, field=field, expected=expected)  # type: ignore[arg-type]
    for project in election.head.projects:
        if len(project.project_id) > MOST_ID:
            raise PbError(
                line=project.line,
                field="project_id",
                expected=msg("an id of at most %(most)s characters", most=MOST_ID),  # type: ignore[arg-type]
            )


def _sums(election: PbElection) -> Iterator[tuple[str, int, int | None]]:
    meta = election.head.meta
    for field in ("budget", "min_sum_cost", "max_sum_cost"):
        yield field, getattr(meta, field) or 0, meta.lines.get(field)
    for project in election.head.projects:
        yield "cost", project.cost, project.line
