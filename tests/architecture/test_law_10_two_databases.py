"""Law 10: SQLite and PostgreSQL run the same tests, and `make test` asks for both."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.kernel.database import Database
from tests.support.database import BACKENDS, CHOICES, pytest_collection_modifyitems
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


ONE_IS_ENOUGH = {
    "architecture/test_auditors_see_what_the_committee_sees.py",
    "architecture/test_every_form_takes_bad_input.py",
    "architecture/test_every_text_is_marked.py",
    "architecture/test_law_09_query_counts.py",
    "architecture/test_looks_are_noted.py",
    "architecture/test_optional_means_optional.py",
    "architecture/test_pages.py",
    "architecture/test_rehearsals_are_nowhere.py",
    "integration/notifications/test_letters_as_set.py",
    "integration/printing/test_easy_language.py",
    "integration/printing/test_heard.py",
    "integration/printing/test_round_trip.py",
    "integration/proposals/test_reading_bad_input.py",
    "integration/scans/test_accuracy.py",
    "integration/scans/test_torn_slips.py",
    "integration/stations/test_paper_replay.py",
    "integration/stations/test_scanned_kinds.py",
    "integration/voting/test_import_real_elections.py",
    "integration/voting/test_letters_with_codes.py",
    "integration/voting/test_package.py",
    "integration/voting/test_published_file.py",
    "services/interfaces/test_descriptions.py",
    "services/test_migrated_checks.py",
}
"""Files with tests of what is the same on both. Each has its reason in docs/adr/0018; use cases and races never stand here."""


def test_only_these_files_have_tests_that_take_one_database() -> None:
    tests = HOUSE / "tests"
    marked = {str(path.relative_to(tests)) for path in tests.rglob("test_*.py") if "mark.one_database(" in path.read_text()}
    marked.discard(str(Path(__file__).relative_to(tests)))
    assert marked == ONE_IS_ENOUGH


def test_a_test_that_takes_one_database_runs_on_that_one_alone(monkeypatch) -> None:
    class Item:
        def __init__(self, database: str | None, *marks: pytest.MarkDecorator) -> None:
            self.marks = {mark.name: mark.mark for mark in marks}
            self.callspec = SimpleNamespace(params={"database_url": database}) if database else None

        def get_closest_marker(self, name: str) -> pytest.Mark | None:
            return self.marks.get(name)

    refuses, seen = pytest.mark.one_database("postgresql"), pytest.mark.browser
    kept = [Item("sqlite"), Item("postgresql"), Item("postgresql", refuses), Item("sqlite", seen), Item(None, refuses)]
    dropped = [Item("sqlite", refuses), Item("postgresql", seen)]
    told: list[object] = []

    def deselected(items: list[object]) -> None:
        told.extend(items)

    config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=deselected))
    for backends, expected in ((CHOICES["both"], kept), (CHOICES["sqlite"], [*kept, *dropped])):
        monkeypatch.setattr("tests.support.database.BACKENDS", backends)
        items: list = [*kept, *dropped]
        pytest_collection_modifyitems(config, items)
        assert items == expected
    assert set(told) == set(dropped)
