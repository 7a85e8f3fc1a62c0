"""Accounts from the command line: the first administrator, and who works here."""

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app, url_for
from flask.cli import AppGroup

from app.extensions import db
from app.features.accounts import queries, use_cases
from app.features.accounts.rules import ROLE_NAMES, name_problem
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM
from app.kernel.texts import clean_line, pick

cli = AppGroup("accounts", help="People and staff: the first administrator, and who has which role.")


@cli.command("add-administrator")
@click.option("--email", required=True, help="Address of the administrator; an account is made if there is none.")
@click.option("--name", required=True, help="Name shown beside what they do.")
def add_administrator(email: str, name: str) -> None:
    """Make somebody an administrator and print a link that signs them in once, within 30 minutes.

    \b
    Example:
      flask --app wsgi accounts add-administrator --email ada@city.example --name "Ada Lund"
    """
    try:
        address = validate_email(email, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="--email") from None
    name = clean_line(name)
    if problem := name_problem(name):
        raise click.BadParameter(str(problem), param_hint="--name")
    settings = current_app.config["SETTINGS"]
    normalised = (address.ascii_email or address.normalized).lower()
    try:
        with db.transaction() as session:
            person = use_cases.make_administrator(session, SYSTEM, normalised, name, settings.default_language)
            token = use_cases.write_link(session, person, "/staff/")
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    with current_app.test_request_context(base_url=settings.base_url):
        link = url_for("accounts.link", token=token, _external=True)
    click.echo(f"{person.display_name} <{normalised}> is an administrator.")
    click.echo("Open this link to sign in; it works once, for 30 minutes:")
    click.echo(link)


@cli.command("list-staff")
def list_staff() -> None:
    """List everybody with a role, one role a line: address, name, role, process, second factor.

    \b
    Example:
      flask --app wsgi accounts list-staff
    """
    with db.transaction() as session:
        titles = queries.process_titles(session)
        for person in queries.staff(session):
            factor = "second factor set up" if person.totp_confirmed_at else "no second factor yet"
            start = f"{person.email or '-'}\t{person.display_name}"
            if person.is_administrator:
                click.echo(f"{start}\tAdministrator\tall processes\t{factor}")
            for assignment in person.assignments:
                title = pick(titles.get(assignment.process_id), "en")[0]
                click.echo(f"{start}\t{ROLE_NAMES[assignment.role]}\t{title}\t{factor}")
