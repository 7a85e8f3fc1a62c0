"""Who answered last decides: an older letter to a guardian does not, and a no does not become something else."""

import pytest

from app.features.consents.commands import AnswerAgreement, AskGuardian, Details, WithdrawConsent
from app.features.consents.models import Answer, ConsentRecord, GuardianRequest, Minor
from app.features.consents.queries import in_force
from app.features.consents.use_cases import answer_by_link, ask_guardian, expire_consents, withdraw_consent
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import Actor
from tests.factories import accounts, consents

YES = {"language": "en", "name": "Mio", "address": "mio@example.org", "answer": "yes"}


@pytest.fixture
def agreement(session):
    return consents.agreement()


def agreed(session):
    return {row.person_id for row in session.execute(in_force())}


def said(session):
    return session.query(ConsentRecord).one().answer


def test_a_guardians_older_letter_does_not_overrule_the_young_persons_no(session, agreement, client):
    minor = consents.minor()
    token = consents.guardian_link(minor, agreement)
    consents.consent(agreement, minor, Answer.REFUSED)
    typed = {**YES, "revision": str(agreement.current.id)}
    session.commit()

    page = client.get(f"/my-data/guardian/link/{token}")
    sent = client.post(f"/my-data/guardian/link/{token}", data=typed)

    assert (page.status_code, sent.status_code) == (409, 409)
    assert "An answer has been given since this letter was sent" in page.text
    assert "An answer has been given since this letter was sent" in sent.text
    assert said(session) is Answer.REFUSED
    assert agreed(session) == set()


def test_taking_back_closes_the_letters_that_are_still_open(session, agreement, client):
    minor = consents.minor()
    first, second = (consents.guardian_link(minor, agreement, f"{name}@example.org") for name in ("gerda", "gustav"))
    typed = {**YES, "revision": str(agreement.current.id)}
    session.commit()
    assert client.post(f"/my-data/guardian/link/{first}", data=typed).status_code == 200
    withdraw_consent(session, Actor(person_id=minor.id), WithdrawConsent(agreement.id, minor.id))
    session.commit()

    assert client.post(f"/my-data/guardian/link/{second}", data=typed).status_code == 409
    assert said(session) is Answer.WITHDRAWN
    assert session.query(GuardianRequest).filter_by(answered_at=None).count() == 0


def test_an_answer_older_than_this_rule_closes_the_letter_as_well(session, agreement, clock):
    minor = consents.minor()
    token = consents.guardian_link(minor, agreement)
    clock.advance(minutes=1)
    consents.consent(agreement, minor, Answer.REFUSED)
    session.query(GuardianRequest).update({"answered_at": None})
    command = AnswerAgreement(agreement.id, agreement.current.id, minor.id, Answer.GIVEN, "en", Details("Mio", "m@example.org"))
    with pytest.raises(Conflict):
        answer_by_link(session, Actor(person_id=None), token, command)


def test_who_has_come_of_age_decides_alone_whatever_letters_lie_around(session, agreement, client):
    minor = consents.minor()
    token = consents.guardian_link(minor, agreement)
    session.query(Minor).delete()
    session.commit()

    sent = client.post(f"/my-data/guardian/link/{token}", data={**YES, "revision": str(agreement.current.id)})

    assert sent.status_code == 409
    assert "old enough by now" in sent.text
    assert agreed(session) == set()


def test_after_a_no_the_young_person_may_ask_again_and_the_new_letter_works(session, agreement, client, clock):
    minor = consents.minor()
    consents.guardian_link(minor, agreement)
    consents.consent(agreement, minor, Answer.REFUSED)
    clock.advance(minutes=1)
    token = consents.guardian_link(minor, agreement)
    session.commit()
    sent = client.post(f"/my-data/guardian/link/{token}", data={**YES, "revision": str(agreement.current.id)})
    assert sent.status_code == 200
    assert agreed(session) == {minor.id}


def test_a_no_and_an_answer_in_two_places_at_once_end_in_one_state(committing_db, race):
    agreement = consents.agreement()
    minor = consents.minor()
    tokens = [consents.guardian_link(minor, agreement, f"g{n}@example.org") for n in range(3)]
    revision = agreement.current.id
    committing_db.session.commit()
    doors = iter([*tokens, None])

    def answer():
        token = next(doors)
        with committing_db.transaction() as session:
            if token is None:
                consents.answer_agreement(
                    session,
                    Actor(person_id=minor.id),
                    AnswerAgreement(agreement.id, revision, minor.id, Answer.REFUSED, "en"),
                )
            else:
                yes = AnswerAgreement(agreement.id, revision, minor.id, Answer.GIVEN, "en", Details("Mio", "m@example.org"))
                answer_by_link(session, Actor(person_id=None), token, yes)

    outcome = race(answer, times=4)

    assert not [error for error in outcome.errors if not isinstance(error, Conflict)]
    with committing_db.transaction() as session:
        assert said(session) is Answer.REFUSED


@pytest.mark.parametrize("spelt", ["{0}", " {0} ", "{1}", "{2}"])
def test_nobody_is_their_own_guardian(session, agreement, spelt):
    minor = consents.minor()
    name, host = minor.email.split("@")
    address = spelt.format(minor.email, minor.email.upper(), f"{name}+mum@{host}")
    with pytest.raises(Invalid) as refused:
        ask_guardian(session, Actor(person_id=minor.id), AskGuardian(agreement.id, minor.id, "Me", address))
    assert set(refused.value.errors) == {"email"}
    assert session.query(GuardianRequest).count() == 0


def test_a_no_and_what_ran_out_are_not_turned_into_taken_back(session, agreement, clock, as_role):
    client = as_role("resident")
    consents.consent(agreement, client.person, Answer.REFUSED)
    session.commit()
    page = client.post(f"/my-data/withdraw/{agreement.id}", follow_redirects=True)
    assert said(session) is Answer.REFUSED
    assert "There is nothing to take back here" in page.text
    assert "There is nothing to take back here" in client.get(f"/my-data/withdraw/{agreement.id}").text

    consents.consent(agreement, client.person)
    clock.advance(days=800)
    expire_consents(session)
    withdraw_consent(session, Actor(person_id=client.person.id), WithdrawConsent(agreement.id, client.person.id))
    assert said(session) is Answer.EXPIRED


def test_the_rule_holds_for_people_of_age_too(session, agreement):
    person = accounts.person()
    consents.consent(agreement, person, Answer.REFUSED)
    withdraw_consent(session, Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))
    assert said(session) is Answer.REFUSED
