"""`make run` opens the house, and Ctrl-C closes all of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.processes import ROOT, House
from tests.support.services import free_port

pytestmark = [pytest.mark.services, pytest.mark.slow]


@pytest.mark.timeout(240)
def test_the_house_opens_shows_a_page_keeps_its_data_and_closes_completely(open_house: Callable[..., House]) -> None:
    house = open_house()
    house.wait_until_open()
    with urllib.request.urlopen(house.url) as response:
        assert response.status == 200
        assert "<h1" in response.read().decode()
    assert f"Plaza is open: {house.url}" in house.said()
    running = house.processes()
    assert any("granian" in command for command in running.values()), running
    assert any("celery" in command for command in running.values()), running
    assert house.stop() < 10
    assert house.process.returncode == 0, house.said()
    assert house.processes() == {}
    kept = (house.var / "plaza.sqlite3").stat()

    started = time.monotonic()
    second = open_house()
    second.wait_until_open(60)
    assert (second.var / "plaza.sqlite3").stat().st_ino == kept.st_ino
    assert time.monotonic() - started < 60  # seconds on a busy machine; a first start takes minutes there
    assert second.stop(signal.SIGTERM) < 10
    assert second.processes() == {}


@pytest.mark.timeout(120)
def test_a_signal_to_the_whole_group_of_make_closes_it_too(open_house: Callable[..., House]) -> None:
    house = open_house()
    deadline = time.monotonic() + 60
    while len(house.processes()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(house.process.pid, signal.SIGINT)
    assert house.process.wait(timeout=10) == 0, house.said()
    assert house.processes() == {}


def test_a_port_that_is_taken_is_named_before_anything_starts(open_house: Callable[..., House]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        house = open_house(PORT=str(port))
        assert house.process.wait(timeout=20) == 2
    assert f"Port {port} is already in use" in house.said()
    assert f"PORT={port + 1}" in house.said()
    assert not house.var.exists()


@pytest.mark.parametrize("port", ["eight", "0", "70000", "-1", "8000 "])
def test_a_port_that_is_no_port_is_refused_in_words(open_house: Callable[..., House], port: str) -> None:
    house = open_house(PORT=port)
    assert house.process.wait(timeout=20) == 2
    assert "it must be a number from 1 to 65535" in house.said()


STUBBORN = textwrap.dedent(
    """
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = "import signal as s, time; s.signal(s.SIGTERM, s.SIG_IGN); s.signal(s.SIGHUP, s.SIG_IGN); time.sleep(600)"
    subprocess.Popen([sys.executable, "-c", child])
    subprocess.Popen([sys.executable, "-c", "import os; os.setpgid(0, 0); " + child])
    time.sleep(600)
    """
)
SERVER = textwrap.dedent(
    """
    import http.server, sys
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers()
        def log_message(self, *words):
            pass
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
    """
)


def supervise(tmp_path: Path, parts: dict[str, str]) -> House:
    """Run the real supervisor with planted parts (name: Python source)."""
    port = free_port()
    program = textwrap.dedent(
        f"""
        import json, os, sys
        from app.developers.serve import Part, Supervisor
        planted = json.loads(os.environ["PARTS"]).items()
        parts = [Part(name, (sys.executable, "-c", source, "{port}")) for name, source in planted]
        supervisor = Supervisor(parts, os.environ)
        supervisor.listen()
        sys.exit(supervisor.run("http://127.0.0.1:{port}"))
        """
    )
    output = tmp_path / "console.txt"
    var = tmp_path / "var"
    environment = {**os.environ, "PARTS": json.dumps(parts), "PLAZA_VAR": str(var), "PYTHONPATH": str(ROOT)}
    with output.open("wb") as console:
        process = subprocess.Popen(
            [sys.executable, "-c", program], env=environment, stdout=console, stderr=subprocess.STDOUT, start_new_session=True
        )
    return House(process, f"http://127.0.0.1:{port}", var, output)


def test_parts_that_ignore_the_request_to_end_are_removed_with_all_their_children(tmp_path: Path) -> None:
    house = supervise(tmp_path, {"server": SERVER, "stubborn worker": STUBBORN})
    house.wait_until_open(20)
    deadline = time.monotonic() + 10
    while len(house.processes()) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(house.processes()) == 5
    assert house.stop() < 10
    assert house.processes() == {}


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    house = supervise(tmp_path, {"server": SERVER, "stubborn worker": STUBBORN})
    house.wait_until_open(20)
    time.sleep(0.5)
    house.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert house.stop() < 2
    assert house.processes() == {}


def test_when_a_part_dies_it_is_named_and_the_rest_is_stopped(tmp_path: Path) -> None:
    house = supervise(tmp_path, {"server": SERVER, "worker": "import time; time.sleep(2); raise SystemExit(7)"})
    assert house.process.wait(timeout=20) == 1
    assert "The worker ended by itself (status 7), so everything was stopped." in house.said()
    assert house.processes() == {}
