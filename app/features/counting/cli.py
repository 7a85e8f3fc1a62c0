"""`flask counting`: recount published elections. Needs no database and no settings."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click

from app.features.counting import as_json, as_table
from app.features.counting.announced import TieRule
from app.features.counting.files import count_election, wants_ballots
from app.features.counting.messages import msg
from app.features.counting.pb import Limits, PbElection, PbError, read_election
from app.features.counting.pb.errors import TooFine
from app.features.counting.pb.reader import Progress
from app.features.counting.pb.source import Source
from app.features.counting.progress import Watcher, watched

MOST_DECIMALS = 20
"""So many decimals of a sum are read where a published file has more of them than its currency."""

_CLEAR_LINE = "\r\033[K"
_REDRAW_AFTER = 0.2


@click.group("counting")
def cli() -> None:
    """Count participatory budgeting elections from .pb files."""


@cli.command("count", no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--rule", metavar="NAME", help="Count by this rule instead of the one that the file announces.")
@click.option(
    "--tie-rule",
    "tie_rules",
    multiple=True,
    type=click.Choice([rule.value for rule in TieRule if rule is not TieRule.DRAWN]),
    help="How to order equal scores; give it several times for several rules, the first one first. Without it, the project "
    "that stands first in the file goes first; with Equal Shares before that the cheaper one, then the one with more voters.",
)
@click.option(
    "--over-limit",
    type=click.Choice(["refuse", "count"]),
    default="count",
    show_default=True,
    help="What to do with ballots that name more or fewer projects than META allows. Cities published such ballots and counted "
    "them, so they are counted with a notice; more points than allowed always are.",
)
@click.option(
    "--stop-when-exhaustive",
    is_flag=True,
    help="Equal Shares: let the shares of the voters grow no further once no project would fit any more.",
)
@click.option(
    "--json/--table",
    "as_lines",
    default=None,
    help="Print one line of JSON for each file, or a table that people read. Without either: a table on a terminal, JSON where "
    "another program reads.",
)
def count_files(
    files: tuple[str, ...],
    rule: str | None,
    tie_rules: tuple[str, ...],
    over_limit: str,
    stop_when_exhaustive: bool,
    as_lines: bool | None,
) -> None:
    """Say which projects win in each FILE, and why.

    The result comes from the ballots and costs alone: the columns votes, score and selected play no part. A file that cannot
    be counted says so in its place, the others are counted all the same, and the exit status is then 1.

    \b
    Examples:
      flask counting count election.pb
      flask counting count --json elections/*.pb > results.jsonl
      flask counting count --rule greedy --tie-rule lower_cost election.pb
      flask counting count --rule equalshares/add1 election.pb
    """
    form = as_json if as_lines or (as_lines is None and not sys.stdout.isatty()) else as_table
    order = tuple(map(TieRule, tie_rules)) or None
    limits = Limits.PUBLISHED if over_limit == "refuse" else Limits.WARN
    failed = 0
    with _shown(files) as shown:

        def answer(file: str) -> Any:
            with _openable():
                election = _read(file, limits, rule, shown.bytes)
                with watched(shown.steps):
                    result = count_election(election, rule=rule, tie_rules=order, stop_when_exhaustive=stop_when_exhaustive)
            return form.counted(file, election, result)

        for file in files:
            try:
                _print(answer(file))
            except PbError as error:
                failed += 1
                _print(form.refused(file, error))
    if failed:
        sys.exit(1)


def _read(file: str, limits: Limits, rule: str | None, progress: Progress | None) -> PbElection:
    read = partial(read_election, limits=limits, keep_ballots=wants_ballots(rule), need_rule=rule is None)
    source = _source(file)
    try:
        return read(source, progress=progress)
    except TooFine:  # exact all the same: the sums are kept in parts of a cent
        return read(source, decimals=MOST_DECIMALS)


@contextmanager
def _openable() -> Iterator[None]:
    """Say of a file that cannot be opened, or not a second time, what was expected."""
    try:
        yield
    except OSError as error:
        expected = msg("a file that can be opened: %(reason)s", reason=error.strerror or type(error).__name__)
        raise PbError(line=None, field="file", expected=expected) from error


def _source(file: str) -> Source:
    """A file is read twice, which a pipe does not allow; so what comes through a pipe is kept."""
    path = Path(file)
    return path.read_bytes() if path.is_fifo() else path


def _print(answer: object) -> None:
    if _on_a_terminal() and sys.stdout.isatty():
        click.echo(_CLEAR_LINE, nl=False, err=True)  # the progress bar stands on the line where the answer begins
    if isinstance(answer, str):
        encoding = sys.stdout.encoding or "utf-8"
        click.echo(answer.encode(encoding, "backslashreplace").decode(encoding))
    else:
        click.echo(_json(answer))


def _json(answer: object) -> str:
    """One line; with `\\u…` in place of letters where the output cannot take them, as a name of a file may ask for."""
    line = json.dumps(answer, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(answer)
    return line


def _on_a_terminal() -> bool:
    return sys.stderr.isatty()


class _Shown(NamedTuple):
    """Whom to tell how many bytes have been read, and how many steps a count has taken."""

    bytes: Progress | None = None
    steps: Watcher | None = None


@contextmanager
def _shown(files: tuple[str, ...]) -> Iterator[_Shown]:
    """A bar on the terminal, and nothing at all where the errors go to a file."""
    if not _on_a_terminal():
        yield _Shown()
        return
    with click.progressbar(length=sum(map(_size, files)), label="Counting", file=sys.stderr) as bar:

        def read(further: int) -> None:
            bar.label = "Counting"
            bar.update(further)

        yield _Shown(read, _now_and_then(lambda steps: _step(bar, steps)))


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:  # its own line will say so
        return 0


def _step(bar: Any, steps: int) -> None:
    bar.label = f"Counting, step {steps:,}"
    bar.render_progress()


def _now_and_then(show: Watcher, clock: Callable[[], float] = time.monotonic) -> Watcher:
    """`show`, but not so often that drawing takes longer than counting."""
    last = clock()

    def told(steps: int) -> None:
        nonlocal last
        if clock() - last >= _REDRAW_AFTER:
            last = clock()
            show(steps)

    return told


if __name__ == "__main__":
    cli()
