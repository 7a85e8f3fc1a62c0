"""Plaza as `make run` opens it: real processes, with a data folder, a port and a mail address of their own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.commands import CONSOLE, Begun, begin
from tests.support.services import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class House:
    """A supervisor that was started for a test."""

    process: "subprocess.Popen[bytes] | Begun"
    url: str
    var: Path
    output: Path

    def wait_until_open(self, seconds: float = 120) -> None:
        """Wait for the first page. Raises AssertionError with the output when it does not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.said()}"
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"no answer after {seconds} seconds:\n{self.said()}")

    def said(self) -> str:
        """What stands on its console."""
        return self.output.read_text(errors="replace")

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Send a signal and wait for the end; returns the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=15)
        return time.monotonic() - started

    def stop_at_once(self) -> None:
        """Ask until it ends: who asks a second time does not wait for what is still being done."""
        deadline = time.monotonic() + 15
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.said()}"
            self.process.send_signal(signal.SIGINT)
            time.sleep(0.3)

    def processes(self) -> dict[int, str]:
        """Every process of this machine that belongs to this house, by its data folder: process id and command."""
        mark = f"PLAZA_VAR={self.var}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
        return {pid: command for pid, command in found.items() if command and pid != os.getpid()}


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """`house = open_house(PLAZA_MAIL_URL=…)` starts the supervisor; whatever is left at the end of the test is removed."""
    houses: list[House] = []

    def start(**environment: str) -> House:
        port = environment.pop("PORT", None) or str(free_port())
        var = tmp_path / "var"
        output = tmp_path / f"console-{len(houses)}.txt"
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PLAZA_", "PORT"))}
        with output.open("wb") as console:
            process = subprocess.Popen(
                [sys.executable, "-m", "app.developers.serve"],
                cwd=ROOT,
                env={**clean, "PORT": port, "PLAZA_VAR": str(var), **environment},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        house = House(process, f"http://127.0.0.1:{port}", var, output)
        houses.append(house)
        return house

    yield start
    for house in houses:
        for pid in [*house.processes(), house.process.pid] if house.process.poll() is None else house.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        house.process.wait(timeout=5)


@pytest.fixture
def open_warm_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """The same for tests that walk through an open house: its programs are forks (`tests/support/warm_house.py`)."""
    houses: list[House] = []

    def start(**environment: str) -> House:
        port = environment.pop("PORT", None) or str(free_port())
        var, output = tmp_path / "var", tmp_path / f"console-{len(houses)}.txt"
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PLAZA_", "PORT"))}
        said = {**clean, "PORT": port, "PLAZA_VAR": str(var), **environment, CONSOLE: str(output)}
        process = begin("-m", "tests.support.warm_house", environment=said, output=output)
        houses.append(House(process, f"http://127.0.0.1:{port}", var, output))
        return houses[-1]

    yield start
    for house in houses:
        house.stop_at_once()
