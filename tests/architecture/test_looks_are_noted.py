"""Every staff page that shows a resident's name or address writes the look down, or says here why it need not."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import exists, select

from app.extensions import db as database
from app.features.accounts.models import Person, RoleAssignment
from app.kernel import looks
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.rooms import ROOMS
from app.web.access import requires
from app.web.looks import looked_at
from tests.samples.world import World, access_of, viewer_for, visits_to

# Endpoints that show a resident's name to staff and note nothing, each with the reason.
EXEMPT = {
    "committee_staff.index": "Members of the committee who decided, and staff who wrote an objection down: both in office.",
}


@contextmanager
def noticed() -> Iterator[set[UUID]]:
    """Whose records were said to be looked at meanwhile."""
    seen: set[UUID] = set()
    before = list(looks._remember)
    looks._remember[:] = [lambda _session, _look, people, _looker: seen.update(people)]
    try:
        yield seen
    finally:
        looks._remember[:] = before


def residents() -> dict[UUID, tuple[str, ...]]:
    """People without a role, with the words that would give them away on a page."""
    in_office = exists().where(RoleAssignment.person_id == Person.id)
    people = database.session.scalars(select(Person).where(~in_office, Person.is_administrator.is_(False)))
    return {
        one.id: tuple(word for word in (one.display_name, one.email) if word and len(word) > 3)
        for one in people
        if one.erased_at is None
    }


def shown_without_a_note(app: Flask, room: str, world: World, known: dict[UUID, tuple[str, ...]]) -> dict[str, set[str]]:
    """Endpoint: words of people that its page shows to staff without noting the look."""
    found: dict[str, set[str]] = {}
    for endpoint, visit in visits_to(app, room, world):
        permission = access_of(app.view_functions[endpoint], "GET") if endpoint else None
        if not isinstance(permission, Permission) or visit.status != 200:
            continue
        client = world.client(visit.viewer or viewer_for(permission))
        with noticed() as seen:
            page = client.get(visit.url)
        text = html.unescape(page.get_data(as_text=True)) if page.mimetype.startswith("text/") else ""
        for person, words in known.items():
            told = {word for word in words if word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)}
            if told and person not in seen:
                found.setdefault(endpoint, set()).update(told)
    return found


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("room", ROOMS)
def test_a_staff_page_that_shows_somebody_notes_it(app: Flask, world: World, room: str) -> None:
    known = residents()
    found = shown_without_a_note(app, room, world, known)
    assert {endpoint: words for endpoint, words in found.items() if endpoint not in EXEMPT} == {}


def test_every_exemption_is_of_a_page_that_there_is(app: Flask) -> None:
    assert set(EXEMPT) <= set(app.view_functions)


def planted(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, *, notes: bool) -> dict[str, set[str]]:
    """The staff's list of data agreements, made to show a resident's address."""
    person = world.person("resident")
    look = Look("planted", msg("%(role)s looked"), msg("Nothing"))

    @requires(Permission.AGREEMENT_MANAGE)
    def shows() -> str:
        if notes:
            looked_at(look, [person.id])
        return f"<p>{person.email}</p>"

    monkeypatch.setitem(app.view_functions, "consents_manage.index", shows)
    try:
        return shown_without_a_note(app, "consents", world, residents())
    finally:
        looks._looks.pop("planted")


def test_a_page_that_shows_somebody_and_notes_nothing_is_found(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = world.person("resident").email
    assert planted(app, world, monkeypatch, notes=False) == {"consents_manage.index": {email}}


def test_a_page_that_notes_it_is_fine(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert planted(app, world, monkeypatch, notes=True) == {}
