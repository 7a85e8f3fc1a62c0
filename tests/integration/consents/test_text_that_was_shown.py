"""What is recorded is what was shown, and what people said yes to is not widened as mere words."""

import pytest

from app.extensions import db as database
from app.features.consents.commands import ObjectTo, RenewConsent, SubmitAgreement
from app.features.consents.models import Answer, ConsentEvent, ConsentRecord, Disclosure, LegalBasis
from app.features.consents.use_cases import object_to, renew_consent, submit_agreement
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, consents


def test_a_renewal_is_of_the_text_that_stood_beside_the_button(as_role, session):
    client = as_role("resident")
    agreement = consents.agreement()
    consents.consent(agreement, client.person)
    old = str(agreement.current.id)
    consents.revise(agreement, notice={"en": "Said in clearer words."}, material=False)
    new, key = str(agreement.current.id), agreement.id
    database.session.commit()

    stale = client.post(f"/my-data/renew/{key}", data={"revision": old}, follow_redirects=True)

    assert "The text has changed while you were reading." in stale.text
    assert "Said in clearer words." in stale.text
    assert session.query(ConsentEvent).filter_by(answer=Answer.RENEWED).count() == 0
    assert f'name="revision" value="{new}"' in client.get("/my-data").text
    client.post(f"/my-data/renew/{key}", data={"revision": new})
    assert session.query(ConsentEvent).filter_by(answer=Answer.RENEWED).one().shown_text == "Said in clearer words."


def test_an_objection_is_to_the_text_that_was_shown(as_role, session):
    client = as_role("resident")
    agreement = consents.agreement(legal_basis=LegalBasis.PUBLIC_TASK, categories=("proposals",), purpose_term="participation")
    old = str(agreement.current.id)
    consents.revise(agreement, notice={"en": "Said in clearer words."}, material=False)
    new, key = str(agreement.current.id), agreement.id
    database.session.commit()

    for sent in ({"revision": old}, {}):
        stale = client.post(f"/my-data/object/{key}", data={**sent, "reason": "My own reason."})
        assert stale.status_code == 409
        assert "Said in clearer words." in stale.text
        assert "My own reason." in stale.text
        assert f'name="revision" value="{new}"' in stale.text
    assert session.query(ConsentEvent).count() == 0
    client.post(f"/my-data/object/{key}", data={"revision": new})
    assert session.query(ConsentRecord).one().answer is Answer.OBJECTED


def test_programs_say_which_text_too(session):
    agreement, person = consents.agreement(), accounts.person()
    consents.consent(agreement, person)
    old = agreement.current.id
    consents.revise(agreement, notice={"en": "Said in clearer words."}, material=False)
    with pytest.raises(Conflict):
        renew_consent(session, Actor(person_id=person.id), RenewConsent(agreement.id, old, person.id))
    task = consents.agreement(legal_basis=LegalBasis.PUBLIC_TASK, categories=("proposals",), purpose_term="participation")
    with pytest.raises(Conflict):
        object_to(session, Actor(person_id=person.id), ObjectTo(task.id, old, person.id))


@pytest.mark.parametrize(
    "change",
    [
        {"categories": ("name", "contact", "age_band")},
        {"disclosure": Disclosure.TOTALS},
        {"storage": "cloud"},
        {"storage": "elsewhere", "storage_note": {"en": "In a far country."}},
        {"retention_days": 366},
        {"retention_days": None, "retention": {"en": "For ever."}},
        {"months": 13},
    ],
)
def test_more_than_words_cannot_be_passed_off_as_only_words(session, change):
    agreement = consents.agreement()
    consents.pending(agreement, material=False, **change)
    with pytest.raises(Invalid) as refused:
        submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))
    assert set(refused.value.errors) == {"material"}
    consents.pending(agreement, material=True, **change)
    submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))


def test_less_than_people_said_yes_to_may_be_only_words(session):
    agreement = consents.agreement()
    consents.pending(agreement, material=False, categories=("contact",), retention_days=30, months=6)
    submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))
