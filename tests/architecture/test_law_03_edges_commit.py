"""Law 3: use cases flush, edges commit, and a GET never writes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db as database
from app.kernel import outbox
from app.kernel.database import Database
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.web import transaction
from tests.support import furniture
from tests.support.laws import WroteWhileReading, refusing_writes, writes

SmallHouse = Callable[[dict[str, str]], Path]


def test_use_cases_and_what_they_stand_on_never_commit() -> None:
    assert furniture.calls_that_commit(furniture.HOUSE) == []


@pytest.mark.parametrize("piece", ["use_cases.py", "use_cases/publish.py", "queries.py", "rules.py", "models.py"])
@pytest.mark.parametrize("call", ["db.session.commit()", "session.rollback()", "db.transaction()"])
def test_a_planted_commit_is_found(small_house: SmallHouse, piece: str, call: str) -> None:
    house = small_house({f"app/features/a/{piece}": f"def do(db, session):\n    {call}\n"})
    assert len(furniture.calls_that_commit(house)) == 1


def test_an_edge_may_commit(small_house: SmallHouse) -> None:
    house = small_house({"app/features/a/cli.py": "def do(db):\n    with db.transaction():\n        pass\n"})
    assert furniture.calls_that_commit(house) == []


@pytest.fixture
def planted(db: Database) -> Iterator[FlaskClient]:
    """A tiny application with the real transaction edge and views that behave well and badly."""
    app = Flask("planted")
    transaction.init_app(app)

    def post_a_row() -> str:
        outbox.post(database.session(), "planted")
        database.session.flush()
        return "done"

    def keep_a_count() -> str:
        with database.separate_transaction() as session:
            outbox.post(session, "counted")
        return "done"

    def refuse() -> str:
        post_a_row()
        raise Refused(msg("No."))

    def answer_with_an_error() -> tuple[str, int]:
        return post_a_row(), 422

    app.add_url_rule("/writes", view_func=post_a_row, endpoint="get")
    app.add_url_rule("/counts", view_func=keep_a_count)
    app.add_url_rule("/kept", view_func=transaction.commits(post_a_row), methods=["POST"], endpoint="kept")
    app.add_url_rule("/forgotten", view_func=post_a_row, methods=["POST"], endpoint="forgotten")
    app.add_url_rule("/refused", view_func=transaction.commits(refuse), methods=["POST"], endpoint="refused")
    app.add_url_rule("/failed", view_func=transaction.commits(answer_with_an_error), methods=["POST"], endpoint="failed")
    app.register_error_handler(Refused, lambda _error: ("no", 403))
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app.test_client()


def rows() -> int:
    """How many rows wait in the outbox."""
    return len(database.session.scalars(select(outbox.OutboxRow)).all())


def test_a_planted_get_that_writes_is_caught(planted: FlaskClient) -> None:
    with refusing_writes(database.engine), pytest.raises(WroteWhileReading):
        planted.get("/writes")


def test_a_get_may_count_in_a_short_transaction_of_its_own(planted: FlaskClient) -> None:
    with refusing_writes(database.engine):
        assert planted.get("/counts").status_code == 200
    assert rows() == 1


def test_a_post_may_write(planted: FlaskClient) -> None:
    with refusing_writes(database.engine):
        assert planted.post("/kept").status_code == 200


@pytest.mark.parametrize(("address", "kept"), [("/kept", 1), ("/forgotten", 0), ("/refused", 0), ("/failed", 0)])
def test_only_a_request_that_succeeded_and_says_that_it_commits_leaves_something(
    planted: FlaskClient, address: str, kept: int
) -> None:
    planted.post(address)
    assert rows() == kept


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("INSERT INTO a VALUES (1)", True),
        ("  update a set b = 1", True),
        ("DELETE\nFROM a", True),
        ("WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x", True),
        ("WITH x AS ( DELETE FROM a RETURNING *) SELECT * FROM x", True),
        ("SELECT updated_at FROM a", False),
        ("WITH x AS (SELECT 1) SELECT * FROM x", False),
        ("SELECT 1 FROM a FOR UPDATE", False),
    ],
)
def test_writing_statements_are_told_from_reading_ones(statement: str, expected: bool) -> None:
    assert writes(statement) is expected
