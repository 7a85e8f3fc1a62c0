"""Consent that binds: asked, given, refused, taken back, and what follows at once."""

import io
import json
import zipfile

import pytest

from app.features.consents.commands import AnswerAgreement, Details, WithdrawConsent
from app.features.consents.governed import ContactDetail
from app.features.consents.models import Answer, ConsentEvent, ConsentRecord
from app.features.consents.queries import agreements_with_contacts, cards_of, contact_opt_ins, open_question
from app.features.consents.use_cases import answer_agreement, expire_consents, withdraw_consent
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import accounts, consents, proposals


@pytest.fixture
def agreement(session):
    return consents.agreement()


def opted_in(session):
    return {row.person_id for row in session.execute(contact_opt_ins())}


def yes(agreement, person, **changes):
    details = {"name": changes.pop("name", "Aino"), "address": changes.pop("address", "aino@example.org")}
    return AnswerAgreement(
        **{
            "agreement_id": agreement.id,
            "revision_id": agreement.current.id,
            "person_id": person.id,
            "answer": Answer.GIVEN,
            "language": "en",
            "details": Details(**details),
            **changes,
        }
    )


def test_the_list_has_exactly_those_whose_consent_is_in_force_now(session, agreement, clock):
    given, refused, withdrawn, silent = (accounts.person() for _ in range(4))
    consents.consent(agreement, given)
    consents.consent(agreement, refused, Answer.REFUSED)
    consents.consent(agreement, withdrawn)
    assert opted_in(session) == {given.id, withdrawn.id}

    withdraw_consent(session, Actor(person_id=withdrawn.id), WithdrawConsent(agreement.id, withdrawn.id))

    assert opted_in(session) == {given.id}
    assert silent.id not in opted_in(session)
    clock.advance(days=400)
    assert opted_in(session) == set()


def test_taking_it_back_deletes_what_was_given_for_contact_and_keeps_the_history(session, agreement):
    person = accounts.person()
    consents.consent(agreement, person)

    withdraw_consent(session, Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))

    assert session.query(ContactDetail).count() == 0
    answers = [event.answer for event in session.query(ConsentEvent).order_by(ConsentEvent.at)]
    assert set(answers) == {Answer.ASKED, Answer.GIVEN, Answer.WITHDRAWN}


def test_the_exact_text_that_was_shown_is_kept(session, agreement):
    person = accounts.person()
    answer_agreement(session, Actor(person_id=person.id), yes(agreement, person, language="fi"))

    event = session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).one()

    assert event.shown_text == "The planning department may contact me about this topic."
    assert event.language == "en"  # there is no Finnish text, so the English one was shown


def test_nothing_is_recorded_against_a_text_that_was_not_shown(session, agreement):
    person = accounts.person()
    old = yes(agreement, person)
    consents.revise(agreement, notice={"en": "A new text."})

    with pytest.raises(Conflict):
        answer_agreement(session, Actor(person_id=person.id), old)
    assert session.query(ConsentEvent).count() == 0


def test_a_material_change_asks_again_an_editorial_one_does_not(session, agreement):
    person = accounts.person()
    consents.consent(agreement, person)
    words = {"en": "Better words."}

    consents.revise(agreement, notice=words, material=False)
    assert open_question(session, agreement.process_id, person.id) is None

    consents.revise(agreement, notice=words, material=True)
    assert open_question(session, agreement.process_id, person.id) is not None


def test_a_yes_to_other_words_is_no_yes_to_the_new_ones(session, agreement):
    earlier, later = accounts.person(), accounts.person()
    consents.consent(agreement, earlier)
    words = {"en": "It may write to you, and ring you."}

    consents.revise(agreement, notice=words, material=True)
    assert opted_in(session) == set()
    assert session.query(ContactDetail).count() == 0
    assert not next(card for card in cards_of(session, earlier.id)).in_force

    answer_agreement(session, Actor(person_id=later.id), yes(agreement, later))
    consents.revise(agreement, notice=words, material=False)
    assert opted_in(session) == {later.id}
    assert open_question(session, agreement.process_id, earlier.id) is not None
    assert open_question(session, agreement.process_id, later.id) is None


def test_revisions_form_a_chain(session, agreement):
    consents.revise(agreement, notice={"en": "Second."})
    second, first = agreement.revisions

    assert second.previous_digest == first.digest
    assert second.digest != first.digest


def test_a_yes_needs_a_name_and_an_address_a_no_does_not(session, agreement):
    person = accounts.person()
    actor = Actor(person_id=person.id)

    with pytest.raises(Invalid):
        answer_agreement(session, actor, yes(agreement, person, name="", address=" "))
    answer_agreement(session, actor, yes(agreement, person, answer=Answer.REFUSED, name="", address=""))


def test_nobody_answers_for_somebody_else_but_a_clerk_can_write_down_what_they_say(session, agreement):
    person, other = accounts.person(), accounts.person()
    with pytest.raises(Forbidden):
        answer_agreement(session, Actor(person_id=other.id), yes(agreement, person))
    clerk = accounts.person()
    actor = Actor(person_id=clerk.id, roles=frozenset({(Role.CLERK, agreement.process_id)}), channel=Channel.PAPER)

    answer_agreement(session, actor, yes(agreement, person))

    event = session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).one()
    assert (event.person_id, event.hands_id, event.channel) == (person.id, clerk.id, Channel.PAPER)


def test_strangers_cannot_take_back_what_is_not_theirs(session, agreement):
    person = accounts.person()
    consents.consent(agreement, person)

    with pytest.raises(NotFound):
        withdraw_consent(session, Actor(person_id=accounts.person().id), WithdrawConsent(agreement.id, person.id))
    assert opted_in(session) == {person.id}


