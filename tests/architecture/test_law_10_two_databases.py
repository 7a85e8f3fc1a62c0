"""Law 10: SQLite and PostgreSQL run the same tests, and `make test` asks for both."""

import re

from app.kernel.database import Database
from tests.support.database import BACKENDS, CHOICES
from tests.support.furniture import HOUSE


def test_make_test_asks_for_both_databases() -> None:
    recipe = (HOUSE / "Makefile").read_text().partition("\ntest:")[2].partition("\n\n")[0]
    assert "PLAZA_TEST_DATABASE=$${PLAZA_TEST_DATABASE:-both}" in recipe
    assert CHOICES["both"] == ["sqlite", "postgresql"]


def test_a_test_runs_on_the_database_that_it_was_asked_to_run_on(db: Database, request) -> None:
    asked = re.search(r"\[(\w+)\]", request.node.name)
    assert asked is not None
    assert asked[1] in BACKENDS
    assert db.engine.dialect.name == asked[1]


def test_a_commit_in_a_test_is_undone_part_one(db: Database) -> None:
    leave_and_expect_nothing(db)


def test_a_commit_in_a_test_is_undone_part_two(db: Database) -> None:
    leave_and_expect_nothing(db)


def leave_and_expect_nothing(db: Database) -> None:
    """Two tests do the same; whichever comes second would see what the first one left."""
    from sqlalchemy import select

    from app.kernel import outbox

    assert db.session.scalars(select(outbox.OutboxRow)).all() == []
    outbox.post(db.session(), "left behind")
    db.session.commit()
    assert len(db.session.scalars(select(outbox.OutboxRow)).all()) == 1
