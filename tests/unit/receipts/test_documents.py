"""Receipts validate: Kantara by its schema, 27560 by our shapes, and every term exists in DPV 2.3."""

import json
from functools import cache
from typing import Any

import jsonschema
import pyshacl
import pytest
from rdflib import Graph, Literal, Namespace, URIRef

from app.features.receipts import signing
from app.features.receipts.data import Pii, Term
from app.features.receipts.documents import iso, kantara
from tests.factories.receipts import PUBLIC_TASK, data, document
from tests.support.furniture import HOUSE
from tests.support.standards import standard, without_comments

# rdflib's reader of JSON-LD uses what rdflib itself calls old.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]

DPV = Namespace("https://w3id.org/dpv#")
DCT = Namespace("http://purl.org/dc/terms/")
TASK = {"legal_basis": PUBLIC_TASK}
CASES = {
    **{kind: {"kind": kind} for kind in iso.CONSENT_STATUS},
    "objected": {"kind": "objected", "processing": TASK},
    "objection taken back": {"kind": "withdrawn", "processing": TASK},
    "minor": {"minor": True, "event": {"giver": "guardian"}},
    "a minor refuses": {"kind": "refused", "minor": True},
    "expired by itself": {"kind": "expired", "event": {"giver": "nobody"}},
    "on paper": {"event": {"channel": "paper", "by_hand": True}},
    "third party": {"processing": {"third_party": True}},
    "explicit": {"processing": {"legal_basis": Term("ExplicitlyExpressedConsent", "Explicit consent of each person")}},
    "days alone": {"processing": {"retention": data().processing.retention.__class__("", "fi")}},
    "words alone": {"processing": {"retention_days": None}},
    "nothing sensitive": {"pii": (Pii(Term("ProvidedPersonalData", "Age, in bands")),)},
}
CASE = pytest.mark.parametrize("case", CASES)


def said(case: str) -> Any:
    """What the receipt of a case says."""
    return data(**CASES[case])


@cache
def dpv() -> Graph:
    """DPV 2.3, read once (two seconds)."""
    return Graph().parse(standard("dpv-2.3.ttl"), format="turtle")


@cache
def shapes() -> Graph:
    return Graph().parse(HOUSE / "docs" / "consent" / "receipt-shapes.ttl", format="turtle")


def graph(whole: dict[str, Any]) -> Graph:
    """A document as linked data. Nothing is fetched: the context is in it (sockets are blocked here)."""
    return Graph().parse(data=json.dumps(whole), format="json-ld")


def complaints(whole: dict[str, Any]) -> str:
    """What our shapes have to say, empty when nothing."""
    conforms, _report, text = pyshacl.validate(graph(whole), shacl_graph=shapes(), advanced=False)
    return "" if conforms else text


def unknown_terms(whole: dict[str, Any]) -> set[str]:
    """Terms of DPV that the document uses and DPV does not have."""
    found = graph(whole)
    used = {one for triple in found for one in triple if isinstance(one, URIRef) and one.startswith(DPV)}
    return {str(one) for one in used if (one, None, None) not in dpv()}


@CASE
def test_a_receipt_fits_the_shapes(case: str) -> None:
    assert complaints(document(said=said(case))) == ""


@CASE
def test_every_term_exists_in_dpv(case: str) -> None:
    whole = document(said=said(case))
    assert unknown_terms(whole) == set()
    assert len([one for one in graph(whole).predicates() if one.startswith(DPV)]) > 10


def test_a_term_that_does_not_exist_is_seen() -> None:
    whole = document(said=data(processing={"purposes": (Term("Voting", "Voting"),)}))
    assert unknown_terms(whole) == {f"{DPV}Voting"}


def test_all_words_of_agreements_exist_in_dpv() -> None:
    statuses = {*iso.CONSENT_STATUS.values(), *iso.TASK_STATUS.values(), "PublicInterestOngoing", *iso.GIVERS.values()}
    assert {one for one in statuses if (DPV[one], None, None) not in dpv()} == set()


def test_the_profile_exists() -> None:
    profile = Graph().parse(standard("dpv-27560.ttl"), format="turtle")
    assert (URIRef(iso.PROFILE), None, None) in profile


def test_the_sections_of_the_standard_are_parts_of_the_file_and_folders_of_the_graph() -> None:
    whole = document()
    assert set(iso.SECTIONS) <= set(whole)
    receipt = URIRef(whole["@id"])
    found = graph(whole)
    assert (receipt, DCT.identifier, Literal(str(data().header.receipt_id))) in found
    for name in ("hasDataSubject", "hasPurpose", "hasPersonalData", "hasDataController", "hasRecipient", "hasLegalBasis"):
        assert (receipt, DPV[name], None) in found, name


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("header", "dct:issued"),
        ("header", "dpv:hasDataSubject"),
        ("processing", "dpv:hasPurpose"),
        ("processing", "dpv:hasNotice"),
        ("processing", "dpv:hasStorageCondition"),
        ("processing", "dpv:hasConsentControl"),
        ("pii", "dpv:hasPersonalData"),
        ("party", "dpv:hasDataController"),
        ("event", "dpv:hasLegalBasis"),
    ],
)
def test_the_shapes_see_what_is_missing(section: str, name: str) -> None:
    whole = document()
    del whole[section][name]
    assert name.partition(":")[2] in complaints(whole)


def test_the_shapes_see_a_status_that_is_none() -> None:
    whole = document()
    whole["event"]["dpv:hasLegalBasis"]["dpv:hasConsentStatus"] = {"@id": "dpv:ConsentUnknown"}
    assert "hasConsentStatus" in complaints(whole)


@cache
def schema() -> dict[str, Any]:
    return json.loads(without_comments(standard("kantara-consent-receipt-1.1-schema.json").read_text(encoding="utf-8")))


@CASE
def test_a_kantara_receipt_fits_its_schema(case: str) -> None:
    validator = jsonschema.Draft4Validator(schema())
    assert [error.message for error in validator.iter_errors(document(signing.KANTARA, said(case)))] == []


def test_the_schema_sees_a_time_in_words_and_a_third_party_without_a_name() -> None:
    validator = jsonschema.Draft4Validator(schema())
    whole = document(signing.KANTARA, said("third party"))
    assert not validator.is_valid({**whole, "consentTimestamp": "2026-05-11"})
    del whole["services"][0]["purposes"][0]["thirdPartyName"]
    assert not validator.is_valid(whole)


def test_a_refusal_says_that_nothing_may_be_done() -> None:
    whole = document(signing.KANTARA, data("refused"))
    assert whole["consentEvent"] == "refused"
    assert whole["services"][0]["purposes"][0]["termination"] == "refused 2026-05-11"
    given = document(signing.KANTARA, data("given"))
    assert given["services"][0]["purposes"][0]["termination"] == "https://plaza.example/my-data until 2027-05-11"


def test_what_is_sensitive_is_named() -> None:
    whole = document(signing.KANTARA)
    assert whole["sensitive"] is True
    assert whole["spiCat"] == ["Which proposals one supports"]
    assert document(signing.KANTARA, said("nothing sensitive"))["sensitive"] is False


def test_every_channel_has_a_word_for_the_kantara_format() -> None:
    from app.kernel.permissions import Channel

    assert {channel.value for channel in Channel} == set(kantara.COLLECTED)
