"""Real and hand-made elections for the tests of the import."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.features.budgets.models import ElectionImport, Pot
from app.features.spaces.models import Process
from app.features.voting.models import Ballot
from tests.factories import counting

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "pabulib"
BIELANY = FOLDER / "Poland_Warszawa_2021_Bielany.pb"
needs_elections = pytest.mark.skipif(
    not FOLDER.is_dir() and os.environ.get("REQUIRE_SERVICES") != "1",
    reason="the published elections (../shared/data/pabulib) are not there and not part of this house",
)
META = {
    "country": "Poland",
    "unit": "Testowo",
    "instance": "2020",
    "currency": "PLN",
    "language": "pl",
    "date_end": "15.06.2020",
}

Importer = Callable[..., Result]


def write(folder: Path, name: str = "election.pb", *, meta: dict[str, str | None] | None = None, **parts: Any) -> Path:
    """A small election in a file."""
    path = folder / name
    path.write_text(counting.pb(meta={**META, **(meta or {})}, **parts), encoding="utf-8")
    return path


def importer(app: Flask) -> Importer:
    """`importer(app)(file, …)`: the command as staff type it."""

    def run(*files: Path) -> Result:
        return app.test_cli_runner().invoke(args=["budgets", "import-pb", *map(str, files)], catch_exceptions=False)

    return run


def pots() -> Sequence[Pot]:
    """Every pot there is."""
    return db.session.scalars(select(Pot).order_by(Pot.created_at)).all()


def the_pot() -> Pot:
    """The only pot."""
    (pot,) = pots()
    return pot


def the_process() -> Process:
    """The only process."""
    return db.session.scalars(select(Process)).one()


def the_import() -> ElectionImport:
    """The only import."""
    return db.session.scalars(select(ElectionImport)).one()


def ballots(pot: Pot) -> int:
    """How many ballots are stored."""
    return db.session.scalar(select(func.count()).select_from(Ballot).where(Ballot.pot_id == pot.id)) or 0


def everything() -> dict[str, int]:
    """How many rows of each kind there are."""
    tables = (Process, Pot, Ballot, ElectionImport)
    return {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def official(pot: Pot) -> set[str]:
    """The projects that the city chose, as the file says."""
    return {project.number for project in pot.projects if project.official_selected}


def a_voter(as_role: Callable[..., Any], pot_id: Any, number: int) -> Any:
    """Somebody who is signed in and has said who they are."""
    client = as_role("resident")
    client.post(f"/voting/{pot_id}/who", data={"number": f"AB {number:05}"})
    return client