def test_what_has_run_out_is_said_so_by_the_nightly_task_and_was_out_of_force_before(session, agreement, clock):
    person = accounts.person()
    consents.consent(agreement, person)
    clock.advance(days=370)
    assert opted_in(session) == set()

    assert expire_consents(session) == 1
    assert expire_consents(session) == 0
    assert session.query(ConsentRecord).one().answer is Answer.EXPIRED
    assert session.query(ContactDetail).count() == 0


def test_nothing_is_preselected_and_yes_and_no_look_alike(as_role, agreement):
    page = as_role("resident").get(f"/my-data/ask/{agreement.id}").text

    assert "checked" not in page
    assert page.count('name="answer"') == 2
    assert "The planning department may contact me about this topic." in page


def test_a_person_says_yes_sees_it_and_takes_it_back(as_role, session, agreement):
    client = as_role("resident")
    typed = {"revision": str(agreement.current.id), "language": "en", "name": "Aino", "address": "050 123", "of_age": "yes"}

    answered = client.post(f"/my-data/ask/{agreement.id}", data={**typed, "answer": "yes"}, follow_redirects=True)
    assert "You said yes" in answered.text
    assert opted_in(session) == {client.person.id}
    gone = client.post(f"/my-data/withdraw/{agreement.id}", follow_redirects=True)

    assert "You took it back" in gone.text
    assert opted_in(session) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "maybe"},
        {"answer": ""},
        {"revision": "no-id", "answer": "yes"},
        {"revision": "00000000-0000-0000-0000-000000000000", "answer": "yes"},
        {"name": "x" * 500, "answer": "yes"},
        {"address": "\x00", "answer": "yes"},
    ],
)
def test_a_garbled_answer_records_nothing_and_keeps_what_was_typed(as_role, session, agreement, changes):
    client = as_role("resident")
    typed = {
        "revision": str(agreement.current.id),
        "language": "en",
        "name": "Aino Kept",
        "address": "050 123",
        "of_age": "yes",
        **changes,
    }

    response = client.post(f"/my-data/ask/{agreement.id}", data=typed)

    assert response.status_code in (409, 422)
    assert session.query(ConsentEvent).count() == 0
    if "name" not in changes:
        assert "Aino Kept" in response.text


def test_everything_about_a_person_comes_in_one_file(as_role, session, agreement):
    client = as_role("resident")
    consents.consent(agreement, client.person)
    proposal = proposals.proposal(author=client.person, title="=1+1 is my title")
    proposals.support(proposals.proposal(), client.person)

    response = client.post("/my-data/everything.zip")

    archive = zipfile.ZipFile(io.BytesIO(response.data))
    tree = json.loads(archive.read("everything.json"))["data"]
    assert tree["consents"][0]["shown_text"] == "The planning department may contact me about this topic."
    assert tree["proposals"][0]["reference"] == proposal.reference
    assert len(tree["supports"]) == 1
    assert "'=1+1 is my title" in archive.read("proposals.csv").decode()
    response.close()
    assert "consents.csv" in archive.read("README.txt").decode()


def test_two_devices_answering_at_once_end_in_one_state(committing_db, race):
    agreement = consents.agreement()
    person = accounts.person()
    committing_db.session.commit()
    commands = [yes(agreement, person), yes(agreement, person, answer=Answer.REFUSED)]
    ids = iter(commands * 4)

    def answer():
        command = next(ids)
        with committing_db.transaction() as session:
            answer_agreement(session, Actor(person_id=person.id), command)

    outcome = race(answer, times=8)

    assert not [error for error in outcome.errors if not isinstance(error, Conflict)]
    with committing_db.transaction() as session:
        record = session.query(ConsentRecord).one()
        has_details = session.query(ContactDetail).count() == 1
        assert has_details == (record.answer is Answer.GIVEN)


@pytest.mark.parametrize("address", ["zzz", "a@b", "12", "call me"])
def test_a_yes_needs_an_address_at_which_somebody_can_be_reached(as_role, agreement, session, address):
    client = as_role("resident")
    sent = {"revision": agreement.current.id, "language": "en", "name": "Aino", "address": address, "of_age": "yes"}

    answer = client.post(f"/my-data/ask/{agreement.id}", data={**sent, "answer": "yes"})

    assert answer.status_code == 422
    assert "We cannot reach you there." in answer.text
    assert f'value="{address}"' in answer.text
    assert opted_in(session) == set()
    assert client.post(f"/my-data/ask/{agreement.id}", data={**sent, "answer": "no"}).status_code == 302


def test_name_and_address_are_not_called_optional_where_a_yes_needs_them(as_role, agreement):
    page = as_role("resident").get(f"/my-data/ask/{agreement.id}").text
    assert "(optional)" not in page
    assert "Needed only for a yes." in page
    assert "Several with commas" not in page  # what the agreement does not name is not asked


def test_asking_for_the_agreements_with_contacts_alone_finds_the_same_people(session):
    asked, unanswered, research = consents.agreement(), consents.agreement(), consents.agreement(purpose_term="research")
    person, other = accounts.person(), accounts.person()
    consents.consent(asked, person)
    consents.consent(asked, other)
    consents.consent(research, person)
    consents.withdraw(asked, other)
    assert agreements_with_contacts(session) == [asked.id]
    found = session.execute(contact_opt_ins(None, agreements_with_contacts(session))).all()
    assert [row.person_id for row in found] == [person.id]
    assert found == session.execute(contact_opt_ins()).all()
    consents.withdraw(asked, person)
    assert session.execute(contact_opt_ins(None, [asked.id, unanswered.id])).all() == []
