"""One engine, one session per thread, and the settings that make SQLite honest.

SQLite: write-ahead log, foreign keys on, `synchronous=FULL` (what was acknowledged survives a power cut), and
`BEGIN IMMEDIATE` where a request means to write, so that two writers queue instead of failing half-way.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.pool import NullPool

from app.kernel.postgresql import Cursor

_writing: ContextVar[bool] = ContextVar("writing", default=True)


class Database:
    """The unbound database of `app.extensions`; `bind` gives it an address."""

    engine: Engine

    def __init__(self) -> None:
        self._factory = sessionmaker(expire_on_commit=False, autoflush=False)
        self.session: scoped_session[Session] = scoped_session(self._factory)

    def bind(self, url: str, **options: Any) -> None:
        """Connect to `url` lazily. An earlier engine is disposed of."""
        if hasattr(self, "engine"):
            self.session.remove()
            self.engine.dispose()
        if url.startswith("sqlite"):
            options.setdefault("connect_args", {"timeout": 30, "check_same_thread": False})
            if ":memory:" not in url:
                options.setdefault("poolclass", NullPool) if options.pop("no_pool", False) else None
        else:
            options.pop("no_pool", None)
            options.setdefault("connect_args", {"cursor_factory": Cursor})
            options.setdefault("pool_pre_ping", True)
            options.setdefault("pool_size", 10)
            options.setdefault("max_overflow", 20)
        options.setdefault("hide_parameters", True)  # what a statement carried may be personal, or a ballot: no log has it
        self.engine = create_engine(url, **options)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine.dialect.do_rollback = _roll_back  # type: ignore[method-assign, assignment]
        self._factory.configure(bind=self.engine)

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A short transaction of its own for edges that are not requests: commits at the end, rolls back on errors."""
        session = self.session()
        with intent(writing=True):
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
            finally:
                self.session.remove()

    @contextmanager
    def separate_transaction(self) -> Iterator[Session]:
        """A second session beside the request's: for attempt counters, access records and "last seen" (law 3)."""
        with intent(writing=True), self._factory() as session, session.begin():
            yield session

    @contextmanager
    def isolated(self) -> Iterator[Connection]:
        """Everything inside is undone at the end, commits too: each becomes a savepoint of one outer transaction (tests)."""
        with self.engine.connect() as connection:
            outer = connection.begin()
            self.session.remove()
            self._factory.configure(bind=connection, join_transaction_mode="create_savepoint")
            try:
                yield connection
            finally:
                self.session.remove()
                self._factory.configure(bind=self.engine, join_transaction_mode="conditional_savepoint")
                if outer.is_active:
                    outer.rollback()


@contextmanager
def intent(*, writing: bool) -> Iterator[None]:
    """Say whether what follows means to write. Readers take no lock on SQLite."""
    token = _writing.set(writing)
    try:
        yield
    finally:
        _writing.reset(token)


def is_away(error: BaseException) -> bool:
    """Whether the database could not be asked, now or any more: it restarts, refuses connections, or is too busy to answer.

    What had been asked may or may not have been done; asking again is right.
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    raw = error.orig if isinstance(error, DBAPIError) else error  # a lost connection that cannot be made again comes unwrapped
    if isinstance(raw, sqlite3.OperationalError):
        return getattr(raw, "sqlite_errorcode", None) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return isinstance(raw, psycopg.OperationalError)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we send BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _roll_back(connection: Any) -> None:
    """End a transaction on PostgreSQL and keep the statements that it has prepared.

    Every page that only reads ends so. psycopg's own `rollback` lets the server forget all prepared statements, in case they
    name a table that is gone with the transaction, and the next requests would plan everything anew; requests make no tables.
    """
    if connection.closed or connection.pgconn.transaction_status == TransactionStatus.IDLE:
        return
    if connection.pgconn.exec_(b"ROLLBACK").status != ExecStatus.COMMAND_OK:
        connection.rollback()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
