"""Auditors see every page of a vote that the committee sees, without a button, and can send nothing.

The map of addresses is the list: a new page of these rooms that its auditors cannot read, or that takes something from them, is
found without anybody naming it here. What only asks for something to be written is named, with where auditors read it.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.extensions import db
from app.features.accounts.models import RoleAssignment
from app.features.spaces.models import Process
from app.kernel.permissions import GRANTS, Permission, Role
from app.web.access import requires
from tests.factories import accounts
from tests.samples import world as worlds

ROOMS = ("budgets", "voting", "rehearsals", "committee", "stations")
ONLY_FORMS = {
    "budgets_manage.new": "the pot is on its page, budgets_manage.show",
    "budgets_manage.change": "the pot is on its page",
    "budgets_manage.fix": "a confirmation; what is fixed is on the page of the pot",
    "budgets_manage.new_project": "the projects are on the page of the pot",
    "budgets_manage.change_project": "the projects are on the page of the pot",
    "budgets_manage.group": "the groups are on the page of the pot",
    "budgets_manage.review": "reviews are public, and listed in budgets_manage.reviews",
    "budgets_manage.take_back": "a confirmation",
    "voting_roll.replace": "the list is on voting_roll.roll, and what was done to it in the audit log",
    "voting_letters.as_csv": "codes with which one can vote: nobody reads them who does not print them",
    "voting_letters.as_pdf": "codes with which one can vote",
    "voting_contests.decide": "the answer is on voting_contests.proposed and on the slip",
    "rehearsals.remove": "a confirmation",
    "committee_staff.new": "a decision is on its page as soon as it is proposed",
    "committee_objections.record": "objections are on committee_staff.index",
    "committee_paper.why": "reasons are on committee_paper.index",
}
"""Pages of the committee that hold nothing but a form, and where auditors read what comes of it."""
COMMITTEE = GRANTS[Role.COMMITTEE]
pytestmark = pytest.mark.timeout(240)


def pages(app: Flask) -> Iterator[tuple[Rule, str, Permission]]:
    """Every address and method of these rooms that the committee may use and not everybody."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint in worlds.WITHOUT_SAMPLE or worlds.place_of(view) not in ROOMS:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            access = worlds.access_of(view, method)
            if isinstance(access, Permission) and access in COMMITTEE:
                yield rule, method, access


def buttons_in(page: str) -> list[str]:
    """Forms that send something, in the part of a page that is its own."""
    main = page[page.index("<main") : page.index("</main")] if "<main" in page else ""
    return re.findall(r"<form[^>]*method=[\"\']?post[^>]*>", main, re.IGNORECASE)


def what_auditors_miss(app: Flask, world: worlds.World) -> list[str]:
    """Pages that the committee sees and an auditor of the same process does not, or sees with a button."""
    found = []
    for room in ROOMS:
        for endpoint, visit in worlds.visits_to(app, room, world):
            access = worlds.access_of(app.view_functions[endpoint], "GET") if endpoint else "public"
            if not isinstance(access, Permission) or access not in COMMITTEE or endpoint in ONLY_FORMS:
                continue
            theirs = world.client("committee").get(visit.url)
            answer = world.client("auditor").get(visit.url)
            if theirs.status_code != answer.status_code:
                found.append(f"{visit.url}: {theirs.status_code} for the committee, {answer.status_code} for an auditor")
            elif answer.status_code == 200 and answer.mimetype == "text/html" and buttons_in(answer.text):
                found.append(f"{visit.url}: an auditor has a button: {buttons_in(answer.text)[0]}")
    return found


def what_takes_something(app: Flask, auditor: FlaskClient, process_id: object) -> list[str]:
    """Addresses that answer something an auditor sends with anything but a refusal."""
    found = []
    for rule, method, _access in pages(app):
        if method == "GET":
            continue
        values = {name: process_id for name in rule.arguments if name.endswith("_id")}
        url = _address(app, rule, values, method)
        answer = auditor.open(url, method=method)
        if answer.status_code not in (403, 404):
            found.append(f"{method} {url} -> {answer.status_code}")
    return found


def _address(app: Flask, rule: Rule, values: dict[str, object], method: str) -> str:
    from tests.architecture.test_law_05_access import some_address

    plain = some_address(app, rule)
    try:
        filled = {**app.url_map.bind("localhost").match(plain, method=method)[1], **values}
        return app.url_map.bind("localhost").build(rule.endpoint, filled, method=method)
    except Exception:
        return plain


@pytest.fixture
def world(app: Flask, session: object) -> worlds.World:
    """The small city; the auditor has their role in each process in which the committee has its own."""
    city = worlds.build(app)
    committee, auditor = city.person("committee"), city.person("auditor")
    held = select(RoleAssignment).where(RoleAssignment.person_id == committee.id, RoleAssignment.role == Role.COMMITTEE)
    mine = select(RoleAssignment.process_id).where(RoleAssignment.person_id == auditor.id, RoleAssignment.role == Role.AUDITOR)
    there = {city.process.id, *db.session.scalars(mine)}  # some rooms' samples have given it already
    for given in db.session.scalars(held).all():
        if given.process_id not in there:
            accounts.grant(auditor, Role.AUDITOR, db.session.get_one(Process, given.process_id))
    db.session.commit()
    return city


@pytest.mark.one_database("sqlite")
def test_auditors_see_every_page_that_the_committee_sees_and_have_no_button(app: Flask, world: worlds.World) -> None:
    assert what_auditors_miss(app, world) == []


def test_auditors_can_send_nothing(app: Flask, world: worlds.World) -> None:
    assert what_takes_something(app, world.client("auditor"), world.process.id) == []


def test_only_forms_are_exempt_and_each_is_still_there(app: Flask) -> None:
    assert set(ONLY_FORMS) <= {rule.endpoint for rule, _method, _access in pages(app)}


def test_a_page_that_is_hidden_from_auditors_or_takes_something_is_found(app: Flask, world: worlds.World) -> None:
    """A planted violation of each kind, in the place of a page that is as it should be."""
    process_id = world.process.id
    hidden, open_ = "voting_contests.index", "voting_box.close"
    kept = {name: app.view_functions[name] for name in (hidden, open_)}
    refusing = requires(Permission.BUDGET_CERTIFY)(lambda **_values: "<main></main>")
    careless = requires(Permission.BUDGET_INSPECT)(lambda **_values: "done")
    try:
        for name, planted in ((hidden, refusing), (open_, careless)):
            planted.__wrapped__.__module__ = kept[name].__module__
            app.view_functions[name] = planted
        missed = what_auditors_miss(app, world)
        assert [line.split(":")[0] for line in missed] == [f"/staff/contests/{process_id}"]
        assert what_takes_something(app, world.client("auditor"), process_id) == [f"POST /staff/box/{process_id}/close -> 200"]
    finally:
        app.view_functions.update(kept)
