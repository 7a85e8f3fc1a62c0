"""`flask dataplatform …`: releases from the command line."""

from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.consents.queries import agreement_by_code
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.queries import data_sets
from app.features.dataplatform.use_cases import PreparedRelease, make_release
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM

cli = AppGroup("dataplatform", help="Release data sets.")


@cli.command("list", help="List the data sets and who may have them.")
def list_sets() -> None:
    """Print a line a set."""
    for found in data_sets():
        click.echo(f"{found.name:24} {found.audience:10} {found.title}")


@cli.command(
    help="""Write data set NAME as files into a folder.

    \b
    Examples:
      flask --app wsgi dataplatform release feedback-by-area --out /srv/open-data
      flask --app wsgi dataplatform release contact-opt-ins --out /srv/planning
      flask --app wsgi dataplatform release hand-over --agreement research-trees --out /srv/university
    """
)
@click.argument("name")
@click.option(
    "--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where to put the files."
)
@click.option("--agreement", "code", help="For hand-over: the short name of the agreement.")
def release(name: str, folder: Path, code: str | None) -> None:
    """The command is the transaction: files appear once it is committed."""
    prepared: PreparedRelease | None = None
    try:
        with db.transaction() as session:
            prepared = make_release(session, SYSTEM, MakeRelease(name, folder, "", _agreement(session, code)))
            summary = f"Release {prepared.release.number} of {name}: {prepared.release.rows} rows."
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from None
    except BaseException:
        if prepared is not None:
            prepared.discard()
        raise
    for path in prepared.publish():
        click.echo(path)
    click.echo(summary)


def _agreement(session: Session, code: str | None) -> UUID | None:
    found = agreement_by_code(session, code) if code else None
    if code and found is None:
        raise click.ClickException(f"There is no agreement called {code}.")
    return found.id if found else None
