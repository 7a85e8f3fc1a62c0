"""An installation to measure: a database with data, the application in this process, and a real web server beside it."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alembic import command
from flask import Flask
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

import config
from app import create_app
from app.extensions import db
from app.kernel.database import intent
from app.kernel.migrate import alembic_config

ROOT = Path(__file__).resolve().parents[1]
POSTGRESQL = os.environ.get("PLAZA_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
SECRET = "measured-on-loopback-and-thrown-away-afterwards"
WARM_UP, TIMES = 5, 40


@dataclass(frozen=True)
class Figure:
    """One line of output. `ratio` is value divided by that of `against`; `queries` are SQL statements of one request."""

    bench: str
    case: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    queries: int | None = None

    def line(self) -> str:
        """As JSON, the keys in this order."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass
class Installation:
    """One migrated, at first empty installation on one database. Rooms fill it, then ask for figures."""

    database: str
    app: Flask
    environment: dict[str, str]
    _port: int = 0
    _server: "subprocess.Popen[bytes] | None" = None
    _bare: float | None = None

    def fill(self, work: Callable[[], Any]) -> Any:
        """Run `work` in one transaction that commits, and let the database learn what its tables look like now."""
        self.close()
        with self.app.app_context(), db.transaction():
            result = work()
        with intent(writing=True), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        return result

    def page(self, bench: str, case: str, url: str, *, headers: dict[str, str] | None = None) -> Figure:
        """Median time of a page over HTTP from the real server, compared with the bare page, and its SQL statements."""
        if self._server is None:
            self.serve()
        if self._bare is None:
            self._bare = self._median("/healthz", {})
        value = self._median(url, headers or {})
        return Figure(
            bench,
            f"{case}, {self.database}",
            round(value, 2),
            "ms",
            "/healthz",
            round(value / self._bare, 1),
            self._queries(url, headers or {}),
        )

    def timed(self, bench: str, case: str, work: Callable[[], Any]) -> Figure:
        """Seconds that `work` takes, once."""
        self.close()
        started = time.perf_counter()
        with self.app.app_context():
            work()
        return Figure(bench, f"{case}, {self.database}", round(time.perf_counter() - started, 2), "s")

    def size(self, bench: str, case: str, url: str) -> Figure:
        """Bytes of an answer, uncompressed."""
        response = self.app.test_client().get(url)
        _expect(url, response.status_code)
        return Figure(bench, f"{case}, {self.database}", len(response.data), "bytes")

    def _queries(self, url: str, headers: dict[str, str]) -> int:
        client = self.app.test_client(use_cookies="Cookie" not in headers)
        client.get(url, headers=headers)
        seen = 0

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            nonlocal seen
            seen += not statement.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA"))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            _expect(url, client.get(url, headers=headers).status_code)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return seen

    def _median(self, url: str, headers: dict[str, str]) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        taken = []
        for number in range(WARM_UP + TIMES):
            started = time.perf_counter()
            connection.request("GET", url, headers={"Accept": "text/html,*/*", **headers})
            response = connection.getresponse()
            response.read()
            _expect(url, response.status)
            if number >= WARM_UP:
                taken.append(1000 * (time.perf_counter() - started))
        connection.close()
        return statistics.median(taken)

    def serve(self, application: str = "wsgi:app", *, workers: int = 1, threads: int | None = None) -> int:
        """Start the web server as in production; returns its port."""
        self.close()
        self._port = _free_port()
        options = ["--interface", "wsgi", "--port", str(self._port), "--workers", str(workers), "--no-ws"]
        options += ["--workers-kill-timeout", "3", "--log-level", "error"]
        options += ["--blocking-threads", str(threads)] if threads else []
        self._server = subprocess.Popen(
            [sys.executable, "-m", "granian", *options, application],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )
        _wait_for(self._port)
        return self._port

    def close(self) -> None:
        """Stop the web server, so that nothing else uses the database."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=15)
            self._server = None


def _expect(url: str, status: int) -> None:
    if status != 200:
        raise RuntimeError(f"{url} answered {status}: nothing to measure")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(2400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the web server does not answer")


@contextmanager
def installation(database: str) -> Iterator[Installation | None]:
    """A new installation on `sqlite` or `postgresql`; None where no PostgreSQL answers."""
    with tempfile.TemporaryDirectory(prefix="plaza-bench-") as folder, _database(database, folder) as url:
        if url is None:
            yield None
            return
        environment = {
            "PLAZA_ENV": "production",
            "PLAZA_SECRET_KEY": SECRET,
            "PLAZA_DATABASE_URL": url,
            "PLAZA_MAIL_URL": "folder",
            "PLAZA_BASE_URL": "http://127.0.0.1",
            "PLAZA_BROKER_URL": "memory://",
            "PLAZA_VAR": folder,
            "PLAZA_LOG_LEVEL": "ERROR",
        }
        app = create_app(config.from_environment(environment))
        command.upgrade(alembic_config(), "head")
        place = Installation(database, app, environment)
        try:
            yield place
        finally:
            place.close()
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _database(kind: str, folder: str) -> Iterator[str | None]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/plaza.sqlite3"
        return
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    name = f"plaza_bench_{os.getpid()}"
    try:
        connection = server.connect()
    except OperationalError:
        yield None
        return
    with connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING "UTF8"'))
        try:
            yield server.url.set(database=name).render_as_string(hide_password=False)
        finally:
            db.engine.dispose()
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()
