"""A computer without network: the ceremonies around the key, and bare Python. It shares nothing with the house but files."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.commands import run

CEREMONY = ("-m", "app.features.voting.box")


class Laptop:
    """Somebody's computer with a folder of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def keygen(self, election: str, folder: str) -> Path:
        """Make a key of three shares, any two of which open the box; returns the folder with its sheets."""
        out = self.folder / folder
        command = [*CEREMONY, "keygen", election, "--shares", "3", "--needed", "2", "--out", str(out)]
        _run(command, status=0)
        return out

    def rehearse(self, key: Path, shares: Sequence[Path]) -> Path:
        """Prove, on a computer with settings of a server, that the shares open an envelope; returns the note that says so."""
        out = self.folder / "rehearsal.json"
        settings = {"PLAZA_ENV": "development", "PLAZA_VAR": str(self.folder / "var")}
        command = ["-m", "flask", "--app", "wsgi", "voting", "rehearse", str(key), *_named(shares)]
        _run([*command, "--out", str(out)], status=0, **settings)
        return out

    def open(self, board: Path, shares: Sequence[Path], by: str, *, fails: bool = False) -> tuple[Path, str]:
        """Open the box; returns the file of the ballots and what was said."""
        out = self.folder / "opened.jsonl"
        command = [*CEREMONY, "open", str(board), *_named(shares), "--by", by]
        return out, _run([*command, "--out", str(out)], status=1 if fails else 0)

    def verify(self, *arguments: str, wrong: bool = False) -> str:
        """What `verify.py` says in this folder, run by a Python that knows its standard library and nothing else."""
        command = [sys.executable, "-I", "-S", "verify.py", *arguments]
        done = subprocess.run(command, check=False, cwd=self.folder, env={}, capture_output=True, text=True, timeout=60)
        return _expected(command, done.returncode, done.stdout + done.stderr, 1 if wrong else 0)


def _named(shares: Sequence[Path]) -> list[str]:
    return [word for share in shares for word in ("--share", str(share))]


def _run(command: Sequence[str], *, status: int, **settings: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PLAZA_")}
    return _expected(command, *run(*command, environment={**clean, **settings}), status)


def _expected(command: Sequence[str], ended: int, said: str, status: int) -> str:
    assert ended == status, f"{command}: {ended}\n{said}"
    return said
