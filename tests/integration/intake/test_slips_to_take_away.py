"""Slips speak the language of whoever takes them away, and say what was asked and answered; print runs are found from here."""

import itertools
import re

import pytest

from app.extensions import db
from app.features.consents.use_cases import give_code
from app.features.intake import slips
from app.features.intake.models import BatchState, IntakeSheet, SheetKind, SheetState
from app.kernel import clock
from app.kernel.permissions import Role
from tests.factories import accounts, consents, intake, spaces
from tests.factories.tools import add
from tests.integration.intake.test_intake import SHEET


@pytest.fixture
def process(session):
    return spaces.process("Parks")


def slip_on(page: str) -> str:
    return page.split('<section class="receipt')[1].split("</section>", maxsplit=1)[0]


def test_a_proposal_by_telephone_gets_its_slip_in_its_own_language(as_role, process):
    clerk = as_role(Role.CLERK, process)
    page = clerk.post(f"/staff/intake/{process.id}?lang=de", data={**SHEET, "language": "ar"}).location
    shown = clerk.get(f"{page}&lang=de").text
    assert 'lang="ar" dir="rtl"' in slip_on(shown)
    assert "Vorschlag" not in slip_on(shown), "nothing of the clerk's language stands on it"
    assert "Drucken" in shown or "drucken" in shown, "while the page around it is the clerk's"
    assert 'class="no-print"' in shown, "what is for the clerk is not printed"


def test_the_slip_of_an_answer_says_what_was_asked_and_answered(as_role, process):
    purpose = {"en": "Contact about this topic", "fi": "Yhteydenotto tästä aiheesta"}
    asked = consents.agreement(process, purpose=purpose, categories=("name", "contact"))
    one, other = as_role(Role.CLERK, process), as_role(Role.CLERK, process)
    hands = intake.clerk(process, one.person), intake.clerk(process, other.person)
    batch = intake.batch(process, hands[0], kind=SheetKind.CONSENT, agreement_id=asked.id, declared=2)
    no = {"answer": "no", "name": "", "address": ""}
    sheets = [intake.sheet(batch, hands[0], language="fi"), intake.sheet(batch, hands[0], person="Onni", **no)]
    intake.finish(batch, hands[0])
    intake.read(sheets[0], hands[1], language="fi")
    intake.read(sheets[1], hands[1])
    intake.reconcile(batch, hands[1])
    db.session.commit()
    other.post(f"/staff/intake/batches/{batch.id}/close", data={})
    page = one.post(f"/staff/intake/batches/{batch.id}/slips", follow_redirects=True).text
    first, second = (part.split("</section>")[0] for part in page.split('<section class="receipt')[1:])
    assert 'lang="fi"' in first
    assert purpose["fi"] in first
    assert 'lang="en"' in second
    assert "You were asked: Contact about this topic" in second
    assert "<strong>No</strong>" in second


def test_the_slip_of_an_answer_at_the_counter_names_it_for_whoever_took_it_in_alone(as_role, process):
    asked = consents.agreement(process, purpose={"en": "Contact about this topic"}, categories=("name", "contact"))
    other = consents.agreement(process, purpose={"en": "Study of the quarter"}, categories=("name",))
    clerk = as_role(Role.CLERK, process)
    address = f"/staff/intake/consents/{asked.id}"
    form = hidden_fields(clerk.get(address).text)
    said = {
        "person": "Onni",
        "language": "fi",
        "answer": "no",
        "channel": "desk",
        "month": "1",
        "year": "2030",
        "read_back": "y",
    }
    sent = clerk.post(address, data=form | said)
    assert sent.status_code == 302, re.findall(r'field__error">([^<]*)', sent.text)
    slip = slip_on(clerk.get(sent.location).text)
    assert 'lang="fi"' in slip
    assert "Contact about this topic" in slip
    foreign = clerk.get(sent.location.replace(str(asked.id), str(other.id))).text
    assert '<section class="receipt' not in foreign, "the address is signed for this answer"


def hidden_fields(page: str) -> dict[str, str]:
    found = [
        re.search(r'name="([^"]*)"[^>]*value="([^"]*)"', one) for one in re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    ]
    return {one[1]: one[2] for one in found if one}


def test_print_runs_are_found_where_forms_are_printed_and_on_the_pages_of_the_process(as_role, process):
    address = f"/staff/paper/runs/{process.id}"
    assert address in as_role(Role.CLERK, process).get("/staff/intake").text
    assert address in as_role(Role.ADMINISTRATOR).get(f"/staff/processes/{process.id}").text


def test_the_slips_of_a_batch_of_answers_ask_the_database_equally_often(app, as_role, process, constant_queries):
    clerk = as_role(Role.CLERK, process)
    one = intake.clerk(process, clerk.person)
    asked = consents.agreement(process, categories=("name",))
    batch = intake.batch(process, one, kind=SheetKind.CONSENT, agreement_id=asked.id)
    batch_id, batch.state, secret = batch.id, BatchState.CLOSED, app.config["SECRET_KEY"]
    numbers = itertools.count(1)

    def one_more():
        person = accounts.person(email=None)
        said = {"first": {"answer": "no", "language": "en"}, "state": SheetState.READ, "became_at": clock.now()}
        sheet = add(IntakeSheet(batch_id=batch_id, number=next(numbers), person_id=person.id, **said))
        give_code(db.session(), one, person.id, secret, code_id=sheet.id)

    seal = slips.seal(secret, batch_id, one.person_id, clock.now())
    constant_queries(clerk, f"/staff/intake/batches/{batch_id}/slips?seal={seal}", more=one_more)
    page = clerk.get(f"/staff/intake/batches/{batch_id}/slips?seal={seal}").text
    assert page.count('<section class="receipt') == 6
