"""Receipts for tests: what they say, keys of a test's own, and signed ones."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from app.features.receipts import signing
from app.features.receipts.data import Event, Header, Party, Pii, Processing, ReceiptData, Term, Text
from app.features.receipts.documents.canonical import canonical
from app.features.receipts.documents.iso import iso_document
from app.features.receipts.documents.kantara import kantara_document
from app.features.receipts.verifying import PublishedKey

AT = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
CONSENT = Term("InformedConsent", "Consent of each person")
PUBLIC_TASK = Term("OfficialAuthorityOfController", "Public task of the city")


def data(kind: str = "given", **changes: Any) -> ReceiptData:
    """What a receipt says: contact by the planning department. Sections are changed by name: `processing={"…": …}`."""
    whole = ReceiptData(
        header=Header(UUID(int=27560), AT, "fi", "5f0c2a6e5f0c2a6e5f0c2a6e5f0c2a6e"),
        processing=Processing(
            agreement="contact-park",
            revision=2,
            digest="ab" * 32,
            title=Text("Yhteydenpito tästä aiheesta", "fi"),
            purposes=(Term("CommunicationManagement", "Contact about a topic"),),
            legal_basis=CONSENT,
            notice=Text("Kaupunkisuunnittelu saa ottaa minuun yhteyttä.", "fi"),
            notice_url="https://plaza.example/my-data/agreements",
            withdrawal_url="https://plaza.example/my-data",
            jurisdiction="FI",
            storage=Term("LocalLocation", "On servers of the city"),
            retention=Text("Until the plan is decided", "en"),
            retention_days=365,
        ),
        pii=(
            Pii(Term("IdentifyingPersonalData", "Name")),
            Pii(Term("SensitivePersonalData", "Which proposals one supports"), sensitive=True, needed=False),
        ),
        parties=(
            Party(
                "controller", "Helsinki", contact="info@city.example", email="info@city.example", url="https://plaza.example"
            ),
            Party("recipient", "Planning department", contact="plan@city.example", kind="DataController"),
        ),
        event=Event(kind, AT, AT.replace(year=2027) if kind in ("given", "renewed") else None, "web", "self"),
    )
    return replace(
        whole,
        **{
            name: replace(getattr(whole, name), **change) if isinstance(change, dict) else change
            for name, change in changes.items()
        },
    )


def document(format_: str = signing.ISO, said: ReceiptData | None = None) -> dict[str, Any]:
    """The document in a format."""
    return (iso_document if format_ == signing.ISO else kantara_document)(said or data())


def signed(key: OKPKey, format_: str = signing.ISO, said: ReceiptData | None = None, at: datetime = AT) -> str:
    """The whole signed receipt."""
    payload = canonical(document(format_, said))
    return signing.attached(signing.sign(key, format_, payload, at), payload)


def published(key: OKPKey, **attributes: Any) -> dict[str, PublishedKey]:
    """The key as it is published, in force since the day before."""
    found = PublishedKey(**{"kid": key.kid, "public": signing.public_of(key), "begins_at": AT.replace(day=10), **attributes})
    return {found.kid: found}
