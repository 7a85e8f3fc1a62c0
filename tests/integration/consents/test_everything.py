"""No room may keep something about a person that "take everything" forgets."""

from app.kernel.model import Model
from app.kernel.personal_data import collections, exceptions


def tables_about_people() -> set[str]:
    return {
        table.name
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    } | {"person"}


def test_every_table_about_people_is_in_the_download_or_says_why_not(app):
    told = {table for kind in collections() for table in kind.tables} | set(exceptions())

    assert tables_about_people() - told == set()
    assert told <= set(Model.metadata.tables)


def test_a_forgotten_table_would_be_noticed(app):
    told = {table for kind in collections() for table in kind.tables if kind.name != "supports"} | set(exceptions())

    assert tables_about_people() - told == {"support"}
