"""GovStack's consent building block: its operations are our own agreements and answers."""

import hashlib
import json
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.features.consents.models import AgreementRevision, AgreementState, Answer, ConsentRecord, DataAgreement, RevisionState
from app.features.consents.queries import cards_of, in_force, record_of
from app.features.consents.use_cases import WithdrawConsent, withdraw_consent
from app.kernel.audit import AuditEntry
from app.kernel.permissions import Actor
from tests.factories import accounts, consents, interfaces, spaces

BASE = "/api/govstack"
POLICY = {
    "id": "",
    "name": "Registry policy",
    "version": "1.0",
    "url": "https://city.example/policies/1",
    "jurisdiction": "FI",
    "industrySector": "Public",
    "dataRetentionPeriodDays": 90,
    "geographicRestriction": "EU",
    "storageLocation": "Helsinki",
}
AGREEMENT = {
    "id": "",
    "version": "1.1.0",
    "controller": {"id": "x", "name": "School department", "url": "https://school.example"},
    "purpose": "Invitations to school meetings",
    "lawfulBasis": "consent",
    "dpia": "Low risk: looked at in May.",
    "active": False,
    "forgettable": True,
}


class Program:
    """A program that speaks to the building block."""

    def __init__(self, client, **options) -> None:
        self.client, self.row = client, interfaces.client(**options)
        self.headers = interfaces.bearer(self.row)
        self.person = None

    def ask(self, method: str, path: str, body=None, *, status: int = 200, individual: str | None = None, **query):
        headers = {**self.headers, **({"X-ConsentBB-IndividualId": individual} if individual else {})}
        answer = self.client.open(f"{BASE}{path}", method=method, json=body, headers=headers, query_string=query)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def individual(self, **said) -> str:
        return self.ask("POST", "/service/individual/", {"individual": {"id": "", **said}})["individual"]["id"]


@pytest.fixture
def program(client, db) -> Program:
    return Program(client)


@pytest.fixture
def agreement(program, db):
    """An agreement in force that asks for no details."""
    made = consents.agreement(process=False, categories=("account",), purpose_term="services")
    db.session.commit()
    return made


def counts_now(session) -> set:
    return {tuple(row) for row in session.execute(in_force())}


def test_a_policy_is_written_in_revisions_that_form_a_chain(program) -> None:
    made = program.ask("POST", "/config/policy/", {"policy": POLICY})
    policy_id = made["policy"]["id"]
    changed = program.ask("PUT", f"/config/policy/{policy_id}/", {"policy": {**POLICY, "version": "2.0"}})
    first, second = made["revision"], changed["revision"]
    assert second["predecessorHash"] == first["serializedHash"]
    for revision in (first, second):
        snapshot = revision["serializedSnapshot"].encode()
        assert revision["serializedHash"] == hashlib.sha256(snapshot).hexdigest()
        assert revision["serializedHashSha1"] == hashlib.sha1(snapshot).hexdigest()
    assert program.ask("GET", f"/config/policy/{policy_id}/")["policy"]["version"] == "2.0"
    assert program.ask("GET", f"/config/policy/{policy_id}/", revisionId=first["id"])["policy"]["version"] == "1.0"
    assert program.ask("GET", f"/service/policy/{policy_id}/")["policy"]["name"] == "Registry policy"
    revisions = program.ask("GET", f"/config/policy/{policy_id}/revisions/")["revisions"]
    assert [one["id"] for one in revisions] == [second["id"], first["id"]]
    assert [one["id"] for one in program.ask("GET", "/config/policies/")["policies"]] == [policy_id]
    assert program.ask("GET", "/config/policies/", revisionId=first["id"])["policies"][0]["id"] == policy_id
    assert program.ask("DELETE", f"/config/policy/{policy_id}/")["revision"]["id"] == second["id"]
    program.ask("GET", f"/config/policy/{policy_id}/", status=400)
    assert program.ask("GET", "/config/policies/")["policies"] == []


