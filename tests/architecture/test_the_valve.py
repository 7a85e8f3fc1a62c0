"""Whatever reads what a consent governs joins the consents in force, in the very statement that reads it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db as database
from app.features.consents.governed import ContactDetail
from app.features.consents.queries import agreements_with_contacts, contact_opt_ins, details_of, in_force, profiles, readers
from app.features.dataplatform.declarations import Audience, Basis, Column, DataSet, NotDeclarable, data_set, declare
from app.features.dataplatform.queries import data_sets
from app.kernel.messages import msg
from tests.support import furniture
from tests.support.valve import readers_of, the_valve, told, without_valve

ROOM = furniture.HOUSE / "app" / "features" / "consents"
# Who reads governed tables without the valve, and why they may: each shows them to their owner, or removes them.
MAY_READ = {
    "use_cases/guardians.py:_addresses_of": "compares the own addresses of a minor with the one they name; none leaves",
    "queries/people.py:_samples": "the person's own card: their record as it would be sent",
    "personal_data.py:_details_of": "the person's own copy of everything",
}
WITH_CONSENT = [found.name for found in data_sets() if found.rests_on_consent]


def rows_of(found: DataSet, session: Session, agreement_id: object) -> Callable[[], list[object]]:
    """What reads all rows of a set, as a release does."""
    if found.agreement_rows is not None:
        return lambda: list(found.agreement_rows(session, agreement_id))
    return lambda: list(found.people_rows(session, None) if found.people_rows else found.rows(session, None))


def test_there_are_data_sets_that_rest_on_consent() -> None:
    assert set(WITH_CONSENT) >= {"contact-opt-ins", "hand-over"}


@pytest.mark.parametrize("name", WITH_CONSENT)
def test_a_data_set_joins_the_consents_in_force_in_its_own_statement(world: object, session: Session, name: str) -> None:
    valve = the_valve(session, database.engine)
    seen = told(rows_of(data_set(name), session, world.agreement.id), database.engine)
    assert without_valve(seen, valve) == []
    assert any(valve in statement for statement in map(_plain, seen)), f"{name} never asked the valve"


def _plain(statement: str) -> str:
    from tests.support.valve import plain

    return plain(statement)


def test_a_data_set_that_does_not_is_found(world: object, session: Session) -> None:
    valve = the_valve(session, database.engine)
    seen = told(lambda: session.execute(select(ContactDetail.name)).all(), database.engine)
    assert len(without_valve(seen, valve)) == 1


def test_asking_whether_anybody_left_an_address_is_let_through_and_asking_who_is_not(world: object, session: Session) -> None:
    valve = the_valve(session, database.engine)
    assert without_valve(told(lambda: agreements_with_contacts(session), database.engine), valve) == []
    who = select(ContactDetail.person_id).where(ContactDetail.agreement_id == world.agreement.id)
    assert len(without_valve(told(lambda: session.execute(who).all(), database.engine), valve)) == 1


def test_a_join_that_leaves_out_a_part_of_the_valve_is_found(world: object, session: Session) -> None:
    """Somebody who writes their own, nearly right one: consents that are given, whether they have run out or not."""
    from app.features.consents.models import Answer, ConsentRecord

    valve = the_valve(session, database.engine)
    query = (
        select(ContactDetail.name)
        .join(ConsentRecord, ConsentRecord.person_id == ContactDetail.person_id)
        .where(ConsentRecord.answer == Answer.GIVEN)
    )
    assert len(without_valve(told(lambda: session.execute(query).all(), database.engine), valve)) == 1


def test_what_other_rooms_are_offered_joins_it(world: object, session: Session) -> None:
    valve, about = the_valve(session, database.engine), world.agreement.id
    for offered in (contact_opt_ins(), profiles(about), details_of(about), readers([about]), readers([about], about)):
        seen = told(lambda offered=offered: session.execute(offered).all(), database.engine)
        assert without_valve(seen, valve) == []
        assert valve in _plain(seen[-1])


def test_a_letter_in_line_asks_the_valve_in_the_statement_that_reads_the_address(world: object, session: Session) -> None:
    from app.features.newsletters.mails import where_to

    valve = the_valve(session, database.engine)
    person, params = world.person("resident").id, {"newsletter": str(world.news_sent.id)}
    seen = told(lambda: where_to(session, person, params), database.engine)
    assert without_valve(seen, valve) == []
    assert any(valve in _plain(statement) for statement in seen)


def test_nothing_in_the_room_itself_reads_them_past_the_valve_but_what_says_why() -> None:
    assert {name for name in MAY_READ if name not in readers_of(ROOM)} == set()
    past = {name for name, asks in readers_of(ROOM).items() if not asks}
    assert past <= set(MAY_READ), past - set(MAY_READ)
    assert set(readers_of(ROOM)) > past, "nobody asks the valve: the test looks in the wrong place"


def test_a_planted_reader_is_found(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "lists.py").write_text(
        "def phone_book(session):\n    return session.execute(select(ContactDetail.address)).all()\n"
        "def asked(session):\n    valve = in_force().subquery()\n    return select(ContactDetail).join(valve)\n"
        "def gone(session):\n    session.execute(delete(ContactDetail))\n"
        "PLAIN, PHONES = Area.__table__, ContactDetail.__table__\n"
        "def by_another_name(session):\n    return session.execute(select(PHONES.c.address)).all()\n"
        "def areas(session):\n    return session.execute(select(PLAIN.c.code)).all()\n"
    )
    assert readers_of(tmp_path) == {
        "queries/lists.py:phone_book": False,
        "queries/lists.py:asked": True,
        "queries/lists.py:by_another_name": False,
    }


def planted(**changes: object) -> DataSet:
    """A set of open rows about people that would rest on consent."""
    column = Column("name", "string", msg("A name"), Basis.CONSENT)
    words = {"title": msg("Planted"), "description": msg("Planted")}
    made = DataSet(name="planted", audience=Audience.OPEN, columns=(column,), rows=lambda *_a: iter(()), **words)
    return dataclasses.replace(made, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"people_rows": lambda *_a: iter(())},
        {"columns": (Column("area", "string", msg("An area"), Basis.PUBLIC_TASK),), "agreement_rows": lambda *_a: iter(())},
    ],
)
def test_open_rows_that_rest_on_consent_cannot_even_be_declared(changes: dict[str, object]) -> None:
    with pytest.raises(NotDeclarable):
        declare(planted(**changes))
    assert data_set("planted") is None


def test_every_column_of_every_data_set_names_its_basis(app: Flask) -> None:
    unnamed = [f"{found.name}.{column.name}" for found in data_sets() for column in found.columns if column.basis is None]
    assert unnamed == []
    assert len(data_sets()) >= 4


def test_the_valve_is_one_function() -> None:
    assert in_force.__module__ == "app.features.consents.queries.valve"
