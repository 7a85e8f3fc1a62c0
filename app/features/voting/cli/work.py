"""`flask voting go-on`: take up closing, wiping, opening and counting that nobody is at any more."""

import click
from flask.cli import with_appcontext

from app.extensions import db
from app.features.voting import use_cases
from app.features.voting.cli.roll import process_called
from app.features.voting.use_cases.closing import CLOSING, WIPING
from app.features.voting.use_cases.counting_long import COUNTING
from app.features.voting.use_cases.opening_here import OPENING
from app.kernel.errors import NotFound

_NAMES = {CLOSING: "closing", WIPING: "wiping", OPENING: "opening", COUNTING: "counting"}


@click.command("go-on")
@click.argument("process", metavar="[PROCESS]", required=False)
@with_appcontext
def go_on(process: str | None) -> None:
    """Have the worker take up closing, wiping, opening and counting that was given up, in PROCESS (its address) or everywhere.

    Work that is on its way is left alone, so this can be run at any time and twice. The worker must run.

    \b
    Examples:
      flask --app wsgi voting go-on
      flask --app wsgi voting go-on light-in-the-dark
    """
    found = []
    with db.transaction() as session:
        processes = use_cases.with_work(session) if process is None else [process_called(session, process)]
    for process_id in processes:
        try:
            with db.transaction() as session:
                found += use_cases.go_on(session, process_id)
        except NotFound:
            continue  # no ballot box: nothing is under way
    for kind, rested in found:
        click.echo(f"{_NAMES[kind]}: {'taken up again' if rested else 'on its way'}")
    if not found:
        click.echo("Nothing is under way.")
