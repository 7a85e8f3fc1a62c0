"""An objection does what the page says: the use rests, people decide, the person learns it and can complain."""

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.consents.commands import ConfirmObjection, DecideObjection, ObjectTo, WithdrawConsent
from app.features.consents.models import (
    ConsentEvent,
    Disclosure,
    LegalBasis,
    Notice,
    NoticeKind,
    ObjectionDecision,
    Ruling,
)
from app.features.consents.objecting import due_on
from app.features.consents.queries import decisions_of, objections, objections_waiting, open_objections
from app.features.consents.use_cases import confirm_objection, decide_objection, object_to, withdraw_consent
from app.features.dataplatform.datasets.feedback_by_area import rows
from app.features.erasure.use_cases import erase_now, go_on
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.permissions import SYSTEM, Actor, Role
from app.kernel.personal_data import collections
from tests.factories import accounts, consents, proposals, spaces

TASK = {"legal_basis": LegalBasis.PUBLIC_TASK, "categories": ("proposals",), "purpose_term": "participation"}
DATA_SETS = Path(__file__).parents[3] / "app" / "features" / "dataplatform" / "datasets"
GROUNDS = "The law on participation obliges the city to count every contribution."


@pytest.fixture
def agreement(session):
    return consents.agreement(process=False, **TASK)


def objected(session, agreement, person, reason="My employer reads it."):
    command = ObjectTo(agreement.id, agreement.current.id, person.id, reason=reason)
    return object_to(session, Actor(person_id=person.id), command).event_id


def steward(process=None):
    person = accounts.person()
    if process is None:
        return Actor(person_id=person.id, is_administrator=True)
    return Actor(person_id=person.id, roles=frozenset({(Role.STEWARD, process.id)}))


def left_out(session):
    return {row.person_id for row in session.execute(objections())}


def test_while_an_objection_waits_the_use_rests_and_upheld_it_ends_for_good(session, agreement, mailbox):
    person, chief = accounts.person(email="aino@example.org", locale="fi"), steward()
    event = objected(session, agreement, person)
    assert left_out(session) == {person.id}
    assert objections_waiting(session, None) == (1, 0)

    decide_objection(session, chief, DecideObjection(event, uphold=True))
    session.commit()

    assert left_out(session) == {person.id}
    assert objections_waiting(session, None) == (0, 0)
    assert decisions_of(session, person.id)[event].upheld
    assert {entry.action for entry in session.query(AuditEntry).filter_by(subject_type="objection_decision")} == {
        "objection.upheld"
    }
    (letter,) = mailbox.to("aino@example.org")
    assert letter["Content-Language"] == "fi"
    with pytest.raises(Conflict):
        objected(session, agreement, person, "Once more.")


def confirming(session, event, *, agree, reason=""):
    """What a second person sends who has read what is proposed now."""
    proposed_at = session.scalar(select(ObjectionDecision.proposed_at).where(ObjectionDecision.event_id == event))
    return ConfirmObjection(event, agree, reason, proposed_at)


def test_compelling_grounds_take_two_people_and_are_told_with_where_to_complain(session, agreement, mailbox):
    person, first, second = accounts.person(email="aino@example.org"), steward(), steward()
    event = objected(session, agreement, person)
    with pytest.raises(Invalid):
        decide_objection(session, first, DecideObjection(event, uphold=False, reason="No."))
    decide_objection(session, first, DecideObjection(event, uphold=False, reason=GROUNDS))
    session.commit()
    assert left_out(session) == {person.id}  # proposed is not decided
    assert decisions_of(session, person.id) == {}
    assert mailbox.to("aino@example.org") == []
    with pytest.raises(Forbidden):
        confirm_objection(session, first, confirming(session, event, agree=True))

    confirm_objection(session, second, confirming(session, event, agree=True))
    session.commit()

    assert left_out(session) == set()
    decision = session.query(ObjectionDecision).one()
    assert (decision.state, decision.proposed_by_id, decision.confirmed_by_id) == (
        Ruling.COMPELLING,
        first.person_id,
        second.person_id,
    )
    letter = mailbox.to("aino@example.org")[-1].get_content()
    assert GROUNDS in letter
    assert "complain to the data-protection authority" in letter
    told = [notice.kind for notice in session.query(Notice).order_by(Notice.at)]
    assert told == [NoticeKind.OBJECTED, NoticeKind.OBJECTION_ENDED]
    again = objected(session, agreement, person, "My situation has changed.")  # is a new one
    assert again != event
    assert left_out(session) == {person.id}
    assert objections_waiting(session, None) == (1, 0)
    told = [notice.kind for notice in session.query(Notice).order_by(Notice.at)]
    assert sorted(told) == sorted([NoticeKind.OBJECTED, NoticeKind.OBJECTION_ENDED, NoticeKind.OBJECTED])


