"""What the server of `tests/support/commands.py` imports before the first command: the application, not yet made."""

from importlib import import_module
from importlib.util import find_spec

import alembic.command
import flask.cli

import app.extensions
import app.web
from app.rooms import ROOMS

__all__ = ["alembic", "app", "flask"]

for room in ROOMS:
    for part in ("models", "queries", "use_cases"):
        if find_spec(f"app.features.{room}.{part}"):
            import_module(f"app.features.{room}.{part}")