def test_what_a_program_writes_is_a_draft_until_a_second_hand_puts_it_in_force(program, client, session) -> None:
    first = program.ask("POST", "/config/data-agreement/", {"dataAgreement": {**AGREEMENT, "active": True}})
    made = first["dataAgreement"]
    assert made["active"] is False
    assert made["lifecycle"]["id"] == "submitted"
    again = program.ask("PUT", f"/config/data-agreement/{made['id']}/", {"dataAgreement": {**AGREEMENT, "active": True}})
    assert again["dataAgreement"]["active"] is False, "whoever wrote it is no second hand"
    read = again["revision"]
    program.ask("GET", f"/service/data-agreement/{made['id']}/", status=400)
    second = Program(client)
    other = {"dataAgreement": {**AGREEMENT, "purpose": "Something else", "active": True}}
    second.ask("PUT", f"/config/data-agreement/{made['id']}/", other, status=400)
    sent = {"dataAgreement": {**AGREEMENT, "active": True}, "revision": read}
    put = second.ask("PUT", f"/config/data-agreement/{made['id']}/", sent)["dataAgreement"]
    assert put["active"] is True
    shown = program.ask("GET", f"/service/data-agreement/{made['id']}/")
    assert shown["dataAgreement"]["purpose"] == "Invitations to school meetings"
    assert shown["dataAgreement"]["controller"]["name"] == "School department"
    assert hashlib.sha256(shown["revision"]["serializedSnapshot"].encode()).hexdigest() == shown["revision"]["serializedHash"]
    assert len(program.ask("GET", "/config/data-agreements/")["dataAgreement"]) == 1


def test_a_program_without_the_scope_is_no_second_hand(program, client) -> None:
    made = program.ask("POST", "/config/data-agreement/", {"dataAgreement": {**AGREEMENT, "active": True}})["dataAgreement"]
    second = Program(client, scopes=("config",))
    sent = {"dataAgreement": {**AGREEMENT, "active": True}}
    assert second.ask("PUT", f"/config/data-agreement/{made['id']}/", sent)["dataAgreement"]["active"] is False


def test_an_agreement_is_ended_with_its_consents_and_a_draft_thrown_away(program, agreement, session) -> None:
    person = accounts.person()
    consents.consent(agreement, person)
    session.commit()
    agreement_id = agreement.id
    writer_only = Program(program.client, scopes=("config",))
    writer_only.ask("DELETE", f"/config/data-agreement/{agreement_id}/", status=400)
    assert counts_now(session) != set()
    revision = program.ask("DELETE", f"/config/data-agreement/{agreement_id}/")["revision"]
    assert revision["objectId"] == str(agreement_id)
    assert session.get(DataAgreement, agreement_id).state is AgreementState.ENDED
    assert counts_now(session) == set()
    draft = program.ask("POST", "/config/data-agreement/", {"dataAgreement": AGREEMENT})["dataAgreement"]
    program.ask("DELETE", f"/config/data-agreement/{draft['id']}/")
    program.ask("GET", f"/config/data-agreement/{draft['id']}/", status=400)


def test_a_policy_of_an_agreement_in_force_is_not_deleted(program, client) -> None:
    policy = program.ask("POST", "/config/policy/", {"policy": POLICY})["policy"]["id"]
    said = {**AGREEMENT, "policy": {"id": policy}, "active": True}
    answer = program.ask("POST", "/config/data-agreement/", {"dataAgreement": said})
    made = answer["dataAgreement"]
    assert made["policy"]["name"] == "Registry policy"
    sent = {"dataAgreement": said, "revision": answer["revision"]}
    Program(client).ask("PUT", f"/config/data-agreement/{made['id']}/", sent)
    program.ask("DELETE", f"/config/policy/{policy}/", status=400)


@pytest.mark.parametrize("basis", ["legitimate_interest", "because", ""])
def test_a_basis_that_a_city_may_not_use_is_refused(program, basis) -> None:
    refused = program.ask("POST", "/config/data-agreement/", {"dataAgreement": {**AGREEMENT, "lawfulBasis": basis}}, status=400)
    assert "lawfulBasis" in refused["fields"]


