"""`docs/how-to/add-a-field.md` leads a stranger to a new field: its steps are followed to the letter in a copy."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import ROOT
from tests.support.recipes import Step, StepBroken, steps

RECIPE = ROOT / "docs" / "how-to" / "add-a-field.md"
WALK = ROOT / "tests" / "support" / "field_walk.py"
VALUE = "Pupils, people with a stick"
TESTERS_OWN = ("MAKE", "MFLAGS", "PYTEST", "COV_", "PLAZA_", "FLASK_", "GIT_")

needs_programs = pytest.mark.skipif(
    not (shutil.which("make") and shutil.which("git")), reason="there is no make or no git here"
)


@dataclass
class Copy:
    """A copy of the repository in which the recipe is followed."""

    root: Path
    var: Path
    said: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.var / "plaza.sqlite3"

    @property
    def python(self) -> str:
        return str(self.root / ".venv" / "bin" / "python")

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program in the copy, with settings of its own."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(TESTERS_OWN)}
        environment |= {"PLAZA_VAR": str(self.var), "PLAZA_LOG_LEVEL": "WARNING", **more}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=300, check=False)

    def follow(self, step: Step) -> None:
        """Do what a step says. Raises StepBroken."""
        if step.way != "run":
            return step.apply(self.root)
        result = self.run("sh", "-e", "-c", step.block)
        self.said[step.block] = result.stdout + result.stderr
        if result.returncode != 0:
            raise step.broken(f"these commands fail:\n{step.block}\n{result.stdout[-3000:]}{result.stderr[-3000:]}")
        return None

    def untranslated(self, texts: list[str]) -> set[tuple[str, str]]:
        """Which of `texts` the check of translations complains of, by language."""
        result = self.run(self.python, "-m", "app.developers.checks.translations")
        assert re.search(r"\d+ texts in .*: \d+ problems", result.stdout), result.stdout + result.stderr
        lines = [line.partition(": ")[::2] for line in result.stdout.splitlines()]
        found = {(code, text) for code, complaint in lines for text in texts if complaint.endswith(f": {text!r}")}
        assert result.returncode == 1 or not found, "the check complains and passes all the same"
        return found

    def triggers(self) -> set[str]:
        """What the database does by itself when proposals change."""
        connection = sqlite3.connect(self.database)
        try:
            return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        finally:
            connection.close()

    def seen(self) -> dict[str, Any]:
        """What a resident and a reader see after a proposal was made with the new field."""
        result = self.run(
            sys.executable, str(WALK), f"sqlite:///{self.database}", "beneficiaries", VALUE, PYTHONPATH=str(self.root)
        )
        assert result.returncode == 0, result.stderr[-4000:]
        return dict(json.loads(result.stdout))


def copy_of_the_repository(folder: Path) -> Copy:
    """A clone of the last commit with the programs of this virtual environment, and no data."""
    root = folder / "plaza"
    cloned = subprocess.run(
        ["git", "clone", "--quiet", "--local", str(ROOT), str(root)], capture_output=True, text=True, check=False
    )
    if cloned.returncode != 0:  # an unpacked archive, or somebody else's clone, which git does not touch
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".git", ".venv", "var", ".*_cache", "__pycache__", "*.mo"))
    programs = root / ".venv"
    programs.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        if (Path(sys.prefix) / name).exists():
            (programs / name).symlink_to(Path(sys.prefix) / name)
    for name in (".installed-run", ".installed-dev"):  # newer than the requirements: make has nothing to install
        (programs / name).touch()
    (folder / "var").mkdir()
    return Copy(root, folder / "var")


def recipe() -> list[Step]:
    return list(steps(RECIPE.read_text(encoding="utf-8")))


@needs_programs
@pytest.mark.slow
@pytest.mark.timeout(600)  # half a minute on a machine with nothing else to do
def test_who_follows_the_recipe_has_the_field_everywhere(tmp_path: Path) -> None:
    copy = copy_of_the_repository(tmp_path)
    todo = recipe()
    texts = next(step for step in todo if step.way == "fill-in").translated()
    languages = {path.parts[-3] for path in (copy.root / "translations").glob("*/LC_MESSAGES/messages.po")}
    complaints = {(language, text) for language in languages for text in texts}
    assert texts
    assert {Path(step.file).parts[1] for step in todo if step.way == "fill-in"} == languages

    before_filling_in = next(number for number, step in enumerate(todo) if step.way == "fill-in")
    for step in todo[:before_filling_in]:
        copy.follow(step)
    assert copy.untranslated(texts) == complaints
    for step in todo[before_filling_in:]:
        copy.follow(step)
    assert copy.untranslated(texts) == set()

    kept = {f"proposal_{what}_{event}" for what in ("fts", "version") for event in ("insert", "update", "delete")}
    assert kept <= copy.triggers(), "the way down and up again has lost what the database does by itself"
    assert any("4 passed" in said for said in copy.said.values()), copy.said
    written = sorted({str(path) for step in todo if step.file.endswith(".py") for path in copy.root.glob(step.file)})
    for check in (("check",), ("format", "--check")):
        clean = copy.run(copy.python, "-m", "ruff", *check, "--quiet", *written)
        assert clean.returncode == 0, clean.stdout + clean.stderr
    copy.run(f"{copy.root}/.venv/bin/pybabel", "-q", "compile", "-d", "translations")
    look_everywhere(copy)


def look_everywhere(copy: Copy) -> None:
    """The field is where the recipe promises it."""
    seen = copy.seen()
    assert Path(seen["application"]).is_relative_to(copy.root)
    assert re.search(r'<label[^>]* for="beneficiaries">Who benefits\?.*?</label>', seen["form"], re.DOTALL)
    assert re.search(r'<input[^>]* id="beneficiaries"', seen["form"])
    status, page = seen["too_long"]
    assert status == 422
    assert "x" * 201 in page, "what was typed is lost"
    assert 'href="#beneficiaries"' in page, "the summary of errors does not lead to the field"
    assert seen["sent"] == 302
    for name in ("review", "page"):
        assert "Who benefits?" in seen[name], name
        assert VALUE in seen[name], name
    assert "من المستفيد؟" in seen["arabic"]
    assert [one["beneficiaries"] for one in seen["list"]] == [VALUE]
    assert seen["one"]["beneficiaries"] == VALUE
    assert "Who benefits" in seen["described"]["beneficiaries"]["description"]
    header, row = seen["csv"].splitlines()
    assert header.endswith(",beneficiaries")
    assert row.endswith(f',"{VALUE}"')
    assert "| `beneficiaries` | string | Who benefits, as its author wrote it | published |" in seen["meanings"]
    assert [one["beneficiaries"] for one in seen["everything"]["data"]["proposals"]] == [VALUE]


PLANTED = """# A recipe

