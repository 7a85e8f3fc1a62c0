"""Programs of the house in processes of their own, begun by a server that has imported the application already.

A process that begins with nothing spends most of its time on imports: four seconds, where the application itself is made in
half a second. The server imports once; each process is a fork of it, with an environment, an output and an end of its own.
Tests of what a fresh interpreter does (which modules it loads, `PYTHON…` variables) begin real ones.
"""

import contextlib
import multiprocessing
import multiprocessing.process
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.furniture import HOUSE

CONSOLE = "TESTS_CONSOLE"  # tells a program that begins others where they say what they have to say


class Begun:
    """A process that has begun, as `subprocess.Popen` would show it. It leads a group of its own."""

    def __init__(self, process: Any, output: Path) -> None:
        self._process, self.output = process, output
        self.pid: int = process.pid

    def poll(self) -> int | None:
        """How it ended, a signal as a negative number; None while it runs."""
        return self._process.exitcode  # type: ignore[no-any-return]

    @property
    def returncode(self) -> int | None:
        """The same."""
        return self.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; returns how it ended. Raises TimeoutExpired."""
        self._process.join(timeout)
        if (ended := self.poll()) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return ended

    def send_signal(self, number: int) -> None:
        """Send it a signal if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def kill_all(self) -> None:
        """End it and everything that it has begun at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait(timeout=15)

    def said(self) -> str:
        """What stands on its console."""
        return self.output.read_text(errors="replace")


def begin(*words: str, environment: Mapping[str, str], output: Path) -> Begun:
    """Begin what `python …` with these words would begin: `-m module …` or `-c program …`. It says everything in `output`."""
    servers = multiprocessing.get_context("forkserver")
    servers.set_forkserver_preload(["tests.support.commands_server"])
    # Whatever a broken test has left running ends with the tests.
    process = servers.Process(target=_process, args=(words, dict(environment), str(output)), name=words[1], daemon=True)
    output.touch()  # also of a process that ends before it can say anything
    process.start()
    return Begun(process, output)


def run(*words: str, environment: Mapping[str, str], seconds: float = 60) -> tuple[int, str]:
    """The same, and wait for the end; returns how it ended and what it said. Raises AssertionError if it does not end."""
    with TemporaryDirectory() as folder:
        begun = begin(*words, environment=environment, output=Path(folder) / "said")
        try:
            return begun.wait(seconds), begun.said()
        except subprocess.TimeoutExpired:
            begun.kill_all()
            raise AssertionError(f"{' '.join(words)} does not end:\n{begun.said()}") from None


def flask(*words: str, environment: Mapping[str, str], seconds: float = 60) -> tuple[int, str]:
    """Run the command `flask --app wsgi` with these words; returns how it ended and what it said."""
    return run("-m", "flask", "--app", "wsgi", *words, environment=environment, seconds=seconds)


def fork(*words: str, environment: Mapping[str, str], output: Path) -> Begun:
    """The same for a program that was begun by `begin` and begins others: forks of it instead of `subprocess.Popen`."""
    process = multiprocessing.get_context("fork").Process(target=_fork, args=(words, dict(environment), str(output)))
    process.start()
    return Begun(process, output)


def _fork(words: tuple[str, ...], environment: dict[str, str], output: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # what its parent does when it is asked to stop
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    _process(words, environment, output)


def _process(words: tuple[str, ...], environment: dict[str, str], output: str) -> None:
    multiprocessing.process.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # it may have children,
    multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[0], force=True)  # made as everywhere
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(HOUSE)
    with Path(output).open("ab") as console:
        os.dup2(console.fileno(), 1)
        os.dup2(console.fileno(), 2)
    how, what, *others = words
    sys.argv = ["-c", *others] if how == "-c" else [what, *others]
    if how == "-c":
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)
