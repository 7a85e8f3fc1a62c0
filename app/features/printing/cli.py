"""`flask printing …`: forms and print runs from the command line."""

import sys
from pathlib import Path
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from app.features.printing.layout.model import FormKey, FormLayout, Kind, Look, Paper, Variant
from app.features.printing.use_cases import copies_of, draw, form_now, print_run

cli = AppGroup("printing", help="Printed forms: one, or a whole print run.")

_KINDS = click.Choice([one.name.lower() for one in Kind])


def _look(command: click.decorators.FC) -> click.decorators.FC:
    options = [
        click.option("--variant", type=click.Choice([one.value for one in Variant]), default="standard", show_default=True),
        click.option("--language", default="en", show_default=True, help="A language of this installation."),
        click.option("--paper", type=click.Choice([one.value for one in Paper]), default="a4", show_default=True),
        click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where to write."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@cli.command("form", no_args_is_help=True)
@click.argument("kind", type=_KINDS)
@click.argument("subject", type=click.UUID)
@_look
@click.option("--test", is_flag=True, help="Mark it as a test print, on paper and in its square codes.")
@click.option(
    "--layout",
    "layout_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the layout as JSON too: with it, scans can be read without a database.",
)
def form(
    kind: str, subject: UUID, variant: str, language: str, paper: str, output: Path, test: bool, layout_file: Path | None
) -> None:
    """Write one form as PDF: the ballot of a pot, the proposal form of a process or the consent form of an agreement, by id.

    \b
    Examples:
      flask --app wsgi printing form ballot 6f1c… --variant large --language fi --test -o ballot.pdf
      flask --app wsgi printing form proposal 0b7d… --paper letter -o proposal.pdf --layout proposal.json
    """
    layout = _form(kind, subject, variant, language, paper)
    _write(output, draw(layout, copies_of(layout, 1, _secret(), test=test)))
    if layout_file is not None:
        _write(layout_file, layout.as_json().encode())
    click.echo(f"{output}: {kind}, revision {layout.short_version}, pages: {len(layout.pages)}")


@cli.command("run", no_args_is_help=True)
@click.argument("kind", type=_KINDS)
@click.argument("subject", type=click.UUID)
@click.argument("number", type=click.IntRange(1, 200_000))
@_look
@click.option("--test", is_flag=True, help="Mark all copies as test prints.")
def run(kind: str, subject: UUID, number: int, variant: str, language: str, paper: str, output: Path, test: bool) -> None:
    """Write NUMBER copies as a ZIP with files of 250.

    Each ballot of several pages gets a random set code that is recorded nowhere. Proposal forms get serials; print those from
    the pages of the intake instead where a register of them is kept.

    \b
    Example:
      flask --app wsgi printing run ballot 6f1c… 5000 --language de -o ballots.zip
    """
    layout = _form(kind, subject, variant, language, paper, numbered=True)
    try:
        with output.open("wb") as file:
            for piece in print_run(layout, number, _secret(), progress=_progress, test=test):
                file.write(piece)
    except OSError as error:
        raise click.ClickException(f"{output}: it cannot be written: {error.strerror}") from error
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo(f"{output}: {number} copies of {kind}, revision {layout.short_version}, pages each: {len(layout.pages)}")


def _form(kind: str, subject: UUID, variant: str, language: str, paper: str, *, numbered: bool = False) -> FormLayout:
    settings = current_app.config["SETTINGS"]
    if language not in settings.languages:
        raise click.BadParameter(f"choose one of {', '.join(settings.languages)}", param_hint="--language")
    key = FormKey(Kind[kind.upper()], subject)
    look = Look(Variant(variant), language, Paper(paper))
    layout = form_now(
        db.session(),
        key,
        look,
        settings.city_name,
        numbered=numbered,
        base_url=settings.base_url,
        age=settings.consent_age,
    )
    if layout is None:
        raise click.ClickException(f"{subject}: there is nothing with this id of which a {kind} form can be printed")
    return layout


def _secret() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{path}: it cannot be written: {error.strerror}") from error


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {of}", err=True, nl=False)
