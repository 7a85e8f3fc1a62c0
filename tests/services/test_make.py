"""What `make` says when something is missing, before it does anything."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.furniture import HOUSE

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on this machine")


def make(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run make in this repository with a virtual environment elsewhere."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "-C", str(HOUSE), f"VENV={tmp_path / 'venv'}", *words]
    return subprocess.run(command, env=clean, capture_output=True, text=True, timeout=50, check=False)


def python_that(tmp_path: Path, *lines: str) -> Path:
    """A program that stands for another Python."""
    path = tmp_path / "python-planted"
    path.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n")
    path.chmod(0o755)
    return path


def test_make_alone_lists_what_it_can_do(tmp_path: Path) -> None:
    said = make(tmp_path).stdout
    for target in ("run", "test", "check", "bench", "requirements", "translations", "format", "clean"):
        assert f"make {target} " in said


@pytest.mark.parametrize("target", ["run", "test", "check", "bench"])
def test_an_old_python_is_refused_with_what_to_do(tmp_path: Path, target: str) -> None:
    old = python_that(tmp_path, 'case "$1" in --version) echo Python 3.9.1;; *) exit 1;; esac')
    result = make(tmp_path, target, f"PYTHON={old}")
    assert result.returncode != 0
    assert "Plaza needs Python 3.11 or newer" in result.stderr
    assert "Python 3.9.1" in result.stderr
    assert "make run PYTHON=" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_a_python_without_venv_is_refused_with_the_package_to_install(tmp_path: Path) -> None:
    bare = python_that(tmp_path, 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    result = make(tmp_path, "run", f"PYTHON={bare}")
    assert result.returncode != 0
    assert "apt-get install python3-venv" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_there_is_no_python_at_all(tmp_path: Path) -> None:
    result = make(tmp_path, "run", "PYTHON=/nowhere/python")
    assert result.returncode != 0
    assert "Plaza needs Python 3.11 or newer" in result.stderr
