"""`flask spaces …`: what an administrator does about processes and areas on the command line."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from app.features.spaces import use_cases
from app.features.spaces.area_files.plan import Change, Plan
from app.features.spaces.area_files.problems import FileRefused
from app.features.spaces.area_files.reading import MOST_BYTES
from app.features.spaces.area_files.rows import ImportOptions
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM

cli = AppGroup("spaces", help="Processes and the areas of the city.")


class _OnlyChecked(Exception):
    """Leaves the transaction without keeping anything; carries what would have been done."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


@cli.command("import-areas")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--parent", "parent_code", default="", metavar="CODE", help="Areas whose row names no parent lie inside this one."
)
@click.option("--code-property", default="", metavar="NAME", help="Property with the code (default: code, slug, id …).")
@click.option("--name-property", default="", metavar="NAME", help="Property with the name (default: name, nimi …).")
@click.option("--parent-property", default="", metavar="NAME", help="Property with the parent's code (default: parent).")
@click.option("--language", default="", metavar="CODE", help="Language of names that do not say theirs (default: the city's).")
@click.option("--repair", is_flag=True, help="Repair outlines that cross themselves.")
@click.option("--check", is_flag=True, help="Only say what would be done.")
def import_areas(file: Path, *, language: str, check: bool, **options: str | bool) -> None:
    """Import districts and neighbourhoods from a GeoJSON FILE: all of them, or none and a list of reasons.

    \b
    Examples:
      flask --app wsgi spaces import-areas districts.geojson
      flask --app wsgi spaces import-areas neighbourhoods.geojson --parent kallio --name-property nimi_fi
      flask --app wsgi spaces import-areas districts.geojson --check
    """
    language = language or current_app.config["SETTINGS"].default_language
    try:
        plan = _import(_read(file), ImportOptions(language=language, **options), check=check)  # type: ignore[arg-type]
    except FileRefused as refusal:
        for problem in refusal.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException(str(refusal)) from None
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    _report(plan, check=check)


def _read(file: Path) -> bytes:
    """The file, or just more of it than is allowed."""
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _import(content: bytes, options: ImportOptions, *, check: bool) -> Plan:
    try:
        with db.transaction() as session:
            plan = use_cases.import_areas(session, SYSTEM, content, options)
            if check:
                raise _OnlyChecked(plan)
    except _OnlyChecked as checked:
        return checked.plan
    return plan


def _report(plan: Plan, *, check: bool) -> None:
    signs = {Change.ADDED: "+", Change.CHANGED: "~"}
    for planned in plan.areas:
        if sign := signs.get(planned.change):
            what = f" ({', '.join(planned.changes)})" if planned.changes else ""
            click.echo(f"{sign} {planned.code}: {planned.label}{what}{', outline repaired' if planned.repaired else ''}")
    counts = ", ".join(f"{len(plan.of(change))} {change.value}" for change in Change)
    if not plan.has_news:
        click.echo(f"Nothing to do: the city has all {len(plan.areas)} areas of this file already.")
    elif check:
        click.echo(f"Only checked, nothing imported: {counts}.")
    else:
        click.echo(f"Imported: {counts}.")
