"""No room may keep something about a person that erasing forgets."""

from sqlalchemy import JSON, Enum, LargeBinary, String, Uuid

from app.kernel import erasing
from app.kernel.erasing import Fate
from app.kernel.model import Model

LONG = 80
"""Texts of so many characters can hold a name, an address or an id."""


def could_name_somebody(column) -> bool:
    if any(key.column.table.name == "person" for key in column.foreign_keys):
        return True
    if isinstance(column.type, JSON | LargeBinary):
        return True
    if isinstance(column.type, String) and not isinstance(column.type, Enum):
        return (column.type.length or LONG) >= LONG
    return isinstance(column.type, Uuid) and not column.foreign_keys and not column.primary_key


def columns() -> set[str]:
    tables = Model.metadata.tables.values()
    return {f"{table.name}.{column.name}" for table in tables for column in table.columns if could_name_somebody(column)}


def test_every_column_that_could_name_somebody_says_what_becomes_of_it(app):
    assert columns() - erasing.answered_for() == set()


def test_nothing_is_declared_for_columns_that_do_not_exist(app):
    every = {f"{table.name}.{column.name}" for table in Model.metadata.tables.values() for column in table.columns}

    assert erasing.answered_for() - every == set()


def test_a_forgotten_column_would_be_noticed(app, monkeypatch):
    without = {name: part for name, part in erasing._parts.items() if name != "supports"}
    monkeypatch.setattr(erasing, "_parts", without)

    assert "support.person_id" in columns() - erasing.answered_for()


def test_whatever_does_not_go_says_why(app):
    assert [part.name for part in erasing.parts() if part.fate is not Fate.GOES and not part.why] == []


def test_the_account_is_the_last_to_go(app):
    assert erasing.parts()[-1].name == "account" or erasing.parts()[-1].order == erasing.LAST
