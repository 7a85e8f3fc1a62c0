"""An installation that trusts an identity provider."""

import dataclasses

import pytest
from flask import Flask

from app.features.interfaces.helsinki import provider as providers
from tests.factories.interfaces import IdentityProvider


@pytest.fixture
def identity_provider(app: Flask, db, monkeypatch: pytest.MonkeyPatch) -> IdentityProvider:
    """The provider that the Helsinki GDPR API trusts during this test; its keys are fetched from memory."""
    made = IdentityProvider()
    settings = dataclasses.replace(app.config["SETTINGS"], gdpr_issuer=made.issuer, gdpr_audience=made.audience)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    monkeypatch.setattr(providers, "_providers", {made.issuer: providers.Provider(made.issuer, made.fetch)})
    return made
