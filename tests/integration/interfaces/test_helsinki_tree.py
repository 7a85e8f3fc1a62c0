"""What is kept about a person as a tree of nodes."""

import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.features.consents import takeout
from app.features.consents.queries import tree
from app.features.interfaces.helsinki.door import _gathered
from app.kernel.messages import msg
from app.kernel.personal_data import Collection
from tests.factories import accounts, consents


def leaves(node: dict) -> Iterator[dict]:
    if "children" in node:
        for child in node["children"]:
            yield from leaves(child)
    if "value" in node:
        yield node


def test_everything_is_told_as_strings_under_names_in_capital_letters(client, db, identity_provider) -> None:
    person = accounts.person(display_name="Rosa “Räsänen” \u0007\n<b>", email="rosa@example.org")
    agreement = consents.agreement()
    consents.consent(agreement, person)
    db.session.commit()
    answer = client.get(f"/api/gdpr/v1/{person.id}", headers=identity_provider.bearer(person.id))
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    root = json.loads(answer.data)
    assert root["key"] == "PLAZA"
    found = list(leaves(root))
    assert all(set(node) == {"key", "value"} and isinstance(node["value"], str) for node in found)
    assert all(node["key"] == node["key"].upper() for node in found)
    values = {node["value"] for node in found}
    assert {"rosa@example.org", "given", "The planning department may contact me about this topic."} <= values
    assert any("Räsänen" in value for value in values)


def test_taking_it_is_written_down_as_a_use_of_ones_own(client, db, identity_provider, session) -> None:
    from app.features.consents.models import Usage

    person = accounts.person()
    db.session.commit()
    client.get(f"/api/gdpr/v1/{person.id}", headers=identity_provider.bearer(person.id)).get_data()
    assert [usage.kind for usage in session.query(Usage).filter_by(person_id=person.id)] == ["download"]


def test_every_rooms_data_comes_in_portions(world, client, identity_provider, db) -> None:
    resident = world.person("resident")
    answer = client.get(f"/api/gdpr/v1/{resident.id}", headers=identity_provider.bearer(resident.id))
    assert answer.status_code == 200, answer.data
    kinds = {node["key"] for node in json.loads(answer.data)["children"]}
    assert len(kinds) > 5
    assert "CITY_PROFILE" in kinds


def test_an_erased_account_has_nothing_here(client, db, identity_provider, clock) -> None:
    person = accounts.person(erased_at=clock.now)
    db.session.commit()
    assert client.get(f"/api/gdpr/v1/{person.id}", headers=identity_provider.bearer(person.id)).status_code == 204


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory of this process is read from Linux's /proc")
def test_a_million_leaves_need_no_more_memory_than_a_few(session, monkeypatch) -> None:
    def read(_session, _person):
        return ({"at": "2026-05-11", "name": f"Item {n}", "text": "Some words", "number": n + 1} for n in range(250_000))

    def resident_bytes() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    columns = dict.fromkeys(("at", "name", "text", "number"), msg("A column"))
    monkeypatch.setattr(takeout, "collections", lambda: [Collection("things", msg("Things"), (), columns, read)])
    pieces = _gathered(tree(session, None))
    count = next(pieces).count(b'"value"')
    before, most = resident_bytes(), 0
    for piece in pieces:
        count += piece.count(b'"value"')
        assert len(piece) < 40_000
        most = max(most, resident_bytes())
    assert count == 1_000_000
    assert most - before < 8_000_000, "the whole tree has some 100 megabytes"
