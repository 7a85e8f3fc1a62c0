"""What an agreement and its revisions must say, who may work on them, and how their texts are chained. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import rfc8785

from app.features.consents.models import AgreementRevision, DataAgreement, Disclosure, Recipient, RevisionState
from app.features.consents.vocabulary import BASES, CATEGORIES, PURPOSES, RECIPIENT_KINDS, STORAGE
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission

CONTENT_FORMAT = "plaza-agreement-1"


LONGEST_OVERLAP = timedelta(days=90)
"""Answers to earlier words may count for so long beside new ones, so that people have time to answer these."""


def may_manage(actor: Actor, process_id: UUID | None) -> bool:
    """Whether this actor may work on agreements of that process; those of the whole city need the right in all processes."""
    if process_id is not None:
        return actor.may(Permission.AGREEMENT_MANAGE, process_id)
    return actor.processes_where(Permission.AGREEMENT_MANAGE) is None


def may_review(actor: Actor, revision: AgreementRevision) -> bool:
    """Whether this actor is a second one for that revision: a person or program that is known, and not one of its writers.

    The system is nobody in particular: it may write, and never be the second to read.
    """
    hand = hand_of(actor)
    return hand is not None and hand not in revision.writers


def hand_of(actor: Actor) -> str | None:
    """Who works on a text: a person, or another system's program; None where nobody in particular does."""
    found = actor.person_id or actor.client_id
    return str(found) if found else None


def sensitive(categories: Iterable[str]) -> bool:
    """Whether any of these can reveal opinions: then the agreement needs a data-protection impact note."""
    return any(CATEGORIES[name].sensitive for name in categories if name in CATEGORIES)


def problems(agreement: DataAgreement, revision: AgreementRevision, recipient: Recipient) -> dict[str, Message]:
    """What keeps a draft from being submitted, by field. Empty means that a second person may review it."""
    found: dict[str, Message] = {}
    for name in ("purpose", "notice"):
        if not any(getattr(revision, name).values()):
            found[name] = msg("Write this in at least one language.")
    if not revision.categories or any(name not in CATEGORIES for name in revision.categories):
        found["categories"] = msg("Choose at least one kind of data.")
    if not 1 <= revision.months <= 36:
        found["months"] = msg("Choose between 1 and 36 months.")
    if revision.retention_days is None and not any(revision.retention.values()):
        found["retention_days"] = msg("Say how long the data is kept: in days, or in words.")
    if revision.storage == "elsewhere" and not any(revision.storage_note.values()):
        found["storage_note"] = msg("Say in which country, and with which safeguards.")
    if sensitive(revision.categories) and not revision.impact_note.strip():
        found["impact_note"] = msg(
            "These data can reveal opinions. Write down what could go wrong, and what is done against it."
        )
    if problem := disclosure_problem(agreement, revision.disclosure):
        found["disclosure"] = problem
    if not any(recipient.name.values()):
        found["recipient"] = msg("Choose who gets the data.")
    found |= _passed_off(agreement, revision)
    return found


def _passed_off(agreement: DataAgreement, revision: AgreementRevision) -> dict[str, Message]:
    if revision.material or not agreement.published:
        return {}
    problem = substance_problem(agreement.published[0], revision)
    return {"material": problem} if problem else {}


def substance_problem(before: AgreementRevision, after: AgreementRevision) -> Message | None:
    """Why a revision is more than other words: it takes, keeps or shows more than people said yes to, or keeps it elsewhere.

    Less is no reason: fewer kinds of data, a shorter time. Then earlier answers cover it.
    """
    if set(after.categories) - set(before.categories):
        return msg("Another kind of data is more than other words: mark the change as one of substance.")
    width = list(Disclosure)
    if width.index(after.disclosure) > width.index(before.disclosure):
        return msg("Showing the data to more people is more than other words: mark the change as one of substance.")
    if after.storage != before.storage or (after.storage == "elsewhere" and after.storage_note != before.storage_note):
        return msg("Keeping the data in another place is more than other words: mark the change as one of substance.")
    longer = before.retention_days is not None and (
        after.retention_days is None or after.retention_days > before.retention_days
    )
    if longer or (after.retention_days is None and after.retention != before.retention):
        return msg("Another or longer time for which the data is kept is more than other words: mark it as one of substance.")
    if after.months > before.months:
        return msg("A yes that runs for longer is more than other words: mark the change as one of substance.")
    return None


