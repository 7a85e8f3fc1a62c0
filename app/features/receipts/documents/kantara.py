"""A receipt after the Kantara Consent Receipt Specification 1.1, as JSON.

The specification knows consents that were given. What a person refused, took back or objected to is said in `consentEvent`,
a field of ours beside its own, and in `termination`.
"""

from typing import Any

from app.features.receipts.data import Party, ReceiptData

VERSION = "KI-CR-v1.1.0"
COLLECTED = {"web": "web form", "kiosk": "public screen", "paper": "paper form", "desk": "counter", "phone": "telephone"}
OVER = frozenset({"refused", "withdrawn", "expired", "objected", "superseded", "ended"})
"""What happened last, where nothing may be done with the data any more."""


def kantara_document(data: ReceiptData) -> dict[str, Any]:
    """The receipt as a Kantara document. `consentTimestamp` is when the event happened, in seconds since 1970."""
    return {
        "version": VERSION,
        "jurisdiction": data.processing.jurisdiction,
        "consentTimestamp": int(data.event.at.timestamp()),
        "collectionMethod": COLLECTED.get(data.event.channel, data.event.channel),
        "consentReceiptID": str(data.header.receipt_id),
        "language": data.header.language,
        "piiPrincipalId": data.header.subject,
        "piiControllers": [_controller(party) for party in data.party("controller")],
        "policyUrl": data.processing.notice_url,
        "services": [{"service": service_of(data), "purposes": _purposes(data)}],
        "sensitive": any(one.sensitive for one in data.pii),
        "spiCat": [one.term.label for one in data.pii if one.sensitive],
        "consentEvent": data.event.kind,
        "consentGiver": data.event.giver,
        "agreement": f"{data.processing.agreement}/{data.processing.revision}",
        "agreementDigest": data.processing.digest,
        "notice": data.processing.notice.value,
    }


def service_of(data: ReceiptData) -> str:
    """For whom the data is used: the recipients, or the city where there is none beside it."""
    return ", ".join(party.name for party in data.party("recipient") or data.party("controller"))


def _controller(party: Party) -> dict[str, Any]:
    found: dict[str, Any] = {
        "piiController": party.name,
        "onBehalf": False,
        "contact": party.contact,
        "address": {"streetAddress": party.address} if party.address else {},
        "email": party.email,
        "phone": party.phone,
    }
    return {**found, **({"piiControllerUrl": party.url} if party.url else {})}


def _purposes(data: ReceiptData) -> list[dict[str, Any]]:
    """One for each purpose; another body that gets the data is named in each."""
    disclosed: dict[str, Any] = {"thirdPartyDisclosure": data.processing.third_party}
    if data.processing.third_party:
        disclosed["thirdPartyName"] = service_of(data)
    return [
        {
            "purpose": data.processing.title.value,
            "purposeCategory": [f"{purpose.label} (dpv:{purpose.name})"],
            "consentType": "EXPLICIT" if data.processing.is_consent else "NO CONSENT: public task",
            "piiCategory": [one.term.label for one in data.pii],
            "primaryPurpose": number == 0,
            "termination": _termination(data),
            **disclosed,
        }
        for number, purpose in enumerate(data.processing.purposes)
    ]


def _termination(data: ReceiptData) -> str:
    """Until when, and where to take it back; without words, so that it needs no language."""
    if data.event.kind in OVER:
        return f"{data.event.kind} {data.event.at.date().isoformat()}"
    until = f" until {data.event.until.date().isoformat()}" if data.event.until else ""
    return f"{data.processing.withdrawal_url}{until}"
