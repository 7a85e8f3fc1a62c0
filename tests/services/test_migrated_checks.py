"""The tests make their tables from the models; what a city has was made by the migrations. Both must allow the same."""

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from app.developers.checks.migrations import _checks, _created_by_models
from app.kernel.database import Database
from tests.support.commands import flask


def migrated(folder: Path) -> str:
    """Address of a database that `flask db upgrade` made."""
    url = f"sqlite:///{folder}/migrated.sqlite3"
    environment = {**os.environ, "PLAZA_ENV": "development", "PLAZA_VAR": str(folder), "PLAZA_DATABASE_URL": url}
    ended, said = flask("db", "upgrade", environment=environment)
    assert ended == 0, said
    return url


@pytest.mark.one_database("sqlite")  # both databases that are compared are made here, whichever the application has
def test_a_migrated_database_allows_what_the_models_allow(app: Flask, tmp_path: Path) -> None:
    assert app.blueprints  # the rooms are there, so every model is known
    by_migrations = Database()
    by_migrations.engine = create_engine(migrated(tmp_path))
    by_models = _created_by_models(f"sqlite:///{tmp_path}/models.sqlite3")
    try:
        assert _checks(by_migrations) == by_models.checks
    finally:
        by_migrations.engine.dispose()
