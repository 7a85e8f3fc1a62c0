"""Staff who see somebody's record leave a usage, in a short transaction of its own: a look is no change."""

import pytest

from app.extensions import db as database
from app.features.consents.commands import ObjectTo
from app.features.consents.models import Answer, ConsentEvent, LegalBasis, Usage
from app.features.consents.use_cases import object_to
from app.features.consents.use_cases.codes import code_of
from app.features.spaces.models import Process
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import accounts, consents, moderation, proposals, spaces
from tests.support.laws import refusing_writes


@pytest.fixture
def db(committing_db):
    """Real commits: a look is kept although the page's own transaction is not."""
    return committing_db


def used(person_id):
    with database.transaction() as session:
        return session.query(Usage).filter_by(person_id=person_id).all()


def test_an_administrator_who_opens_an_account_is_noted_by_role_and_department(as_role):
    person_id = accounts.person().id
    client = as_role(Role.ADMINISTRATOR, department="Citizens' office")
    database.session.remove()

    with refusing_writes(database.engine):  # the look is an access record: a short transaction of its own, law 3
        assert client.get(f"/staff/people/{person_id}").status_code == 200

    (usage,) = used(person_id)
    assert (usage.kind, usage.by_role, usage.by_department, usage.basis) == (
        "staff_page",
        "administrator",
        "Citizens' office",
        "public_task",
    )


def test_opening_the_page_again_at_once_is_the_same_look_and_later_another(as_role, clock):
    person_id = accounts.person().id
    client = as_role(Role.ADMINISTRATOR)
    database.session.remove()
    client.get(f"/staff/people/{person_id}")
    client.get(f"/staff/people/{person_id}")
    assert len(used(person_id)) == 1

    clock.advance(minutes=16)
    client.get(f"/staff/people/{person_id}")
    assert len(used(person_id)) == 2


def test_a_search_notes_whoever_was_found_and_nobody_else(as_role):
    found_id, other_id = accounts.person(display_name="Zenobia Found").id, accounts.person(display_name="Other").id

    client = as_role(Role.ADMINISTRATOR)
    database.session.remove()
    client.get("/staff/people?q=Zenobia")

    assert [usage.kind for usage in used(found_id)] == ["account_search"]
    assert used(other_id) == []


def test_looking_at_ones_own_record_is_no_usage(as_role):
    client = as_role(Role.ADMINISTRATOR)
    own_id = client.person.id
    database.session.remove()
    client.get(f"/staff/people/{own_id}")
    assert used(own_id) == []


def test_a_moderator_sees_an_author_and_the_author_sees_that(as_role):
    process = spaces.process()
    author = accounts.person()
    author_id = author.id
    moderation.report(proposals.proposal(process, author=author))
    client = as_role(Role.MODERATOR, process)
    database.session.remove()

    client.get("/staff/moderation")

    (usage,) = used(author_id)
    assert (usage.kind, usage.by_role) == ("moderation", "moderator")


def test_whoever_examines_objections_leaves_a_usage_for_each_person_shown(as_role):
    agreement = consents.agreement(
        process=False, legal_basis=LegalBasis.PUBLIC_TASK, categories=("proposals",), purpose_term="participation"
    )
    person, other_id = accounts.person(), accounts.person().id
    command = ObjectTo(agreement.id, agreement.current.id, person.id)
    event, person_id = object_to(database.session(), Actor(person_id=person.id), command).event_id, person.id
    client = as_role(Role.ADMINISTRATOR, department="Legal office")
    database.session.remove()

    client.get("/staff/agreements/objections")
    client.get(f"/staff/agreements/objections/{event}")

    assert {(usage.kind, usage.by_role, usage.by_department) for usage in used(person_id)} == {
        ("objection_list", "administrator", "Legal office"),
        ("objection", "administrator", "Legal office"),
    }
    assert used(other_id) == []


def test_a_clerk_who_types_somebodys_code_is_looking_at_their_answers(as_role, app):
    agreement, person = consents.agreement(), accounts.person(email=None)
    consents.consent(agreement, person)
    code = code_of(app.config["SECRET_KEY"], consents.code(person).id)
    person_id, agreement_id = person.id, agreement.id
    clerk = as_role(Role.CLERK, database.session().get_one(Process, agreement.process_id), department="Citizens' office")
    clerk_id = clerk.person.id
    database.session.remove()
    assert clerk.get("/my-data/code/cards").status_code == 302  # without the code of the slip nothing is shown
    assert used(person_id) == []

    clerk.post("/my-data/code", data={"code": code}, follow_redirects=True)

    assert [(usage.kind, usage.by_role, usage.by_department) for usage in used(person_id)] == [
        ("code_cards", "clerk", "Citizens' office")
    ]
    clerk.post(f"/my-data/code/withdraw/{agreement_id}")
    with database.transaction() as session:
        last = session.query(ConsentEvent).filter_by(person_id=person_id, answer=Answer.WITHDRAWN).one()
        assert (last.hands_id, last.channel) == (clerk_id, Channel.DESK)
