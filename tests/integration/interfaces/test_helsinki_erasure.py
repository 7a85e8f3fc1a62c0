"""Erasing oneself from the city's profile: dry runs predict the deed, and what stands in the way is said."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.accounts.models import Person
from app.features.erasure.models import Erasure
from app.kernel import outbox
from app.kernel.permissions import Role
from tests.factories import accounts, consents, interfaces


@pytest.fixture
def resident(db):
    made = accounts.person(display_name="Rosa Resident")
    consents.consent(consents.agreement(), made)
    interfaces.profile(made)
    db.session.commit()
    return made


@pytest.fixture
def delete(client, identity_provider):
    def asked(about, subject=None, scope="gdprdelete", **query):
        headers = identity_provider.bearer(subject or about, scope)
        return client.delete(f"/api/gdpr/v1/{about}", query_string=query, headers=headers)

    return asked


def erasures(session) -> list[Erasure]:
    return list(session.scalars(select(Erasure)))


def test_a_dry_run_says_yes_and_changes_nothing(delete, resident, session) -> None:
    answer = delete(resident.id, dry_run="true")
    assert (answer.status_code, answer.data) == (204, b"")
    assert erasures(session) == []
    assert session.get(Person, resident.id, populate_existing=True).display_name == "Rosa Resident"


def test_the_deed_erases_the_person_and_everything_of_theirs(delete, resident, session) -> None:
    person_id = resident.id
    assert delete(person_id).status_code == 204
    outbox.deliver_due(database.transaction)
    found = session.get(Person, person_id, populate_existing=True)
    assert found is None or found.erased_at is not None
    assert session.scalars(select(interfaces.CityProfile)).all() == []
    assert delete(person_id).status_code == 204, "who is erased has nothing here any more"
    assert delete(person_id, dry_run="true").status_code == 204


def test_what_stands_in_the_way_is_said_in_every_language_by_dry_run_and_deed_alike(delete, db, session) -> None:
    administrator = accounts.staff(Role.ADMINISTRATOR).id
    db.session.commit()
    dry, deed = delete(administrator, dry_run="true"), delete(administrator)
    assert (dry.status_code, deed.status_code) == (403, 403)
    assert dry.get_json() == deed.get_json()
    [reason, *_] = dry.get_json()["errors"]
    assert reason["code"] == reason["code"].upper()
    assert {"en", "fi"} <= set(reason["message"])
    assert erasures(session) == []


def test_the_scope_for_reading_does_not_erase(delete, resident, session) -> None:
    assert delete(resident.id, scope="gdprquery").status_code == 401
    assert erasures(session) == []


def test_somebody_elses_token_does_not_erase(delete, resident, session) -> None:
    assert delete(resident.id, subject=uuid4()).status_code == 401
    assert erasures(session) == []


def test_who_is_unknown_is_gone_already(delete) -> None:
    assert delete(uuid4()).status_code == 204


@pytest.mark.parametrize("word", ["perhaps", "2", "null"])
def test_an_unreadable_dry_run_erases_nothing(delete, resident, session, word) -> None:
    assert delete(resident.id, dry_run=word).status_code == 400
    assert erasures(session) == []
