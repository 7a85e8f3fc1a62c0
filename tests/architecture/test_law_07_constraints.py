"""Law 7: uniqueness that matters is kept by the database itself."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Column, Index, Integer, MetaData, Table, UniqueConstraint

from app.kernel.model import Model
from app.rooms import ROOMS
from tests.samples.world import samples_module
from tests.support.laws import missing_uniqueness


def promises() -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the rooms promise to keep unique: table and columns."""
    for room in ROOMS:
        yield from getattr(samples_module(room), "UNIQUE", {}).items()


# Those the law names; the rooms promise more in tests/samples/<room>.py.
BY_LAW: dict[str, tuple[str, ...]] = {
    "support": ("proposal_id", "person_id"),
    "voting_participation": ("process_id", "voter_key", "slot"),
    "consent_record": ("agreement_id", "person_id"),
    "voter_identity": ("process_id", "voter_key"),
    "role_assignment": ("person_id", "process_id", "role"),
}


def test_what_the_law_names_is_unique_in_the_database(app: Flask) -> None:
    assert missing_uniqueness(Model.metadata, BY_LAW) == []


def test_what_the_rooms_promise_is_unique_in_the_database(app: Flask) -> None:
    assert missing_uniqueness(Model.metadata, dict(promises())) == []


def table(*extras: object) -> MetaData:
    """A planted table `support`."""
    metadata = MetaData()
    Table("support", metadata, Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer), *extras)
    return metadata


@pytest.mark.parametrize(
    "extras", [(), (UniqueConstraint("a"),), (Index("ix", "a", "b"),)], ids=["nothing", "one column", "a plain index"]
)
def test_a_constraint_that_was_forgotten_is_found(extras: tuple[object, ...]) -> None:
    assert missing_uniqueness(table(*extras), {"support": ("a", "b")}) == ["support does not keep a, b unique"]


@pytest.mark.parametrize("extra", [UniqueConstraint("b", "a"), Index("ix", "a", "b", unique=True)])
def test_a_constraint_or_a_unique_index_keeps_the_promise(extra: object) -> None:
    assert missing_uniqueness(table(extra), {"support": ("a", "b")}) == []


def test_a_table_that_is_gone_is_found() -> None:
    assert missing_uniqueness(MetaData(), {"support": ("a",)}) == ["there is no table support"]
