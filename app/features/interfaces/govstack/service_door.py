"""What individuals answer: the part `service` of the building block."""

from typing import Any

from flask import Response

from app.extensions import db
from app.features.consents.queries import AgreementState, ConsentRecord, DataAgreement, events_of, record_of
from app.features.interfaces.clients.bearer import needs, secured
from app.features.interfaces.govstack import drafts, schemas, shapes
from app.features.interfaces.govstack.agreement_door import AGREEMENT, told_agreement
from app.features.interfaces.govstack.answering import draft, passed_on, told_answer
from app.features.interfaces.govstack.config_door import POLICY, policy_with_revision
from app.features.interfaces.govstack.door import (
    caller,
    identifier,
    note_reading_of,
    optional,
    page,
    service,
    there,
    told,
    whom,
)
from app.features.interfaces.models import Individual
from app.features.interfaces.queries import govstack as queries
from app.features.interfaces.rules import Audience, Scope
from app.features.interfaces.use_cases import Asked, begin_signature, forget_answers
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.web.transaction import commits

token = needs(Scope.SERVICE, Audience.GOVSTACK)
SECURITY = secured([Scope.SERVICE])
RECORD = schemas.answer(consentRecord=schemas.ConsentRecord)
RECORD_AND_REVISION = schemas.answer(consentRecord=schemas.ConsentRecord, revision=schemas.Revision)
RECORDS = schemas.answer(consentRecords=[schemas.ConsentRecord])
_BY_LETTER = msg(
    "The owner of this e-mail address says yes by a letter, so there is nothing to sign. Record it without a signature."
)
PUBLISHED = (AgreementState.IN_FORCE, AgreementState.ENDED)


def published(agreement_id: str) -> DataAgreement:
    """An agreement that people are or were asked about. Raises NotFound for drafts."""
    found = there(queries.agreement(db.session(), caller().process_ids, identifier(agreement_id)))
    return there(found if found.state in PUBLISHED else None)


@service.route("/data-agreement/<string:agreement_id>/")
@token
@service.response(200, AGREEMENT)
@service.doc(security=SECURITY)
def agreement_read(agreement_id: str) -> Response:
    """An agreement with the revision that people are asked."""
    return told_agreement(published(agreement_id), published=True)


@service.route("/policy/<string:policy_id>/")
@token
@service.arguments(schemas.RevisionQuery, location="query", error_status_code=400)
@service.response(200, POLICY)
@service.doc(security=SECURITY)
def policy_read(query: dict[str, Any], policy_id: str) -> Response:
    """A policy with its newest revision, or with the one named."""
    return policy_with_revision(policy_id, query.get("revisionId"))


@service.route("/verification/data-agreements/")
@token
@service.arguments(schemas.Page, location="query", error_status_code=400)
@service.response(200, schemas.answer(dataAgreements=[schemas.DataAgreement]))
@service.doc(security=SECURITY)
def verification_agreements(query: dict[str, Any]) -> Response:
    """Agreements in force."""
    session = db.session()
    found = queries.agreements(session, caller().process_ids, *page(query), states=[AgreementState.IN_FORCE])
    papers = shapes.papers_for(session, [one.id for one in found])
    return told(dataAgreements=[shapes.agreement(one, papers, one.current) for one in found])


@service.route("/verification/consent-records/")
@token
@service.arguments(schemas.Filter, location="query", error_status_code=400)
@service.response(200, RECORDS)
@service.doc(security=SECURITY)
def verification_records(query: dict[str, Any]) -> Response:
    """Consents of the program's individuals that count at this moment, by the valve itself."""
    return records_told(query, caller().client_id, in_force_only=True)


def records_told(query: dict[str, Any], known_to: Any, *, in_force_only: bool = False) -> Response:
    """A page of records, filtered by individual and agreement."""
    found = queries.records(
        db.session(),
        caller().process_ids,
        *page(query),
        known_to=known_to,
        individual_id=optional(query.get("individualId")),
        agreement_id=optional(query.get("dataAgreementId")),
        in_force_only=in_force_only,
    )
    note_reading_of([one.person_id for one in found], audits=known_to is None)
    return told(consentRecords=_shapes(found))


