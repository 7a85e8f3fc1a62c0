"""`make run`: opens the house and closes it again.

Brings the database up to date, loads the demonstration city, then starts the web server and one worker. Nothing is
restarted silently: when a part dies, everything stops and the last words say which. Each part runs in a session of its
own, so that Ctrl-C reaches only this program; it asks the main processes to end (SIGTERM) and then removes whatever is
left of their groups. Sending SIGINT to the web server's whole group instead hung in one of five tries.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TextIO

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
OPENS_WITHIN = 60.0  # seconds until the first page must answer
POLITE = 6.0  # seconds between asking and killing; together with the rest well below the promised ten
TICK = 0.1


class CannotStart(Exception):
    """Something outside stands in the way; the message says what to do about it."""


class Stopped(Exception):
    """Somebody asked to stop while parts were still being prepared."""


@dataclass
class Part:
    """A program that runs as long as the house is open."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)


class Supervisor:
    """Starts parts, watches them, and stops all of them together."""

    def __init__(self, parts: Sequence[Part], environment: Mapping[str, str]) -> None:
        self.parts = parts
        self.environment = dict(environment)
        self.asked_to_stop = 0

    def listen(self) -> None:
        """Turn Ctrl-C, a closed terminal and SIGTERM into a request to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def run_to_the_end(self, words: str, command: Sequence[str]) -> None:
        """Run a preparing step. Raises CannotStart when it fails, Stopped when somebody asks to stop meanwhile."""
        say(words)
        step = Part(words, command)
        self._start(step)
        while (status := _status(step)) is None:
            if self.asked_to_stop:
                self._stop([step])
                raise Stopped
            time.sleep(TICK)
        if self.asked_to_stop:
            raise Stopped
        if status != 0:
            raise CannotStart(f"That did not work ({' '.join(command[1:])} ended with {status}); the reason stands above.")

    def run(self, address: str, once_open: Callable[[], None] = lambda: None) -> int:
        """Start every part, say the address when it answers, call `once_open`, wait. Returns the exit status of the whole."""
        for part in self.parts:
            self._start(part)
        try:
            fallen = self._until_open(address, once_open) or self._until_something_happens()
        finally:
            say("", "Closing.")
            self._stop(self.parts)
        if fallen is not None:
            complain(f"The {fallen.name} ended by itself (status {_status(fallen)}), so everything was stopped.")
            return 1
        say("Closed. The data is kept.")
        return 0

    def _start(self, part: Part) -> None:
        part.process = subprocess.Popen(
            part.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def _until_open(self, address: str, once_open: Callable[[], None]) -> Part | None:
        deadline = time.monotonic() + OPENS_WITHIN
        while not self.asked_to_stop and time.monotonic() < deadline:
            if (fallen := self._fallen()) is not None:
                return fallen
            if _answers(f"{address}/healthz"):
                say("", f"Plaza is open: {address}")
                once_open()
                say("", "Press Ctrl-C to close it. What you do here is kept for the next start.")
                return None
            time.sleep(TICK)
        if not self.asked_to_stop:
            complain(f"{address} does not answer after {OPENS_WITHIN:.0f} seconds.")
            return self.parts[0]
        return None

    def _until_something_happens(self) -> Part | None:
        while not self.asked_to_stop:
            if (fallen := self._fallen()) is not None:
                return fallen
            time.sleep(TICK)
        return None

    def _fallen(self) -> Part | None:
        return next((part for part in self.parts if _status(part) is not None), None)

    def _stop(self, parts: Sequence[Part]) -> None:
        """Ask politely, wait, then remove what is left of each session. A second Ctrl-C cuts the waiting short."""
        asked = self.asked_to_stop
        running = [part.process for part in parts if part.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + POLITE
        while any(process.poll() is None for process in running):
            if time.monotonic() > deadline or self.asked_to_stop > asked:
                break
            time.sleep(TICK)
        for process in running:
            for group in {process.pid, *_groups_of_session(process.pid)}:
                try:
                    os.killpg(group, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue
        for process in running:
            process.wait()


def _status(part: Part) -> int | None:
    return part.process.poll() if part.process is not None else None


def _groups_of_session(session: int) -> set[int]:
    """Process groups that belong to `session`, where the system shows them (Linux); a worker may have made its own."""
    groups = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[3]) == session:
            groups.add(int(after_name[2]))
    return groups


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def say(*lines: str) -> None:
    """Tell the person at the console."""
    for line in lines:
        print(line, flush=True)


def complain(line: str) -> None:
    """Tell the person at the console that something is wrong."""
    print(line, file=sys.stderr, flush=True)


def read_port(text: str) -> int:
    """The port number in `text`. Raises CannotStart for anything that is not one."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CannotStart(f"PORT is {text!r}; it must be a number from 1 to 65535.")