def test_a_second_person_signs_what_they_have_read_and_nothing_else(session, agreement):
    event, first, second, third = objected(session, agreement, accounts.person()), steward(), steward(), steward()
    decide_objection(session, first, DecideObjection(event, uphold=False, reason=GROUNDS))
    read = confirming(session, event, agree=True)
    confirm_objection(session, third, confirming(session, event, agree=False, reason="A milder way exists."))
    decide_objection(session, third, DecideObjection(event, uphold=False, reason=f"{GROUNDS} And something else."))

    with pytest.raises(Conflict, match="something else"):
        confirm_objection(session, second, read)
    assert session.query(ObjectionDecision).one().state is Ruling.PROPOSED


def test_a_second_person_may_send_it_back_and_then_it_is_decided_anew(session, agreement):
    event, first, second = objected(session, agreement, accounts.person()), steward(), steward()
    with pytest.raises(Conflict):
        confirm_objection(session, second, confirming(session, event, agree=True))
    decide_objection(session, first, DecideObjection(event, uphold=False, reason=GROUNDS))
    with pytest.raises(Invalid):
        confirm_objection(session, second, confirming(session, event, agree=False))
    confirm_objection(session, second, confirming(session, event, agree=False, reason="A milder way exists."))
    (waiting,) = open_objections(session, None)
    assert waiting.state is Ruling.SENT_BACK
    decide_objection(session, first, DecideObjection(event, uphold=True))
    with pytest.raises(Conflict):
        decide_objection(session, second, DecideObjection(event, uphold=True))


def test_nobody_decides_about_their_own_and_neither_programs_nor_strangers_do(session):
    process = spaces.process()
    about = consents.agreement(process=process, **TASK)
    staff = steward(process)
    own = object_to(session, staff, ObjectTo(about.id, about.current.id, staff.person_id)).event_id
    uphold = DecideObjection(own, uphold=True)
    for nobody in (staff, SYSTEM, consents.SECOND):
        with pytest.raises(Forbidden):
            decide_objection(session, nobody, uphold)
    with pytest.raises(NotFound):
        decide_objection(session, steward(spaces.process("Elsewhere")), uphold)
    colleague = steward(process)
    decide_objection(session, colleague, replace(uphold, uphold=False, reason=GROUNDS))
    for nobody in (staff, SYSTEM, consents.SECOND):
        with pytest.raises(Forbidden):
            confirm_objection(session, nobody, confirming(session, own, agree=True))


def test_one_that_was_taken_back_is_not_decided_any_more(session, agreement):
    person = accounts.person()
    event = objected(session, agreement, person)
    assert objected(session, agreement, person) == event  # a double click is one objection
    assert session.query(ConsentEvent).count() == 1
    with pytest.raises(Conflict):
        objected(session, agreement, person, "Another reason.")
    withdraw_consent(session, Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))
    with pytest.raises(Conflict):
        decide_objection(session, steward(), DecideObjection(event, uphold=True))
    assert [notice.kind for notice in session.query(Notice).order_by(Notice.at)] == [
        NoticeKind.OBJECTED,
        NoticeKind.OBJECTION_ENDED,
    ]


def test_totals_leave_out_who_objects_in_the_very_next_read(session):
    process = spaces.process()
    about = consents.agreement(process=process, disclosure=Disclosure.TOTALS, **TASK)
    author, person = accounts.person(), accounts.person()
    proposal = proposals.proposal(process, author=author)
    proposals.support(proposal, person)
    elsewhere = proposals.proposal(spaces.process("Elsewhere"), author=author)
    proposals.support(elsewhere, person)

    def supports(slug):
        return sum(row[6] for row in rows(session) if row[0] == slug)

    assert supports(process.slug) == 1
    event = objected(session, about, person)
    assert supports(process.slug) == 0
    assert sum(row[6] for row in rows(session)) == 1  # what happens elsewhere is another agreement
    decide_objection(session, steward(), DecideObjection(event, uphold=False, reason=GROUNDS))
    assert supports(process.slug) == 0
    confirm_objection(session, steward(), confirming(session, event, agree=True))
    assert supports(process.slug) == 1


@pytest.mark.parametrize(
    ("since", "due"),
    [((2026, 1, 31), (2026, 2, 28)), ((2026, 3, 5), (2026, 4, 5)), ((2025, 12, 31), (2026, 1, 31))],
)
def test_the_answer_is_due_within_a_month(since, due):
    assert due_on(datetime(*since, 12, tzinfo=UTC)).timetuple()[:3] == due


