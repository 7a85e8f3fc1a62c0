"""Agreements and individuals: the rest of the part `config`, and individuals in the part `service`."""

from typing import Any

from flask import Response, current_app
from flask_smorest import Blueprint

from app.extensions import db
from app.features.consents.queries import DataAgreement
from app.features.interfaces.clients.bearer import needs, secured
from app.features.interfaces.commands import RegisterIndividual, WritePaper
from app.features.interfaces.govstack import schemas, shapes
from app.features.interfaces.govstack.door import (
    caller,
    config,
    identifier,
    language,
    optional,
    page,
    service,
    there,
    told,
)
from app.features.interfaces.queries import govstack as queries
from app.features.interfaces.rules import Audience, Scope
from app.features.interfaces.use_cases import end_paper, register_individual, write_paper
from app.web.transaction import commits

config_token = needs(Scope.CONFIG, Audience.GOVSTACK)
SECURITY = secured([Scope.CONFIG])
AGREEMENT = schemas.answer(dataAgreement=schemas.DataAgreement, revision=schemas.Revision)
AGREEMENT_BODY = schemas.body("dataAgreement", schemas.DataAgreement)
REVISED_BODY = schemas.body("dataAgreement", schemas.DataAgreement, optional={"revision": schemas.Revision})
INDIVIDUAL = schemas.answer(individual=schemas.Individual)
INDIVIDUALS = schemas.answer(individuals=[schemas.Individual])
INDIVIDUAL_BODY = schemas.body("individual", schemas.Individual)


@config.route("/data-agreement/", methods=["POST"])
@config_token
@commits
@config.arguments(AGREEMENT_BODY, error_status_code=400)
@config.response(200, AGREEMENT)
@config.doc(security=SECURITY)
def agreement_create(body: dict[str, Any]) -> Response:
    """Write the draft of an agreement. With `active` it waits for a second hand."""
    return _write(body["dataAgreement"], None)


@config.route("/data-agreement/<string:agreement_id>/")
@config_token
@config.response(200, AGREEMENT)
@config.doc(security=SECURITY)
def agreement_read(agreement_id: str) -> Response:
    """An agreement with its newest revision, also one that is a draft."""
    return told_agreement(there(queries.agreement(db.session(), caller().process_ids, identifier(agreement_id))))


@config.route("/data-agreement/<string:agreement_id>/", methods=["PUT"])
@config_token
@commits
@config.arguments(REVISED_BODY, error_status_code=400)
@config.response(200, AGREEMENT)
@config.doc(security=SECURITY)
def agreement_update(body: dict[str, Any], agreement_id: str) -> Response:
    """Write the next revision; or, as the second hand, put in force what others wrote and `revision` names by id and hash."""
    return _write(body["dataAgreement"], agreement_id, body.get("revision", {}))


@config.route("/data-agreement/<string:agreement_id>/", methods=["DELETE"])
@config_token
@commits
@config.response(200, schemas.answer(revision=schemas.Revision))
@config.doc(security=SECURITY)
def agreement_delete(agreement_id: str) -> Response:
    """End an agreement in force, with the consents given to it; throw away one that never was."""
    session, who = db.session(), caller()
    found = there(queries.agreement(session, who.process_ids, identifier(agreement_id)))
    papers = shapes.papers_for(session, [found.id])
    last = shapes.agreement_revision(found, found.pending or found.current, papers)
    end_paper(session, who.actor, who.process_ids, found, may_approve=who.holds(Scope.APPROVE))
    return told(revision=last)


@config.route("/data-agreements/")
@config_token
@config.arguments(schemas.Page, location="query", error_status_code=400)
@config.response(200, schemas.answer(dataAgreement=[schemas.DataAgreement]))
@config.doc(security=SECURITY)
def agreement_list(query: dict[str, Any]) -> Response:
    """All agreements that the program may see, drafts and ended ones, too."""
    session = db.session()
    found = queries.agreements(session, caller().process_ids, *page(query))
    papers = shapes.papers_for(session, [one.id for one in found])
    return told(dataAgreement=[shapes.agreement(one, papers) for one in found])


