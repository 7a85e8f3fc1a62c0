"""The doors for programs. Each interface has its folder; here they are opened and put into our own description."""

from typing import Any

from flask import Blueprint as FlaskBlueprint

from app.features.interfaces.clients import oauth
from app.features.interfaces.clients.bearer import SECURITY
from app.features.interfaces.govstack import agreement_door, audit_door, config_door, service_door, signature_door
from app.features.interfaces.govstack.door import audit, config, service
from app.features.interfaces.helsinki.door import SECURITY as PROFILE
from app.features.interfaces.helsinki.door import gdpr
from app.features.interfaces.rules import SCOPES, webhook_vault
from app.features.interfaces.tracker.door import tracker
from app.web import described

GOVSTACK = (config, service, audit)
VIEWS = (agreement_door, audit_door, config_door, service_door, signature_door)
"""Imported so that their addresses stand in the doors before these are opened."""
bp = FlaskBlueprint("interfaces_described", __name__)
blueprints = [oauth.bp, bp]


@bp.record_once
def _describe(state: Any) -> None:
    """Open the addresses, and describe how programs show who they are."""
    webhook_vault.bind(state.app.config["SECRET_KEY"])
    flow = {"tokenUrl": "/oauth/token", "scopes": {scope.value: str(text) for scope, text in SCOPES.items()}}
    described.secure(state.app, SECURITY, {"type": "oauth2", "flows": {"clientCredentials": flow}})
    described.secure(
        state.app,
        PROFILE,
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of the city's identity provider for the person in the address.",
        },
    )
    for door in (*GOVSTACK, gdpr, tracker):
        described.add(state.app, door)
