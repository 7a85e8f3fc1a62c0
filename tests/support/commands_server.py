"""What the server of `tests/support/commands.py` imports before the first process: the application, not yet made."""

from importlib import import_module
from importlib.util import find_spec

import alembic.command
import celery.bin.celery
import flask.cli
import granian.cli

import app.extensions
import app.web
from app.rooms import ROOMS

__all__ = ["alembic", "app", "celery", "flask", "granian"]

# As `create_app` does, tasks excepted: their schedules are kept where the application has its own settings.
PARTS = ("models", "governed", "mails", "queries", "use_cases", "personal_data", "erased", "retention", "automated")
DOORS = ("routes", "authoring_routes", "manage_routes", "api", "cli")

for room in ROOMS:
    for part in (*PARTS, *DOORS):
        if find_spec(f"app.features.{room}.{part}"):
            import_module(f"app.features.{room}.{part}")