def test_the_list_has_the_longest_wait_first_and_says_what_is_overdue(as_role, session, agreement, clock):
    late, fresh = accounts.person(display_name="Long Waiting"), accounts.person(display_name="Just Come")
    objected(session, agreement, late)
    clock.advance(days=40)
    objected(session, agreement, fresh, "I would rather not.")
    session.commit()
    staff = as_role("administrator")

    page = staff.get("/staff/agreements/objections").text

    assert page.index("Long Waiting") < page.index("Just Come")
    assert "40 days ago" in page
    assert page.count("Overdue") == 1
    start = staff.get("/staff/").text
    assert "2 objections wait for a decision. 1 has waited for more than a month" in start
    assert as_role("resident").get("/staff/agreements/objections").status_code in (403, 404)


def test_an_empty_list_says_so(as_role, session):
    page = as_role("administrator").get("/staff/agreements/objections").text
    assert "Nobody waits for a decision." in page
    assert "Nothing was decided yet." in as_role("administrator").get("/staff/agreements/objections?show=decided").text


def test_from_the_list_to_the_letter_on_pages(as_role, session, agreement):
    resident = as_role("resident")
    event = objected(session, agreement, resident.person)
    session.commit()
    assert "Your objection is being examined." in resident.get("/my-data").text
    first = as_role("administrator")
    url = f"/staff/agreements/objections/{event}"
    assert url in first.get("/staff/agreements/objections").text
    page = first.get(url).text
    assert "My employer reads it." in page
    assert "The planning department may contact me about this topic." in page

    short = first.post(url, data={"decision": "compelling", "reason": "No."})
    assert short.status_code == 422
    assert "No." in short.text
    first.post(url, data={"decision": "compelling", "reason": GROUNDS})
    assert "You proposed this decision." in first.get(url).text
    assert first.post(f"{url}/confirm", data={"decision": "agree"}).status_code == 403
    assert session.query(ObjectionDecision).one().state is Ruling.PROPOSED
    second = as_role("administrator", email="second@example.org")
    assert "Agree and sign" in second.get(url).text
    unread = second.post(f"{url}/confirm", data={"decision": "agree", "read": "yesterday"})
    assert unread.status_code == 409  # what they agree with is what they were shown
    read = re.search(r'name="read" value="([^"]+)"', second.get(url).text).group(1)
    assert second.post(f"{url}/confirm", data={"decision": "agree", "read": read}).status_code == 302

    card = resident.get("/my-data").text
    assert card.count(GROUNDS) == 2  # on the card, and in the timeline
    assert "complain to the data-protection authority" in card
    assert "Object again" in card
    assert "My employer reads it." in second.get("/staff/agreements/objections?show=decided").text
    assert GROUNDS in second.get(url).text


def test_the_page_promises_only_what_happens(as_role, session):
    agreement = consents.agreement(**TASK)
    database.session.commit()
    page = as_role("resident").get(f"/my-data/object/{agreement.id}").text
    assert "this use rests for you at once" in page
    assert "a second person has to agree" in page
    assert "decide within a month" in as_role("resident").get(f"/my-data/agreements/{agreement.code}").text


def test_what_one_takes_out_says_where_each_objection_stands(session, agreement):
    person, chief = accounts.person(), steward()
    taken_out = next(one for one in collections() if one.name == "objections_decided")
    for reason in ("My employer reads it.", "Once more."):
        event = objected(session, agreement, person, reason=reason)
        decide_objection(session, chief, DecideObjection(event, uphold=False, reason=GROUNDS))
        assert [row["decision"] for row in taken_out.read(session, person.id)][-1] == "being examined"
        withdraw_consent(session, Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))
    decide_objection(session, chief, DecideObjection(objected(session, agreement, person, reason="Again."), uphold=True))
    rows = list(taken_out.read(session, person.id))
    assert [row["decision"] for row in rows] == ["taken back", "taken back", "upheld"]
    assert all(GROUNDS not in row["reason"] for row in rows)


def test_the_decision_goes_with_the_account(db, session, agreement):
    person, other = accounts.person(), accounts.person()
    for one in (person, other):
        decide_objection(session, steward(), DecideObjection(objected(session, agreement, one), uphold=True))
    erasure = erase_now(session, Actor(person_id=person.id), person.id).id
    session.commit()
    go_on(db.transaction, erasure)
    assert [left.person_id for left in session.query(ObjectionDecision)] == [other.id]


def test_rows_about_people_join_consents_or_leave_out_who_objects():
    """A data set that hands over people rests on consent; one on the public task has to leave out who objects."""
    sets = [path for path in DATA_SETS.glob("*.py") if "PeopleRows" in path.read_text() or "people" in path.read_text()]
    assert sets
    for path in sets:
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert names & {"details_of", "contact_opt_ins", "in_force", "profiles", "objections", "left_out_of_totals"}, path.name
