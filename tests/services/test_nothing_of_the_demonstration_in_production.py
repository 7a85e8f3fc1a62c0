"""What only a demonstration city says on its pages is not even loaded where real people vote."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.furniture import HOUSE

LOADED = """
import sys
from app import create_app
create_app()
from app.web import slots
filled = [name for slot in slots._slots.values() for _order, name in slot]
print(*sorted(name for name in [*sys.modules, *filled] if name.startswith(("app.developers.hints", "app.developers.demo"))))
"""


def loaded(tmp_path: Path, environment: str) -> str:
    """What of the demonstration a server of that kind has loaded."""
    settings = {
        "PLAZA_ENV": environment,
        "PLAZA_VAR": str(tmp_path),
        "PLAZA_SECRET_KEY": "a key of a test that protects nothing at all",
        "PLAZA_DATABASE_URL": f"sqlite:///{tmp_path}/plaza.sqlite3",
        "PLAZA_BASE_URL": "https://plaza.example",
        "PLAZA_BROKER_URL": "memory://",
        "PLAZA_MAIL_URL": "folder",
        "PLAZA_MAIL_FROM": "Plaza <plaza@city.example>",
        "PLAZA_CITY": "Somewhere",
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, cwd=HOUSE, env=settings, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("environment", "hints"), [("production", False), ("development", True)])
def test_hints_of_the_demonstration_are_loaded_in_development_alone(tmp_path: Path, environment: str, hints: bool) -> None:
    said = loaded(tmp_path, environment)
    assert ("app.developers.hints.card_number" in said) is hints
    assert bool(said.strip()) is hints
