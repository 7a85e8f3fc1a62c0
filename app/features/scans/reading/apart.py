"""Pages are drawn by a program of its own, with so much memory and time and no more.

A file of two kilobytes can ask for gigabytes or hours. Whoever reads it must not die of that, nor wait: the program does, its
page is named as one that asks too much, and the pages behind it are drawn by another.
"""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from app.features.scans.reading.faults import Fault, Unreadable
from app.features.scans.reading.source import Limits, PageImage

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = "app.features.scans.reading.page_program"
SECONDS = 90.0
"""By the clock, for one page, on a machine that does much else; the program itself stops after `Limits.seconds` of work."""


def pages_apart(path: Path, limits: Limits | None = None, after: int = 0) -> Iterator[PageImage]:
    """The same as `pages_of`, for a file that somebody sent. Raises Unreadable where nothing of it can be read."""
    limits, number = limits or Limits(), after
    while True:
        with _Program(path, limits, number) as program:
            total = program.count()
            for page in program.pages():
                number = page.number
                yield page
        if number >= total:
            return
        number += 1  # it died over this one
        yield PageImage(number, None, Fault.TOO_MUCH)


def count_apart(path: Path, limits: Limits | None = None) -> int:
    """The same as `pages_in`, for a file that somebody sent. Raises Unreadable."""
    limits = limits or Limits()
    with _Program(path, limits, limits.pages) as program:
        return program.count()


INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")
"""What the program learns of the house around it: nothing that is secret, should a file make it do what it likes."""


class _Program:
    """One run of the program: what it says, and nothing of it is left behind."""

    def __init__(self, path: Path, limits: Limits, after: int) -> None:
        said = json.dumps({"path": str(path), "limits": asdict(limits), "after": after})
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603  our own program; the path is one of our own names
            [sys.executable, "-m", PROGRAM, said],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )

    def __enter__(self) -> "_Program":
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def count(self) -> int:
        """How many pages the file has. Raises Unreadable."""
        said = self._line()
        if said is None:
            raise Unreadable(Fault.TOO_MUCH)
        if "unreadable" in said:
            raise Unreadable(Fault(said["unreadable"]))
        return int(said["count"])

    def pages(self) -> Iterator[PageImage]:
        """Pages, until there are no more or the program has died. Raises Unreadable for a file of one page that is none."""
        while (said := self._line()) is not None and "number" in said:
            if said["fault"] is not None:
                yield PageImage(said["number"], None, Fault(said["fault"]))
                continue
            height, width = said["shape"]
            dots = self._bytes(height * width)
            if dots is None:
                return
            yield PageImage(said["number"], np.frombuffer(dots, dtype=np.uint8).reshape(height, width))
        if said is not None and "unreadable" in said:
            raise Unreadable(Fault(said["unreadable"]))

    def _line(self) -> dict[str, Any] | None:
        length = self._bytes(8)
        said = self._bytes(int(length)) if length else None
        return json.loads(said) if said else None

    def _bytes(self, number: int) -> bytearray | None:
        """So many bytes; None where the program has died or takes too long."""
        pipe, until = self._process.stdout, time.monotonic() + SECONDS
        got = bytearray()
        while pipe is not None and len(got) < number:
            ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(pipe.fileno(), min(number - len(got), 1 << 20)) if ready else b""
            if not piece:
                return None
            got += piece
        return got