def check_port(port: int) -> None:
    """Raise CannotStart when something already listens there, or when this user may not."""
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise CannotStart(_taken(port))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotStart(f"You may not use port {port}. Choose one above 1023: make run PORT=8000") from None
        except OSError:
            raise CannotStart(_taken(port)) from None


def _taken(port: int) -> str:
    other = port + 1 if port < 65535 else port - 1
    return f"Port {port} is already in use. Stop what uses it, or choose another one: make run PORT={other}"


def lock_data(folder: Path) -> TextIO:
    """Hold the data folder for this run. Two workers would share one queue.

    Raises CannotStart when another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = (folder / "running.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise CannotStart(
            f"Plaza already runs with the data in {folder}. Stop it, or keep a second city elsewhere: "
            "make run PORT=8001 PLAZA_VAR=/tmp/other-city"
        ) from None
    return held


def surroundings(port: int) -> dict[str, str]:
    """The environment of every part: development unless somebody said otherwise, and quiet logs."""
    defaults = {"PLAZA_ENV": "development", "PLAZA_LOG_LEVEL": "WARNING"}
    return {**defaults, **os.environ, "PORT": str(port)}


def house(port: int) -> list[Part]:
    """The web server and the worker, with the commands that start them."""
    granian = (
        "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "2",
        "--blocking-threads", "4", "--workers-kill-timeout", "3", "--log-level", "warning", "--no-ws", "wsgi:app",
    )  # fmt: skip
    # In a container this may well run as root; Celery's page of warnings would bury the address.
    celery = (
        "-W", "ignore::UserWarning:celery.platforms", "-m", "celery", "--quiet", "--app", "wsgi:celery", "worker", "--beat",
        "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip
    return [Part("web server", (sys.executable, *granian)), Part("worker", (sys.executable, *celery))]


def flask(*words: str) -> tuple[str, ...]:
    """A command of the application's own command line."""
    return (sys.executable, "-m", "flask", "--app", "wsgi", *words)


def introduce(var: Path, address: str) -> None:
    """Show who can sign in to the demonstration city, with codes that were made this moment."""
    from app.developers.demo.accounts import remember_address, stored, table

    remember_address(var, address)
    if people := stored(var):
        say("", table(people, address))


def main() -> int:
    """Open the house; returns the exit status."""
    try:
        port = read_port(os.environ.get("PORT") or "8000")
        check_port(port)
        var = Path(os.environ.get("PLAZA_VAR") or ROOT / "var").resolve()
        with lock_data(var):
            supervisor = Supervisor(house(port), surroundings(port))
            supervisor.listen()
            supervisor.run_to_the_end("Bringing the database up to date …", flask("db", "upgrade"))
            address = f"http://{HOST}:{port}"
            if supervisor.environment["PLAZA_ENV"] != "development":  # made-up people belong nowhere else
                return supervisor.run(address)
            supervisor.run_to_the_end("Looking after the demonstration city …", flask("demo", "load"))
            return supervisor.run(address, lambda: introduce(var, address))
    except CannotStart as reason:
        complain(str(reason))
        return 2
    except Stopped:
        say("", "Stopped before opening. What was set up is kept.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
