"""Casting paths write no access log: when somebody voted or showed who they are stands in no line (docs/voting/casting.md)."""

import ast
import inspect
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.features.voting.use_cases import cast_ballot
from app.kernel.database import Database
from app.web import logs
from app.web.access import public

TAKES = {
    *("cast_ballot", "cast_at_desk"),
    *("check_at_desk", "enter_card", "identify", "open_contest", "renew_code", "void_code", "mark_undelivered", "voter_key"),
    *("enter_code", "voter_session", "who_votes", "kept", "is_waiting"),
}
"""What takes a ballot; a card number; a code, a stay, choices or a receipt in a browser. Names of the room `voting` alone."""


def reads(view: Any) -> set[str]:
    """What a view calls of `TAKES`, itself or through functions of its own file."""
    view = inspect.unwrap(view)
    module = inspect.getmodule(view)
    tree = ast.parse(inspect.getsource(module)) if module is not None else ast.Module([], [])
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found: set[str] = set()
    todo, seen = [view.__name__], set()
    while todo:
        name = todo.pop()
        if name in functions and name not in seen:
            seen.add(name)
            names = {node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)}
            todo += sorted(names)
            found |= {one for one in names & TAKES if is_of_the_room(getattr(module, one, None))}
    return found


def is_of_the_room(value: Any) -> bool:
    return str(getattr(value, "__module__", getattr(value, "__name__", ""))).startswith("app.features.voting")


def taking(app: Flask) -> list[Rule]:
    """Every address behind which somebody votes or shows who they are."""
    return [rule for rule in app.url_map.iter_rules() if reads(app.view_functions[rule.endpoint])]


@contextmanager
def access_lines() -> Iterator[list[logging.LogRecord]]:
    """Every line of the access log."""
    found: list[logging.LogRecord] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record)

    handler = Kept(logging.DEBUG)
    before = logs.access_log.level
    logs.access_log.addHandler(handler)
    logs.access_log.setLevel(logging.DEBUG)
    try:
        yield found
    finally:
        logs.access_log.removeHandler(handler)
        logs.access_log.setLevel(before)


def told(app: Flask) -> list[str]:
    """Addresses that take votes or identities, and leave a line about it: asked for real, with each method."""
    client, found = app.test_client(), []
    for rule in taking(app):
        values = {name: UUID(int=1) if "UUID" in type(one).__name__ else "x" for name, one in rule._converters.items()}
        url = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            with access_lines() as lines:
                client.open(url, method=method)
            if lines:
                found.append(f"{method} {rule.rule}")
    return found


def test_no_address_that_takes_a_vote_or_an_identity_is_in_the_access_log(app: Flask, db: Database) -> None:
    assert told(app) == []


def test_an_address_outside_is_in_the_access_log(app: Flask, db: Database) -> None:
    with access_lines() as lines:
        app.test_client().get("/budgets")
    assert [line.__dict__["endpoint"] for line in lines] == ["budgets.index"]


def test_the_law_knows_every_way_in(app: Flask) -> None:
    """Else it could find nothing because it looks at nothing."""
    assert {rule.rule for rule in taking(app)} >= {
        "/voting/<uuid:pot_id>",
        "/voting/<uuid:pot_id>/review",
        "/voting/<uuid:pot_id>/who",
        "/voting/<uuid:pot_id>/thanks",
        "/voting/<uuid:pot_id>/board",
        "/voting/code",
        "/voting/card/<uuid:process_id>",
        "/voting/yours",
        "/voting/finish",
        "/staff/desk/<uuid:pot_id>",
        "/staff/desk/voter/<uuid:process_id>",
        "/staff/desk/contests/<uuid:process_id>",
    }


@pytest.mark.parametrize("gone", ["/voting/", "/staff/desk"])
def test_a_prefix_that_is_taken_out_is_found(app: Flask, db: Database, monkeypatch: pytest.MonkeyPatch, gone: str) -> None:
    kept_out = tuple(one for one in logs.UNLOGGED_PREFIXES if one != gone)
    assert len(kept_out) == len(logs.UNLOGGED_PREFIXES) - 1
    monkeypatch.setattr(logs, "UNLOGGED_PREFIXES", kept_out)

    found = told(app)
    assert found
    assert all(f" {gone}" in one for one in found)


def test_a_new_address_that_casts_is_found() -> None:
    planted = Flask("planted")

    @public
    def quickly() -> str:
        return helper()

    def helper() -> str:
        return str(cast_ballot)

    planted.add_url_rule("/vote-quickly", "quickly", quickly)
    planted.add_url_rule("/nothing", "nothing", public(lambda: "nothing"))
    assert [rule.rule for rule in taking(planted)] == ["/vote-quickly"]
