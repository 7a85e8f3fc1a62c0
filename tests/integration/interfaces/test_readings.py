"""Who reads what a person has answered is told to that person: once a day for each program, however often it asks."""

import pytest
from sqlalchemy import select

from app.features.consents.models import Usage
from app.features.consents.queries import told
from app.features.consents.routes.usages import usage_basis, usage_purpose, usage_sentence
from tests.factories import accounts, consents, interfaces
from tests.integration.interfaces.test_govstack import Program


@pytest.fixture
def db(committing_db):
    """Real commits: a reading is noted although the request's own transaction is not kept."""
    return committing_db


@pytest.fixture
def program(client, db) -> Program:
    return Program(client)


@pytest.fixture
def known(program, db):
    """An agreement, a resident who said yes to it, and under whom the program knows them."""
    agreement = consents.agreement(process=False, categories=("account",))
    resident = accounts.person(email="rosa@example.org")
    consents.consent(agreement, resident)
    db.session.commit()
    found = (str(agreement.id), resident.id)
    return (*found, program.individual(externalId="rosa@example.org", externalIdType="email"))


def noted(db) -> list[tuple]:
    return [
        (usage.kind, usage.by_role, usage.by_department, usage.person_id)
        for usage in db.session.scalars(select(Usage).order_by(Usage.at, Usage.kind).execution_options(populate_existing=True))
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/service/verification/consent-records/",
        "/service/verification/consent-record/{record}/",
        "/service/individual/record/consent-record/",
        "/service/individual/record/data-agreement/{agreement}/",
        "/service/individual/record/data-agreement/{agreement}/all/",
    ],
)
def test_a_reading_is_noted_once_a_day(program, known, db, path) -> None:
    agreement, resident, individual = known
    [record] = program.ask("GET", "/audit/consent-records/", dataAgreementId=agreement)["consentRecords"]
    db.session.execute(Usage.__table__.delete())
    db.session.commit()
    address = path.format(agreement=agreement, record=record["id"])
    for _ in range(3):
        program.ask("GET", address, individual=individual)
    once = [("program_read", "program", program.row.name, resident)]
    assert noted(db) == once
    Program(program.client).ask("GET", "/service/individual/record/consent-record/", individual=individual, status=400)
    assert noted(db) == once, "a program that does not know them reads nothing"


def test_the_next_day_it_is_noted_again(program, known, db, clock) -> None:
    program.ask("GET", "/service/individual/record/consent-record/", individual=known[2])
    clock.advance(hours=25)
    program.headers = interfaces.bearer(program.row)
    program.ask("GET", "/service/individual/record/consent-record/", individual=known[2])
    assert len(noted(db)) == 2


@pytest.mark.parametrize("path", ["/audit/consent-records/", "/audit/consent-record/{record}/"])
def test_an_audit_is_told_to_everybody_who_was_in_it(program, client, known, db, path) -> None:
    [record] = program.ask("GET", "/service/verification/consent-records/")["consentRecords"]
    db.session.execute(Usage.__table__.delete())
    db.session.commit()
    auditor = Program(client, scopes=("audit",))
    auditor.ask("GET", path.format(record=record["id"]))
    assert noted(db) == [("program_audit", "program", auditor.row.name, known[1])]


def test_what_shows_nobodys_answer_notes_nothing(program, known, db) -> None:
    for path in ("/service/verification/data-agreements/", "/service/individuals/", "/audit/data-agreements/"):
        program.ask("GET", path)
    assert noted(db) == []


def test_as_many_statements_for_a_page_of_people_as_for_one(client, db, constant_queries) -> None:
    program = Program(client, scopes=("audit",))
    agreement = consents.agreement(process=False, categories=("account",))

    def more() -> None:
        consents.consent(agreement, accounts.person())

    class Reader:
        def get(self, url):
            return client.get(url, headers=program.headers)

    db.session.commit()
    constant_queries(Reader(), "/api/govstack/audit/consent-records/", more=more)


def test_the_person_reads_a_sentence_that_names_the_program(program, known, db, app) -> None:
    program.ask("GET", "/service/verification/consent-records/")
    program.ask("GET", "/audit/consent-records/")
    usages = list(db.session.scalars(select(Usage).order_by(Usage.kind)))
    with app.test_request_context("/"):
        check(program.row.name, told(db.session(), known[1], usages))


def check(name: str, entries: list) -> None:
    sentences = [usage_sentence(entry) for entry in entries]
    assert sentences == [
        f"The program “{name}” checked what people have allowed, you among them, without your name",
        f"The program “{name}” read what you have allowed and refused",
    ]
    assert usage_purpose(entries[1]) == "Acting in another system as you have decided"
    assert usage_basis(entries[0].usage) == "A duty of the city that is laid down in law"
