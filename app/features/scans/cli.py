"""`flask scans …`: reading scanned forms from the command line."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from app.features.printing.queries import FormLayout
from app.features.scans.queries import Catalogue, FieldReading, Layouts, PageReading, State, Tray, Unreadable
from app.features.scans.use_cases import FormsNow, read_scans

cli = AppGroup("scans", help="Scanned forms.")


@cli.command("read", no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each page.")
@click.option(
    "--layout",
    "layouts",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Read with this layout (see “flask printing form --layout”) instead of the forms of the database. May be repeated.",
)
def read(files: Sequence[Path], as_json: bool, layouts: Sequence[Path]) -> None:
    """Read each FILE, a PDF or a picture (JPEG, HEIC, PNG, TIFF), and print one line for each page; nothing is stored.

    A line says which tray the page belongs into, which form and page it is, and what is marked. What a person has to decide
    has a question mark. A file that cannot be read says why in its place, the others are read all the same, and the exit
    status is then 1; so it is when a page of a file is broken.

    \b
    Examples:
      flask --app wsgi scans read box-3.pdf
      flask --app wsgi scans read *.jpg --json | jq .tray
      flask --app wsgi scans read test.pdf --layout ballot.json
    """
    catalogue = _catalogue(layouts)
    failed = False
    for file in files:
        try:
            for page in read_scans(file, catalogue):
                failed = failed or page.tray is Tray.BROKEN
                click.echo(_json({"file": str(file), **page.as_data()}) if as_json else _line(file, page))
        except Unreadable as error:
            failed = True
            problem = {"file": str(file), "fault": error.fault, "error": str(error)}
            click.echo(_json(problem) if as_json else f"{file}: {error}", err=not as_json)
    sys.exit(1 if failed else 0)


def _catalogue(files: Sequence[Path]) -> Catalogue:
    if not files:
        settings = current_app.config["SETTINGS"]
        return FormsNow(db.session(), settings.city_name, settings.base_url, settings.consent_age)
    return Layouts(list(_layouts(files)))


def _layouts(files: Sequence[Path]) -> Iterator[FormLayout]:
    for file in files:
        try:
            yield FormLayout.from_json(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise click.ClickException(f"{file}: this layout cannot be read: {error}") from error


def _line(file: Path, page: PageReading) -> str:
    where = f"{file}:{page.number}" + (f".{page.part}" if page.part > 1 else "")
    words = [where, page.tray.value]
    if page.fault:
        words.append(page.fault.value)
    if page.code:
        code = page.code
        words.append(f"{code.key.kind.name.lower()} {code.page}/{code.pages}" + (f" {code.code}" if code.code else ""))
    if page.turned:
        words.append(f"turned by {page.turned}")
    marked = (_marked(one) for one in page.fields() if one.state is not State.EMPTY)
    return "  ".join([*words, " ".join(marked)]).rstrip()


def _marked(field: FieldReading) -> str:
    return f"{field.field}={'+'.join(field.values) or '-'}{'?' if field.for_a_person else ''}"


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
