"""Roles: given and taken by administrators, with a reason, at once; the last administrator stays."""

import threading

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.accounts import queries, use_cases
from app.features.accounts.commands import ChangeRole
from app.features.accounts.models import Person, RoleAssignment
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.permissions import SYSTEM, Actor, Permission, Role
from tests.factories import accounts, spaces


@pytest.fixture
def process(db):
    made = spaces.process()
    database.session.commit()
    return made


def address(person: Person, verb: str, role: str, process=None) -> str:
    return f"/staff/people/{person.id}/{verb}?role={role}" + (f"&process={process.id}" if process else "")


def test_a_role_is_given_after_a_page_that_asks_why(as_role, process, mailbox) -> None:
    resident = accounts.person(email="rosa@example.org")
    database.session.commit()
    client = as_role(Role.ADMINISTRATOR)
    path = address(resident, "give", "moderator", process)
    assert "Moderator" in client.get(path).get_data(as_text=True)
    data = {"role": "moderator", "process": str(process.id)}
    refused = client.post(path.split("?")[0], data={**data, "reason": "  "})
    assert refused.status_code == 422
    assert "Write why" in refused.get_data(as_text=True)
    assert client.post(path.split("?")[0], data={**data, "reason": "Starts on Monday"}).status_code == 302
    given = database.session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == resident.id)).one()
    assert (given.role, given.process_id, given.given_by_id) == (Role.MODERATOR, process.id, client.person.id)
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "role.given")).one()
    assert (entry.reason, entry.process_id, entry.subject_id) == ("Starts on Monday", process.id, resident.id)
    assert entry.details == {"role": "moderator"}
    letter = mailbox.to("rosa@example.org")[0]
    assert "Moderator" in letter.get_content()


def test_a_role_that_is_taken_counts_at_once_for_somebody_who_is_signed_in(as_role, process) -> None:
    moderator = as_role(Role.MODERATOR, process)
    administrator = as_role(Role.ADMINISTRATOR)
    with moderator:
        moderator.get("/account/settings")
        from app.web.access import viewer

        assert viewer().may(Permission.MODERATE, process.id)
    path = address(moderator.person, "take", "moderator", process)
    answer = administrator.post(path, data={"role": "moderator", "process": str(process.id), "reason": "Has left"})
    assert answer.status_code == 302
    with moderator:
        moderator.get("/account/settings")
        assert not viewer().may(Permission.MODERATE, process.id)
        assert viewer().is_signed_in


def test_giving_a_role_twice_changes_and_audits_nothing(db, process) -> None:
    person = accounts.person()
    command = ChangeRole(person.id, Role.CLERK, process.id, "for the desk")
    assert use_cases.give_role(database.session(), SYSTEM, command)
    assert not use_cases.give_role(database.session(), SYSTEM, command)
    database.session.flush()
    assert len(database.session.scalars(select(AuditEntry).where(AuditEntry.action == "role.given")).all()) == 1


def test_taking_a_role_that_is_not_there_changes_nothing(db, process) -> None:
    person = accounts.person()
    assert not use_cases.take_role(database.session(), SYSTEM, ChangeRole(person.id, Role.CLERK, process.id, "x"))


@pytest.mark.parametrize("verb", [use_cases.give_role, use_cases.take_role])
def test_only_administrators_change_roles(db, process, verb) -> None:
    person = accounts.person()
    command = ChangeRole(person.id, Role.MODERATOR, process.id, "me too")
    moderator = Actor(person_id=person.id, roles=frozenset({(Role.MODERATOR, process.id)}))
    for actor in (Actor(), Actor(person_id=person.id), moderator):
        with pytest.raises(Forbidden):
            verb(database.session(), actor, command)


def test_a_role_needs_an_open_account_and_a_process_that_exists(db, process) -> None:
    without_account = accounts.person(email=None)
    with pytest.raises(Refused):
        use_cases.give_role(database.session(), SYSTEM, ChangeRole(without_account.id, Role.CLERK, process.id, "x"))
    person = accounts.person()
    with pytest.raises(NotFound):
        use_cases.give_role(database.session(), SYSTEM, ChangeRole(person.id, Role.CLERK, person.id, "x"))
    with pytest.raises(NotFound):
        use_cases.give_role(database.session(), SYSTEM, ChangeRole(process.id, Role.CLERK, process.id, "x"))


