"""For auditors: the part `audit`. Who is not the program's own individual has a name that leads to nobody."""

from typing import Any

from flask import Response

from app.extensions import db
from app.features.interfaces.clients.bearer import needs, secured
from app.features.interfaces.govstack import schemas, shapes
from app.features.interfaces.govstack.door import audit, caller, identifier, note_reading_of, page, there, told
from app.features.interfaces.govstack.service_door import PUBLISHED, published, records_told
from app.features.interfaces.queries import govstack as queries
from app.features.interfaces.rules import Audience, Scope

token = needs(Scope.AUDIT, Audience.GOVSTACK)
SECURITY = secured([Scope.AUDIT])


@audit.route("/consent-records/")
@token
@audit.arguments(schemas.Filter, location="query", error_status_code=400)
@audit.response(200, schemas.answer(consentRecords=[schemas.ConsentRecord]))
@audit.doc(security=SECURITY)
def record_list(query: dict[str, Any]) -> Response:
    """All present answers, whatever they are; by individual and agreement, if they are named."""
    return records_told(query, None)


@audit.route("/consent-record/<string:record_id>/")
@token
@audit.response(200, schemas.answer(consentRecord=schemas.ConsentRecord))
@audit.doc(security=SECURITY)
def record_read(record_id: str) -> Response:
    """One present answer."""
    session, who = db.session(), caller()
    found = there(queries.record(session, who.process_ids, identifier(record_id)))
    note_reading_of([found.person_id], audits=True)
    return told(consentRecord=shapes.record(found, shapes.beside(session, who.client_id, [found])))


@audit.route("/data-agreements/")
@token
@audit.arguments(schemas.Page, location="query", error_status_code=400)
@audit.response(200, schemas.answer(dataAgreements=[schemas.DataAgreement]))
@audit.doc(security=SECURITY)
def agreement_list(query: dict[str, Any]) -> Response:
    """All agreements that are or were in force."""
    session = db.session()
    found = queries.agreements(session, caller().process_ids, *page(query), states=PUBLISHED)
    papers = shapes.papers_for(session, [one.id for one in found])
    return told(dataAgreements=[shapes.agreement(one, papers, one.current) for one in found])


@audit.route("/data-agreement/<string:agreement_id>/")
@token
@audit.response(200, schemas.answer(dataAgreement=schemas.DataAgreement))
@audit.doc(security=SECURITY)
def agreement_read(agreement_id: str) -> Response:
    """One agreement that is or was in force."""
    found = published(agreement_id)
    return told(dataAgreement=shapes.agreement(found, shapes.papers_for(db.session(), [found.id]), found.current))