## 1. A step

In `room.py`, below `{anchor}`:

```python file="room.py" {way}="{written}"
new
```
"""


@pytest.mark.parametrize(
    ("anchor", "lines", "complaint"),
    [
        ("old", "older\nold\n", "2 lines of room.py contain `old`; there must be one"),
        ("gone", "old\n", "0 lines of room.py contain `gone`; there must be one"),
    ],
)
def test_a_step_that_fits_nowhere_or_twice_says_which_it_is(tmp_path: Path, anchor: str, lines: str, complaint: str) -> None:
    (tmp_path / "room.py").write_text(lines)
    (step,) = steps(PLANTED.format(anchor=anchor, way="below", written=anchor))
    with pytest.raises(StepBroken) as broken:
        step.apply(tmp_path)
    assert str(broken.value) == f"step “1. A step” (line 7 of the recipe): {complaint}"
    assert (tmp_path / "room.py").read_text() == lines


def test_a_step_changes_one_place_and_nothing_else(tmp_path: Path) -> None:
    expected = {
        "below": "a\nb\nnew\nc\n",
        "above": "a\nnew\nb\nc\n",
        "instead-of": "a\nnew\nc\n",
        "instead-of-all-below": "a\nb\nnew\n",
    }
    for way, after in expected.items():
        (tmp_path / "room.py").write_text("a\nb\nc\n")
        (step,) = steps(PLANTED.format(anchor="b", way=way, written="b"))
        step.apply(tmp_path)
        assert (tmp_path / "room.py").read_text() == after


def test_people_and_machines_read_the_same_step() -> None:
    with pytest.raises(StepBroken, match="the words before the block do not name `b`"):
        list(steps(PLANTED.format(anchor="a", way="below", written="b")))
    with pytest.raises(StepBroken, match="not a way to change a file"):
        list(steps(PLANTED.format(anchor="b", way="beneath", written="b")))


def test_a_translation_goes_only_where_one_is_missing(tmp_path: Path) -> None:
    block = 'In `de.po`:\n\n```po file="de.po" fill-in\nmsgid "Bench"\nmsgstr "Bank"\n```\n'
    (step,) = steps(block)
    (tmp_path / "de.po").write_text('\nmsgid "Bench"\nmsgstr ""\n\nmsgid "Tree"\nmsgstr ""\n')
    step.apply(tmp_path)
    assert (tmp_path / "de.po").read_text() == '\nmsgid "Bench"\nmsgstr "Bank"\n\nmsgid "Tree"\nmsgstr ""\n'
    with pytest.raises(StepBroken, match="has no text"):
        step.apply(tmp_path)
