"""Two requests at the same moment: one individual, one link, one answer (law 7)."""

from uuid import uuid4

from sqlalchemy import func, select

from app.features.consents.models import ConsentRecord, DataAgreement
from app.features.interfaces.commands import LinkProfile, RecordAnswer, RegisterIndividual
from app.features.interfaces.models import CityProfile, Individual
from app.features.interfaces.rules import actor_for
from app.features.interfaces.use_cases import link_profile, pass_on, register_individual
from app.kernel.permissions import SYSTEM
from tests.factories import accounts, consents, interfaces


def test_an_individual_is_registered_once(committing_db, race) -> None:
    program = interfaces.client()
    committing_db.session.commit()
    command = RegisterIndividual(program.id, program.name, external_id="42", external_id_type="pupil")
    actor = actor_for(program.id, program.scopes, None)

    def register():
        with committing_db.transaction() as session:
            return register_individual(session, actor, command).id

    outcome = race(register, times=6)
    assert not outcome.errors
    assert len(set(outcome.results)) == 1
    assert committing_db.session().scalar(select(func.count()).select_from(Individual)) == 1


def test_a_profile_belongs_to_one_person(committing_db, race) -> None:
    people = [accounts.person().id for _ in range(4)]
    committing_db.session.commit()
    profile = uuid4()

    def link():
        with committing_db.transaction() as session:
            return link_profile(session, SYSTEM, LinkProfile(people.pop(), profile)).person_id

    outcome = race(link, times=4)
    assert len(outcome.results) == 1
    assert len(outcome.errors) == 3
    assert committing_db.session().scalar(select(func.count()).select_from(CityProfile)) == 1


def test_two_programs_that_pass_an_answer_on_at_once_lead_to_one_record(committing_db, race) -> None:
    program = interfaces.client()
    agreement = consents.agreement(process=False, categories=("account",)).id
    actor = actor_for(program.id, program.scopes, None)
    said = RegisterIndividual(program.id, program.name, external_id="42")
    individual = register_individual(committing_db.session(), actor, said).id
    committing_db.session.commit()

    def answer():
        with committing_db.transaction() as session:
            whom, what = session.get_one(Individual, individual), session.get_one(DataAgreement, agreement)
            return pass_on(session, actor, whom, what, RecordAnswer(individual, agreement, opt_in=True, language="en")).id

    outcome = race(answer, times=6)
    assert not outcome.errors
    assert len(set(outcome.results)) == 1
    assert committing_db.session().scalar(select(func.count()).select_from(ConsentRecord)) == 1