def test_the_last_administrator_stays(as_role) -> None:
    client = as_role(Role.ADMINISTRATOR)
    accounts.person(is_administrator=True, email=None)  # cannot sign in, and so does not count
    database.session.commit()
    answer = client.post(f"/staff/people/{client.person.id}/take", data={"role": "administrator", "reason": "tired"})
    assert answer.status_code == 422
    assert "last administrator" in answer.get_data(as_text=True)
    assert client.get("/staff/people").status_code == 200


def test_an_administrator_may_leave_when_another_stays(as_role) -> None:
    accounts.staff(Role.ADMINISTRATOR)
    client = as_role(Role.ADMINISTRATOR)
    answer = client.post(f"/staff/people/{client.person.id}/take", data={"role": "administrator", "reason": "retires"})
    assert answer.headers["Location"] == "/"
    assert client.get("/staff/people").status_code == 404


def test_two_administrators_who_remove_each_other_leave_one(committing_db) -> None:
    first, second = accounts.staff(Role.ADMINISTRATOR), accounts.staff(Role.ADMINISTRATOR)
    ids = [first.id, second.id]
    database.session.commit()
    start, errors = threading.Barrier(2), []

    def remove(by, whom) -> None:
        start.wait(timeout=10)
        try:
            with database.transaction() as session:
                actor = Actor(person_id=by, is_administrator=True)
                use_cases.take_role(session, actor, ChangeRole(whom, Role.ADMINISTRATOR, None, "a quarrel"))
        except Conflict as error:
            errors.append(error)

    threads = [threading.Thread(target=remove, args=pair) for pair in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(errors) == 1
    assert len(database.session.scalars(select(Person).where(Person.is_administrator)).all()) == 1


def test_people_are_found_by_name_and_address_and_wildcards_are_letters(as_role) -> None:
    accounts.person(display_name="Ärla Öberg", email="arla@example.org")
    accounts.person(display_name="100% Petra", email="petra@example.org")
    database.session.commit()
    client = as_role(Role.ADMINISTRATOR)

    def found(words: str) -> str:
        return client.get("/staff/people", query_string={"q": words}).get_data(as_text=True)

    assert "arla@example.org" in found("Öberg")
    assert "arla@example.org" in found("ARLA@")
    assert "arla@example.org" not in found("%")
    assert "petra@example.org" in found("%")
    assert "petra@example.org" not in found("_")
    assert "Nobody with this name" in found("nobody-of-this-name")


def test_the_list_is_paged(as_role) -> None:
    for _ in range(55):
        accounts.staff(Role.ADMINISTRATOR)
    client = as_role(Role.ADMINISTRATOR)
    first = client.get("/staff/people").get_data(as_text=True)
    second = client.get("/staff/people?page=2").get_data(as_text=True)
    assert first.count("@example.org") == 50
    assert second.count("@example.org") == 6
    assert client.get("/staff/people?page=0%00x").status_code == 200


@pytest.mark.parametrize("query", ["role=king&process=x", "role=moderator", "role=moderator&process=not-an-id", ""])
def test_a_role_or_process_that_does_not_exist_is_not_found(as_role, query) -> None:
    client = as_role(Role.ADMINISTRATOR)
    assert client.get(f"/staff/people/{client.person.id}/give?{query}").status_code == 404


def test_staff_with_a_permission_in_a_process(db, process) -> None:
    here = accounts.staff(Role.MODERATOR, process)
    accounts.staff(Role.MODERATOR, spaces.process())
    accounts.staff(Role.CLERK, process)
    administrator = accounts.staff(Role.ADMINISTRATOR)
    blocked = accounts.staff(Role.MODERATOR, process, email=None)
    assert queries.staff_with(database.session(), Permission.MODERATE, process.id) == [here]
    assert queries.staff_with(database.session(), Permission.PROCESS_MANAGE, process.id) == [administrator]
    assert blocked not in queries.staff_with(database.session(), Permission.MODERATE, process.id)


def test_a_clerk_notes_somebody_without_an_account(db, process) -> None:
    clerk = Actor(person_id=accounts.person().id, roles=frozenset({(Role.CLERK, process.id)}))
    person = use_cases.add_person_without_account(database.session(), clerk, "  Olga\u202e  Paper ")
    assert (person.display_name, person.email, person.password_hash) == ("Olga Paper", None, None)
    assert queries.people_names(database.session(), [person.id, None]) == {person.id: "Olga Paper"}
    with pytest.raises(Refused):
        use_cases.add_person_without_account(database.session(), clerk, " \u200f ")
    with pytest.raises(Forbidden):
        use_cases.add_person_without_account(database.session(), Actor(), "Olga")
