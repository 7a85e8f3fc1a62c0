"""A contents page of background work: Celery imports this, and so every room's tasks."""

from importlib import import_module
from importlib.util import find_spec

from app.rooms import ROOMS

for _room in ROOMS:
    if find_spec(f"app.features.{_room}.tasks"):
        import_module(f"app.features.{_room}.tasks")
