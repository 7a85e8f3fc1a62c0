"""Laws 1 and 2: what may import what. Contracts in pyproject.toml, the furniture table, and who may use which library."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import furniture

HOUSE = furniture.HOUSE
SmallHouse = Callable[[dict[str, str]], Path]


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    """Run the import contracts of this repository on the package `app` in `house`."""
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=house,
        env={"PYTHONPATH": str(house), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_the_house_keeps_its_import_contracts() -> None:
    result = lint(HOUSE)
    assert result.returncode == 0, result.stdout + result.stderr


PLANTED = {
    "law 1": ({"app/features/consents/use_cases.py": "import flask"}, "Law 1"),
    "law 1 for a folder": ({"app/features/b/queries/find.py": "from flask_login import current_user"}, "Law 1"),
    "the kernel knows a feature": ({"app/kernel/a.py": "from app.features import consents"}, "the kernel knows"),
    "the kernel knows the web": ({"app/kernel/a.py": "import app.web.b", "app/web/b.py": ""}, "the kernel knows"),
    "the web knows a feature": ({"app/web/a.py": "import app.features.consents.models"}, "the web knows"),
    "two rooms lean on each other": (
        {
            "app/features/a/queries.py": "import app.features.b.queries",
            "app/features/b/queries.py": "import app.features.a.queries",
        },
        "no cycles",
    ),
    "governed columns are read elsewhere": ({"app/features/a/queries.py": "import app.features.consents.governed"}, "Governed"),
    "pabutools counts": ({"app/features/a/tally.py": "import pabutools.rules"}, "pabutools"),
    "counting knows the database": ({"app/features/counting/tally.py": "import app.kernel.database"}, "Counting"),
    "a layout asks the database": ({"app/features/printing/layout/flow.py": "import sqlalchemy"}, "Layouts"),
    "reading knows the web": ({"app/features/scans/reading/pages.py": "from flask import g"}, "Reading"),
    "counting stores": ({"app/features/counting/tally.py": "import sqlalchemy"}, "Counting"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_import_breaks_its_contract(small_house: SmallHouse, planted: str) -> None:
    files, contract = PLANTED[planted]
    house = small_house(files)
    shutil.copy(HOUSE / "pyproject.toml", house)
    result = lint(house)
    assert result.returncode == 1, result.stdout + result.stderr
    broken = [line for line in result.stdout.splitlines() if line.rstrip().endswith("BROKEN")]
    assert len(broken) == 1, result.stdout
    assert contract in broken[0], result.stdout


def test_a_small_house_without_violations_keeps_all_contracts(small_house: SmallHouse) -> None:
    house = small_house(
        {"app/features/a/routes.py": "import flask\nimport app.kernel, app.web\nimport app.features.consents.queries"}
    )
    shutil.copy(HOUSE / "pyproject.toml", house)
    result = lint(house)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_piece_of_furniture_imports_only_what_it_may() -> None:
    assert furniture.misplaced(HOUSE) == []


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("a/models.py", "from app.features.b.models import Thing", "not b.models"),
        ("a/models.py", "from .rules import allowed", "models may not import rules"),
        ("a/rules.py", "from app.features.b import queries", "rules may import nothing of another room"),
        ("a/commands.py", "from app.features.a.models import Thing", "commands may not import models"),
        ("a/queries.py", "from app.features.b.use_cases import do", "queries may import queries of another room"),
        ("a/queries.py", "import flask", "queries may not know the web"),
        ("a/use_cases.py", "from app.web.access import viewer", "use_cases may not know the web"),
        ("a/use_cases.py", "from app.features.b.models import Thing", "not b.models"),
        ("a/use_cases/publish.py", "from ..routes import bp", "use_cases may not import routes"),
        ("a/use_cases/publish.py", "def f():\n    from app.features.b.mails import letter", "not b.mails"),
        ("a/forms.py", "from .use_cases import do", "forms may not import use_cases"),
        ("a/routes.py", "from .models import Thing", "routes may not import models"),
        ("a/routes.py", "from app.features.b.forms import Form", "not b.forms"),
        ("a/api.py", "from app.features.b.models import Thing", "not b.models"),
        ("a/roll_routes.py", "from .models import Thing", "routes may not import models"),
        ("a/roll_cli.py", "from .roll_routes import secret", "cli may not import routes"),
        ("a/roll_use_cases.py", "import flask", "use_cases may not know the web"),
        ("a/roll_rules.py", "from app.features.b import queries", "rules may import nothing of another room"),
        ("a/use_cases.py", "from .roll_forms import RollForm", "use_cases may not import forms"),
        ("a/roll_forms.py", "from app.features.b.big_models import Thing", "not b.models"),
        ("a/photos.py", "from app.features.b.models import Thing", "not b.models"),
        ("a/__init__.py", "from app.features.a import models", "own words import nothing"),
    ],
)
def test_a_planted_import_across_the_furniture_is_found(small_house: SmallHouse, file: str, line: str, complaint: str) -> None:
    found = furniture.misplaced(small_house({f"app/features/{file}": line, "app/features/b/models.py": "class Thing: ..."}))
    assert len(found) == 1, found
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("a/use_cases.py", "from app.features.b.use_cases import do\nfrom app.features.b.queries import find"),
        ("a/use_cases.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.features.b.models import Thing"),
        ("a/routes.py", "from .models import Stance"),
        ("a/queries/lists.py", "from ..models import Thing"),
        ("a/use_cases.py", "from app.features.counting.rules import count"),
        ("a/routes.py", "from flask import render_template\nfrom app.web.access import viewer"),
    ],
)
def test_what_the_furniture_table_allows_is_not_found(small_house: SmallHouse, file: str, line: str) -> None:
    models = "from enum import StrEnum\nclass Stance(StrEnum):\n    FOR = 'for'\n"
    assert furniture.misplaced(small_house({"app/features/a/models.py": models, f"app/features/{file}": line})) == []


def test_every_room_has_one_place_for_its_use_cases_and_each_of_its_rules_queries_models_and_commands() -> None:
    assert furniture.beside_their_piece(HOUSE) == []


@pytest.mark.parametrize(
    ("planted", "folder"),
    [
        ("roll_use_cases.py", "use_cases/roll.py"),
        ("roll_use_cases/opening.py", "use_cases/roll.py"),
        ("roll_rules.py", "rules/roll.py"),
        ("long_lists_queries.py", "queries/long_lists.py"),
        ("roll_models.py", "models/roll.py"),
        ("roll_commands.py", "commands/roll.py"),
    ],
)
def test_a_second_piece_beside_the_first_is_found_with_where_it_goes(
    small_house: SmallHouse, planted: str, folder: str
) -> None:
    found = furniture.beside_their_piece(small_house({f"app/features/a/{planted}": "import flask"}))
    assert len(found) == 1, found
    assert found[0].endswith(f"make a folder, {folder}")


@pytest.mark.parametrize(
    "free", ["roll_routes.py", "roll_cli.py", "roll_forms.py", "use_cases/roll.py", "roll_file.py", "api.py"]
)
def test_doors_and_pieces_in_their_folder_are_where_they_should_be(small_house: SmallHouse, free: str) -> None:
    assert furniture.beside_their_piece(small_house({f"app/features/a/{free}": ""})) == []


ONLY = {
    "folium": {"maps"},
    "branca": {"maps"},
    "app.features.consents.governed": {"consents"},
    "pabutools": set(),
    "cv2": {"scans"},
    "zxingcpp": {"scans"},
}


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_used_in_one_place_only(library: str) -> None:
    assert furniture.importers_of(HOUSE, library) <= ONLY[library]


@pytest.mark.parametrize("line", ["import folium", "from folium.plugins import Draw", "def f():\n    from folium import Map"])
def test_a_planted_use_of_folium_is_found(small_house: SmallHouse, line: str) -> None:
    house = small_house({"app/features/proposals/routes.py": line})
    assert furniture.importers_of(house, "folium") == {"proposals"}


def test_a_planted_use_of_governed_columns_is_found(small_house: SmallHouse) -> None:
    house = small_house({"app/features/answers/queries.py": "from app.features.consents import governed"})
    assert furniture.importers_of(house, "app.features.consents.governed") == {"answers"}


def rooms_without_words(house: Path) -> list[str]:
    """Rooms whose `__init__.py` does not say what they are for."""
    import ast

    rooms = [path for path in (house / "app" / "features").iterdir() if (path / "__init__.py").exists()]
    return sorted(room.name for room in rooms if not ast.get_docstring(ast.parse((room / "__init__.py").read_text())))


def test_every_room_says_what_it_is_for() -> None:
    assert rooms_without_words(HOUSE) == []


def test_a_room_that_says_nothing_is_found(small_house: SmallHouse) -> None:
    assert rooms_without_words(small_house({"app/features/a/models.py": ""})) == [
        "a",
        "consents",
        "counting",
        "printing",
        "scans",
    ]
