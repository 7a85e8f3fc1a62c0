"""What a receipt says, as rows for people. It may come from anybody: whatever is not as it should be is left out.

Pure. Our own words for terms are English in the file; `Row.ours` tells that the page may look them up in the reader's language.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.features.receipts.documents.iso import CONSENT_STATUS
from app.features.receipts.documents.kantara import COLLECTED
from app.kernel.messages import Message, msg, nmsg

LONGEST = 500
LONGEST_NOTICE = 20_000
MOST = 20

EVENTS: dict[str, Message] = {
    "asked": msg("Asked for consent"),
    "given": msg("Consent given"),
    "refused": msg("Consent refused"),
    "withdrawn": msg("Taken back"),
    "renewed": msg("Consent renewed"),
    "expired": msg("Consent run out"),
    "objected": msg("Objected"),
}
GIVERS: dict[str, Message] = {
    "self": msg("The person themselves"),
    "guardian": msg("A guardian, for a minor"),
    "nobody": msg("Nobody: the time was over"),
}
CHANNELS: dict[str, Message] = {
    "web": msg("On the web"),
    "kiosk": msg("At a public screen"),
    "paper": msg("On paper"),
    "desk": msg("At the counter"),
    "phone": msg("By telephone"),
}
_STATUS = {term: kind for kind, term in CONSENT_STATUS.items()} | {"PublicInterestObjected": "objected"}
_GIVER = {"DataSubject": "self", "GuardianOfDataSubject": "guardian", "DataController": "nobody"}
_CHANNEL = {words: name for name, words in COLLECTED.items()}


@dataclass(frozen=True)
class Row:
    """One thing that a receipt says. `values` are texts of the file, `message` words of ours, `moment` a point in time.

    `code` says that the text is a number or a name for programs, which is the same in every language.
    """

    key: Message
    values: tuple[str, ...] = ()
    message: Message | None = None
    moment: datetime | None = None
    ours: bool = False
    code: bool = False


@dataclass(frozen=True)
class Said:
    """All that a receipt says: rows in the order of reading, and the text that was shown, with its language."""

    title: str
    rows: tuple[Row, ...]
    notice: str = ""
    language: str = ""


def said(document: Mapping[str, Any]) -> Said:
    """Read a document of either format."""
    found = _of_iso(document) if "@context" in document else _of_kantara(document)
    title, notice, language, rows = found
    return Said(title, tuple(row for row in rows if row.values or row.message or row.moment), notice[:LONGEST_NOTICE], language)


def _of_iso(document: Mapping[str, Any]) -> tuple[str, str, str, list[Row]]:
    get = _getter(document)
    basis = ("event", "dpv:hasLegalBasis")
    status = _local(_first(get(*basis, "dpv:hasConsentStatus", "@id")) or _first(get(*basis, "dpv:hasStatus", "@id")))
    method = _first(get(*basis, "dpv:hasIndicationMethod")).partition(",")[0]
    notice = ("processing", "dpv:hasNotice", "dct:description")
    rows = [
        *_event(_STATUS.get(status, ""), _moment(_first(get(*basis, "dpv:isIndicatedAtTime")))),
        Row(msg("Valid until"), moment=_moment(_first(get(*basis, "dpv:hasDuration", "dct:valid")))),
        Row(msg("Who said so"), message=GIVERS.get(_GIVER.get(_local(_first(get(*basis, "dpv:isIndicatedBy", "@type"))), ""))),
        Row(msg("How"), message=CHANNELS.get(method)),
        Row(msg("What for"), get("processing", "dct:title")),
        Row(msg("Kind of purpose"), get("processing", "dpv:hasPurpose", "dct:title"), ours=True),
        Row(msg("On which basis"), get(*basis, "dct:title"), ours=True),
        Row(msg("Which data"), get("pii", "dpv:hasPersonalData", "dct:title"), ours=True),
        Row(msg("Who answers for it"), get("party", "dpv:hasDataController", "dpv:hasName")),
        Row(msg("Who gets it"), get("party", "dpv:hasRecipient", "dpv:hasName")),
        Row(msg("Where it is kept"), get("processing", "dpv:hasStorageCondition", "dct:title")[:1], ours=True),
        *_retention(get("processing", "dpv:hasStorageCondition", "dct:title")[1:], _days(get)),
        Row(msg("Agreement and version"), get("processing", "dct:hasVersion", "dct:identifier"), code=True),
        Row(msg("Number of the receipt"), get("header", "dct:identifier"), code=True),
        Row(
            msg("The person, by a name that only the city can read"),
            get("header", "dpv:hasDataSubject", "dpv:hasIdentifier"),
            code=True,
        ),
    ]
    language = _first(get(*notice, "@language"))
    return _first(get("processing", "dct:title")), _first(get(*notice), LONGEST_NOTICE), language, rows


def _of_kantara(document: Mapping[str, Any]) -> tuple[str, str, str, list[Row]]:
    get = _getter(document)
    purposes = ("services", "purposes")
    seconds = document.get("consentTimestamp")
    at = datetime.fromtimestamp(seconds, UTC) if type(seconds) is int and 0 <= seconds < 2**35 else None
    rows = [
        *_event(_first(get("consentEvent")), at),
        Row(msg("Until when, or where to take it back"), get(*purposes, "termination")),
        Row(msg("Who said so"), message=GIVERS.get(_first(get("consentGiver")))),
        Row(msg("How"), message=CHANNELS.get(_CHANNEL.get(_first(get("collectionMethod")), ""))),
        Row(msg("What for"), get(*purposes, "purpose")),
        Row(msg("On which basis"), get(*purposes, "consentType")),
        Row(msg("Which data"), get(*purposes, "piiCategory"), ours=True),
        Row(msg("Who answers for it"), get("piiControllers", "piiController")),
        Row(msg("Who gets it"), get("services", "service")),
        Row(msg("Agreement and version"), get("agreement"), code=True),
        Row(msg("Number of the receipt"), get("consentReceiptID"), code=True),
        Row(msg("The person, by a name that only the city can read"), get("piiPrincipalId"), code=True),
    ]
    return _first(get(*purposes, "purpose")), _first(get("notice"), LONGEST_NOTICE), _first(get("language")), rows


def _event(kind: str, at: datetime | None) -> list[Row]:
    return [Row(msg("What happened"), message=EVENTS.get(kind)), Row(msg("When"), moment=at)]


def _retention(words: tuple[str, ...], days: int | None) -> list[Row]:
    if words:
        return [Row(msg("For how long"), words)]
    told = nmsg("%(num)s day", "%(num)s days", days) if days is not None else None
    return [Row(msg("For how long"), message=told)]


def _days(get: "Get") -> int | None:
    found = _first(get("processing", "dpv:hasStorageCondition", "dct:extent"))
    digits = found.removeprefix("P").removesuffix("D")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else None


Get = Callable[..., tuple[str, ...]]


def _getter(document: Mapping[str, Any]) -> Get:
    """`get("a", "b")`: the texts at document.a.b, through lists, at most twenty."""

    def get(*path: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_texts(document, path)))[:MOST]

    return get


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value[:MOST]:
            yield from _texts(one, path)
    elif path:
        if isinstance(value, Mapping):
            yield from _texts(value.get(path[0]), path[1:])
    elif isinstance(value, Mapping):
        yield from _texts(value.get("@value"), path)
    elif isinstance(value, str) and value.strip():
        yield value[:LONGEST_NOTICE]


def _first(texts: tuple[str, ...], length: int = LONGEST) -> str:
    return texts[0][:length] if texts else ""


def _local(term: str) -> str:
    return term.rpartition(":")[2]


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
