"""A small empty house to plant violations in."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest


@pytest.fixture
def small_house(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """`small_house({"app/features/a/models.py": "import flask"})`: a folder with a kernel, a web and what the test plants."""

    def build(planted: dict[str, str]) -> Path:
        rooms = ("consents", "counting", "printing", "printing/layout", "scans", "scans/reading")
        for package in ("", "kernel", "web", "developers", "features", *(f"features/{room}" for room in rooms)):
            (tmp_path / "app" / package).mkdir(parents=True, exist_ok=True)
            (tmp_path / "app" / package / "__init__.py").touch()
        for module in ("database", "model"):
            (tmp_path / "app" / "kernel" / f"{module}.py").touch()
        for piece in ("models", "rules", "commands", "queries", "use_cases", "governed"):
            (tmp_path / "app" / "features" / "consents" / f"{piece}.py").touch()
        for name, source in planted.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(source), encoding="utf-8")
            for folder in path.relative_to(tmp_path).parents:
                if folder.parts and not (tmp_path / folder / "__init__.py").exists():
                    (tmp_path / folder / "__init__.py").touch()
        return tmp_path

    return build
