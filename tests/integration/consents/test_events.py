"""Events are only ever added, and the present state is what they lead to."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from app.features.accounts.use_cases.erasing import close_for_erasure
from app.features.consents import rules, tasks
from app.features.consents.commands import (
    AnswerAgreement,
    Details,
    ObjectTo,
    PutOff,
    RenewConsent,
    WithdrawConsent,
)
from app.features.consents.governed import ContactDetail, ProfileDetail
from app.features.consents.models import Answer, ConsentEvent, ConsentRecord, LegalBasis
from app.features.consents.queries import cards_of, events_of, in_force, objections, open_question, profiles, record_of
from app.features.consents.use_cases import (
    answer_agreement,
    expire_consents,
    nightly,
    object_to,
    put_off,
    remind_of_expiry,
    renew_consent,
    withdraw_consent,
)
from app.features.consents.use_cases.recording import state_of
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import accounts, consents, spaces

STEPS = ("yes", "no", "withdraw", "renew", "wait", "expire", "editorial", "material")


def agreed(session):
    return {tuple(row) for row in session.execute(in_force())}


@pytest.mark.parametrize(
    "change",
    [{"answer": Answer.REFUSED}, {"shown_text": "Other words"}, {"language": "fi"}, {"number": 9}, {"sheet": "P-1"}],
)
def test_the_database_lets_nobody_change_what_was_answered(session, change):
    consents.consent(consents.agreement())

    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(update(ConsentEvent).values(**change))


def test_whoever_typed_it_may_be_forgotten_with_their_account(session):
    person, clerk = accounts.person(), accounts.person()
    consents.consent(consents.agreement(), person)
    session.execute(update(ConsentEvent).values(hands_id=clerk.id))
    session.delete(clerk)
    session.flush()
    assert session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).one().hands_id is None


def take(session, clock, agreement, person, step):
    actor = Actor(person_id=person.id)
    if step in ("yes", "no"):
        consents.consent(agreement, person, Answer.GIVEN if step == "yes" else Answer.REFUSED)
    elif step == "withdraw":
        withdraw_consent(session, actor, WithdrawConsent(agreement.id, person.id))
    elif step == "renew":
        renew_consent(session, actor, RenewConsent(agreement.id, agreement.current.id, person.id))
    elif step == "wait":
        clock.advance(days=200)
    elif step == "expire":
        expire_consents(session)
    else:
        consents.revise(agreement, notice={"en": f"Words at {clock.now}"}, material=step == "material")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=9))
def test_the_state_is_always_what_the_events_lead_to(session, clock, steps):
    agreement, person = consents.agreement(), accounts.person()
    for step in steps:
        try:
            take(session, clock, agreement, person, step)
        except (NotFound, Conflict):
            continue
        record = record_of(session, agreement.id, person.id)
        events = events_of(session, agreement.id, person.id)
        assert rules.replay(events) == state_of(record)
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        allowed = rules.is_in_force(record, agreement, clock.now)
        assert ((agreement.id, person.id) in agreed(session)) == allowed
        if record is not None and record.answer is not Answer.GIVEN:
            assert session.get(ContactDetail, (agreement.id, person.id)) is None


def test_many_devices_at_once_number_their_events_one_after_the_other(committing_db, race):
    agreement, person = consents.agreement(), accounts.person()
    answers = iter([Answer.GIVEN, Answer.REFUSED] * 4)
    revision = agreement.current.id
    committing_db.session.commit()

    def answer():
        said = next(answers)
        command = AnswerAgreement(
            agreement.id,
            revision,
            person.id,
            said,
            "en",
            Details("Aino", "aino@example.org") if said is Answer.GIVEN else Details(),
        )
        with committing_db.transaction() as session:
            answer_agreement(session, Actor(person_id=person.id), command)

    outcome = race(answer, times=8)

    assert not [error for error in outcome.errors if not isinstance(error, Conflict)]
    with committing_db.transaction() as session:
        record = session.query(ConsentRecord).one()
        events = events_of(session, agreement.id, person.id)
        assert [event.number for event in events] == list(range(1, len(outcome.results) + 2))
        assert [event.answer for event in events].count(Answer.ASKED) == 1  # whoever came first was the one who was asked
        assert rules.replay(events) == state_of(record)


def test_renewing_lets_a_yes_run_on_with_what_was_given(session, clock):
    agreement, person = consents.agreement(), accounts.person()
    first = consents.consent(agreement, person).expires_at
    clock.advance(days=300)

    renew_consent(session, Actor(person_id=person.id), RenewConsent(agreement.id, agreement.current.id, person.id))

    record = record_of(session, agreement.id, person.id)
    assert record.answer is Answer.GIVEN
    assert (record.expires_at - first).days == 300
    clock.advance(days=100)
    assert (agreement.id, person.id) in agreed(session)
    assert session.query(ContactDetail).count() == 1


def test_what_has_run_out_or_changed_in_substance_is_answered_anew_and_not_renewed(session, clock):
    agreement, person = consents.agreement(), accounts.person()
    consents.consent(agreement, person)
    consents.revise(agreement, notice={"en": "New substance."})
    command = RenewConsent(agreement.id, agreement.current.id, person.id)
    with pytest.raises(Conflict):
        renew_consent(session, Actor(person_id=person.id), command)

    consents.consent(agreement, person)
    clock.advance(days=400)
    with pytest.raises(Conflict):
        renew_consent(session, Actor(person_id=person.id), command)


def test_people_are_reminded_once_before_their_yes_runs_out(session, clock, mailbox):
    agreement, person = consents.agreement(), accounts.person(email="aino@example.org")
    consents.consent(agreement, person)
    assert remind_of_expiry(session) == 0
    clock.advance(days=340)

    assert remind_of_expiry(session) == 1
    assert remind_of_expiry(session) == 0
    (letter,) = mailbox.to("aino@example.org")
    assert "/my-data" in letter.get_content()

    renew_consent(session, Actor(person_id=person.id), RenewConsent(agreement.id, agreement.current.id, person.id))
    clock.advance(days=340)
    assert remind_of_expiry(session) == 1


def test_a_reminder_that_has_lost_its_reason_is_not_sent(session, clock, mailbox):
    agreement, person = consents.agreement(), accounts.person(email="aino@example.org")
    consents.consent(agreement, person)
    clock.advance(days=340)
    remind_of_expiry(session)
    withdraw_consent(session, Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))
    assert mailbox.to("aino@example.org") == []


def test_nobody_is_asked_about_the_public_task_but_they_may_object_and_take_it_back(session):
    agreement = consents.agreement(legal_basis=LegalBasis.PUBLIC_TASK, categories=("proposals",), purpose_term="participation")
    person = accounts.person()
    actor = Actor(person_id=person.id)
    with pytest.raises(NotFound):
        consents.consent(agreement, person)
    (card,) = cards_of(session, person.id)
    assert (card.record, card.ask) == (None, False)

    object_to(session, actor, ObjectTo(agreement.id, agreement.current.id, person.id, reason="My employer reads it."))

    assert {tuple(row) for row in session.execute(objections())} == {(agreement.id, person.id)}
    assert session.query(ConsentEvent).one().remark == "My employer reads it."
    withdraw_consent(session, actor, WithdrawConsent(agreement.id, person.id))
    assert session.execute(objections()).all() == []


@pytest.mark.parametrize("basis", [LegalBasis.CONSENT, LegalBasis.LEGAL_OBLIGATION])
def test_only_to_the_public_task_one_objects(session, basis):
    person = accounts.person()
    agreement = consents.agreement(legal_basis=basis)
    with pytest.raises(NotFound):
        object_to(session, Actor(person_id=person.id), ObjectTo(agreement.id, agreement.current.id, person.id))


def test_a_profile_has_what_the_agreement_asks_for_and_goes_with_the_withdrawal(session):
    process, person = spaces.process(), accounts.person()
    agreement = consents.agreement(process, purpose_term="research", categories=("age_band", "area", "languages"))
    details = {"age_band": "30_44", "area_id": process.area_id, "languages": ("fi", "ar"), "gender": "not asked"}
    consents.consent(agreement, person, details=details)

    (row,) = session.execute(profiles(agreement.id))
    assert tuple(row) == (person.id, "30_44", process.area_id, ["fi", "ar"], "")
    assert session.query(ContactDetail).count() == 0
    (card,) = cards_of(session, person.id)
    assert set(card.sample) == {"age_band", "area", "languages"}

    withdraw_consent(session, Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))
    assert session.query(ProfileDetail).count() == 0
    assert session.execute(profiles(agreement.id)).all() == []


@pytest.mark.parametrize(
    ("details", "field"), [({"age_band": ""}, "age_band"), ({"age_band": "200"}, "age_band"), ({}, "area")]
)
def test_a_yes_lacks_nothing_that_the_agreement_names(session, details, field):
    process = spaces.process()
    agreement = consents.agreement(process, purpose_term="research", categories=("age_band", "area", "gender"))
    with pytest.raises(Invalid) as refused:
        consents.consent(agreement, details={"age_band": "30_44", **details})
    assert field in refused.value.errors


def test_a_minor_says_no_and_takes_back_alone_but_says_yes_with_their_guardian(session):
    agreement, minor = consents.agreement(), consents.minor()
    with pytest.raises(Refused):
        consents.consent(agreement, minor)
    consents.consent(agreement, minor, Answer.REFUSED)
    assert agreed(session) == set()


def test_that_somebody_was_asked_is_noted_once_for_each_text(session):
    agreement, person = consents.agreement(), accounts.person()
    actor, process_id = Actor(person_id=person.id), agreement.process_id

    def asked():
        return session.query(ConsentEvent).filter_by(answer=Answer.ASKED).count()

    assert open_question(session, process_id, person.id) is agreement
    assert asked() == 0
    for _ in range(2):
        put_off(session, actor, PutOff(agreement.id))
    assert asked() == 1
    assert session.query(ConsentRecord).count() == 0  # being asked is no answer
    assert open_question(session, process_id, person.id) is None  # and it does not come back by itself
    consents.consent(agreement, person, Answer.REFUSED)
    assert asked() == 1
    consents.revise(agreement, notice={"en": "Other words."})
    assert open_question(session, process_id, person.id) is agreement
    consents.consent(agreement, person)
    assert asked() == 2


def test_not_now_is_heard_after_an_answer_that_has_run_out(session, clock):
    agreement, person = consents.agreement(), accounts.person()
    process_id = agreement.process_id
    consents.consent(agreement, person)
    clock.advance(days=800)
    assert expire_consents(session) == 1
    assert open_question(session, process_id, person.id) is agreement
    for _ in range(2):
        put_off(session, Actor(person_id=person.id), PutOff(agreement.id))
    assert open_question(session, process_id, person.id) is None
    assert session.query(ConsentEvent).filter_by(answer=Answer.ASKED).count() == 2
    consents.withdraw(agreement, person)  # nothing to take back, and nothing that was put off comes back
    assert open_question(session, process_id, person.id) is None


def test_a_young_person_puts_off_but_a_letter_to_an_adult_puts_nothing_off(session):
    agreement, minor = consents.agreement(), consents.minor()
    consents.guardian_link(minor, agreement)
    assert open_question(session, agreement.process_id, minor.id) is agreement
    put_off(session, Actor(person_id=minor.id), PutOff(agreement.id))
    assert open_question(session, agreement.process_id, minor.id) is None


def test_nobody_answers_for_somebody_who_is_being_erased(session):
    agreement, task = consents.agreement(), consents.agreement(legal_basis=LegalBasis.PUBLIC_TASK)
    person = accounts.person()
    close_for_erasure(session, person.id)
    with pytest.raises(NotFound):
        consents.consent(agreement, person)
    with pytest.raises(NotFound):
        object_to(session, Actor(person_id=person.id), ObjectTo(task.id, task.current.id, person.id))
    assert session.query(ConsentEvent).count() == 0


def test_everybody_is_reminded_in_one_morning_however_many(committing_db, app, clock, monkeypatch):
    monkeypatch.setattr(nightly, "AT_ONCE", 2)
    with app.app_context(), committing_db.transaction():
        agreement = consents.agreement()
        for number in range(5):
            consents.consent(agreement, accounts.person(email=f"person{number}@example.org"))
    clock.advance(days=340)
    assert tasks.remind() == 5
    assert tasks.remind() == 0


def test_a_clerk_who_asks_and_a_program_that_passes_on(session):
    agreement, person = consents.agreement(), accounts.person(email=None)
    clerk = Actor(person_id=accounts.person().id, channel=Channel.DESK, roles=frozenset({(Role.CLERK, agreement.process_id)}))
    answer_agreement(session, clerk, consents.answer_of(agreement, person, Answer.REFUSED, sheet="B-1"))
    asked = session.query(ConsentEvent).filter_by(answer=Answer.ASKED).one()
    assert (asked.hands_id, asked.channel, asked.sheet) == (clerk.person_id, Channel.DESK, "B-1")
    program = Actor(client_id=uuid4(), everywhere=frozenset({Role.CLERK}))
    answer_agreement(session, program, consents.answer_of(agreement, accounts.person(), Answer.REFUSED))
    assert session.query(ConsentEvent).filter_by(answer=Answer.ASKED).count() == 1
