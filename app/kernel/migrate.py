"""`flask db …`: plain Alembic behind four commands."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parents[2]


def alembic_config() -> Config:
    """Alembic's configuration without an ini file: the folder is `migrations`, the address the application's own."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@click.group("db", help="Bring the database's tables up to date.\n\nExample: flask --app wsgi db upgrade")
def cli() -> None:
    """Group of the database commands."""


@cli.command(help="Migrate up to REVISION (the newest by default).")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Run the migrations that are missing."""
    command.upgrade(alembic_config(), revision)


@cli.command(help="Migrate down to REVISION, for example -1 or base.")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Undo migrations."""
    command.downgrade(alembic_config(), revision)


@cli.command(help="Write a new migration from the difference between models and database.")
@click.option("-m", "--message", required=True, help="What changes, in a few words.")
def revision(message: str) -> None:
    """Autogenerate a migration to be read and corrected by hand."""
    command.revision(alembic_config(), message=message, autogenerate=True)


@cli.command(help="Show the revision the database is at.")
def current() -> None:
    """Print the current revision."""
    command.current(alembic_config(), verbose=True)
