"""Anybody can object: with an account, without one, or on paper, written down by a clerk in their name."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.committee import nightly
from app.features.committee.commands import Object
from app.features.committee.models import DecisionKind, Objection, ObjectionOutcome
from app.features.committee.queries import waiting_for
from app.features.committee.use_cases import forget_contacts, object_to, record_objection, sign
from app.features.spaces.models import Process
from app.kernel.audit import AuditEntry
from app.kernel.errors import Invalid, NotFound, PhaseClosed, Refused
from app.kernel.permissions import ANONYMOUS, Actor, Role
from tests.factories import accounts, committee, voting

WORDS = "My neighbour voted twice"
WHO = {"name": "Olga Objector", "contact": "olga@example.org"}


def brought(pot, **who):
    return Object(pot.process_id, WORDS, **{**WHO, **who})


def decide(pot, objection):
    answer = {"objection_id": objection.id, "outcome": ObjectionOutcome.DISMISSED, "reason": {"en": "Nobody did."}}
    return committee.decided(DecisionKind.OBJECTION, pot.process_id, **answer)


def test_somebody_without_an_account_objects_and_says_how_to_reach_them(session):
    pot = committee.certified_pot()
    for missing in ("name", "contact"):
        with pytest.raises(Invalid) as refused:
            object_to(session, ANONYMOUS, brought(pot, **{missing: " "}))
        assert set(refused.value.errors) == {missing}
    objection = object_to(session, ANONYMOUS, brought(pot))

    assert (objection.number, objection.person_id, objection.recorded_name) == (1, None, "")
    assert (objection.name, objection.contact) == (WHO["name"], WHO["contact"])
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "objection.filed")).one()
    assert "Olga" not in str(entry.details)


def test_an_account_is_enough_and_gives_no_name_or_contact(session):
    pot = committee.certified_pot()
    objection = object_to(session, Actor(accounts.person().id), brought(pot))
    assert (objection.name, objection.contact) == ("", "")


def test_on_paper_it_is_recorded_in_the_name_of_whoever_brings_it(session):
    pot = committee.certified_pot()
    clerk = Actor(accounts.person(display_name="Carl Clerk").id, roles=frozenset({(Role.CLERK, pot.process_id)}))
    objection = record_objection(session, clerk, brought(pot, contact=""))
    assert (objection.name, objection.recorded_name, objection.person_id) == ("Olga Objector", "Carl Clerk", None)
    record_objection(session, committee.member(pot.process_id), brought(pot))
    for role in (Role.AUDITOR, Role.MODERATOR):
        with pytest.raises(NotFound):
            record_objection(session, Actor(accounts.person().id, roles=frozenset({(role, pot.process_id)})), brought(pot))
    elsewhere = Actor(accounts.person().id, roles=frozenset({(Role.CLERK, voting.pot().process_id)}))
    with pytest.raises(NotFound):
        record_objection(session, elsewhere, brought(pot))


def test_after_the_last_day_nobody_objects_without_an_account_or_on_paper(session, clock):
    pot = committee.certified_pot()
    clock.advance(days=15)
    with pytest.raises(PhaseClosed):
        object_to(session, ANONYMOUS, brought(pot))
    with pytest.raises(PhaseClosed):
        record_objection(session, committee.member(pot.process_id), brought(pot))


def test_name_and_contact_are_deleted_thirty_days_after_the_decision(session, clock):
    pot = committee.certified_pot()
    decided, waiting = object_to(session, ANONYMOUS, brought(pot)), object_to(session, ANONYMOUS, brought(pot))
    decide(pot, decided)
    clock.advance(days=29)
    assert forget_contacts(session) == 0
    session.commit()

    clock.advance(days=1)
    nightly.run()

    session.expire_all()
    found = {one.number: (one.name, one.contact, one.wording) for one in session.scalars(select(Objection))}
    assert found == {decided.number: ("", "", WORDS), waiting.number: (*WHO.values(), WORDS)}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "objection.contact_deleted")).one()
    assert entry.details["number"] == decided.number
    assert forget_contacts(session) == 0


def test_the_page_takes_it_and_gives_a_slip_that_names_nobody(session, client, as_role):
    pot = committee.certified_pot()
    space = session.get_one(Process, pot.process_id)
    session.commit()
    page = client.get(f"/committee/{space.id}/object").text
    assert "on paper to a voting desk or to the committee" in page
    assert client.post(f"/committee/{space.id}/object", data={"words": WORDS}).status_code == 422
    answer = client.post(f"/committee/{space.id}/object", data={"words": WORDS, **WHO}, follow_redirects=True)
    objection = database.session.scalars(select(Objection)).one()
    assert answer.request.path == f"/committee/objection/{objection.reference}"
    assert "Your objection has number 1." in answer.text

    staff = as_role(Role.AUDITOR, space).get(f"/staff/decisions/{space.id}").text
    assert "olga@example.org" in staff
    assert WORDS in staff
    decide(pot, objection)
    database.session.commit()
    for public in (f"/committee/objection/{objection.reference}", f"/committee/{space.id}"):
        text = client.get(public).text
        assert "Olga" not in text
        assert "olga@" not in text
        assert WORDS not in text
    assert "Nobody did." in client.get(f"/committee/objection/{objection.reference.lower()}").text
    assert client.get("/committee/objection/E-XXXXXXX").status_code == 404


@pytest.mark.parametrize(("role", "where"), [(Role.CLERK, "desk/"), (Role.COMMITTEE, "")])
def test_a_clerk_or_a_member_writes_it_down_on_a_page(session, as_role, role, where):
    pot = committee.certified_pot()
    space = session.get_one(Process, pot.process_id)
    somebody = as_role(role, space)
    address = f"/staff/objections/{where}{space.id}"
    assert somebody.post(address, data={"words": WORDS}).status_code == 422
    slip = somebody.post(address, data={"words": WORDS, "name": "Olga Objector"}, follow_redirects=True).text
    assert "It was written down by" in slip
    assert "Olga" not in slip


def test_many_objections_of_strangers_from_one_network_are_slowed_down_those_with_an_account_are_not(session, client, as_role):
    pot = committee.certified_pot()
    process_id = pot.process_id
    session.commit()
    answers = [client.post(f"/committee/{process_id}/object", data={"words": WORDS, **WHO}).status_code for _ in range(5)]
    assert answers[:3] == [303, 303, 303]
    assert answers[-1] == 429
    clerk = as_role(Role.CLERK, database.session.get_one(Process, process_id))
    assert clerk.post(f"/staff/objections/desk/{process_id}", data={"words": WORDS, "name": "Olga"}).status_code == 303


def test_a_member_who_objected_or_wrote_it_down_neither_proposes_nor_signs_the_answer(session):
    pot = committee.certified_pot()
    first, second = committee.two(pot.process_id)
    third = committee.member(pot.process_id, "Thea Third")
    for objection in (object_to(session, first, Object(pot.process_id, WORDS)), record_objection(session, first, brought(pot))):
        answer = {"objection_id": objection.id, "outcome": ObjectionOutcome.DISMISSED, "reason": {"en": "Nobody did."}}
        with pytest.raises(Refused, match="objected yourself"):
            committee.proposed(DecisionKind.OBJECTION, pot.process_id, first, **answer)
        proposed = committee.proposed(DecisionKind.OBJECTION, pot.process_id, second, **answer)
        with pytest.raises(Refused, match="objected yourself"):
            sign(session, first, proposed.id)
        assert objection.outcome is ObjectionOutcome.OPEN
        assert proposed.id not in {one.id for one, _space, _pot in waiting_for(session, first.person_id, None)}
        assert proposed.id in {one.id for one, _space, _pot in waiting_for(session, third.person_id, None)}

        sign(session, third, proposed.id)
        assert objection.outcome is ObjectionOutcome.DISMISSED


def test_the_page_offers_no_signature_to_the_member_who_wrote_the_objection_down(session, as_role):
    pot = committee.certified_pot()
    space, other = session.get_one(Process, pot.process_id), committee.member(pot.process_id)
    session.commit()
    client = as_role(Role.COMMITTEE, space)
    client.post(f"/staff/objections/{space.id}", data={"words": WORDS, "name": "Olga Objector"})
    objection = database.session.scalars(select(Objection)).one()
    answer = {"objection_id": objection.id, "outcome": ObjectionOutcome.DISMISSED}
    proposed = committee.proposed(DecisionKind.OBJECTION, space.id, other, **answer)
    decision_id = proposed.id
    database.session.commit()

    page = client.get(f"/staff/decisions/one/{decision_id}").text
    assert "Other members of the committee decide it." in page
    assert f"/one/{decision_id}/sign" not in page
    assert "waits for your signature" not in client.get("/staff").text
    refused = client.post(f"/staff/decisions/one/{decision_id}/sign", follow_redirects=True).text
    assert "Other members of the committee decide it." in refused
    database.session.expire_all()
    assert database.session.scalars(select(Objection.outcome)).one() is ObjectionOutcome.OPEN
