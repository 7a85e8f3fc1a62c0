"""Interfaces from the command line: the profile that a person has at the city's identity provider."""

from uuid import UUID

import click
from flask.cli import AppGroup

from app.extensions import db
from app.features.accounts.queries import person_by_email
from app.features.interfaces.commands import LinkProfile
from app.features.interfaces.use_cases import link_profile, unlink_profile
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM

cli = AppGroup("interfaces", help="Other systems: which profile at the city's identity provider is whose.")


@cli.command("link-profile")
@click.option("--email", required=True, help="Address of the person's account.")
@click.option("--profile", required=True, type=click.UUID, help="The profile's identifier at the identity provider.")
def link(email: str, profile: UUID) -> None:
    """Say whose profile it is: its owner can then take or erase their data here from over there.

    \b
    Example:
      flask --app wsgi interfaces link-profile --email rosa@city.example --profile f611424a-9668-435e-8473-1501c4d67af5
    """
    with db.transaction() as session:
        try:
            link_profile(session, SYSTEM, LinkProfile(_person(email), profile))
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from None
    click.echo("Linked.")


@cli.command("unlink-profile")
@click.option("--email", required=True, help="Address of the person's account.")
def unlink(email: str) -> None:
    """Take the link away."""
    with db.transaction() as session:
        try:
            unlink_profile(session, SYSTEM, _person(email))
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from None
    click.echo("The link is taken away.")


def _person(email: str) -> UUID:
    found = person_by_email(db.session(), email)
    if found is None:
        raise click.ClickException("Nobody has an account with this address.")
    return found.id
