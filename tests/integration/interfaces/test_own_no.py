"""A person's own no stands: no program overrules it, neither at the same moment nor by a detour."""

import pytest
from sqlalchemy import select

from app.features.consents.models import Answer, ConsentRecord, DataAgreement
from app.features.consents.use_cases import AnswerAgreement, WithdrawConsent, answer_agreement, recording, withdraw_consent
from app.features.interfaces.commands import RecordAnswer
from app.features.interfaces.models import Individual
from app.features.interfaces.rules import actor_for
from app.features.interfaces.use_cases import pass_on
from app.kernel.errors import Refused
from app.kernel.permissions import Actor
from tests.factories import accounts, consents, interfaces
from tests.factories.tools import add
from tests.integration.interfaces.test_govstack import Program

ROUNDS = 8


def test_of_a_no_and_a_programs_yes_at_the_same_moment_the_no_stays(committing_db, race) -> None:
    program = interfaces.client()
    actor = actor_for(program.id, program.scopes, None)
    agreement = consents.agreement(process=False, categories=("account",))
    agreement_id, revision_id = agreement.id, agreement.current.id
    for _ in range(ROUNDS):
        person_id = accounts.person().id
        individual_id = add(Individual(client_id=program.id, person_id=person_id, external_id=str(person_id))).id
        committing_db.session.commit()

        def refuse(person_id=person_id) -> None:
            no = AnswerAgreement(agreement_id, revision_id, person_id, Answer.REFUSED, "en")
            answer_agreement(committing_db.session(), Actor(person_id=person_id), no)

        def say_yes(individual_id=individual_id) -> None:
            session = committing_db.session()
            whom, what = session.get_one(Individual, individual_id), session.get_one(DataAgreement, agreement_id)
            pass_on(session, actor, whom, what, RecordAnswer(individual_id, agreement_id, opt_in=True, language="en"))

        work = [refuse, say_yes, say_yes, say_yes]
        outcome = race(lambda work=work: work.pop()(), times=4)
        assert all(isinstance(error, Refused) for error in outcome.errors), outcome.errors
        committing_db.session.remove()
        record = committing_db.session.scalars(select(ConsentRecord).where(ConsentRecord.person_id == person_id)).one()
        assert record.answer is Answer.REFUSED


def test_a_no_between_a_programs_look_and_its_yes_stays(committing_db, monkeypatch) -> None:
    if committing_db.is_sqlite:
        pytest.skip("SQLite has one writer at a time: nobody says anything between two looks of another one")
    program = interfaces.client()
    actor = actor_for(program.id, program.scopes, None)
    agreement = consents.agreement(process=False, categories=("account",))
    agreement_id, revision_id, person_id = agreement.id, agreement.current.id, accounts.person().id
    individual_id = add(Individual(client_id=program.id, person_id=person_id, external_id=str(person_id))).id
    committing_db.session.commit()
    number, said = recording._next_number, []

    def say_no_first(session, record, *about):
        if not said:
            said.append("no")
            with committing_db.separate_transaction() as own:
                no = AnswerAgreement(agreement_id, revision_id, person_id, Answer.REFUSED, "en")
                answer_agreement(own, Actor(person_id=person_id), no)
        return number(session, record, *about)

    monkeypatch.setattr(recording, "_next_number", say_no_first)
    with pytest.raises(Refused, match="themselves"), committing_db.transaction() as session:
        whom, what = session.get_one(Individual, individual_id), session.get_one(DataAgreement, agreement_id)
        pass_on(session, actor, whom, what, RecordAnswer(individual_id, agreement_id, opt_in=True, language="en"))
    record = committing_db.session.scalars(select(ConsentRecord)).one()
    assert (record.answer, said) == (Answer.REFUSED, ["no"])


def test_a_program_does_not_say_no_first_so_that_its_yes_counts_then(client, db) -> None:
    program = Program(client)
    agreement = consents.agreement(process=False, categories=("account",))
    resident = accounts.person(email="rosa@example.org")
    db.session.commit()
    agreement_id, person_id = agreement.id, resident.id
    individual = program.individual(externalId="rosa@example.org", externalIdType="email")
    path = f"/service/individual/record/data-agreement/{agreement_id}/"
    record = program.ask("POST", path, individualId=individual)["consentRecord"]
    change = f"/service/individual/record/consent-record/{record['id']}/"
    withdraw_consent(db.session(), Actor(person_id=person_id), WithdrawConsent(agreement_id, person_id))
    db.session.commit()
    no = program.ask("PUT", change, {"consentRecord": {"optIn": False}})
    assert no["consentRecord"]["optIn"] is False
    program.ask("POST", path, individualId=individual, status=400)
    assert db.session.scalars(select(ConsentRecord)).one().answer is Answer.WITHDRAWN


def test_a_programs_own_no_may_become_a_yes_again(client, db) -> None:
    program = Program(client)
    agreement = consents.agreement(process=False, categories=("account",))
    db.session.commit()
    individual, path = program.individual(externalId="42"), f"/service/individual/record/data-agreement/{agreement.id}/"
    record = program.ask("POST", path, individualId=individual)["consentRecord"]
    program.ask("PUT", f"/service/individual/record/consent-record/{record['id']}/", {"consentRecord": {"optIn": False}})
    assert program.ask("POST", path, individualId=individual)["consentRecord"]["optIn"] is True
