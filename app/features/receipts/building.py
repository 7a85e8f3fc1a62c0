"""From an event and the revision that was shown then to what a receipt says. Nothing here looks at the present."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.features.consents.queries import BASES, BY_PROGRAM, CATEGORIES, DPV, PURPOSES, STORAGE, AgreementRevision, ConsentEvent
from app.features.consents.queries import Term as Word
from app.features.receipts.data import Event, Header, Party, Pii, Processing, ReceiptData, Term, Text
from app.features.receipts.issuer import Issuer
from app.features.receipts.signing import vault
from app.kernel.texts import pick

SUBJECT_DIGITS = 32


def data_of(
    event: ConsentEvent, revision: AgreementRevision, issuer: Issuer, *, receipt_id: UUID, issued_at: datetime, minor: bool
) -> ReceiptData:
    """What the receipt of this event says. `revision.content` is the frozen text with all that belongs to it."""
    content: dict[str, Any] = revision.content
    recipient = _recipient(content["recipient"], event.language)
    return ReceiptData(
        header=Header(receipt_id, issued_at, event.language, subject_of(event.person_id, event.agreement_id)),
        processing=_processing(event, revision, issuer, third_party=recipient.kind == "ThirdParty"),
        pii=tuple(_pii(category) for category in content["categories"]),
        parties=(_controller(issuer), recipient),
        event=Event(
            kind=event.answer.value,
            at=event.at,
            until=event.until,
            channel=_channel(event),
            giver=event.giver.value,
            by_hand=event.hands_id is not None,
        ),
        minor=minor,
    )


def _channel(event: ConsentEvent) -> str:
    """How the answer came: where a program passed it on, nobody filled in a form here."""
    if event.remark.startswith(BY_PROGRAM):
        return f"by the program {event.remark.removeprefix(BY_PROGRAM)}"
    return event.channel.value


def subject_of(person_id: UUID, agreement_id: UUID) -> str:
    """A name for the person that only this installation can lead back to them, another one for each agreement: two receipts
    that somebody shows to two others cannot be laid side by side.
    """
    return vault.digest("subject", f"{person_id}:{agreement_id}")[:SUBJECT_DIGITS]


def _processing(event: ConsentEvent, revision: AgreementRevision, issuer: Issuer, *, third_party: bool) -> Processing:
    content: dict[str, Any] = revision.content
    storage, retention = content["storage"], content["retention"]
    return Processing(
        agreement=content["agreement"],
        revision=content["number"],
        digest=revision.digest,
        title=_text(content["purpose"]["text"], event.language),
        purposes=(_term(content["purpose"]["term"], PURPOSES),),
        legal_basis=_term(content["legal_basis"]["term"], BASES),
        notice=Text(event.shown_text, event.language),
        notice_url=f"{issuer.url}/my-data/agreements",
        withdrawal_url=f"{issuer.url}/my-data",
        jurisdiction=issuer.jurisdiction,
        storage=_term(storage["term"], STORAGE),
        retention=_text(retention["text"], event.language),
        retention_days=retention["days"],
        third_party=third_party,
    )


def _controller(issuer: Issuer) -> Party:
    return Party(
        "controller",
        issuer.name,
        contact=issuer.contact,
        address=issuer.address,
        email=issuer.email,
        phone=issuer.phone,
        url=issuer.url,
    )


def _recipient(found: Mapping[str, Any], language: str) -> Party:
    name = pick(found["name"], language)[0]
    organisation = found["organisation"]
    return Party(
        "recipient",
        f"{name}, {organisation}" if organisation else name,
        contact=found["contact"],
        url=found["url"],
        kind=found["kind"].removeprefix(DPV),
    )


def _pii(category: Mapping[str, Any]) -> Pii:
    word = CATEGORIES.get(category["name"])
    name = category["term"].removeprefix(DPV)
    label = str(word.label) if word else category["name"]
    sensitive = name == "SensitivePersonalData" or (word is not None and word.sensitive)
    return Pii(Term(name, label), sensitive=sensitive, needed=word is None or not word.optional)


def _term(iri: str, words: Mapping[str, Word]) -> Term:
    """The term with our label for it; one that is on our lists no more keeps its name."""
    word = next((one for one in words.values() if one.iri == iri), None)
    name = iri.removeprefix(DPV)
    return Term(name, str(word.label) if word else name)


def _text(texts: Mapping[str, str], language: str) -> Text:
    return Text(*pick(texts, language))
