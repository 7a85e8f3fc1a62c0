"""Accounts from the command line."""

import re

from sqlalchemy import select

from app.extensions import db as database
from app.features.accounts.models import Person
from app.kernel.audit import AuditEntry
from app.kernel.permissions import Role
from tests.factories import accounts, spaces


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["accounts", *arguments])


def test_the_first_administrator_gets_a_link_that_signs_in_once(app, db, client) -> None:
    result = run(app, "add-administrator", "--email", "Ada@City.example", "--name", "Ada Lund")
    assert result.exit_code == 0, result.output
    person = database.session.scalars(select(Person)).one()
    assert (person.email, person.display_name, person.is_administrator) == ("ada@city.example", "Ada Lund", True)
    entry = database.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_kind) == ("role.given", "system")
    path = re.search(r"http://\S+?(/account/link/\S+)", result.output).group(1)
    assert client.post(path).headers["Location"] == "/account/second-factor?next=/staff/"
    assert client.get("/account/second-factor").headers["Location"].startswith("/account/second-factor/set-up")
    assert client.post(path).status_code == 410


def test_an_existing_account_becomes_administrator_and_keeps_its_name(app, db) -> None:
    accounts.person(email="rosa@example.org", display_name="Rosa")
    database.session.commit()
    assert run(app, "add-administrator", "--email", "rosa@example.org", "--name", "Other").exit_code == 0
    person = database.session.scalars(select(Person)).one()
    assert (person.display_name, person.is_administrator) == ("Rosa", True)


def test_nonsense_is_refused_with_the_option_it_is_about(app, db) -> None:
    assert "--email" in run(app, "add-administrator", "--email", "nonsense", "--name", "Ada").output
    assert "--name" in run(app, "add-administrator", "--email", "a@example.org", "--name", "…").output
    assert database.session.scalars(select(Person)).all() == []


def test_the_staff_are_listed_one_role_a_line(app, db) -> None:
    process = spaces.process()
    accounts.staff(Role.MODERATOR, process, display_name="Mo", email="mo@example.org")
    accounts.staff(Role.ADMINISTRATOR, display_name="Ada", email="ada@example.org")
    accounts.person(display_name="Rosa")
    database.session.commit()
    lines = run(app, "list-staff").output.strip().splitlines()
    assert [line.split("\t")[:3] for line in lines] == [
        ["ada@example.org", "Ada", "Administrator"],
        ["mo@example.org", "Mo", "Moderator"],
    ]


def test_help_shows_examples(app) -> None:
    for command in ("add-administrator", "list-staff"):
        assert f"flask --app wsgi accounts {command}" in run(app, command, "--help").output