def test_a_consent_given_by_a_program_is_on_the_residents_card_and_in_the_valve(program, agreement, session) -> None:
    resident = accounts.person(email="rosa@example.org")
    session.commit()
    individual = program.individual(externalId="rosa@example.org", externalIdType="email")
    path = f"/service/individual/record/data-agreement/{agreement.id}/"
    made = program.ask("POST", path, individualId=individual)
    assert made["consentRecord"]["optIn"] is True
    assert made["consentRecord"]["dataAgreementRevisionHash"] == agreement.current.digest
    [card] = cards_of(session, resident.id)
    assert card.in_force
    assert counts_now(session) == {(agreement.id, resident.id)}
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "individual.answered"))
    assert (entry.actor_kind, entry.actor_id, entry.voice_id) == ("client", program.row.id, resident.id)
    verified = program.ask("GET", "/service/verification/consent-records/", individualId=individual)["consentRecords"]
    assert [one["id"] for one in verified] == [made["consentRecord"]["id"]]


def test_a_withdrawal_is_a_withdrawal_wherever_it_was_made(program, agreement, session) -> None:
    resident = accounts.person(email="rosa@example.org")
    session.commit()
    individual = program.individual(externalId="rosa@example.org", externalIdType="email")
    path = f"/service/individual/record/data-agreement/{agreement.id}/"
    record = program.ask("POST", path, individualId=individual)["consentRecord"]
    away = program.ask("PUT", f"/service/individual/record/consent-record/{record['id']}/", {"consentRecord": {"optIn": False}})
    assert away["consentRecord"]["optIn"] is False
    assert counts_now(session) == set()
    yes = {"optIn": True, "dataAgreementRevision": {"id": str(agreement.current.id)}}
    back = program.ask("PUT", f"/service/individual/record/consent-record/{record['id']}/", {"consentRecord": yes})
    assert back["consentRecord"]["optIn"] is True
    withdraw_consent(session, Actor(person_id=resident.id), WithdrawConsent(agreement.id, resident.id))
    session.commit()
    assert program.ask("GET", path, individual=individual)["consentRecord"]["optIn"] is False
    assert program.ask("GET", "/service/verification/consent-records/")["consentRecords"] == []
    history = program.ask("GET", f"{path}all/", individual=individual)["consentRecords"]
    assert [one["optIn"] for one in history] == [False, True, False, True]


def test_a_program_without_the_scope_for_accounts_registers_somebody_without_one(client, agreement, session) -> None:
    resident = accounts.person(email="rosa@example.org")
    session.commit()
    program = Program(client, scopes=("service",))
    individual = program.individual(externalId="rosa@example.org", externalIdType="email")
    program.ask("POST", f"/service/individual/record/data-agreement/{agreement.id}/", individualId=individual)
    assert record_of(session, agreement.id, resident.id) is None
    assert session.scalars(select(ConsentRecord)).one().person_id != resident.id


def test_individuals_belong_to_the_program_that_registered_them(program, client) -> None:
    said = {"externalId": "42", "externalIdType": "pupil number", "identityProviderId": "school"}
    first = program.individual(**said)
    assert program.individual(**said) == first, "the same identifier again is the same individual"
    assert program.ask("GET", f"/config/individual/{first}/")["individual"]["externalId"] == "42"
    changed = program.ask("PUT", f"/service/individual/{first}/", {"individual": {"id": first, **said, "externalId": "43"}})
    assert changed["individual"]["externalId"] == "43"
    for part in ("config", "service"):
        assert [one["id"] for one in program.ask("GET", f"/{part}/individuals/")["individuals"]] == [first]
    stranger = Program(client)
    stranger.ask("GET", f"/service/individual/{first}/", status=400)
    assert stranger.ask("GET", "/service/individuals/")["individuals"] == []
    program.ask("POST", "/config/individual/", {"individual": {"id": "", **said}})


