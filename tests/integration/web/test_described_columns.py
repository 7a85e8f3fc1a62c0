"""On PostgreSQL a result's columns are described when somebody asks; what is said of them is what psycopg says."""

import psycopg
import pytest
from sqlalchemy import text

QUERY = "SELECT 1 AS one, 'two'::text AS two, now() AS three"


@pytest.fixture
def raw(session):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has cursors of its own")
    return session.connection().connection.driver_connection


def test_the_description_is_psycopgs_own(raw):
    ours, theirs = raw.execute(QUERY), psycopg.Cursor(raw).execute(QUERY)

    assert type(ours) is not psycopg.Cursor
    assert [str(column) for column in ours.description] == [str(column) for column in theirs.description]
    assert len(ours.description) == 3
    assert str(ours.description[1]) == str(theirs.description[1])
    assert [column.name for column in ours.description[1:]] == ["two", "three"]


def test_a_statement_without_columns_has_none(raw):
    assert raw.execute("SET LOCAL lock_timeout = 0").description is None


def test_columns_are_found_by_name_the_first_time_and_later(session, raw):
    for _ in range(2):
        row = session.execute(text(QUERY)).mappings().one()
        assert (row["one"], row["two"]) == (1, "two")
