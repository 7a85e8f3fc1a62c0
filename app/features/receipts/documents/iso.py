"""A receipt after ISO/IEC TS 27560:2023 as JSON-LD, in the terms of the Data Privacy Vocabulary 2.3.

The five sections of the standard are the five parts of the file. For a program that reads it as linked data they are only
folders (`@nest`): what is in them is said of the receipt itself. The context is inside, so nobody has to fetch one.

Source: W3C Data Privacy Vocabulary 2.3 and its profile `dpv-27560` (the profile's Turtle; the examples of the guide are not
valid JSON). docs/consent/receipt-shapes.ttl says the same as SHACL shapes.
"""

from datetime import datetime
from typing import Any

from app.features.receipts.data import Party, ReceiptData, Term, Text

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr"
SECTIONS = ("header", "processing", "pii", "party", "event")
CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **dict.fromkeys(SECTIONS, "@nest"),
}
CONSENT_STATUS = {
    "asked": "ConsentRequested",
    "given": "ConsentGiven",
    "refused": "ConsentRefused",
    "withdrawn": "ConsentWithdrawn",
    "renewed": "RenewedConsentGiven",
    "expired": "ConsentExpired",
}
TASK_STATUS = {"objected": "PublicInterestObjected"}
"""For what rests on a public task. Everything but an objection leaves it going on."""
ROLES = {"controller": ("dpv:hasDataController", "DataController"), "recipient": ("dpv:hasRecipient", "Recipient")}
GIVERS = {"self": "DataSubject", "guardian": "GuardianOfDataSubject", "nobody": "DataController"}


def iso_document(data: ReceiptData) -> dict[str, Any]:
    """The receipt as a JSON-LD document."""
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{data.header.receipt_id}",
        "@type": "dpv:ConsentReceipt" if data.processing.is_consent else "dpv:DataProcessingRecord",
        "header": _header(data),
        "processing": _processing(data),
        "pii": {"dpv:hasPersonalData": [_pii(one.term, one.sensitive, one.needed) for one in data.pii]},
        "party": _parties(data),
        "event": {"dpv:hasLegalBasis": _basis(data)},
    }


def status_of(data: ReceiptData) -> str:
    """The term for the state that the event led to."""
    if data.processing.is_consent:
        return CONSENT_STATUS[data.event.kind]
    return TASK_STATUS.get(data.event.kind, "PublicInterestOngoing")


def _header(data: ReceiptData) -> dict[str, Any]:
    header = data.header
    return {
        "dct:conformsTo": {"@id": PROFILE},
        "dct:identifier": str(header.receipt_id),
        "dct:issued": _moment(header.issued_at),
        "dct:language": header.language,
        "dpv:hasDataSubject": {
            "@type": ["dpv:DataSubject", "dpv:Child"] if data.minor else "dpv:DataSubject",
            "dpv:hasIdentifier": header.subject,
        },
    }


def _processing(data: ReceiptData) -> dict[str, Any]:
    processing = data.processing
    control = {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": {"@id": processing.withdrawal_url}}
    right = {"@type": "dpv:DataSubjectRight", "dpv:isExercisedAt": {"@id": processing.withdrawal_url}}
    return {
        "dct:hasVersion": {
            "dct:identifier": f"{processing.agreement}/{processing.revision}",
            "dpv:hasIdentifier": f"sha-256:{processing.digest}",
        },
        "dct:title": _text(processing.title),
        "dpv:hasPurpose": [_named("Purpose", purpose) for purpose in processing.purposes],
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice" if processing.is_consent else "dpv:PrivacyNotice",
            "dct:description": _text(processing.notice),
            "dct:references": {"@id": processing.notice_url},
        },
        "dpv:hasStorageCondition": [
            _named("StorageLocation", processing.storage),
            _duration(data),
        ],
        "dpv:hasJurisdiction": {"@type": "dpv:Country", "dpv:hasIdentifier": processing.jurisdiction},
        **({"dpv:hasConsentControl": control} if processing.is_consent else {"dpv:hasRight": right}),
    }


def _parties(data: ReceiptData) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for party in data.parties:
        name, type_ = ROLES[party.role]
        found.setdefault(name, []).append(_party(party, type_))
    return dict(found)


def _party(party: Party, type_: str) -> dict[str, Any]:
    contacts = [one for one in dict.fromkeys((party.contact, party.email, party.phone)) if one]
    details = {"dpv:hasContact": contacts, "dpv:hasAddress": party.address}
    return {
        "@type": [f"dpv:{name}" for name in dict.fromkeys((type_, party.kind)) if name],
        "dpv:hasName": party.name,
        **({"dct:references": {"@id": party.url}} if party.url else {}),
        **{name: value for name, value in details.items() if value},
    }


def _basis(data: ReceiptData) -> dict[str, Any]:
    event = data.event
    status = {"@id": f"dpv:{status_of(data)}"}
    method = f"{event.channel}, written down by staff" if event.by_hand else event.channel
    found: dict[str, Any] = {
        **_named("LegalBasis", data.processing.legal_basis),
        "dpv:hasConsentStatus" if data.processing.is_consent else "dpv:hasStatus": status,
        "dpv:isIndicatedAtTime": _moment(event.at),
        "dpv:isIndicatedBy": {"@type": f"dpv:{GIVERS[event.giver]}"},
        "dpv:hasIndicationMethod": method,
    }
    if event.until is not None:
        found["dpv:hasDuration"] = {"@type": "dpv:UntilTimeDuration", "dct:valid": _moment(event.until)}
    return found


def _pii(term: Term, sensitive: bool, needed: bool) -> dict[str, Any]:
    found = _named("PersonalData", term)
    if sensitive and "dpv:SensitivePersonalData" not in found["@type"]:
        found["@type"] = [*found["@type"], "dpv:SensitivePersonalData"]
    return {**found, "dpv:hasNecessity": {"@id": "dpv:Required" if needed else "dpv:Optional"}}


def _duration(data: ReceiptData) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "dpv:StorageDuration"}
    if data.processing.retention.value:
        found["dct:title"] = _text(data.processing.retention)
    if data.processing.retention_days is not None:
        found["dct:extent"] = {"@type": "xsd:duration", "@value": f"P{data.processing.retention_days}D"}
    return found


def _named(kind: str, term: Term) -> dict[str, Any]:
    """A thing of that kind, and more precisely of the term's. Our words for terms are English here, pages translate them."""
    types = [f"dpv:{name}" for name in dict.fromkeys((kind, term.name))]
    return {"@type": types, "dct:title": {"@language": "en", "@value": term.label}}


def _text(text: Text) -> dict[str, str]:
    return {"@language": text.language, "@value": text.value}


def _moment(moment: datetime) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": moment.isoformat(timespec="seconds").replace("+00:00", "Z")}
