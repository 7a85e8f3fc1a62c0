"""`flask voting codes …`: codes by letter on the command line, for lists that are too long for a browser."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from app.extensions import db
from app.features.voting.cli.roll import process_called
from app.features.voting.commands import IssueCodes
from app.features.voting.keys.installation import spool, voters_key
from app.features.voting.use_cases import Unlisted, delete_print, issue_codes, mark_undelivered_letters
from app.features.voting.voters.eligibility import code_counts, prints_of
from app.features.voting.voters.roll_file import RollRefused, read_roll
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM

codes = AppGroup("codes", help="Codes by letter: make them, count them, mark what came back, delete the print file.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def _told(file: Path | None = None) -> Iterator[None]:
    """Say why something was refused, line by line where there are lines, and end with status 1."""
    try:
        yield
    except RollRefused as refusal:
        for problem in refusal.problems:
            click.echo(f"{file}: {problem}", err=True)
        click.echo(str(refusal.message), err=True)
        sys.exit(1)
    except Unlisted as refusal:
        for place in refusal.places:
            click.echo(f"{file}: voter {place}: not on the list of voters", err=True)
        click.echo(str(refusal.message), err=True)
        sys.exit(1)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from None


def _numbers(file: Path) -> tuple[str, ...]:
    return tuple(row.number for row in read_roll(file.read_bytes(), clock.now().date()))


@codes.command("issue", no_args_is_help=True)
@click.argument("process", metavar="PROCESS")
@click.argument("file", type=_FILE)
@click.option("--renew", is_flag=True, help="Make new codes for people who have one, too; their old codes are void.")
def issue(process: str, file: Path, *, renew: bool) -> None:
    """Make a code for each register number in the CSV FILE (column number), and one print file.

    The print file is downloaded on the staff page “Codes and letters”, or lies where this command says. It holds numbers and
    codes: delete it as soon as the letters are printed.

    \b
    Examples:
      flask --app wsgi voting codes issue light-in-the-dark voters.csv
      flask --app wsgi voting codes issue light-in-the-dark lost.csv --renew
    """
    with _told(file):
        numbers = _numbers(file)
        with db.transaction() as session:
            process_id = process_called(session, process)
        made = None
        with click.progressbar(length=len(numbers), label="Making codes", file=sys.stderr) as bar:
            try:
                with db.transaction() as session:
                    command = IssueCodes(process_id, numbers, renew)
                    printed = issue_codes(session, SYSTEM, command, voters_key(process_id), spool(), bar.update)
                    made = (printed.id, printed.letters) if printed is not None else None
            except BaseException:
                if made is not None:
                    spool().delete(made[0])
                raise
    if made is None:
        click.echo("Everybody in this file has a code already. Nothing was made.")
        return
    click.echo(f"{made[1]} codes made. Print file: {spool().path(made[0])}")


@codes.command("count", no_args_is_help=True)
@click.argument("process", metavar="PROCESS")
def count(process: str) -> None:
    """How many codes of PROCESS are issued, voided and undelivered, and which print files are not deleted yet.

    \b
    Example:
      flask --app wsgi voting codes count light-in-the-dark
    """
    with db.transaction() as session:
        process_id = process_called(session, process)
        for state, number in code_counts(session, process_id).items():
            click.echo(f"{state}: {number}")
        for printed in prints_of(session, process_id):
            if printed.deleted_at is None:
                click.echo(f"print file with {printed.letters} codes: {spool().path(printed.id) or 'on another server'}")


@codes.command("undelivered", no_args_is_help=True)
@click.argument("process", metavar="PROCESS")
@click.argument("file", type=_FILE)
def undelivered(process: str, file: Path) -> None:
    """Mark the letters of the register numbers in the CSV FILE as come back; their codes are void.

    \b
    Example:
      flask --app wsgi voting codes undelivered light-in-the-dark came-back.csv
    """
    with _told(file):
        numbers = _numbers(file)
        with db.transaction() as session:
            process_id = process_called(session, process)
            ended = mark_undelivered_letters(session, SYSTEM, process_id, numbers, voters_key(process_id))
    click.echo(f"{ended} codes are void now.")


@codes.command("delete-print", no_args_is_help=True)
@click.argument("process", metavar="PROCESS")
def delete(process: str) -> None:
    """Delete every print file of PROCESS for good; the deletion is recorded.

    \b
    Example:
      flask --app wsgi voting codes delete-print light-in-the-dark
    """
    with _told(), db.transaction() as session:
        deleted = 0
        for printed in prints_of(session, process_called(session, process)):
            if printed.deleted_at is None:
                delete_print(session, SYSTEM, printed.id, spool())
                deleted += 1
    click.echo(f"{deleted} print files deleted.")
