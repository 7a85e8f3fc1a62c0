"""Services on this machine. A missing one skips the test and says why; REQUIRE_SERVICES=1 makes it a failure instead."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

POSTGRESQL = os.environ.get("PLAZA_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("PLAZA_TEST_REDIS", "redis://127.0.0.1:6379/9")
RABBITMQ = os.environ.get("PLAZA_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
MQTT = os.environ.get("PLAZA_TEST_MQTT", "mqtt://127.0.0.1:1883")


def missing(what: str, how: str) -> NoReturn:
    """Skip this test because `what` is not there; fail instead when services are required."""
    reason = f"{what}. {how}"
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"REQUIRE_SERVICES=1, and {reason}", pytrace=False)
    pytest.skip(reason)


def listens(url: str) -> bool:
    """Whether something answers at the host and port of `url`."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def require(url: str, name: str) -> str:
    """`url` if something listens there; otherwise the test is skipped, or fails where services are required."""
    if not listens(url):
        parts = urlsplit(url)
        missing(f"{name} does not answer on {parts.hostname}:{parts.port}", "Start it to run this test: .ci/run shows how")
    return url


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Address of a Redis that tests may use (database 9)."""
    return require(REDIS, "Redis")


@pytest.fixture(scope="session")
def rabbitmq_url() -> str:
    """Address of a RabbitMQ that tests may use."""
    return require(RABBITMQ, "RabbitMQ")


@pytest.fixture(scope="session")
def mqtt_url() -> str:
    """Address of an MQTT broker that tests may use."""
    return require(MQTT, "An MQTT broker")


@dataclass
class SmtpServer:
    """A mail server on this machine that keeps what it gets."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        """For PLAZA_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """Letters that arrived for `address`."""
        return [letter for letter in self.letters if address in str(letter["To"])]


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A real SMTP server on a free port; `.letters` holds what arrived."""
    from aiosmtpd.controller import Controller

    class Keep:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            letter = message_from_bytes(envelope.content, policy=policy.default)
            server.letters.append(letter)  # type: ignore[arg-type]
            return "250 kept"

    server = SmtpServer(free_port())
    controller = Controller(Keep(), hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@dataclass
class PostgreSQL:
    """A PostgreSQL server of a test's own, which it may restart as it likes."""

    folder: Path
    port: int
    programs: Path
    owner: str

    def control(self, *words: str) -> None:
        """`pg_ctl` with these words, as the owner of the data. Raises AssertionError with what it says when it fails."""
        log = self.folder / "log.txt"
        done = self._run("pg_ctl", "--pgdata", str(self.folder / "data"), "--log", str(log), "--wait", *words)
        assert done.returncode == 0, done.stdout.decode() + (log.read_text() if log.exists() else "")

    def restart(self) -> None:
        """Stop at once, as if the power had failed, and start again."""
        self.control("restart", "--mode", "immediate")

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql+psycopg://plaza@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Make its data folder and start it."""
        made = self._run("initdb", "--pgdata", str(self.folder / "data"), "--username", "plaza", "--auth", "trust", "--no-sync",
                         "--encoding", "UTF8", "--locale", "C")  # fmt: skip
        assert made.returncode == 0, made.stdout.decode()
        with (self.folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
        self.control("start")

    def _run(self, program: str, *words: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [str(self.programs / program), *words], cwd=self.folder, user=self.owner or None, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=50, env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip


@pytest.fixture
def own_postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server with an empty data folder on a free port, for tests that restart it; it never runs as root."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *(Path(folder) for folder in os.environ.get("PATH", "").split(":"))]
    programs = next((folder for folder in places if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)
    if programs is None:
        missing("The programs initdb and pg_ctl of PostgreSQL are not on this machine", "Install the server's package")
    folder = Path(tempfile.mkdtemp(prefix="plaza-postgresql-"))
    server = PostgreSQL(folder, free_port(), programs, "nobody" if os.geteuid() == 0 else "")
    if server.owner:
        shutil.chown(folder, server.owner)
    try:
        server.create()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.control("stop", "--mode", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
