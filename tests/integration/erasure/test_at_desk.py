"""People without e-mail ask at a desk: one clerk has seen who they are, another one confirms."""

import pytest

from app.features.accounts.queries import person as person_by_id
from app.features.consents.use_cases.codes import code_of
from app.features.erasure.commands import AskAtDesk
from app.features.erasure.models import ErasureState
from app.features.erasure.queries import erasure_of
from app.features.erasure.use_cases import ask_at_desk, confirm_at_desk, decline_at_desk
from app.kernel.audit import AuditEntry
from app.kernel.codes import FOLLOW_LENGTH, grouped, new_code
from app.kernel.errors import Conflict, Forbidden, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, consents, proposals, spaces


@pytest.fixture
def clerks(session):
    process = spaces.process()
    return [
        Actor(person_id=accounts.staff(Role.CLERK, process).id, roles=frozenset({(Role.CLERK, process.id)})) for _ in range(2)
    ]


def test_two_clerks_begin_it_for_somebody_without_an_address(session, clerks):
    person = accounts.person(email=None)
    erasure = ask_at_desk(session, clerks[0], AskAtDesk(person.id, "identity card seen"))
    with pytest.raises(Forbidden):
        confirm_at_desk(session, clerks[0], erasure.id)

    confirm_at_desk(session, clerks[1], erasure.id)

    assert erasure.state is ErasureState.RUNNING
    assert person_by_id(session, person.id).erased_at is not None
    entry = session.query(AuditEntry).filter_by(action="account.erasure_asked").one()
    assert (entry.voice_id, entry.details["shown"]) == (person.id, "identity card seen")


def test_nobody_at_a_desk_begins_it_for_somebody_with_an_address(session, clerks, as_role):
    process = spaces.process()
    person = accounts.person(display_name="Otto Online")
    proposal = proposals.proposal(process, author=person)
    with pytest.raises(Forbidden):
        ask_at_desk(session, clerks[0], AskAtDesk(person.id, "passport seen"))
    session.commit()

    clerk = as_role(Role.CLERK, process)
    page = clerk.get(f"/staff/erasing?reference={proposal.reference}")
    assert "They have an e-mail address" in page.text
    assert "Otto Online" not in page.text
    assert clerk.get(f"/staff/erasing/person/{person.id}").status_code == 403
    assert clerk.post(f"/staff/erasing/person/{person.id}", data={"shown": "passport seen"}).status_code == 403
    assert erasure_of(session, person.id) is None


def test_who_gets_an_address_before_the_second_clerk_is_told_and_has_a_week(session, clerks, mailbox):
    person = accounts.person(email=None)
    erasure = ask_at_desk(session, clerks[0], AskAtDesk(person.id, "passport seen"))
    person.email = "late@example.org"
    confirm_at_desk(session, clerks[1], erasure.id)
    session.commit()

    assert erasure.state is ErasureState.WAITING
    assert mailbox.to(person.email)[-1]["Subject"] == "The day on which your data is erased"


def test_it_is_declined_and_can_be_asked_again(session, clerks):
    person = accounts.person(email=None)
    erasure = ask_at_desk(session, clerks[0], AskAtDesk(person.id, "identity card seen"))
    with pytest.raises(Conflict):
        ask_at_desk(session, clerks[1], AskAtDesk(person.id, "identity card seen"))
    decline_at_desk(session, clerks[1], erasure.id)

    assert erasure_of(session, person.id) is None
    ask_at_desk(session, clerks[0], AskAtDesk(person.id, "identity card seen"))


def test_nobody_but_clerks_and_not_for_oneself(session, clerks):
    person = accounts.person(email=None)
    with pytest.raises(Forbidden):
        ask_at_desk(session, Actor(person_id=person.id), AskAtDesk(accounts.person(email=None).id, "seen"))
    with pytest.raises(Forbidden):
        ask_at_desk(session, clerks[0], AskAtDesk(clerks[0].person_id, "seen"))
    with pytest.raises(Refused):
        ask_at_desk(session, clerks[0], AskAtDesk(person.id, "  "))


def test_clerks_find_the_person_by_the_slip_and_two_of_them_confirm(as_role, session):
    process = spaces.process()
    person = accounts.person(email=None, display_name="Dora Desk")
    proposal = proposals.proposal(process, author=person)
    first, second = as_role(Role.CLERK, process), as_role(Role.CLERK, process)
    assert "Check the slip" in first.get("/staff/erasing?reference=P-99999").text
    there = first.get(f"/staff/erasing?reference={proposal.reference.lower()}").headers["Location"]
    page = first.get(there).text
    assert "Dora Desk" in page
    assert "What is deleted" in page
    assert first.post(there, data={"shown": ""}).status_code == 422
    assert first.post(there, data={"shown": "identity card seen"}).status_code == 302
    erasure_id = erasure_of(session, person.id).id

    assert "Somebody else has to confirm" in first.get("/staff/erasing").text
    assert "Confirm: erase everything" in second.get("/staff/erasing").text
    first.post(f"/staff/erasing/confirm/{erasure_id}")
    assert erasure_of(session, person.id).state is ErasureState.ASKED
    second.post(f"/staff/erasing/confirm/{erasure_id}")
    session.expire_all()
    assert erasure_of(session, person.id).state is ErasureState.RUNNING


def test_whoever_only_answered_on_paper_is_found_by_the_code_of_their_slip(app, session, as_role):
    """They made nothing with a reference. The code stands in no address, so in no log of a server."""
    process = spaces.process()
    person = accounts.person(email=None, display_name="Paula Paper")
    code = code_of(app.config["SECRET_KEY"], consents.code(person).id)
    known = accounts.person(display_name="Otto Online")
    alone = code_of(app.config["SECRET_KEY"], consents.code(known).id)
    session.commit()
    clerk = as_role(Role.CLERK, process)
    assert "You typed 8." in clerk.post("/staff/erasing", data={"code": "ABCD-2345"}).text
    unknown = grouped(new_code(FOLLOW_LENGTH))
    assert "We do not know this code" in clerk.post("/staff/erasing", data={"code": unknown}).text
    refused = clerk.post("/staff/erasing", data={"code": alone})
    assert refused.status_code == 422
    assert "They have an e-mail address" in refused.text
    assert "Otto Online" not in refused.text
    found = clerk.post("/staff/erasing", data={"code": code.lower()})
    assert found.status_code == 302
    assert code not in found.location
    page = clerk.get(found.location).text
    assert "Paula Paper" in page
    assert "The code on your slip" in page
    clerk.post(found.location, data={"shown": "slip and identity card seen"})
    assert erasure_of(session, person.id) is not None
