"""What stands in the logs: enough to find a mistake, nothing about a person."""

import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.web.logs import _WithoutWords

ADDRESS = "aino@example.org"


def logged(error: BaseException) -> str:
    """The line that an error leaves."""
    record = logging.LogRecord(
        "plaza", logging.ERROR, __file__, 1, "unhandled error", None, (type(error), error, error.__traceback__)
    )
    return _WithoutWords("%(message)s").format(record)


def test_an_error_is_logged_by_its_kind_and_place_without_what_somebody_typed() -> None:
    try:
        try:
            int(ADDRESS)
        except ValueError as error:
            raise RuntimeError(f"cannot read {ADDRESS}") from error
    except RuntimeError as error:
        line = logged(error)

    assert ADDRESS not in line
    found = json.loads(line)["exc_info"]
    assert "ValueError" in found
    assert found.endswith("RuntimeError")
    assert "test_logs.py" in found


def test_a_row_that_is_there_already_is_not_told_to_the_log(session) -> None:
    session.execute(text("CREATE TEMPORARY TABLE told (address TEXT UNIQUE)"))
    statement = text("INSERT INTO told VALUES (:address)")
    session.execute(statement, {"address": ADDRESS})

    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.execute(statement, {"address": ADDRESS})

    assert "parameters hidden" in str(caught.value)
    assert ADDRESS not in logged(caught.value)
