"""A pot is set up: what goes together is kept and announced, what does not is refused with words."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.extensions import db as database
from app.features.budgets.ballots import ballot_digest, ballot_file
from app.features.budgets.choices import Choices, check_choices, most_cost
from app.features.budgets.commands import MovePot, RemoveGroup, RemoveProject, WriteGroup, WritePot, WriteProject
from app.features.budgets.models import Feasibility, Pot, PotState
from app.features.budgets.queries import pots_of
from app.features.budgets.rules import problems_before_freezing
from app.features.budgets.setting import VOTE_TYPES, command_of, with_method, with_vote_type
from app.features.budgets.use_cases import move_pot, remove_group, remove_project, write_group, write_pot, write_project
from app.features.counting.use_cases import RULES, supported
from app.features.spaces.models import Process
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, budgets, proposals, spaces

LIMITS: dict[str, dict[str, Any]] = {
    "approval": {"limit_by_cost": True},
    "choose-1": {},
    "cumulative": {"max_points": 10},
    "ordinal": {"max_projects": 3},
}


def committee(process: Any) -> Actor:
    return Actor(person_id=accounts.person().id, roles=frozenset({(Role.COMMITTEE, process.id)}))


def command(process: Any, **changes: Any) -> WritePot:
    return replace(WritePot(process.id, {"en": "Parks"}, 100_000_00, "EUR", limit_by_cost=True), **changes)


def refused(session: Session, process: Any, **changes: Any) -> set[str]:
    """The fields beside which something is said; nothing is written."""
    with pytest.raises(Invalid) as raised:
        write_pot(session, committee(process), command(process, **changes))
    assert session.query(Pot).count() == 0
    return set(raised.value.errors)


@pytest.mark.parametrize("vote_type", VOTE_TYPES)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_pair_that_can_be_counted_can_be_set_up_and_no_other(session: Session, vote_type: str, rule: str) -> None:
    process = spaces.process()
    changes = {"vote_type": vote_type, "rule": rule, "limit_by_cost": False, "minimum": "3", **LIMITS[vote_type]}
    if not supported(rule, vote_type):
        assert refused(session, process, **changes) == {"rule"}
        return
    pot = write_pot(session, committee(process), command(process, **changes))
    assert (pot.vote_type, pot.rule) == (vote_type, rule)
    written = command_of(pot)
    write_pot(session, committee(process), written)
    assert command_of(pot) == written  # written again, nothing changes


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"title": {}, "amount": 0}, {"title", "amount"}),
        ({"vote_type": "shouting"}, {"vote_type"}),
        ({"rule": "the-mayor-decides"}, {"rule"}),
        ({"limit_by_cost": False}, {"max_projects"}),
        ({"max_sum_cost": 100_000_01}, {"max_sum_cost"}),
        ({"max_sum_cost": 0}, {"max_sum_cost"}),
        ({"max_sum_cost": 5_00, "limit_by_cost": False, "max_projects": 2}, {"max_sum_cost"}),
        ({"max_projects": 0}, {"max_projects"}),
        ({"max_projects": 3, "min_projects": 4}, {"min_projects"}),
        ({"min_projects": 0}, {"min_projects"}),
        ({"vote_type": "choose-1", "min_projects": 2}, {"min_projects"}),
        ({"vote_type": "ordinal"}, {"max_projects"}),
        ({"vote_type": "cumulative"}, {"max_points"}),
        ({"vote_type": "cumulative", "max_points": 5, "max_points_per_project": 6}, {"max_points_per_project"}),
        ({"vote_type": "cumulative", "max_points": 2, "min_projects": 3}, {"min_projects"}),
        ({"rule": "greedy-threshold"}, {"minimum"}),
        ({"minimum": "many"}, {"minimum"}),
        ({"minimum": "0"}, {"minimum"}),
        ({"minimum": "-3"}, {"minimum"}),
        ({"minimum": "2.5"}, {"minimum"}),
        ({"minimum": "101", "minimum_is_share": True}, {"minimum"}),
        ({"vote_type": "cumulative", "max_points": 9, "minimum": "5", "minimum_is_share": True}, {"minimum"}),
        ({"tie_rules": ()}, {"last_tie"}),
        ({"tie_rules": ("lower_cost",)}, {"last_tie"}),
        ({"tie_rules": ("alphabet", "drawn")}, {"last_tie"}),
        ({"tie_rules": ("listed_first", "drawn")}, {"last_tie"}),
        ({"tie_rules": ("lower_cost", "higher_cost", "drawn")}, {"second_tie"}),
    ],
)
def test_what_does_not_go_together_is_said_beside_its_question(
    session: Session, changes: dict[str, Any], fields: set[str]
) -> None:
    assert refused(session, spaces.process(), **changes) == fields


def test_only_what_belongs_to_the_kind_of_ballot_and_the_rule_is_kept(session: Session) -> None:
    process = spaces.process()
    actor = committee(process)
    points = command(process, vote_type="cumulative", max_points=10, max_points_per_project=4, rule="equalshares/add1")
    pot = write_pot(session, actor, replace(points, stop_when_exhaustive=True))
    assert (pot.max_points, pot.options["max_points_per_project"], pot.limit_by_cost) == (10, 4, False)
    assert pot.options["stop_when_exhaustive"] is True

    ranking = with_vote_type(command_of(pot), "ordinal")
    pot = write_pot(session, actor, ranking)
    assert (pot.max_points, pot.max_projects, pot.options["max_length"], pot.rule) == (None, 5, 5, "greedy")
    assert set(pot.options) == {"tie_rules", "max_length"}

    shares = with_method(with_vote_type(command_of(pot), "approval"), "equalshares")
    pot = write_pot(session, actor, shares)
    assert (pot.rule, pot.options["tie_rules"]) == ("equalshares/add1", ["lower_cost", "more_voters", "listed_first"])


def test_a_share_of_the_ballots_is_kept_exactly(session: Session) -> None:
    process = spaces.process()
    pot = write_pot(
        session,
        committee(process),
        command(process, rule="greedy-threshold", minimum="2,50", minimum_is_share=True, minimum_above=True),
    )
    assert (pot.options["threshold_share"], pot.options["threshold_above"]) == ("2.5", True)


def test_an_area_of_another_city_is_refused(session: Session) -> None:
    other = spaces.area("Elsewhere", code="elsewhere", box=(10.0, 50.0, 10.1, 50.1))
    assert refused(session, spaces.process(), area_id=other.id) == {"area"}


def test_other_peoples_processes_are_not_there(session: Session) -> None:
    process, other = spaces.process(), spaces.process()
    with pytest.raises(NotFound):
        write_pot(session, committee(other), command(process))
    pot = write_pot(session, committee(process), command(process))
    with pytest.raises(NotFound):
        move_pot(session, committee(other), MovePot(pot.id, up=True))


def test_pots_stand_in_the_order_that_staff_gave_them(session: Session) -> None:
    process = spaces.process()
    actor = committee(process)
    first, second, third = (write_pot(session, actor, command(process, title={"en": name})) for name in "abc")
    move_pot(session, actor, MovePot(third.id, up=True))
    move_pot(session, actor, MovePot(first.id, up=True))  # it stands first already
    assert [pot.title["en"] for pot in pots_of(session, process.id)] == ["a", "c", "b"]
    move_pot(session, actor, MovePot(first.id, up=False))
    assert [pot.title["en"] for pot in pots_of(session, process.id)] == ["c", "a", "b"]
    assert second.position == 2


def test_projects_that_exclude_each_other_are_named_on_the_pot(session: Session) -> None:
    process = spaces.process()
    actor = committee(process)
    pot = budgets.pot(process, state=PotState.DRAFT, rule="greedy-exclusive")
    one, two, three = (budgets.project(pot).number for _ in range(3))
    write_group(session, actor, WriteGroup(pot.id, {"en": "The square"}, (two, one)))
    write_group(session, actor, WriteGroup(pot.id, {}, (one, two, three)))
    assert pot.options["conflicts"] == [[one, two], [one, two, three]]

    remove_project(session, actor, RemoveProject(next(project.id for project in pot.projects if project.number == two)))
    assert (pot.options["conflicts"], pot.options["conflict_names"]) == ([[one, three]], [{}])  # a group of one is none
    remove_group(session, actor, RemoveGroup(pot.id, 0))
    assert "conflicts" not in pot.options
    with pytest.raises(NotFound):
        remove_group(session, actor, RemoveGroup(pot.id, 0))


@pytest.mark.parametrize("numbers", [(), ("1",), ("1", "1"), ("1", "99")])
def test_a_group_needs_two_projects_of_the_pot(session: Session, numbers: tuple[str, ...]) -> None:
    process = spaces.process()
    pot = budgets.pot(process, state=PotState.DRAFT, rule="greedy-exclusive")
    for number in ("1", "2"):
        budgets.project(pot, number=number)
    with pytest.raises(Invalid):
        write_group(session, committee(process), WriteGroup(pot.id, {}, numbers))


def test_several_proposals_become_one_project_with_their_places_and_categories(session: Session) -> None:
    process = spaces.process()
    actor = committee(process)
    category = spaces.category(process)
    pot = budgets.pot(process, state=PotState.DRAFT)
    sources = [proposals.proposal(process, answer_status="accepted", category_id=category.id) for _ in range(2)]
    for one in sources:
        budgets.review(one)
    project = write_project(
        session, actor, WriteProject(pot.id, {"en": "Benches"}, 3_000_00, proposal_ids=tuple(one.id for one in sources))
    )
    assert {link.proposal_id for link in project.proposals} == {one.id for one in sources}
    assert (project.lon, project.lat) == proposals.PIN
    assert [link.category_id for link in project.categories] == [category.id]


@pytest.mark.parametrize("outcome", [None, Feasibility.NOT_FEASIBLE])
def test_only_what_was_found_feasible_becomes_a_project(session: Session, outcome: Feasibility | None) -> None:
    process = spaces.process()
    pot = budgets.pot(process, state=PotState.DRAFT)
    source = proposals.proposal(process, answer_status="accepted")
    if outcome is not None:
        budgets.review(source, outcome)
    with pytest.raises(Refused):
        write_project(session, committee(process), WriteProject(pot.id, {"en": "Bench"}, 100_00, proposal_ids=(source.id,)))


def test_a_place_that_staff_write_lies_in_the_process(session: Session) -> None:
    process = spaces.process()
    pot = budgets.pot(process, state=PotState.DRAFT)
    lon, lat = proposals.PIN
    inside = WriteProject(pot.id, {"en": "Bench"}, 100_00, lon=lon, lat=lat)
    assert write_project(session, committee(process), inside).lon == lon
    with pytest.raises(Refused):
        write_project(session, committee(process), replace(inside, lon=0.0, lat=0.0))


def test_a_ballot_may_cost_less_than_the_pot_holds_and_that_is_fixed_and_announced(session: Session, as_role: Any) -> None:
    process = spaces.process(open_for=["vote"])
    pot = write_pot(session, committee(process), command(process, amount=1_000_00))
    pot.projects = [budgets.project(pot, cost=cost) for cost in (300_00, 600_00)]
    before = ballot_digest(pot)
    pot_id, process_id = pot.id, process.id
    session.commit()
    client = as_role(Role.COMMITTEE, session.get_one(Process, process_id))
    address = f"/staff/budgets/{pot_id}/change/limits"
    sent = {"limit_by_cost": "y", "max_projects": "", "min_projects": "1"}
    assert client.post(address, data={**sent, "max_sum_cost": "2000"}).status_code == 422
    assert client.post(address, data={**sent, "max_sum_cost": "500"}).status_code == 302
    assert re.search(r'name="max_sum_cost"[^>]* value="500"', client.get(address).text)
    pot = database.session.get_one(Pot, pot_id)
    assert pot.options["max_sum_cost"] == 500_00
    assert ballot_digest(pot) != before
    assert json.loads(ballot_file(pot))["limits"]["max_sum_cost"] == 500_00
    (problem,) = problems_before_freezing(pot)
    assert "cost more than a ballot may cost together" in str(problem)
    with pytest.raises(Refused, match="more than a ballot may cost"):
        check_choices(pot, Choices((pot.projects[0].number, pot.projects[1].number)))
    check_choices(pot, Choices((pot.projects[0].number,)))
    assert most_cost(pot) == 500_00

    client.post(address, data={**sent, "max_sum_cost": ""})
    pot = database.session.get_one(Pot, pot_id)
    assert "max_sum_cost" not in pot.options
    assert ballot_digest(pot) == before  # ballots without a sum of their own have the bytes that they always had


def test_area_and_categories_of_another_process_are_refused(session: Session) -> None:
    process, other = spaces.process(), spaces.process(area=spaces.area("Elsewhere"))
    pot, actor = budgets.pot(process, state=PotState.DRAFT), committee(process)
    ours, theirs = spaces.category(process), spaces.category(other)
    bench = WriteProject(pot.id, {"en": "Bench"}, 100_00, area_id=process.area_id, category_ids=(ours.id,))
    for field, foreign in (("area", {"area_id": other.area_id}), ("categories", {"category_ids": (ours.id, theirs.id)})):
        with pytest.raises(Refused) as raised:
            write_project(session, actor, replace(bench, **foreign))
        assert raised.value.field == field
    assert pot.projects == []
    written = write_project(session, actor, bench)
    assert (written.area_id, [one.category_id for one in written.categories]) == (process.area_id, [ours.id])
