"""Policies and webhooks: the part `config` of the building block."""

from typing import Any

from flask import Response, current_app

from app.extensions import db
from app.features.interfaces.clients.bearer import needs, secured
from app.features.interfaces.commands import WritePolicy, WriteWebhook
from app.features.interfaces.govstack import schemas, shapes
from app.features.interfaces.govstack.door import caller, config, identifier, optional, page, there, told
from app.features.interfaces.models import Policy, PolicyRevision
from app.features.interfaces.queries import govstack as queries
from app.features.interfaces.rules import Audience, Scope
from app.features.interfaces.use_cases import delete_policy, delete_webhook, write_policy, write_webhook
from app.web.transaction import commits

config_token = needs(Scope.CONFIG, Audience.GOVSTACK)
SECURITY = secured([Scope.CONFIG])
POLICY = schemas.answer(policy=schemas.Policy, revision=schemas.Revision)
WEBHOOK = schemas.answer(webhook=schemas.Webhook)


@config.route("/policy/", methods=["POST"])
@config_token
@commits
@config.arguments(schemas.body("policy", schemas.Policy), error_status_code=400)
@config.response(200, POLICY)
@config.doc(security=SECURITY)
def policy_create(body: dict[str, Any]) -> Response:
    """Write a policy."""
    revision = write_policy(db.session(), caller().actor, WritePolicy(_content(body)))
    return _policy(revision.policy, revision)


@config.route("/policy/<string:policy_id>/")
@config_token
@config.arguments(schemas.RevisionQuery, location="query", error_status_code=400)
@config.response(200, POLICY)
@config.doc(security=SECURITY)
def policy_read(query: dict[str, Any], policy_id: str) -> Response:
    """A policy with its newest revision, or with the one named."""
    return policy_with_revision(policy_id, query.get("revisionId"))


def policy_with_revision(policy_id: str, revision_id: str | None) -> Response:
    """The same, for the part `service`."""
    found = there(queries.policy(db.session(), identifier(policy_id)))
    wanted = optional(revision_id)
    revision = there(next((one for one in found.revisions if wanted in (None, one.id)), None))
    return _policy(found, revision)


@config.route("/policy/<string:policy_id>/", methods=["PUT"])
@config_token
@commits
@config.arguments(schemas.body("policy", schemas.Policy), error_status_code=400)
@config.response(200, POLICY)
@config.doc(security=SECURITY)
def policy_update(body: dict[str, Any], policy_id: str) -> Response:
    """Write the next revision of a policy."""
    revision = write_policy(db.session(), caller().actor, WritePolicy(_content(body), identifier(policy_id)))
    return _policy(revision.policy, revision)


@config.route("/policy/<string:policy_id>/", methods=["DELETE"])
@config_token
@commits
@config.response(200, schemas.answer(revision=schemas.Revision))
@config.doc(security=SECURITY)
def policy_delete(policy_id: str) -> Response:
    """Take a policy out of use."""
    revision = delete_policy(db.session(), caller().actor, identifier(policy_id))
    return told(revision=shapes.policy_revision(revision.policy, revision))


@config.route("/policy/<string:policy_id>/revisions/")
@config_token
@config.arguments(schemas.Page, location="query", error_status_code=400)
@config.response(200, schemas.answer(policy=schemas.Policy, revisions=[schemas.Revision]))
@config.doc(security=SECURITY)
def policy_revisions(query: dict[str, Any], policy_id: str) -> Response:
    """A policy with all its revisions, the newest first."""
    found = there(queries.policy(db.session(), identifier(policy_id)))
    skip, limit = page(query)
    revisions = found.revisions[skip : skip + limit]
    return told(
        policy=shapes.policy(found.current), revisions=[shapes.policy_revision(found, revision) for revision in revisions]
    )


@config.route("/policies/")
@config_token
@config.arguments(schemas.PolicyPage, location="query", error_status_code=400)
@config.response(200, schemas.answer(policies=[schemas.Policy]))
@config.doc(security=SECURITY)
def policy_list(query: dict[str, Any]) -> Response:
    """All policies that are in use."""
    found = queries.policies(db.session(), *page(query), optional(query.get("revisionId")))
    return told(policies=[shapes.policy(one.current) for one in found])


def _content(body: dict[str, Any]) -> dict[str, str | int]:
    return {name: value for name, value in body["policy"].items() if name != "id"}


def _policy(found: Policy, revision: PolicyRevision) -> Response:
    return told(policy=shapes.policy(revision), revision=shapes.policy_revision(found, revision))


@config.route("/webhook/", methods=["POST"])
@config_token
@commits
@config.arguments(schemas.body("webhook", schemas.Webhook), error_status_code=400)
@config.response(200, WEBHOOK)
@config.doc(security=SECURITY)
def webhook_create(body: dict[str, Any]) -> Response:
    """Say where the program wants to be told of what its individuals answer."""
    return _write_webhook(body, None)


@config.route("/webhook/<string:webhook_id>/")
@config_token
@config.response(200, WEBHOOK)
@config.doc(security=SECURITY)
def webhook_read(webhook_id: str) -> Response:
    """One webhook of the program, without its secret."""
    found = there(queries.webhook(db.session(), caller().client_id, identifier(webhook_id)))
    return told(webhook=shapes.webhook(found))


@config.route("/webhook/<string:webhook_id>/", methods=["PUT"])
@config_token
@commits
@config.arguments(schemas.body("webhook", schemas.Webhook), error_status_code=400)
@config.response(200, WEBHOOK)
@config.doc(security=SECURITY)
def webhook_update(body: dict[str, Any], webhook_id: str) -> Response:
    """Change a webhook."""
    return _write_webhook(body, webhook_id)


@config.route("/webhook/<string:webhook_id>/", methods=["DELETE"])
@config_token
@commits
@config.response(200)
@config.doc(security=SECURITY)
def webhook_delete(webhook_id: str) -> Response:
    """Tell this address nothing any more."""
    delete_webhook(db.session(), caller().actor, caller().client_id, identifier(webhook_id))
    return told()


@config.route("/webhooks/")
@config_token
@config.arguments(schemas.Page, location="query", error_status_code=400)
@config.response(200, schemas.answer(webhooks=[schemas.Webhook]))
@config.doc(security=SECURITY)
def webhook_list(query: dict[str, Any]) -> Response:
    """All webhooks of the program."""
    found = queries.webhooks(db.session(), caller().client_id, *page(query))
    return told(webhooks=[shapes.webhook(one) for one in found])


def _write_webhook(body: dict[str, Any], webhook_id: str | None) -> Response:
    said = body["webhook"]
    command = WriteWebhook(
        client_id=caller().client_id,
        url=said["payloadUrl"],
        content_type=said["contentType"],
        disabled=said["disabled"],
        secret=said["secretKey"],
        webhook_id=identifier(webhook_id) if webhook_id is not None else None,
    )
    trusted = current_app.config["SETTINGS"].webhook_hosts
    return told(webhook=shapes.webhook(write_webhook(db.session(), caller().actor, command, trusted)))