@service.route("/verification/consent-record/<string:record_id>/")
@token
@service.response(200, RECORD_AND_REVISION)
@service.doc(security=SECURITY)
def verification_record(record_id: str) -> Response:
    """One record of one of the program's individuals, with the revision that its last answer made."""
    found = record_by(record_id)
    note_reading_of([found.person_id])
    return _told_record(found)


@service.route("/individual/record/data-agreement/<string:agreement_id>/", methods=["POST"])
@token
@commits
@service.arguments(schemas.Whom, location="query", error_status_code=400)
@service.response(200, RECORD_AND_REVISION)
@service.doc(security=SECURITY)
def record_create(query: dict[str, Any], agreement_id: str) -> Response:
    """Record that an individual says yes to the present revision; one that is named must be that."""
    individual, found = whom(query), published(agreement_id)
    return told_answer(individual, found, passed_on(individual, found, opt_in=True, revision_id=query.get("revisionId")))


@service.route("/individual/record/data-agreement/<string:agreement_id>/")
@token
@service.response(200, RECORD)
@service.doc(security=SECURITY)
def record_read(agreement_id: str) -> Response:
    """The present answer of an individual to an agreement."""
    found = there(record_of(db.session(), published(agreement_id).id, whom().person_id))
    note_reading_of([found.person_id])
    return told(consentRecord=_shapes([found])[0])


@service.route("/individual/record/consent-record/draft/", methods=["POST"])
@token
@service.arguments(schemas.Whom, location="query", error_status_code=400)
@service.response(200, schemas.answer(consentRecord=schemas.ConsentRecord, signature=schemas.Signature))
@service.doc(security=SECURITY)
def draft_create(query: dict[str, Any]) -> Response:
    """What a yes would look like, with what there is to sign. Nothing is recorded."""
    individual, found = whom(query), published(query.get("dataAgreementId", ""))
    if found.state is not AgreementState.IN_FORCE:
        raise Refused(msg("This agreement has ended."))
    wanted = optional(query.get("revisionId"))
    revision = there(found.current if wanted in (None, found.current.id) else None)
    payload = drafts.draft_payload(found, revision, str(individual.id))
    record = draft(individual, found, opt_in=True, state="unsigned")
    return told(consentRecord=record, signature=drafts.draft_signature(payload))


@service.route("/individual/record/consent-record/", methods=["POST"])
@token
@commits
@service.arguments(schemas.body("consentRecord", schemas.ConsentRecord, signature=schemas.Signature), error_status_code=400)
@service.response(
    200,
    schemas.answer(consentRecord=schemas.ConsentRecord, revision=schemas.Revision, signature=schemas.Signature),
)
@service.doc(security=SECURITY)
def record_and_signature_create(body: dict[str, Any]) -> Response:
    """Record an answer together with its signature, against the words whose hash the draft carried."""
    said, signed = body["consentRecord"], body["signature"]
    individual = whom({"individualId": said.get("individual", {}).get("id")})
    agreement = published(said.get("dataAgreement", {}).get("id", ""))
    opt_in = said.get("optIn", True)
    payload = drafts.draft_payload(agreement, agreement.current, str(individual.id), opt_in=opt_in)
    if signed.get("verificationPayload") not in (None, "", payload):
        raise Refused(msg("This signature is over something else than what is recorded here."))
    record = passed_on(
        individual,
        agreement,
        opt_in=opt_in,
        revision_id=said.get("dataAgreementRevision", {}).get("id"),
        revision_hash=said.get("dataAgreementRevisionHash"),
    )
    if isinstance(record, Asked):
        raise Refused(_BY_LETTER)
    kept = begin_signature(db.session(), caller().actor, record, payload, drafts.digest_of(payload), signed)
    shape = _shapes([record])[0]
    return told(consentRecord=shape, revision=_revision(record), signature=shapes.signature(kept, record))


