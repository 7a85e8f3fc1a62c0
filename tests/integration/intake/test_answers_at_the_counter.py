"""An answer at the counter: one form is one answer of one person, and a code is shown to nobody but the clerk who gave it."""

import uuid

import pytest

from app.extensions import db
from app.features.accounts.models import Person
from app.features.consents.models import Answer, ConsentCode, ConsentEvent
from app.features.consents.use_cases import give_code
from app.features.intake.commands import TakeInAnswer
from app.features.intake.use_cases import take_in_answer
from app.kernel.permissions import Channel
from tests.factories import accounts, consents, intake, spaces


@pytest.fixture
def process(db):
    return spaces.process()


@pytest.fixture
def agreement(process):
    return consents.agreement(process, categories=("name", "contact"))


def typed(agreement, **changes):
    return {
        "sheet_id": "6b0c3c58-4f0e-4a13-a3c5-2a1f7c8d1e90",
        "revision": str(agreement.current.id),
        "channel": "desk",
        "person": "Aino Salo",
        "language": "en",
        "answer": "yes",
        "of_age": "yes",
        "month": "1",
        "year": "2030",
        "name": "Aino Salo",
        "address": "aino@example.org",
        "read_back": "y",
        **changes,
    }


def answers():
    return db.session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).all()


def test_the_id_of_somebodys_code_shows_the_code_to_no_other_clerk(app, as_role, process, agreement):
    """The id of a sheet in a batch is that of its code, and stands in addresses; showing slips is written into the log."""
    known, code_id = accounts.person(email=None), uuid.uuid4()
    code = give_code(db.session(), intake.clerk(spaces.process()), known.id, app.config["SECRET_KEY"], code_id=code_id)
    sent = typed(agreement, sheet_id=str(code_id))
    db.session.commit()
    page = as_role("clerk", process).post(f"/staff/intake/consents/{agreement.id}", data=sent, follow_redirects=True)
    assert page.status_code == 200
    assert code not in page.text
    assert db.session.query(ConsentCode).count() == 2


@pytest.mark.parametrize(
    "other", [{"person": "Onni Laine"}, {"answer": "no"}, {"address": "onni@example.org"}, {"channel": "phone"}]
)
def test_what_is_typed_for_the_next_person_into_the_same_form_is_not_lost(as_role, process, agreement, other):
    """As after "back" from the slip: else the next person got the slip of the one before, and their answer was gone."""
    first, second = typed(agreement), typed(agreement, **other)
    db.session.commit()
    clerk, address = as_role("clerk", process), f"/staff/intake/consents/{agreement.id}"
    assert clerk.post(address, data=first).status_code == 302
    refused = clerk.post(address, data=second)
    assert refused.status_code == 409
    assert "already taken in with other words" in refused.text
    assert second["sheet_id"] not in refused.text
    assert len(answers()) == 1
    fresh = refused.text.split('name="sheet_id"')[1].split('value="')[1].split('"')[0]
    assert clerk.post(address, data={**second, "sheet_id": fresh}).status_code == 302
    assert len(answers()) == 2


def test_the_same_form_sent_twice_for_somebody_with_a_code_is_one_answer(app, as_role, process, agreement, clock):
    known = accounts.person(email=None)
    code = give_code(db.session(), intake.clerk(process), known.id, app.config["SECRET_KEY"], code_id=uuid.uuid4())
    sent = typed(agreement, code=code, person="")
    db.session.commit()
    clerk, address = as_role("clerk", process), f"/staff/intake/consents/{agreement.id}"
    for _click in range(2):
        assert clerk.post(address, data=sent).status_code == 302
    assert len(answers()) == 1
    clock.advance(minutes=11)
    assert clerk.post(address, data=sent).status_code == 302
    assert len(answers()) == 2, "said again later it is another answer"


def test_a_double_click_at_the_counter_is_one_answer_of_one_person(race, committing_db):
    process = spaces.process()
    agreement, clerk = consents.agreement(process, categories=("name", "contact")), intake.clerk(process)
    answer = consents.answer_of(agreement, Person(id=uuid.UUID(int=0), display_name="Aino Salo", email="a@example.org"))
    command = TakeInAnswer(uuid.uuid4(), "Aino Salo", "", Channel.DESK)
    ended = race(lambda: take_in_answer(db.session(), clerk, command, answer, intake.SECRET))
    assert ended.errors == []
    assert len(set(ended.results)) == 1
    assert db.session.query(Person).filter_by(display_name="Aino Salo").count() == 1
    assert [one.answer for one in answers()] == [Answer.GIVEN]
