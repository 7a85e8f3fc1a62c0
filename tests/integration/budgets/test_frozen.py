"""Once a ballot is fixed nothing on it changes, and anybody can find out whether it did."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.budgets.ballots import ballot_digest, ballot_file
from app.features.budgets.commands import (
    FreezePot,
    RemoveGroup,
    RemoveProject,
    UnfreezePot,
    WriteGroup,
    WriteProject,
)
from app.features.budgets.models import Pot, PotState
from app.features.budgets.setting import command_of
from app.features.budgets.use_cases import (
    freeze_pot,
    remove_group,
    remove_project,
    unfreeze_pot,
    write_group,
    write_pot,
    write_project,
)
from app.kernel.errors import Conflict, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, budgets, spaces


def actor_for(pot: Pot) -> Actor:
    return Actor(person_id=accounts.person().id, roles=frozenset({(Role.COMMITTEE, pot.process_id)}))


def draft(**attributes: Any) -> Pot:
    pot = budgets.pot(spaces.process(open_for=None), state=PotState.DRAFT, **attributes)
    for number in ("1", "2", "3"):
        budgets.project(pot, number=number)
    return pot


Step = Callable[[Session, Actor, Pot], object]
STEPS: dict[str, Step] = {
    "write": lambda session, actor, pot: write_pot(session, actor, command_of(pot)),
    "project": lambda session, actor, pot: write_project(session, actor, WriteProject(pot.id, {"en": "More"}, 100)),
    "change": lambda session, actor, pot: write_project(
        session, actor, WriteProject(pot.id, {"en": "Other"}, 100, project_id=pot.projects[0].id)
    ),
    "remove": lambda session, actor, pot: remove_project(session, actor, RemoveProject(pot.projects[0].id)),
    "group": lambda session, actor, pot: write_group(session, actor, WriteGroup(pot.id, {}, ("1", "2"))),
    "ungroup": lambda session, actor, pot: remove_group(session, actor, RemoveGroup(pot.id, 0)),
    "freeze": lambda session, actor, pot: freeze_pot(session, actor, FreezePot(pot.id)),
}


@given(steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_fixed_pot_cannot_be_changed_by_any_row_of_steps(session: Session, steps: list[str]) -> None:
    pot = draft(rule="greedy-exclusive", options={"tie_rules": ["drawn"], "conflicts": [["1", "2"]], "conflict_names": [{}]})
    actor = actor_for(pot)
    freeze_pot(session, actor, FreezePot(pot.id))
    fixed = ballot_file(pot)
    for step in steps:
        with pytest.raises(Conflict):
            STEPS[step](session, actor, pot)
    session.expire_all()
    assert ballot_file(pot) == fixed
    assert hashlib.sha256(fixed).hexdigest() == pot.options["digest"]


def test_everything_that_is_announced_is_in_the_digest(session: Session) -> None:
    pot = draft()
    changes: list[Callable[[], None]] = [
        lambda: setattr(pot, "amount", pot.amount + 1),
        lambda: setattr(pot, "vote_type", "ordinal"),
        lambda: setattr(pot, "rule", "phragmen"),
        lambda: setattr(pot, "min_projects", 2),
        lambda: setattr(pot, "max_projects", 7),
        lambda: setattr(pot, "max_points", 7),
        lambda: setattr(pot, "limit_by_cost", True),
        lambda: setattr(pot, "title", {"en": "Another"}),
        lambda: setattr(pot.projects[0], "cost", 1),
        lambda: setattr(pot.projects[1], "title", {"en": "Another"}),
    ]
    options: list[dict[str, Any]] = [
        {"tie_rules": ["drawn"]},
        {"min_project_score_threshold": "5"},
        {"threshold_share": "5"},
        {"threshold_above": True},
        {"max_points_per_project": 3},
        {"max_length": 3},
        {"stop_when_exhaustive": True},
        {"conflicts": [["1", "2"]]},
        {"conflict_names": [{"en": "Square"}]},
    ]
    changes += [lambda one=one: setattr(pot, "options", {**pot.options, **one}) for one in options]
    seen = {ballot_digest(pot)}
    for number, change in enumerate(changes, start=2):
        change()
        seen.add(ballot_digest(pot))
        assert len(seen) == number, f"change {number - 1} is not in the digest"


def test_what_comes_after_the_vote_leaves_the_digest_alone(session: Session) -> None:
    pot = draft()
    before = ballot_digest(pot)
    pot.options = {**pot.options, "digest": before, "drawn_order": ["2", "1"], "draws": [["2", "1"]], "draw_notes": ["Hall"]}
    pot.state, pot.result, pot.position = PotState.COUNTED, {"winners": []}, 4
    assert ballot_digest(pot) == before


def test_outsiders_can_work_the_digest_out_from_the_file(app: Flask, session: Session) -> None:
    pot = draft()
    freeze_pot(session, actor_for(pot), FreezePot(pot.id))
    hidden = draft()
    db.session.commit()
    client = app.test_client()
    response = client.get(f"/budgets/{pot.id}/ballot.json")
    page = client.get(f"/budgets/{pot.id}").text
    assert hashlib.sha256(response.data).hexdigest() in page
    content = json.loads(response.data)
    assert [one["number"] for one in content["projects"]] == ["1", "2", "3"]
    assert json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == response.data
    assert client.get(f"/budgets/{hidden.id}/ballot.json").status_code == 404


def test_going_back_to_a_draft_and_fixing_it_again_gives_the_same_digest(session: Session) -> None:
    pot = draft()
    actor = actor_for(pot)
    first = freeze_pot(session, actor, FreezePot(pot.id)).options["digest"]
    unfreeze_pot(session, actor, UnfreezePot(pot.id))
    assert "digest" not in pot.options
    assert freeze_pot(session, actor, FreezePot(pot.id)).options["digest"] == first


@pytest.mark.parametrize(
    "attributes",
    [
        {"rule": "greedy-exclusive"},
        {"rule": "phragmen", "vote_type": "ordinal"},
        {"min_projects": 4},
        {"max_projects": None},
    ],
)
def test_what_is_not_ready_is_not_fixed(session: Session, attributes: dict[str, Any]) -> None:
    pot = draft(**attributes)
    with pytest.raises(Refused):
        freeze_pot(session, actor_for(pot), FreezePot(pot.id))