@service.route("/individual/record/consent-record/")
@token
@service.arguments(schemas.Page, location="query", error_status_code=400)
@service.response(200, RECORDS)
@service.doc(security=SECURITY)
def record_list(query: dict[str, Any]) -> Response:
    """All present answers of an individual."""
    return records_told({**query, "individualId": str(whom().id)}, caller().client_id)


@service.route("/individual/record/consent-record/<string:record_id>/", methods=["PUT"])
@token
@commits
@service.arguments(schemas.body("consentRecord", schemas.ConsentRecord), error_status_code=400)
@service.response(200, RECORD_AND_REVISION)
@service.doc(security=SECURITY)
def record_update(body: dict[str, Any], record_id: str) -> Response:
    """Change an answer: `optIn` false takes a yes back, at once; true says yes to the present revision, which it names."""
    said = body["consentRecord"]
    if "optIn" not in said:
        raise Refused(msg("Say optIn: true or false."), field="optIn")
    record = record_by(record_id)
    agreement = there(queries.agreement(db.session(), caller().process_ids, record.agreement_id))
    shown = said.get("dataAgreementRevision", {}).get("id")
    digest = said.get("dataAgreementRevisionHash")
    if said["optIn"] and not (shown or digest):
        why = msg("Say which revision the individual was shown: dataAgreementRevision or dataAgreementRevisionHash.")
        raise Refused(why, field="dataAgreementRevision")
    if not said["optIn"] and shown == str(record.revision_id):
        shown = digest = None  # a yes is taken back as it was given, also when the text is another by now
    individual = _whose(record)
    result = passed_on(individual, agreement, opt_in=said["optIn"], revision_id=shown, revision_hash=digest)
    return told_answer(individual, agreement, result)


@service.route("/individual/record/data-agreement/<string:agreement_id>/all/")
@token
@service.arguments(schemas.Page, location="query", error_status_code=400)
@service.response(200, RECORDS)
@service.doc(security=SECURITY)
def record_history(query: dict[str, Any], agreement_id: str) -> Response:
    """Everything an individual has said to an agreement, the latest first; the first of them is the present answer."""
    session, found, individual = db.session(), published(agreement_id), whom()
    record = record_of(session, found.id, individual.person_id)
    skip, limit = page(query)
    events = [one for one in reversed(events_of(session, found.id, individual.person_id)) if drafts.is_answer(one)]
    if record is None or not events:
        return told(consentRecords=[])
    note_reading_of([record.person_id])
    present = _shapes([record])[0]
    return told(consentRecords=[drafts.earlier(present, one, found) for one in events[skip : skip + limit]])


@service.route("/individual/record/", methods=["DELETE"])
@token
@commits
@service.response(200)
@service.doc(security=SECURITY)
def forget() -> Response:
    """Take back everything that an individual has allowed and that need not be kept."""
    forget_answers(db.session(), caller().actor, whom())
    return told()


def record_by(record_id: str) -> ConsentRecord:
    """A record of one of the program's individuals. Raises NotFound for any other."""
    who = caller()
    return there(queries.record(db.session(), who.process_ids, identifier(record_id), known_to=who.client_id))


def _whose(record: ConsentRecord) -> Individual:
    known = queries.individuals_who_are(db.session(), caller().client_id, [record.person_id])
    return there(known.get(record.person_id))


def _shapes(found: Any) -> list[shapes.Shape]:
    near = shapes.beside(db.session(), caller().client_id, found)
    return [shapes.record(one, near) for one in found]


def _revision(record: ConsentRecord) -> shapes.Shape:
    return shapes.record_revision(record, shapes.beside(db.session(), caller().client_id, [record]))


def _told_record(record: ConsentRecord) -> Response:
    return told(consentRecord=_shapes([record])[0], revision=_revision(record))
