"""`flask counting`: recount published elections. Needs no database and no settings."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.features.counting import as_json, as_table
from app.features.counting.announced import TieRule
from app.features.counting.files import count_election, wants_ballots
from app.features.counting.messages import msg
from app.features.counting.pb import Limits, PbElection, PbError, read_election
from app.features.counting.pb.errors import TooFine
from app.features.counting.pb.reader import Progress

MOST_DECIMALS = 9
"""So many decimals of a sum are read where a published file has more of them than its currency."""

_CLEAR_LINE = "\r\033[K"


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
@click.option("--json", "as_lines", is_flag=True, help="Print one line of JSON for each file.")
def count_files(
    files: tuple[str, ...],
    rule: str | None,
    tie_rules: tuple[str, ...],
    over_limit: str,
    stop_when_exhaustive: bool,
    as_lines: bool,
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
    form = as_json if as_lines else as_table
    order = tuple(map(TieRule, tie_rules)) or None
    limits = Limits.PUBLISHED if over_limit == "refuse" else Limits.WARN
    failed = 0
    with _progress(files) as progress:
        for file in files:
            try:
                election = _read(file, limits, rule, progress)
                result = count_election(election, rule=rule, tie_rules=order, stop_when_exhaustive=stop_when_exhaustive)
            except PbError as error:
                failed += 1
                _print(form.refused(file, error))
            else:
                _print(form.counted(file, election, result))
    if failed:
        sys.exit(1)


def _read(file: str, limits: Limits, rule: str | None, progress: Progress | None) -> PbElection:
    keep, path = wants_ballots(rule), Path(file)
    try:
        try:
            return read_election(path, limits=limits, progress=progress, keep_ballots=keep)
        except TooFine:  # exact all the same: the sums are kept in parts of a cent
            return read_election(path, decimals=MOST_DECIMALS, limits=limits, keep_ballots=keep)
    except OSError as error:
        expected = msg("a file that can be opened: %(reason)s", reason=error.strerror or type(error).__name__)
        raise PbError(line=None, field="file", expected=expected) from error


def _print(answer: object) -> None:
    if _on_a_terminal() and sys.stdout.isatty():
        click.echo(_CLEAR_LINE, nl=False, err=True)  # the progress bar stands on the line where the answer begins
    click.echo(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False))


def _on_a_terminal() -> bool:
    return sys.stderr.isatty()


@contextmanager
def _progress(files: tuple[str, ...]) -> Iterator[Progress | None]:
    """A bar on the terminal, and nothing at all where the errors go to a file."""
    if not _on_a_terminal():
        yield None
        return
    size = sum(Path(file).stat().st_size for file in files if Path(file).is_file())
    with click.progressbar(length=size, label="Counting", file=sys.stderr) as bar:
        yield bar.update


if __name__ == "__main__":
    cli()
