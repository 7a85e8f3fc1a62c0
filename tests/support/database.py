"""The test database: SQLite by default, PostgreSQL or both when asked (law 10).

PLAZA_TEST_DATABASE=sqlite (default for a bare pytest), postgresql, or both (what `make test` sets: every test that uses
the database then runs once on each).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from app.extensions import db as database
from app.kernel.database import Database
from app.kernel.model import Model
from app.rooms import ROOMS
from tests.support import services

CHOICES = {"sqlite": ["sqlite"], "postgresql": ["postgresql"], "both": ["sqlite", "postgresql"]}
BACKENDS = CHOICES[os.environ.get("PLAZA_TEST_DATABASE", "sqlite")]


@contextmanager
def temporary_postgresql(name: str) -> Iterator[str]:
    """Address of a new, empty PostgreSQL database called `name`; dropped afterwards."""
    services.require(services.POSTGRESQL, "PostgreSQL")
    server = create_engine(services.POSTGRESQL, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING "UTF8"'))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))  # it is thrown away
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        server.dispose()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where both databases are tested, some tests take one: what they look at is the same on the other (docs/adr/0018).

    Browser tests take SQLite, because windows are slow; others say which one: `@pytest.mark.one_database("postgresql")`.
    """
    if len(BACKENDS) < 2:
        return
    twice = {item for item in items if (only := _only_on(item)) and _database_of(item) not in (None, only)}
    if twice:
        config.hook.pytest_deselected(items=list(twice))
        items[:] = [item for item in items if item not in twice]


def _only_on(item: pytest.Item) -> str | None:
    """The database that a test takes where it takes only one."""
    if (mark := item.get_closest_marker("one_database")) is not None:
        return str(mark.args[0])
    return "sqlite" if item.get_closest_marker("browser") else None


def _database_of(item: pytest.Item) -> str | None:
    """The database with which pytest would run a test; None for tests without one."""
    params = item.callspec.params if getattr(item, "callspec", None) else {}
    return params.get("database_url")


@pytest.fixture(scope="session", params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of this test process's own empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/plaza.sqlite3"
    else:
        with temporary_postgresql(f"plaza_test_{os.getpid()}_{worker_id}") as url:
            yield url


@pytest.fixture
def db(app: Flask) -> Iterator[Database]:
    """The database; everything a test does in it is undone afterwards, commits too."""
    with database.isolated():
        yield database


@pytest.fixture
def session(db: Database) -> Session:
    """The session of this test. What a test adds by hand, it flushes or commits by hand."""
    return db.session()


@pytest.fixture
def committing_db(app: Flask) -> Iterator[Database]:
    """The database with real commits, for tests with threads or other processes; emptied afterwards. Slower than `db`."""
    try:
        yield database
    finally:
        database.session.remove()
        empty(database.engine)


def renew(engine: Engine) -> None:
    """Empty PostgreSQL's tables as if they had just been made, for tests that look at where rows lie."""
    names = ", ".join(f'"{table.name}"' for table in Model.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


def empty(engine: Engine) -> None:
    """Remove every row, also from tables that the models do not know (full-text tables keep themselves in step)."""
    tables = list(reversed(Model.metadata.sorted_tables))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # TRUNCATE makes new files for every table and index, most of which are empty already: 0.12 s against 0.01 s.
            look = " UNION ALL ".join(f"SELECT '{one.name}' WHERE EXISTS (SELECT FROM \"{one.name}\")" for one in tables)
            filled = set(connection.scalars(text(look)))
            for table in tables:
                if table.name in filled:
                    connection.execute(table.delete())
            return
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in tables:
            connection.execute(table.delete())


@dataclass
class Queries:
    """The SQL statements of one stretch of a test."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were, without savepoints and other bookkeeping."""
        return len(self.statements)


BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PRAGMA")


@contextmanager
def counting_queries(engine: Engine) -> Iterator[Queries]:
    """Collect the statements sent while the block runs."""
    seen = Queries()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(BOOKKEEPING):
            seen.statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def query_counter(db: Database) -> Callable[[], Any]:
    """`with query_counter() as queries: …`, then `queries.count` and `queries.statements`."""
    return lambda: counting_queries(db.engine)


def create_schema(url: str) -> None:
    """Create every table of the models in an empty database, apart from the application's own connection."""
    for room in ROOMS:
        if find_spec(f"app.features.{room}.models"):
            import_module(f"app.features.{room}.models")
    other = Database()
    other.bind(url)
    Model.metadata.create_all(other.engine)
    other.engine.dispose()


def sqlite_file(folder: Path) -> str:
    """Address of a SQLite file in `folder`."""
    return f"sqlite:///{folder / 'plaza.sqlite3'}"
