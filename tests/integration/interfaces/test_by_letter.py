"""Double opt-in: a program names an address, and the yes counts only when the owner of the address says it."""

import re
import time
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.features.consents.governed import ContactDetail
from app.features.consents.models import Answer, ConsentEvent, ConsentLetter, ConsentRecord
from app.features.consents.use_cases import AskByLetter, ask_by_letter, letters
from app.features.consents.use_cases.letters import MOST_LETTERS
from app.features.erasure import nightly
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, consents
from tests.integration.interfaces.test_govstack import Program

ADDRESS = "Stranger@example.org"


@pytest.fixture
def program(client, db) -> Program:
    return Program(client)


@pytest.fixture
def newsletter(program, db) -> str:
    """An agreement in force that writes to people."""
    made = consents.agreement(process=False, categories=("contact",))
    db.session.commit()
    return str(made.id)


def ask(program, agreement, individual, **more):
    return program.ask("POST", f"/service/individual/record/data-agreement/{agreement}/", individualId=individual, **more)


def link(letter) -> str:
    return re.search(r"/my-data/letter/\S+", letter.get_content())[0]


def answer(client, path, **form):
    page = client.get(path)
    assert page.status_code == 200
    revision = re.search(r'name="revision" value="([^"]+)"', page.text)[1]
    return client.post(path, data={"revision": revision, "language": "en", "of_age": "yes", **form})


def records(db) -> list[tuple]:
    return [(one.person_id, one.answer) for one in db.session.scalars(select(ConsentRecord))]


def test_nothing_counts_until_the_link_is_pressed(program, newsletter, client, db, mailbox) -> None:
    individual = program.individual(externalId=ADDRESS, externalIdType="email")
    told = ask(program, newsletter, individual)
    assert told["consentRecord"]["optIn"] is False
    assert told["consentRecord"]["state"] == "pending more signatures"
    assert told["consentRecord"]["id"] == ""
    assert "revision" not in told
    assert records(db) == []
    assert program.ask("GET", "/service/verification/consent-records/")["consentRecords"] == []
    [letter] = mailbox.collect()
    assert letter["To"] == ADDRESS.lower()
    assert program.row.name in letter.get_content()
    path = link(letter)
    assert client.get(path).headers["Cache-Control"] == "no-store", "it shows an address, and its link answers"
    assert records(db) == [], "reading changes nothing: mail programs open links, too"
    assert answer(client, path, answer="yes").status_code == 302
    [(_person, said)] = records(db)
    assert said is Answer.GIVEN
    assert db.session.scalars(select(ContactDetail.address)).all() == [ADDRESS.lower()]
    [verified] = program.ask("GET", "/service/verification/consent-records/")["consentRecords"]
    assert verified["optIn"] is True
    assert verified["individual"]["id"] == individual
    again = ask(program, newsletter, individual)
    assert again["consentRecord"]["id"] == verified["id"]
    assert len(mailbox.collect()) == 1, "a yes that counts needs no other letter"


def test_the_yes_is_taken_back_by_the_same_link(program, newsletter, client, db, mailbox) -> None:
    ask(program, newsletter, individual := program.individual(externalId=ADDRESS, externalIdType="email"))
    path = link(mailbox.collect()[0])
    answer(client, path, answer="yes")
    page = client.get(path).text
    assert "Your yes is noted" in page
    assert f'action="{path}/back"' in page
    assert client.post(f"{path}/back").status_code == 302
    assert "Your no is noted" in client.get(path).text
    assert [said for _, said in records(db)] == [Answer.WITHDRAWN]
    assert db.session.scalars(select(ContactDetail)).all() == []
    ask(program, newsletter, individual, status=400)
    assert len(mailbox.collect()) == 1, "whoever has said no is not asked again by a program"


def test_a_no_is_noted_and_no_program_changes_it(program, newsletter, client, db, mailbox) -> None:
    ask(program, newsletter, individual := program.individual(externalId=ADDRESS, externalIdType="email"))
    path = link(mailbox.collect()[0])
    answer(client, path, answer="no")
    assert [said for _, said in records(db)] == [Answer.REFUSED]
    said = db.session.scalars(select(ConsentEvent).where(ConsentEvent.answer != Answer.ASKED)).one()
    assert said.remark == ""
    ask(program, newsletter, individual, status=400)


def test_a_link_is_used_once_and_not_after_a_week(program, newsletter, client, db, mailbox, clock) -> None:
    ask(program, newsletter, program.individual(externalId=ADDRESS, externalIdType="email"))
    path = link(mailbox.collect()[0])
    clock.advance(days=7, minutes=1)
    assert client.get(path).status_code == 404
    assert client.post(path, data={"answer": "yes"}).status_code == 404
    db.session.commit()
    nightly.run(frozenset({"consent_letters"}))
    assert db.session.query(ConsentLetter).count() == 0
    assert client.get("/my-data/letter/unknown").status_code == 404
    assert records(db) == []