def test_a_draft_records_nothing_and_is_then_signed_and_recorded(program, agreement, session) -> None:
    individual = program.individual(externalId="42")
    asked = {"individualId": individual, "dataAgreementId": str(agreement.id)}
    draft = program.ask("POST", "/service/individual/record/consent-record/draft/", **asked)
    assert draft["consentRecord"]["id"] == ""
    assert session.scalars(select(ConsentRecord)).all() == []
    signed = {**draft["signature"], "signature": "c2lnbmVk", "verificationMethod": "EdDSA", "verificationSignedBy": "key 7"}
    path = "/service/individual/record/consent-record/"
    forged = json.loads(signed["verificationPayload"])
    forged["objectData"]["dataAgreementRevisionHash"] = "0" * 64
    for wrong in (
        {"consentRecord": draft["consentRecord"], "signature": {**signed, "verificationPayload": json.dumps(forged)}},
        {"consentRecord": draft["consentRecord"], "signature": {**signed, "verificationPayloadHash": "0" * 64}},
        {"consentRecord": {**draft["consentRecord"], "dataAgreementRevisionHash": "0" * 64}, "signature": signed},
    ):
        program.ask("POST", path, wrong, status=400)
        assert session.scalars(select(ConsentRecord)).all() == []
    made = program.ask("POST", path, {"consentRecord": draft["consentRecord"], "signature": signed})
    assert made["consentRecord"]["state"] == "signed"
    assert made["signature"]["signature"] == "c2lnbmVk"
    assert len(program.ask("GET", path, individual=individual)["consentRecords"]) == 1


def test_a_signature_waits_for_its_value_and_is_given_once(program, agreement) -> None:
    individual = program.individual(externalId="42")
    made = program.ask("POST", f"/service/individual/record/data-agreement/{agreement.id}/", individualId=individual)
    path = f"/service/individual/record/consent-record/{made['consentRecord']['id']}/signature/"
    program.ask("PUT", path, {"signature": {"signature": "x"}}, status=400)
    begun = program.ask("POST", path, {"signature": {"verificationMethod": "EdDSA"}})["signature"]
    assert begun["verificationPayload"] == made["revision"]["serializedSnapshot"]
    assert begun["verificationPayloadHash"] == made["revision"]["serializedHash"]
    record = f"/service/verification/consent-record/{made['consentRecord']['id']}/"
    assert program.ask("GET", record)["consentRecord"]["state"] == "unsigned"
    program.ask("PUT", path, {"signature": {**begun, "signature": "c2lnbmVk"}})
    assert program.ask("GET", record)["consentRecord"]["state"] == "signed"
    program.ask("PUT", path, {"signature": {**begun, "signature": "another"}}, status=400)
    program.ask(
        "PUT", f"/service/individual/record/consent-record/{made['consentRecord']['id']}/", {"consentRecord": {"optIn": False}}
    )
    assert program.ask("GET", record)["consentRecord"]["state"] == "unsigned", "another answer has its own signature"


def test_a_revision_that_is_not_the_present_one_is_answered_by_nobody(program, agreement, db) -> None:
    individual, old = program.individual(externalId="42"), agreement.current.id
    new = consents.revise(db.session.get(DataAgreement, agreement.id), purpose={"en": "More than before"}).current.id
    db.session.commit()
    path = f"/service/individual/record/data-agreement/{agreement.id}/"
    program.ask("POST", path, individualId=individual, revisionId=str(old), status=400)
    assert db.session.scalars(select(ConsentRecord)).all() == []
    program.ask("POST", path, individualId=individual, revisionId=str(new))
    assert db.session.get(AgreementRevision, old).state is RevisionState.SUPERSEDED


def test_forgetting_takes_every_yes_back(program, agreement, session) -> None:
    individual = program.individual(externalId="42")
    program.ask("POST", f"/service/individual/record/data-agreement/{agreement.id}/", individualId=individual)
    program.ask("DELETE", "/service/individual/record/", individual=individual)
    assert counts_now(session) == set()
    assert session.scalars(select(ConsentRecord)).one().answer is Answer.WITHDRAWN


