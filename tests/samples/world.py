"""A small city with one of everything, and the visits that the laws make in it.

Each room adds its part: `tests/samples/<room>.py` has `build(world)` and `SAMPLES`. tests/README.md explains both.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect as inspection
from werkzeug.routing import Rule

from app.extensions import db
from app.kernel.model import Model
from app.kernel.permissions import GRANTS, Permission, Role
from app.rooms import ROOMS
from tests.factories import accounts, spaces

# Everything that has pages: the rooms, what all share, and what developers get.
PLACES = (*ROOMS, "web", "developers")
NOBODY = "nobody"
RESIDENT = "resident"
WITHOUT_SAMPLE = frozenset({"static"})  # files, not pages


@dataclass(frozen=True)
class Visit:
    """A page to look at. `viewer` is `nobody`, `resident` or a role's value; None means: who the endpoint says may."""

    url: str
    viewer: str | None = None
    status: int = 200


class World:
    """The things in the small city: rooms set attributes (`world.proposal = …`), samples and other rooms read them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._people: dict[str, Any] = {}
        self._clients: dict[str, FlaskClient] = {}
        self.broken: dict[str, Exception] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"the small city has no {name!r}: no tests/samples/<room>.py set it in build(world) so far")

    def person(self, viewer: str) -> Any:
        """The resident, or the member of staff with that role (in `world.process`); one of each."""
        if viewer not in self._people:
            self._people[viewer] = (
                accounts.person(display_name="Rosa Resident")
                if viewer == RESIDENT
                else accounts.staff(Role(viewer), self.process, display_name=f"Sam {viewer.title()}")
            )
        return self._people[viewer]

    def client(self, viewer: str) -> FlaskClient:
        """A client signed in as that person."""
        if viewer not in self._clients:
            client = self.app.test_client()
            if viewer != NOBODY:
                # A page that was visited before has closed the session that the person came from.
                known = self.person(viewer)
                accounts.sign_in(client, db.session.get(type(known), known.id))
            self._clients[viewer] = client
        return self._clients[viewer]

    def again(self) -> "World":
        """The same city for another session: its things are brought back, everybody has yet to sign in."""
        other = World(self.app)
        for name, value in vars(self).items():
            if name not in ("app", "_clients"):
                setattr(other, name, _brought_back(value))
        return other


def _brought_back(value: Any) -> Any:
    """A thing of the database in the present session, with all that was loaded of it; also within lists and dictionaries."""
    if isinstance(value, Model):
        state = inspection(value)
        if state.modified or not state.identity:
            return db.session.get(type(value), state.identity) if state.identity else value
        return db.session.merge(value, load=False)
    if isinstance(value, dict):
        return {key: _brought_back(each) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_brought_back(each) for each in value)
    return value


def build(app: Flask) -> World:
    """The small city: an open process, then each room's part in the order of the rooms.

    A room whose part cannot be built is remembered: its own pages fail with that error, the others are looked at all the same.
    """
    world = World(app)
    world.process = spaces.process(title={"en": "Ideas for the district"})
    for place in PLACES:
        try:
            with db.session.begin_nested():
                module = samples_module(place)
                if module is not None and hasattr(module, "build"):
                    module.build(world)
        except Exception as error:
            world.broken[place] = error
    return world


def samples_module(place: str) -> ModuleType | None:
    """The samples of a room, if it has any."""
    name = f"tests.samples.{place}"
    return import_module(name) if find_spec(name) else None


def place_of(view: Callable[..., Any]) -> str:
    """The room that a view belongs to, or `web`, or `developers`."""
    parts = inspect.unwrap(getattr(view, "view_class", view)).__module__.split(".")
    if parts[:2] == ["app", "features"]:
        return parts[2]
    return "developers" if parts[:2] == ["app", "developers"] else "web"


def pages_of(app: Flask, place: str) -> Iterator[Rule]:
    """The addresses of `place` that answer to GET."""
    for rule in app.url_map.iter_rules():
        answers_get = "GET" in (rule.methods or ()) and rule.endpoint not in WITHOUT_SAMPLE
        if answers_get and place_of(app.view_functions[rule.endpoint]) == place:
            yield rule


def without_sample(app: Flask, place: str) -> list[str]:
    """Endpoints of `place` that nobody has sample data for."""
    known = getattr(samples_module(place), "SAMPLES", {})
    return sorted({rule.endpoint for rule in pages_of(app, place)} - set(known))


def visits_to(app: Flask, place: str, world: World) -> Iterator[tuple[str, Visit]]:
    """Endpoint and visit for every sample of `place`, with the viewer that the endpoint's declaration asks for."""
    if place in world.broken:
        raise world.broken[place]
    module = samples_module(place)
    for endpoint, sample in getattr(module, "SAMPLES", {}).items():
        for visit in _as_visits(sample(world)):
            yield endpoint, _with_viewer(visit, access_of(app.view_functions[endpoint], "GET"))
    for extra in getattr(module, "EXTRAS", ()):
        for visit in _as_visits(extra(world)):
            yield "", _with_viewer(visit, "public")


def _as_visits(sample: "str | Visit | Iterable[str | Visit]") -> list[Visit]:
    if isinstance(sample, str):
        return [Visit(sample)]
    if isinstance(sample, Visit):
        return [sample]
    return [visit for each in sample for visit in _as_visits(each)]


def _with_viewer(visit: Visit, access: Any) -> Visit:
    if visit.viewer is not None:
        return visit
    return Visit(visit.url, viewer_for(access), visit.status)


def viewer_for(access: Any) -> str:
    """Somebody who may use an endpoint declared with `access`."""
    if isinstance(access, Permission):
        return next(role.value for role in Role if access in GRANTS[role])
    return RESIDENT if access == "signed in" else NOBODY


def access_of(view: Callable[..., Any], method: str) -> Any:
    """What a view (or the method of a class of views) declares about who may use it; None when it declares nothing."""
    if (declared := getattr(view, "__access__", None)) is not None:
        return declared
    handler = getattr(getattr(view, "view_class", None), method.lower(), None)
    return getattr(handler, "__access__", None)
