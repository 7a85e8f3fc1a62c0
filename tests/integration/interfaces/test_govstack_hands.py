"""What GovStack's interface lets one program do alone, and what it does not."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.features.consents.models import AgreementState, Answer, ConsentEvent, ConsentRecord, DataAgreement
from app.features.consents.use_cases import WithdrawConsent, withdraw_consent
from app.features.interfaces.models import AgreementPaper
from app.kernel.permissions import Actor
from tests.factories import accounts, consents, spaces
from tests.integration.interfaces.test_govstack import AGREEMENT, POLICY, Program


@pytest.fixture
def program(client, db) -> Program:
    return Program(client)


def submitted(program: Program, **more) -> dict:
    return program.ask("POST", "/config/data-agreement/", {"dataAgreement": {**AGREEMENT, **more, "active": True}})


def state(session, agreement_id: str) -> AgreementState:
    return session.get_one(DataAgreement, UUID(agreement_id), populate_existing=True).state


def test_a_second_hand_names_the_revision_it_has_read(program, client, session) -> None:
    old = submitted(program)
    path = f"/config/data-agreement/{old['dataAgreement']['id']}/"
    new = program.ask("PUT", path, {"dataAgreement": {**AGREEMENT, "attributes": ["account", "proposals"], "active": True}})
    second = Program(client)
    said = {**AGREEMENT, "active": True}
    for revision in ({}, {"id": new["revision"]["id"]}, {"id": new["revision"]["id"], "serializedHash": "0" * 64}):
        second.ask("PUT", path, {"dataAgreement": said, "revision": revision}, status=400)
    second.ask("PUT", path, {"dataAgreement": said, "revision": old["revision"]}, status=400)
    second.ask("PUT", path, {"dataAgreement": {**said, "forgettable": False}, "revision": new["revision"]}, status=400)
    assert state(session, old["dataAgreement"]["id"]) is AgreementState.DRAFT
    second.ask("PUT", path, {"dataAgreement": said, "revision": new["revision"]})
    assert state(session, old["dataAgreement"]["id"]) is AgreementState.IN_FORCE


def test_a_draft_that_nobody_submitted_is_put_in_force_by_nobody(program, client, session) -> None:
    draft = program.ask("POST", "/config/data-agreement/", {"dataAgreement": AGREEMENT})
    agreement_id, said = draft["dataAgreement"]["id"], {**AGREEMENT, "active": True}
    second = Program(client)
    path = f"/config/data-agreement/{agreement_id}/"
    second.ask("PUT", path, {"dataAgreement": said, "revision": draft["revision"]}, status=400)
    second.ask("PUT", path, {"dataAgreement": said})
    assert state(session, agreement_id) is AgreementState.DRAFT


def test_one_hand_changes_nothing_beside_an_agreement_in_force(program, client, session) -> None:
    made = submitted(program)
    path = f"/config/data-agreement/{made['dataAgreement']['id']}/"
    sent = {"dataAgreement": {**AGREEMENT, "active": True}, "revision": made["revision"]}
    Program(client).ask("PUT", path, sent)
    for change in ({"forgettable": False}, {"version": "9"}, {"dataUse": "data_using_service"}):
        program.ask("PUT", path, {"dataAgreement": {**AGREEMENT, **change}}, status=400)
    paper = session.scalars(select(AgreementPaper)).one()
    assert (paper.forgettable, paper.version, paper.data_use) == (True, "1.1.0", "")
    program.ask("PUT", path, {"dataAgreement": {**AGREEMENT, "dpia": "Looked at again."}})
    program.ask("DELETE", path, status=400)
    assert state(session, made["dataAgreement"]["id"]) is AgreementState.IN_FORCE


def test_a_policy_belongs_to_the_program_that_wrote_it(program, client, session) -> None:
    path = f"/config/policy/{program.ask('POST', '/config/policy/', {'policy': POLICY})['policy']['id']}/"
    process = spaces.process()
    session.commit()
    stranger = Program(client, scopes=("config",), processes=(process,))
    stranger.ask("PUT", path, {"policy": {**POLICY, "version": "2"}}, status=400)
    stranger.ask("DELETE", path, status=400)
    assert program.ask("GET", path)["policy"]["version"] == "1.0"
    program.ask("PUT", path, {"policy": {**POLICY, "version": "2"}})


def test_a_policy_of_an_agreement_in_force_is_not_written_anew(program, client) -> None:
    policy = program.ask("POST", "/config/policy/", {"policy": POLICY})["policy"]["id"]
    made = submitted(program, policy={"id": policy})
    said = {**AGREEMENT, "policy": {"id": policy}, "active": True}
    path = f"/config/data-agreement/{made['dataAgreement']['id']}/"
    Program(client).ask("PUT", path, {"dataAgreement": said, "revision": made["revision"]})
    program.ask("PUT", f"/config/policy/{policy}/", {"policy": {**POLICY, "version": "2"}}, status=400)


def test_a_changed_answer_names_the_present_revision(program, db) -> None:
    agreement = consents.agreement(process=False, categories=("account",))
    db.session.commit()
    individual, old = program.individual(externalId="42"), str(agreement.current.id)
    path = f"/service/individual/record/data-agreement/{agreement.id}/"
    record = program.ask("POST", path, individualId=individual)["consentRecord"]["id"]
    new = str(consents.revise(db.session.get(DataAgreement, agreement.id), purpose={"en": "More than before"}).current.id)
    db.session.commit()
    change = f"/service/individual/record/consent-record/{record}/"
    program.ask("PUT", change, {"consentRecord": {"optIn": True}}, status=400)
    program.ask("PUT", change, {"consentRecord": {"optIn": True, "dataAgreementRevision": {"id": old}}}, status=400)
    assert str(db.session.scalars(select(ConsentRecord)).one().revision_id) == old
    program.ask("PUT", change, {"consentRecord": {"optIn": True, "dataAgreementRevision": {"id": new}}})
    program.ask("PUT", change, {"consentRecord": {"optIn": False, "dataAgreementRevision": {"id": new}}})


def test_two_auditors_cannot_put_together_what_they_read(client, db) -> None:
    agreement = consents.agreement(process=False, categories=("account",))
    consents.consent(agreement, accounts.person())
    db.session.commit()
    names = [
        Program(client, scopes=("audit",)).ask("GET", "/audit/consent-records/")["consentRecords"][0]["individual"]["id"]
        for _ in range(2)
    ]
    assert names[0] != names[1]


def test_a_program_never_overrules_the_persons_own_no(program, db, mailbox) -> None:
    agreement = consents.agreement(process=False, categories=("account",))
    resident = accounts.person(email="rosa@example.org")
    db.session.commit()
    agreement_id, person_id = agreement.id, resident.id
    individual = program.individual(externalId="rosa@example.org", externalIdType="email")
    path = f"/service/individual/record/data-agreement/{agreement_id}/"
    program.ask("POST", path, individualId=individual)
    event = db.session.scalars(select(ConsentEvent)).one()
    assert event.remark == f"program: {program.row.name}"
    [letter] = mailbox.collect()
    assert letter["To"].endswith("rosa@example.org")
    assert program.row.name in letter.get_content()
    withdraw_consent(db.session(), Actor(person_id=person_id), WithdrawConsent(agreement_id, person_id))
    db.session.commit()
    program.ask("POST", path, individualId=individual, status=400)
    assert db.session.scalars(select(ConsentRecord)).one().answer is Answer.WITHDRAWN
    assert len(mailbox.collect()) == 1, "no other letter than the first"


def test_a_revision_that_was_replaced_names_its_successor(program, db) -> None:
    made = program.ask("POST", "/config/policy/", {"policy": POLICY})
    policy, first = made["policy"]["id"], made["revision"]["id"]
    assert "successor" not in made["revision"]
    second = program.ask("PUT", f"/config/policy/{policy}/", {"policy": {**POLICY, "version": "2"}})["revision"]
    program.ask("PUT", f"/config/policy/{policy}/", {"policy": {**POLICY, "version": "3"}})
    old = program.ask("GET", f"/config/policy/{policy}/", revisionId=first)["revision"]
    assert old["successor"] == second
    agreement = consents.agreement(process=False, categories=("account",))
    db.session.commit()
    before = agreement.current.id
    individual = program.individual(externalId="42")
    record = program.ask("POST", f"/service/individual/record/data-agreement/{agreement.id}/", individualId=individual)
    assert "successor" not in record["consentRecord"]["dataAgreementRevision"]
    new = consents.revise(db.session.get_one(DataAgreement, agreement.id), purpose={"en": "More than before"}).current.id
    db.session.commit()
    seen = program.ask("GET", f"/service/verification/consent-record/{record['consentRecord']['id']}/")
    revision = seen["consentRecord"]["dataAgreementRevision"]
    assert (revision["id"], revision["successor"]["id"]) == (str(before), str(new))