def test_auditors_see_every_record_and_nobodys_name(program, client, agreement, session) -> None:
    resident = accounts.person(email="rosa@example.org", display_name="Rosa Resident")
    consents.consent(agreement, resident)
    session.commit()
    auditor = Program(client, scopes=("audit",))
    [record] = auditor.ask("GET", "/audit/consent-records/", dataAgreementId=str(agreement.id))["consentRecords"]
    assert set(record["individual"]) == {"id"}
    assert str(resident.id) not in json.dumps(record)
    assert "rosa" not in json.dumps(record).lower()
    assert auditor.ask("GET", f"/audit/consent-record/{record['id']}/")["consentRecord"] == record
    assert auditor.ask("GET", "/audit/consent-records/", individualId=str(uuid4()))["consentRecords"] == []
    assert [one["id"] for one in auditor.ask("GET", "/audit/data-agreements/")["dataAgreements"]] == [str(agreement.id)]
    assert auditor.ask("GET", f"/audit/data-agreement/{agreement.id}/")["dataAgreement"]["active"] is True


def test_a_program_of_one_process_sees_and_writes_only_there(client, session) -> None:
    mine, other = spaces.process(), spaces.process()
    elsewhere = consents.agreement(other, categories=("account",)).id
    session.commit()
    program = Program(client, processes=(mine,))
    program.ask("GET", f"/service/data-agreement/{elsewhere}/", status=400)
    individual = program.individual(externalId="42")
    program.ask("POST", f"/service/individual/record/data-agreement/{elsewhere}/", individualId=individual, status=400)
    made = program.ask("POST", "/config/data-agreement/", {"dataAgreement": AGREEMENT})["dataAgreement"]["id"]
    [found] = program.ask("GET", "/config/data-agreements/")["dataAgreement"]
    assert found["id"] == made


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/config/policies/", "service"),
        ("POST", "/config/policy/", "audit"),
        ("GET", "/service/individuals/", "config"),
        ("GET", "/audit/consent-records/", "service"),
        ("DELETE", "/service/individual/record/", "config"),
    ],
)
def test_each_part_needs_its_own_scope(client, db, method, path, scope) -> None:
    Program(client, scopes=(scope,)).ask(method, path, status=403)


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", 5, None, [], {}])
def test_odd_strings_are_refused_and_break_nothing(program, text) -> None:
    program.ask("POST", "/config/policy/", {"policy": {**POLICY, "name": text}}, status=400)


@pytest.mark.parametrize("query", [{"limit": "-1"}, {"offset": "x"}, {"offset": str(2**70)}])
def test_pages_that_are_none_are_refused(program, query) -> None:
    program.ask("GET", "/config/policies/", status=400, **query)


def test_lists_come_in_pages(program) -> None:
    made = [program.individual(externalId=str(number)) for number in range(5)]
    shown = program.ask("GET", "/service/individuals/", offset=1, limit=2)["individuals"]
    assert [one["id"] for one in shown] == made[1:3]


def test_lists_need_as_many_statements_for_many_rows_as_for_few(program, agreement, session, query_counter) -> None:
    def statements(path: str) -> int:
        with query_counter() as queries:
            program.ask("GET", path)
        return queries.count

    lists = (
        "/audit/consent-records/",
        "/audit/data-agreements/",
        "/config/policies/",
        "/service/verification/consent-records/",
    )

    def more() -> None:
        other = consents.agreement(categories=("account",))
        session.commit()
        individual = program.individual(externalId=str(uuid4()))
        program.ask("POST", f"/service/individual/record/data-agreement/{other.id}/", individualId=individual)
        program.ask("POST", "/config/policy/", {"policy": POLICY})

    more()
    more()
    before = [statements(path) for path in lists]
    for _ in range(4):
        more()
    assert [statements(path) for path in lists] == before
