"""The pages of a rehearsal: who may use them, what they say, what they refuse."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.features.accounts.commands import ChangeRole
from app.features.accounts.queries import in_office
from app.features.accounts.use_cases import copy_roles, give_role, take_role
from app.features.budgets.models import Pot, PotState
from app.features.committee.commands import Propose
from app.features.committee.models import DecisionKind
from app.features.committee.use_cases import propose
from app.features.rehearsals.models import Rehearsal
from app.features.spaces.models import Process
from app.features.voting.keys.keyring import KeyDestroyed, Keyring
from app.features.voting.queries import participations
from app.features.voting.use_cases import close_box, count_pot, open_with_the_servers_key
from app.kernel import clock
from app.kernel.permissions import SYSTEM, Actor, Permission, Role
from tests.factories import accounts, budgets, rehearsals, spaces


@pytest.fixture
def process(session):
    process = spaces.process(title={"en": "Money for everybody"}, open_for=None)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now() + timedelta(days=5))
    return process


@pytest.fixture
def keyring(app):
    return Keyring(app.config["SETTINGS"].keys)


@pytest.fixture
def committee(client, process):
    accounts.sign_in(client, accounts.staff(Role.COMMITTEE, process))
    return client


def begun(client, process, **typed):
    return client.post(f"/staff/rehearsals/{process.id}", data={"voters": "12", **typed})


def copied(process):
    return db.session.scalars(select(Process).where(Process.rehearsal_of == process.id)).one()


def test_the_button_begins_a_rehearsal_named_in_every_language(committee, process):
    pot = budgets.pot(process, state=PotState.DRAFT, title={"en": "Parks", "de": "Parks", "fi": "Puistot", "ar": "حدائق"})
    for _ in range(3):
        budgets.project(pot)
    db.session.commit()

    answer = begun(committee, process)

    copy = copied(process)
    assert answer.location == f"/staff/rehearsals/run/{copy.id}"
    title = db.session.scalars(select(Pot.title).where(Pot.process_id == copy.id)).one()
    assert title["en"] == "Rehearsal: Parks"
    assert all(": " in text for text in title.values())
    assert "12 test voters: TEST-0001 to TEST-0012" in committee.get(answer.location).text


@pytest.mark.parametrize("number", ["", "0", "1001", "many"])
def test_a_number_that_is_none_is_refused_beside_the_field(committee, process, number):
    budgets.project(budgets.pot(process, state=PotState.DRAFT))
    db.session.commit()

    answer = begun(committee, process, voters=number)

    assert answer.status_code == 422
    assert db.session.scalars(select(Rehearsal)).all() == []


def test_a_pot_that_is_not_ready_says_why(committee, process):
    budgets.project(budgets.pot(process, state=PotState.DRAFT))
    db.session.commit()

    answer = begun(committee, process)

    assert "There must be at least two projects to choose from." in answer.text
    assert answer.status_code >= 400
    assert db.session.scalars(select(Process).where(Process.rehearsal_of.is_not(None))).all() == []


def test_the_page_that_fixes_the_ballot_says_when_it_was_rehearsed(committee, process):
    pot = budgets.pot(process, state=PotState.DRAFT)
    rehearsals.over(process, ballots=41)
    db.session.commit()

    page = committee.get(f"/staff/budgets/{pot.id}/fix").text

    assert "with 41 test ballots" in page
    assert f"/staff/rehearsals/{process.id}" in page


def test_more_ballots_than_voters_is_no_fault_and_none_left_is_said(committee, process, keyring):
    copy_id = rehearsals.running(process, keyring, voters=4).id
    db.session.commit()

    answer = committee.post(f"/staff/rehearsals/run/{copy_id}/ballots", data={"number": "1000"}, follow_redirects=True)
    assert "4 test ballots were cast." in answer.text
    again = committee.post(f"/staff/rehearsals/run/{copy_id}/ballots", data={"number": "1"})

    assert (again.status_code, "Every test voter has voted." in again.text) == (409, True)


def test_the_worker_casts_what_did_not_fit_into_one_step(committee, process, keyring, mailbox):
    copy = rehearsals.running(process, keyring, voters=60)
    copy_id, pot_id = copy.id, rehearsals.pot_of(copy).id
    db.session.commit()

    page = committee.post(f"/staff/rehearsals/run/{copy_id}/ballots", data={"number": "55"}, follow_redirects=True).text
    assert "40 test ballots were cast." in page
    assert "the other ballots follow in the next minutes" in page
    mailbox.to("nobody@example.org")

    assert participations(db.session(), pot_id) == 55


def test_ending_twice_is_said(committee, process, keyring):
    copy_id = rehearsals.running(process, keyring).id
    db.session.commit()
    committee.post(f"/staff/rehearsals/run/{copy_id}/end")

    again = committee.post(f"/staff/rehearsals/run/{copy_id}/end", follow_redirects=True)

    assert "The vote of this rehearsal is over already." in again.text


def test_its_files_are_named_and_marked_as_a_rehearsal(committee, process, keyring):
    copy = rehearsals.ended(process, keyring)
    pot_id = rehearsals.pot_of(copy).id
    db.session.commit()

    board = committee.get(f"/voting/{pot_id}/board.jsonl")

    assert 'filename="rehearsal-board.jsonl"' in board.headers["Content-Disposition"]
    head = json.loads(board.text.splitlines()[0])
    assert (head["rehearsal"], head["title"]["en"]) == (True, "Rehearsal: Money for everybody")


def test_the_keys_go_with_the_rehearsal(committee, process, keyring):
    copy_id = rehearsals.ended(process, keyring).id
    db.session.commit()

    committee.post(f"/staff/rehearsals/run/{copy_id}/throw-away")

    for purpose in ("voters", "box", "board"):
        with pytest.raises(KeyDestroyed):
            keyring.key(copy_id, purpose, make=True)
    assert committee.get(f"/staff/rehearsals/run/{copy_id}").status_code == 404


def test_a_get_of_the_confirmation_throws_nothing_away(committee, process, keyring):
    copy_id = rehearsals.ended(process, keyring).id
    db.session.commit()

    page = committee.get(f"/staff/rehearsals/run/{copy_id}/throw-away").text

    assert "4 test ballots" in page
    assert db.session.get(Process, copy_id) is not None


def test_staff_of_another_process_find_no_rehearsal(client, process, keyring):
    copy = rehearsals.running(process, keyring)
    pot_id, copy_id = rehearsals.pot_of(copy).id, copy.id
    accounts.sign_in(client, accounts.staff(Role.COMMITTEE, spaces.process()))
    db.session.commit()

    for address in (f"/staff/rehearsals/run/{copy_id}", f"/staff/rehearsals/{process.id}", f"/budgets/{pot_id}"):
        assert client.get(address).status_code in (403, 404)
    for path in ("ballots", "end", "throw-away"):
        assert client.post(f"/staff/rehearsals/run/{copy_id}/{path}", data={"number": "1"}).status_code == 404


def test_a_rehearsal_is_not_rehearsed(client, process, keyring):
    copy_id = rehearsals.running(process, keyring).id
    accounts.sign_in(client, accounts.staff(Role.ADMINISTRATOR))
    db.session.commit()

    assert client.get(f"/staff/rehearsals/{copy_id}").status_code == 404


def test_before_it_begins_the_page_says_who_is_missing_in_the_committee(client, process):
    budgets.project(budgets.pot(process, state=PotState.DRAFT))
    db.session.commit()
    accounts.sign_in(client, accounts.staff(Role.ADMINISTRATOR))
    address = f"/staff/rehearsals/{process.id}"
    page = client.get(address).text
    assert "There are none so far." in page
    assert 'href="/staff/people"' in page.partition("Two members of the committee are needed")[2]

    accounts.staff(Role.COMMITTEE, process, display_name="Kirsi Paananen")
    db.session.commit()
    assert "There is only Kirsi Paananen so far." in client.get(address).text

    accounts.staff(Role.COMMITTEE, process)
    db.session.commit()
    assert "Two members of the committee are needed" not in client.get(address).text


def test_a_role_given_in_the_process_counts_in_its_rehearsal_and_the_page_names_who_goes_on(client, process, keyring):
    copy_id = rehearsals.ended(process, keyring).id
    db.session.commit()
    administrator = accounts.staff(Role.ADMINISTRATOR)
    accounts.sign_in(client, administrator)
    assert "no member of the committee yet" in client.get(f"/staff/rehearsals/run/{copy_id}").text
    member = accounts.person(display_name="Kirsi Paananen")
    db.session.commit()
    command = ChangeRole(member.id, Role.COMMITTEE, process.id, "Was elected")
    actor = Actor(person_id=administrator.id, is_administrator=True)

    assert give_role(db.session(), actor, command)
    db.session.commit()

    assert "go on: Kirsi Paananen." in client.get(f"/staff/rehearsals/run/{copy_id}").text
    assert in_office(db.session(), Permission.BUDGET_CERTIFY, copy_id, [member.id]) == {member.id}
    assert not give_role(db.session(), actor, command)
    assert take_role(db.session(), actor, command)
    assert in_office(db.session(), Permission.BUDGET_CERTIFY, copy_id, [member.id]) == set()


def test_a_role_is_not_given_in_a_rehearsal_by_accident(client, process, keyring):
    copy_id = rehearsals.running(process, keyring).id
    db.session.commit()
    accounts.sign_in(client, accounts.staff(Role.ADMINISTRATOR))
    address = f"/staff/people/{accounts.person().id}"
    db.session.commit()

    page = client.get(address).text

    assert str(copy_id) not in page
    choice = page.partition('name="process" required>')[2]
    assert choice.index("Choose a process") < choice.index(str(process.id))
    answer = client.get(f"{address}/give?role=committee&process=")
    assert answer.location == address
    assert "Choose the process in which the role counts." in client.get(address).text


def test_the_overview_says_that_a_task_belongs_to_a_rehearsal(client, process, keyring):
    copy_id = rehearsals.ended(process, keyring).id
    first, second = (accounts.staff(Role.COMMITTEE, process) for _ in range(2))
    copy_roles(db.session(), process.id, copy_id)
    close_box(db.session(), SYSTEM, copy_id, keyring)
    open_with_the_servers_key(db.session(), SYSTEM, copy_id, keyring)
    pot_id = rehearsals.pot_of(db.session.get_one(Process, copy_id)).id
    count_pot(db.session(), SYSTEM, pot_id)
    actor = Actor(person_id=first.id, roles=frozenset({(Role.COMMITTEE, copy_id)}))
    propose(db.session(), actor, Propose(copy_id, DecisionKind.CERTIFICATION, {"en": "To see how it is done."}, pot_id=pot_id))
    db.session.commit()
    accounts.sign_in(client, second)

    assert "1 decision waits for your signature (in a rehearsal)" in client.get("/staff/").text
    assert "in a rehearsal" in client.get("/staff/committee").text
