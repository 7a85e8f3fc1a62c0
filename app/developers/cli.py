"""`flask demo …`: the demonstration city. Development only: production holds real people's data."""

import time

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db

cli = AppGroup("demo", help="The demonstration city: load it, and see who can sign in. Development only.")


def _refuse_in_production() -> None:
    if current_app.config["SETTINGS"].production:
        raise click.ClickException(
            "The demonstration city is for development only: it makes up people, votes and accounts. "
            "PLAZA_ENV is production here, so nothing was changed."
        )


@cli.command()
def load() -> None:
    """Make the demonstration city, all of it or nothing. Where it is there already, nothing changes.

    \b
    Example:
      PLAZA_ENV=development flask --app wsgi demo load
    """
    _refuse_in_production()
    from app.developers.demo import loading

    settings = current_app.config["SETTINGS"]
    began = time.monotonic()
    with db.transaction() as session:
        if loading.is_loaded(session):
            renewed = loading.keep_accounts(session, settings)
            letters = None
        else:
            renewed, letters = False, loading.load(session, settings)
        summary = loading.summary(session)
    if letters is None:
        click.echo(f"The demonstration city is there: {summary}.")
        if renewed:
            click.echo("The file with its passwords was gone, so everybody got a new one.")
        return
    letters.send()
    click.echo(f"The demonstration city was built in {time.monotonic() - began:.0f} seconds: {summary}.")


@cli.command()
def accounts() -> None:
    """Show who can sign in, with passwords and the codes of this moment.

    \b
    Example:
      PLAZA_ENV=development flask --app wsgi demo accounts
    """
    _refuse_in_production()
    from app.developers.demo.accounts import served_address, stored, table

    settings = current_app.config["SETTINGS"]
    found = stored(settings.var)
    if found is None:
        raise click.ClickException("There is no demonstration city here yet. Make it with: flask --app wsgi demo load")
    click.echo(table(found, served_address(settings.var, settings.base_url)))
