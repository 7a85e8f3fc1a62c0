"""schemathesis makes requests from the published descriptions, and from our own, and judges what the application answers.

The same requests each time: few for each operation, from a fixed seed. Half of them name something that is there.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks

from app.extensions import db as database
from tests.factories import accounts, consents, interfaces
from tests.factories.interfaces import IdentityProvider
from tests.support.deviations import GOVSTACK, HELSINKI, TRACKER, left_out
from tests.support.standards import description

Dress = Callable[[Any], dict[str, str]]
# PostgreSQL alone: it refuses what SQLite stores, such as numbers that are too large.
pytestmark = [pytest.mark.services, pytest.mark.timeout(240), pytest.mark.one_database("postgresql")]
load_all_checks()
EXAMPLES = 12
ELSEWHERE = {
    "max_response_time",
    "use_after_free",
    "ensure_resource_availability",
    "object_level_authorization",
    "ignored_auth",
}
"""Checks about time, about sequences of requests, and about tokens: tests/integration/interfaces makes them one by one."""


def judge(app: Flask, document: dict[str, Any], dress: Dress, without: set[str], known: dict[str, Any]) -> list[str]:
    """Make the requests of every operation. Returns the operations that were asked; raises with what is wrong."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    asked: list[str] = []
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in sorted(operations, key=lambda one: (one.method.upper() == "DELETE", one.path, one.method)):
        asked.append(operation.label)
        _ask(operation, dress, [CHECKS.get_one(name) for name in sorted(CHECKS.get_all_names()) if name not in without], known)
    return asked


def _ask(operation: Any, dress: Dress, checks: list[Any], known: dict[str, Any]) -> None:
    @seed(20260511)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), there=st.booleans())
    def ask(case: Any, there: bool) -> None:
        if there:
            for name in set(case.path_parameters or {}) & set(known):
                case.path_parameters[name] = known[name]
            for name in set(case.query or {}) & (set(known) | UNNAMED):
                case.query[name] = known.get(name, "")
            if (body := known.get("bodies", {}).get(_last_word(operation.path))) is not None:
                case.body = body
        case.call_and_validate(headers=dress(case), checks=checks)
        database.session.remove()

    ask()


UNNAMED = {"revisionId"}


def _last_word(path: str) -> str:
    """What an address is about: its last part that is no parameter."""
    return next(part for part in reversed(path.strip("/").split("/")) if not part.startswith("{"))


@pytest.fixture
def quiet(app: Flask, db: Any, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it is in service: what goes wrong is answered, not raised."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return app


@pytest.fixture
def known(quiet: Flask, client: FlaskClient) -> dict[str, Any]:
    """Something of everything that a description can name, and a program's token for all of it."""
    program = interfaces.client(per_minute=6000)
    agreement = consents.agreement(process=False, categories=("account",), purpose_term="services")
    database.session.commit()
    headers = interfaces.bearer(program)
    base = "/api/govstack"

    def post(path: str, body: Any = None, **query: str) -> Any:
        answer = client.post(f"{base}{path}", json=body, headers=headers, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    policy = post("/config/policy/", {"policy": {"name": "P", "version": "1", "url": "https://city.example/p"}})
    individual = post("/service/individual/", {"individual": {"externalId": "42"}})["individual"]["id"]
    record = post(f"/service/individual/record/data-agreement/{agreement.id}/", individualId=individual)
    draft = post("/service/individual/record/consent-record/draft/", individualId=individual, dataAgreementId=str(agreement.id))
    said = {"version": "1", "purpose": "Meetings", "lawfulBasis": "consent", "dpia": "Low risk", "active": True}
    hook = {"payloadUrl": "https://hooks.example/", "contentType": "application/json", "disabled": True, "secretKey": "s"}
    return {
        "policyId": policy["policy"]["id"],
        "policy_id": policy["policy"]["id"],
        "dataAgreementId": str(agreement.id),
        "agreement_id": str(agreement.id),
        "individualId": individual,
        "individual_id": individual,
        "consentRecordId": record["consentRecord"]["id"],
        "record_id": record["consentRecord"]["id"],
        "webhookId": post("/config/webhook/", {"webhook": hook})["webhook"]["id"],
        "webhook_id": post("/config/webhook/", {"webhook": hook})["webhook"]["id"],
        "bodies": {
            "policy": {"policy": {"name": "P", "version": "2", "url": "https://city.example/p"}},
            "data-agreement": {"dataAgreement": {**said, "controller": {"name": "School department"}}},
            "individual": {"individual": {"externalId": "42"}},
            "webhook": {"webhook": hook},
            "consent-record": {"consentRecord": {**draft["consentRecord"], "optIn": True}, "signature": draft["signature"]},
            "signature": {"signature": {"verificationMethod": "EdDSA"}},
        },
        "headers": headers,
        "person": accounts.person(),
    }


def test_the_consent_building_block_of_govstack(quiet: Flask, known: dict[str, Any]) -> None:
    document = description("govstack-consent-openapi.yaml", "/api/govstack")

    def dress(case: Any) -> dict[str, str]:
        return {**known["headers"], "X-ConsentBB-IndividualId": known["individualId"]}

    asked = judge(quiet, document, dress, ELSEWHERE | left_out(GOVSTACK), known)
    assert len(asked) == 42


def test_the_gdpr_api_of_helsinki(quiet: Flask, known: dict[str, Any], identity_provider: IdentityProvider) -> None:
    document = description("helsinki-gdpr-openapi.yaml", "/api/gdpr/v1", without="/service_specific_path")
    person_id = known["person"].id
    database.session.commit()

    def dress(case: Any) -> dict[str, str]:
        """A token of whoever is asked about, another person each time, so that nobody's limit is reached."""
        about = str((case.path_parameters or {}).get("profile_or_user_id", ""))
        try:
            subject = UUID(about)
        except ValueError:
            subject = person_id
        scope = "gdprdelete" if case.method == "DELETE" else "gdprquery"
        return identity_provider.bearer(subject, scope)

    asked = judge(quiet, document, dress, ELSEWHERE | left_out(HELSINKI), {"profile_or_user_id": str(person_id)})
    assert len(asked) == 2


def test_the_data_tracker_of_estonia(quiet: Flask, known: dict[str, Any]) -> None:
    document = description("estonia-data-tracker-openapi.yaml", "/api/tracker")
    person = str(known["person"].id)
    for _ in range(3):
        consents.usage(known["person"])
    database.session.commit()

    def dress(case: Any) -> dict[str, str]:
        """Half of the requests are about somebody who is there, and has usages."""
        if len(str(case.query or "")) % 2 and case.query.get("userCode"):
            case.query["userCode"] = person
            return {**known["headers"], "X-Road-UserId": person}
        return known["headers"]

    assert len(judge(quiet, document, dress, ELSEWHERE | left_out(TRACKER), {})) == 3


def test_our_own_description(
    quiet: Flask, client: FlaskClient, known: dict[str, Any], identity_provider: IdentityProvider
) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    person_id = str(known["person"].id)
    database.session.commit()

    def dress(case: Any) -> dict[str, str]:
        if "gdpr" in case.operation.path:
            scope = "gdprdelete" if case.method == "DELETE" else "gdprquery"
            return identity_provider.bearer(person_id, scope)
        return {**known["headers"], "X-ConsentBB-IndividualId": known["individualId"]}

    without = ELSEWHERE | {"positive_data_acceptance", "negative_data_rejection"}
    asked = judge(quiet, document, dress, without, {**known, "profile_id": person_id})
    assert len(asked) > 48
