"""A page that only reads ends with a rollback: the database keeps the plans that it has made for this connection."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Database

ASKED = text("SELECT CAST(:number AS INTEGER) + 1")


@pytest.fixture
def own(db):
    """Connections of the test's own to the same database."""
    if db.is_sqlite:
        pytest.skip("SQLite keeps its plans in this process")
    found = Database()
    found.bind(db.engine.url.render_as_string(hide_password=False))
    yield found
    found.engine.dispose()


def prepared(connection):
    found = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements")
    return [one for one in found.scalars() if "::INTEGER" in one or "AS INTEGER" in one]


def test_plans_outlive_a_rollback(own):
    with own.engine.connect() as connection:
        for number in range(8):
            connection.execute(ASKED, {"number": number})
            connection.rollback()
        assert len(prepared(connection)) == 1
        assert connection.execute(ASKED, {"number": 41}).scalar() == 42


def test_what_was_written_is_undone_and_an_error_leaves_nothing_behind(own):
    with own.engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE kept (number INTEGER)"))
        connection.commit()
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT 1 / 0"))
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0
        connection.execute(text("INSERT INTO kept VALUES (2)"))
    with own.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0
