"""`flask voting …`: what the committee does on the command line."""

import sys
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.spaces.queries import process_by_slug
from app.features.voting.box.ceremony import COMMANDS
from app.features.voting.keys.installation import voters_key
from app.features.voting.queries import roll_size
from app.features.voting.use_cases import areas_by_name, hashed, import_roll
from app.features.voting.voters.roll_file import RollRefused, read_roll
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM

cli = AppGroup("voting", help="The vote: its list of voters, its key, its box.")
for ceremony in COMMANDS:  # they need no database and no network, and run without Plaza's configuration, too
    cli.add_command(ceremony)


def process_called(session: Session, slug: str) -> UUID:
    """The id of the process with this address, or a message that there is none."""
    found = process_by_slug(session, slug)
    if found is None:
        raise click.ClickException(f"There is no process with the address “{slug}”.")
    return found.id


@cli.command("import-roll", no_args_is_help=True)
@click.argument("process", metavar="PROCESS")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def roll(process: str, file: Path) -> None:
    """Import the voters in a CSV FILE into the list of PROCESS (its address): all of them, or none and a list of reasons.

    The first line names the columns: number, and optionally born, postcode, area (code or name of an area of
    the process), age (18-24, 65+) and sex (f, m, x). The file is read, never kept.

    \b
    Example:
      flask --app wsgi voting import-roll light-in-the-dark voters.csv
    """
    try:
        with db.transaction() as session:
            process_id = process_called(session, process)
            areas = areas_by_name(session, process_id)
        rows = read_roll(file.read_bytes(), clock.now().date(), areas)
        kept = hashed(rows, process_id, voters_key(process_id))
        with db.transaction() as session:
            report = import_roll(session, SYSTEM, process_id, kept)
            total = roll_size(session, process_id)
    except RollRefused as refusal:
        for problem in refusal.problems:
            click.echo(f"{file}: {problem}", err=True)
        click.echo(str(refusal.message), err=True)
        sys.exit(1)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from None
    if report.without_born:
        click.echo(
            f"{report.without_born} voters have no date of birth in the file: they vote with a code or at a desk.", err=True
        )
    click.echo(f"{report.added} added, {report.corrected} corrected, {report.unchanged} unchanged; {total} voters on the list.")