def test_an_answer_without_a_choice_or_to_other_words_is_asked_again(program, newsletter, client, db, mailbox) -> None:
    ask(program, newsletter, program.individual(externalId=ADDRESS, externalIdType="email"))
    path = link(mailbox.collect()[0])
    assert answer(client, path).status_code == 422
    assert answer(client, path, answer="yes", revision=newsletter).status_code == 409
    assert answer(client, path, answer="yes", of_age="no").status_code == 422
    assert answer(client, path, answer="yes", of_age="").status_code == 422
    assert records(db) == []
    assert answer(client, path, answer="yes").status_code == 302


def test_a_program_cannot_tell_whether_the_address_has_an_account(program, newsletter, client, db, mailbox) -> None:
    resident = accounts.person(email="rosa@example.org").id
    db.session.commit()
    told = []
    for address in ("rosa@example.org", "nobody@example.org"):
        shape = ask(program, newsletter, program.individual(externalId=address, externalIdType="email"))["consentRecord"]
        shape["individual"] = {**shape["individual"], "id": "", "externalId": ""}
        told.append(shape)
    assert told[0] == told[1]
    letters = {letter["To"]: letter for letter in mailbox.collect()}
    assert set(letters) == {"rosa@example.org", "nobody@example.org"}
    answer(client, link(letters["rosa@example.org"]), answer="yes")
    assert records(db) == [(resident, Answer.GIVEN)], "it is on the card of the account that the program may speak of"


def test_nobody_is_pestered_through_us(program, client, db, mailbox) -> None:
    individual = program.individual(externalId=ADDRESS, externalIdType="email")
    made = [str(consents.agreement(process=False, categories=("contact",)).id) for _ in range(MOST_LETTERS + 1)]
    db.session.commit()
    for agreement in made[:MOST_LETTERS]:
        ask(program, agreement, individual)
        ask(program, agreement, individual)
    assert db.session.scalar(select(func.count()).select_from(ConsentLetter)) == MOST_LETTERS
    ask(program, made[MOST_LETTERS], individual, status=400)
    other = Program(client)
    ask(other, made[MOST_LETTERS], other.individual(externalId=ADDRESS), status=400)
    assert len(mailbox.collect()) == MOST_LETTERS


def test_one_letter_box_is_one_however_its_address_is_spelt(program, newsletter, db, mailbox) -> None:
    for number in range(MOST_LETTERS):
        ask(program, newsletter, program.individual(externalId=f"stranger+{number}@Example.org", externalIdType="email"))
    more = program.individual(externalId=ADDRESS, externalIdType="email")
    ask(program, newsletter, more, status=400)
    for other in ("stranger2@example.org", "stranger@example.com"):
        ask(program, newsletter, program.individual(externalId=other, externalIdType="email"))
    assert len(mailbox.collect()) == MOST_LETTERS + 2


def test_two_that_ask_at_the_same_moment_set_off_one_letter(committing_db, race, monkeypatch) -> None:
    agreement, person = consents.agreement(process=False, categories=("contact",)).id, accounts.person().id
    program = Actor(client_id=uuid4(), everywhere=frozenset({Role.CLERK}))
    command = AskByLetter(agreement, person, ADDRESS, language="en", asked_by="A program")
    look = letters._letters_to

    def look_slowly(*asked, **more):
        seen = look(*asked, **more)
        time.sleep(0.3)  # long enough for the others to look as well, if nothing held them
        return seen

    monkeypatch.setattr(letters, "_letters_to", look_slowly)
    outcome = race(lambda: ask_by_letter(committing_db.session(), program, command).id, times=3)
    assert outcome.errors == []
    assert len(set(outcome.results)) == 1
    assert committing_db.session.scalar(select(func.count()).select_from(ConsentLetter)) == 1


def test_the_page_asks_for_what_the_program_does_not_know(program, client, db, mailbox) -> None:
    agreement = str(consents.agreement(process=False, categories=("name", "contact")).id)
    db.session.commit()
    ask(program, agreement, program.individual(externalId=ADDRESS, externalIdType="email"))
    path = link(mailbox.collect()[0])
    assert answer(client, path, answer="yes").status_code == 422
    assert records(db) == []
    answer(client, path, answer="yes", name="Rosa", address="other@example.org")
    assert db.session.execute(select(ContactDetail.name, ContactDetail.address)).all() == [("Rosa", ADDRESS.lower())]


def test_a_signature_waits_for_nobody(program, newsletter, db, mailbox) -> None:
    individual = program.individual(externalId=ADDRESS, externalIdType="email")
    asked = {"individualId": individual, "dataAgreementId": newsletter}
    draft = program.ask("POST", "/service/individual/record/consent-record/draft/", **asked)
    program.ask("POST", "/service/individual/record/consent-record/", draft, status=400)
    assert mailbox.collect() == []
    assert records(db) == []


def test_the_page_is_in_the_readers_language(program, newsletter, client, mailbox) -> None:
    ask(program, newsletter, program.individual(externalId=ADDRESS, externalIdType="email"))
    path = link(mailbox.collect()[0])
    assert 'dir="rtl"' in client.get(f"{path}?lang=ar").text
