"""The laws as functions: each lists what breaks it. tests/architecture calls them on the house, and on planted violations."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData, UniqueConstraint, event

from app.extensions import csrf
from app.extensions import db as database
from app.kernel.database import _writing
from tests.samples import world as worlds
from tests.support.database import counting_queries

WRITING_WORDS = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "TRUNCATE", "MERGE")


class WroteWhileReading(AssertionError):
    """A request that only reads tried to write (law 3)."""


def writes(statement: str) -> bool:
    """Whether a statement changes something, also behind a WITH."""
    words = " ".join(statement.replace("(", " ( ").upper().split()).lstrip("( ")
    return words.startswith(WRITING_WORDS) or (
        words.startswith("WITH") and any(f" {word} " in words for word in ("INSERT INTO", "UPDATE", "DELETE FROM"))
    )


@contextmanager
def refusing_writes(engine: Engine) -> Iterator[None]:
    """Refuse every writing statement of a request that said it only reads.

    The exceptions of law 3 (attempt counters, access records, a device's "last seen") go through
    `Database.separate_transaction`, which says that it writes, and so are let through.
    """

    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not _writing.get() and writes(statement):
            raise WroteWhileReading(" ".join(statement.split())[:120])

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def undeclared(app: Flask) -> list[str]:
    """Endpoints that do not say who may use them (law 5)."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in worlds.WITHOUT_SAMPLE:
            continue
        view = app.view_functions[rule.endpoint]
        found += [
            f"{rule.endpoint} ({method} {rule.rule})"
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            if worlds.access_of(view, method) is None
        ]
    return found


def is_exempt(app: Flask, endpoint: str) -> bool:
    """Whether an endpoint takes what is posted without a token against forgery."""
    view = app.view_functions[endpoint]
    blueprint = app.blueprints.get(endpoint.rpartition(".")[0])
    return f"{view.__module__}.{view.__name__}" in csrf._exempt_views or blueprint in csrf._exempt_blueprints


def missing_uniqueness(metadata: MetaData, promised: dict[str, Sequence[str]]) -> list[str]:
    """Promised uniqueness (table: columns) that the database does not keep (law 7)."""
    found = []
    for name, columns in promised.items():
        if name not in metadata.tables:
            found.append(f"there is no table {name}")
            continue
        table = metadata.tables[name]
        kept = [frozenset(table.primary_key.columns.keys())]
        kept += [frozenset(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]
        kept += [frozenset(column.name for column in index.columns) for index in table.indexes if index.unique]
        if frozenset(columns) not in kept:
            found.append(f"{name} does not keep {', '.join(columns)} unique")
    return found


@dataclass
class GrewSlower(AssertionError):
    """A page asks the database more often when there are more rows (law 9)."""

    url: str
    before: list[str]
    after: list[str]

    def __str__(self) -> str:
        extra = [statement for statement in self.after if self.after.count(statement) > self.before.count(statement)]
        lines = "\n".join(sorted({" ".join(statement.split())[:160] for statement in extra}))
        return f"{self.url}: {len(self.before)} statements with few rows, {len(self.after)} with more:\n{lines}"


def assert_constant_queries(client: FlaskClient, url: str, more: Callable[[], Any], times: int = 4) -> None:
    """Raise GrewSlower when a page needs more statements after `more` was called `times` times."""

    def statements() -> list[str]:
        database.session.remove()
        client.get(url)  # what is loaded once and kept is not what we measure
        database.session.remove()
        with counting_queries(database.engine) as seen:
            response = client.get(url)
        assert response.status_code == 200, f"{url} answered {response.status_code}"
        return seen.statements

    for _ in range(2):  # one row may be a special case
        more()
    database.session.commit()
    before = statements()
    for _ in range(times):
        more()
    database.session.commit()
    after = statements()
    if len(after) > len(before):
        raise GrewSlower(url, before, after)


@pytest.fixture
def constant_queries(db: Any) -> Callable[..., None]:
    """`constant_queries(client, "/proposals", more=lambda: …)`: the page may not ask more often when rows are added."""
    return assert_constant_queries


@dataclass
class Race:
    """How a race ended."""

    results: list[Any] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)


@pytest.fixture
def race(committing_db: Any) -> Callable[..., Race]:
    """`race(work, times=8)`: call `work` in that many threads at once, each in a transaction of its own that commits."""

    def run(work: Callable[[], Any], times: int = 8) -> Race:
        database.session.commit()
        outcome = Race()
        start = threading.Barrier(times)

        def one() -> None:
            start.wait(timeout=10)
            try:
                with database.transaction():
                    result = work()
                outcome.results.append(result)
            except Exception as error:
                outcome.errors.append(error)

        threads = [threading.Thread(target=one) for _ in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return outcome

    return run