def disclosure_problem(agreement: DataAgreement, disclosure: Disclosure) -> Message | None:
    """Consent is never the basis of open row-level data: a published file cannot be recalled when somebody takes it back."""
    if agreement.asks and disclosure is Disclosure.OPEN_ROWS:
        return msg("Rows that everybody can read cannot rest on consent: a published file cannot be recalled.")
    return None


def content_of(agreement: DataAgreement, revision: AgreementRevision, process: str | None, previous: str) -> dict[str, Any]:
    """All that a revision says, as the digest is calculated over it. `process` is the name in the process's address."""
    recipient = agreement.recipient
    return {
        "format": CONTENT_FORMAT,
        "agreement": agreement.code,
        "process": process,
        "number": revision.number,
        "previous": previous,
        "material": revision.material,
        "purpose": {"term": PURPOSES[agreement.purpose_term].iri, "text": dict(revision.purpose)},
        "recipient": {
            "name": dict(recipient.name),
            "organisation": recipient.organisation,
            "kind": RECIPIENT_KINDS[recipient.kind].iri,
            "contact": recipient.contact,
            "url": recipient.url,
            "country": recipient.country,
        },
        "legal_basis": {"term": BASES[agreement.legal_basis].iri, "article": BASES[agreement.legal_basis].article},
        "categories": [{"name": name, "term": CATEGORIES[name].iri} for name in sorted(revision.categories)],
        "disclosure": revision.disclosure.value,
        "consent_months": revision.months if agreement.asks else None,
        "retention": {"days": revision.retention_days, "text": dict(revision.retention)},
        "storage": {"term": STORAGE[revision.storage].iri, "note": dict(revision.storage_note)},
        "notice": dict(revision.notice),
        "impact_note": revision.impact_note,
    }


def canonical(content: dict[str, Any]) -> bytes:
    """The canonical JSON (RFC 8785) of a revision's content: the very bytes that its digest is calculated over."""
    return rfc8785.dumps(content)


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256, hexadecimal, over the canonical JSON of a revision's content."""
    return hashlib.sha256(canonical(content)).hexdigest()


def chain_holds(revisions: Iterable[AgreementRevision]) -> bool:
    """Whether each frozen revision, oldest first, has the digest of its content and names the digest before it."""
    before = ""
    for revision in sorted((r for r in revisions if r.digest), key=lambda r: r.number):
        said = revision.content.get("previous")
        if said != before or revision.previous_digest != before or digest_of(revision.content) != revision.digest:
            return False
        before = revision.digest
    return True


def fields_asked(revision: AgreementRevision) -> list[str]:
    """Which governed details a form asks for, by the categories of the agreement, in the order of the vocabulary."""
    return [term.field for name, term in CATEGORIES.items() if term.field and name in revision.categories]


def overlap_problem(revision: AgreementRevision, earlier_end_at: datetime | None, now: datetime) -> Message | None:
    """Whether earlier answers may count until that moment: only for material revisions, and not for ever."""
    if earlier_end_at is None:
        return None
    if not revision.material:
        return msg("Earlier answers stay valid anyway: this revision changes only words.")
    if earlier_end_at < now:
        return msg("This day is past. Choose a later one, or leave it empty: earlier answers then end at once.")
    if earlier_end_at > now + LONGEST_OVERLAP:
        return msg("Choose a day within the next 90 days.")
    return None


def revision_step(state: RevisionState, wanted: RevisionState) -> bool:
    """Whether a revision in `state` may become `wanted`."""
    steps = {
        RevisionState.DRAFT: {RevisionState.SUBMITTED},
        RevisionState.SUBMITTED: {RevisionState.REVIEWED, RevisionState.DRAFT},
        RevisionState.REVIEWED: {RevisionState.IN_FORCE, RevisionState.DRAFT},
        RevisionState.IN_FORCE: {RevisionState.SUPERSEDED, RevisionState.ENDED},
        RevisionState.SUPERSEDED: {RevisionState.ENDED},
    }
    return wanted in steps.get(state, set())