def told_agreement(found: DataAgreement, *, published: bool = False) -> Response:
    """An agreement with a revision: the one people are asked, or also one that is being worked on."""
    papers = shapes.papers_for(db.session(), [found.id])
    revision = found.current if published else found.pending or found.current
    return told(
        dataAgreement=shapes.agreement(found, papers, revision),
        revision=shapes.agreement_revision(found, revision, papers),
    )


def _write(said: dict[str, Any], agreement_id: str | None, revision: dict[str, Any] | None = None) -> Response:
    who, controller = caller(), said.get("controller", {})
    command = WritePaper(
        purpose=said["purpose"],
        lawful_basis=said["lawfulBasis"],
        version=said["version"],
        dpia=said["dpia"],
        language=language(),
        controller_id=_ours(controller.get("id")),
        controller_name=controller.get("name") or current_app.config["SETTINGS"].city_name,
        controller_url=controller.get("url", ""),
        policy_id=optional(said.get("policy", {}).get("id")),
        data_use=said.get("dataUse") or "",
        forgettable=said.get("forgettable", True),
        active=said.get("active", False),
        compatible=bool(said.get("compatibleWithVersion", {}).get("id")),
        attributes=tuple(said.get("attributes") or ("account",)),
        purpose_term=said.get("purposeTerm") or "services",
        agreement_id=identifier(agreement_id) if agreement_id is not None else None,
        revision_id=optional((revision or {}).get("id")),
        revision_hash=(revision or {}).get("serializedHash", ""),
    )
    may_approve = who.holds(Scope.APPROVE)
    return told_agreement(write_paper(db.session(), who.actor, who.process_ids, command, may_approve=may_approve))


def _ours(text: str | None) -> Any:
    """A controller's identifier, if it is one of ours; programs have names of their own for them."""
    try:
        return optional(text)
    except Exception:  # noqa: BLE001  whatever it is, it is none of ours
        return None


def _individuals(door: Blueprint, scope: Scope) -> None:
    """The same three addresses in `config` and in `service`."""
    token, security = needs(scope, Audience.GOVSTACK), secured([scope])

    @door.route("/individual/", methods=["POST"])
    @token
    @commits
    @door.arguments(INDIVIDUAL_BODY, error_status_code=400)
    @door.response(200, INDIVIDUAL)
    @door.doc(security=security)
    def individual_create(body: dict[str, Any]) -> Response:
        """Register an individual. With the scope `accounts`, that may be a resident who has an account here."""
        return write_individual(body["individual"], None)

    @door.route("/individual/<string:individual_id>/")
    @token
    @door.response(200, INDIVIDUAL)
    @door.doc(security=security)
    def individual_read(individual_id: str) -> Response:
        """One of the program's individuals."""
        found = there(queries.individual(db.session(), caller().client_id, identifier(individual_id)))
        return told(individual=shapes.individual(found))

    @door.route("/individuals/")
    @token
    @door.arguments(schemas.Page, location="query", error_status_code=400)
    @door.response(200, INDIVIDUALS)
    @door.doc(security=security)
    def individual_list(query: dict[str, Any]) -> Response:
        """All individuals that the program has registered."""
        found = queries.individuals(db.session(), caller().client_id, *page(query))
        return told(individuals=[shapes.individual(one) for one in found])


_individuals(config, Scope.CONFIG)
_individuals(service, Scope.SERVICE)


@service.route("/individual/<string:individual_id>/", methods=["PUT"])
@needs(Scope.SERVICE, Audience.GOVSTACK)
@commits
@service.arguments(INDIVIDUAL_BODY, error_status_code=400)
@service.response(200, INDIVIDUAL)
@service.doc(security=secured([Scope.SERVICE]))
def individual_update(body: dict[str, Any], individual_id: str) -> Response:
    """Change under which identifier an individual is known."""
    return write_individual(body["individual"], individual_id)


def write_individual(said: dict[str, Any], individual_id: str | None) -> Response:
    """Register an individual, or change one."""
    who = caller()
    command = RegisterIndividual(
        client_id=who.client_id,
        client_name=who.name,
        external_id=said.get("externalId", ""),
        external_id_type=said.get("externalIdType", ""),
        identity_provider_id=said.get("identityProviderId", ""),
        may_be_account=who.holds(Scope.ACCOUNTS),
        individual_id=identifier(individual_id) if individual_id is not None else None,
    )
    return told(individual=shapes.individual(register_individual(db.session(), who.actor, command)))
