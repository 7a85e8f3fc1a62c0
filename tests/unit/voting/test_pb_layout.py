"""Random small pots: the file of ballots passes the checker of the format and counts to what was certified."""

import io
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pabulib.checker import Checker

from app.features.budgets.choices import Choices, check_choices
from app.features.budgets.models import Pot, Project
from app.features.budgets.use_cases import as_record
from app.features.counting.use_cases import (
    RULES,
    Ballot,
    Tally,
    count,
    count_election,
    needs_ballots,
    read_election,
    wants_ballots,
    write_election,
)
from app.features.counting.use_cases import Project as CountedProject
from app.features.spaces.queries import Action
from app.features.voting.announced import announced_rule
from app.features.voting.package import pb_head
from app.features.voting.package.pb_layout import lay_out
from app.kernel.errors import Refused

PHASE = SimpleNamespace(
    actions=[Action.VOTE], starts_at=datetime(2026, 5, 1, tzinfo=UTC), ends_at=datetime(2026, 5, 9, tzinfo=UTC)
)
SPACE = SimpleNamespace(phases=[PHASE], area=SimpleNamespace(name={"en": "Centre"}))
TIE_RULES = ("lower_cost", "higher_cost", "more_voters", "listed_first")


@st.composite
def pots(draw: Any, rule: str) -> tuple[Pot, Counter[Any]]:
    """A pot by this rule with the ballots that came out of its box."""
    kind = draw(st.sampled_from(sorted(RULES[rule].vote_types - {"scoring"})))
    amount = draw(st.integers(3, 60)) * 100 + draw(st.sampled_from((0, 0, 50)))
    costs = draw(st.lists(st.sampled_from((0, 0, *range(100, amount + 1, 100), amount // 2 + 100)), min_size=2, max_size=6))
    ties = [
        *draw(st.lists(st.sampled_from(TIE_RULES), unique=True, max_size=2)),
        draw(st.sampled_from(("listed_first", "drawn"))),
    ]
    options: dict[str, Any] = {"tie_rules": list(dict.fromkeys(ties))}
    if rule == "greedy-threshold" or draw(st.booleans()):
        name, value = draw(st.sampled_from((("min_project_score_threshold", 3), ("threshold_share", "33.3"))))
        options |= {name: value, "threshold_above": draw(st.booleans())}
    numbers = [str(at) for at in range(1, len(costs) + 1)]
    if "drawn" in ties:
        options["drawn_order"] = draw(st.permutations(numbers))
    if rule == "greedy-exclusive":
        options["conflicts"] = draw(
            st.lists(st.lists(st.sampled_from(numbers), min_size=2, max_size=3, unique=True), max_size=2)
        )
    if kind == "ordinal":
        options["max_length"] = draw(st.none() | st.integers(1, 8))
    if gone := draw(st.lists(st.sampled_from(numbers), unique=True, max_size=len(numbers) - 1)):
        options["withdrawn"] = {number: {} for number in gone}
    options["stop_when_exhaustive"] = rule.startswith("equalshares/add1") and draw(st.booleans())
    pot = Pot(
        id=uuid4(),
        process_id=uuid4(),
        title={"en": "Streets"},
        description={},
        amount=amount,
        currency="EUR",
        vote_type=kind,
        rule=rule,
        limit_by_cost=kind == "approval" and draw(st.booleans()),
        min_projects=draw(st.integers(1, 2)),
        max_projects=1 if kind == "choose-1" else draw(st.none() | st.integers(1, 8)),
        max_points=draw(st.none() | st.integers(2, 6)) if kind == "cumulative" else None,
        options=options,
        projects=[],
    )
    if draw(st.booleans()):
        pot.options = {**options, "max_sum_cost": draw(st.sampled_from((100, 250, amount // 2)))}
    for position, (number, cost) in enumerate(zip(numbers, costs, strict=True)):
        named = {"id": uuid4(), "number": number, "reference": number, "title": {"en": f"No. {number}"}, "description": {}}
        pot.projects.append(Project(**named, cost=cost, position=position))
    return pot, draw(boxes(pot, numbers))


@st.composite
def boxes(draw: Any, pot: Pot, numbers: list[str]) -> Counter[Any]:
    """Valid ballots; many are blank."""
    found: Counter[Any] = Counter()
    for one in draw(st.lists(st.lists(st.sampled_from(numbers), unique=True), max_size=9)):
        points = tuple(draw(st.integers(1, 3)) for _ in one) if pot.vote_type == "cumulative" else None
        try:
            check_choices(pot, Choices(tuple(one), points))
        except Refused:
            one, points = [], () if points is not None else None
        found[tuple(one if pot.vote_type == "ordinal" else sorted(one)), points] += draw(st.integers(1, 3))
    return found


def counted(pot: Pot, ballots: Counter[Any]) -> None:
    numbers = [one.number for one in pot.projects]
    longest = pot.options.get("max_length", pot.max_projects)
    tally = Tally(pot.vote_type, numbers, max_length=longest, keep_ballots=needs_ballots(pot.rule))
    tally.add_all((Ballot(choices, points), number) for (choices, points), number in ballots.items())
    on_ballot = [CountedProject(one.number, one.cost) for one in pot.projects]
    pot.result = as_record(count(tally, on_ballot, pot.amount, announced_rule(pot)), {})


def written(pot: Pot, box: Counter[Any], paper: Counter[Any] | None) -> str:
    layout = lay_out(pot, box, paper)
    out = io.StringIO()
    with patch.object(pb_head, "process", lambda *_: SPACE), patch.object(pb_head, "_country", lambda: "FI"):
        head = pb_head.head_of(None, pot, layout)  # type: ignore[arg-type]
    write_election(out, head, layout.votes())
    return out.getvalue()


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_file_passes_the_checker_and_counts_to_what_was_certified(rule: str, data: Any) -> None:
    pot, box = data.draw(pots(rule))
    paper = data.draw(st.none() | boxes(pot, [one.number for one in pot.projects]))
    ballots = box + (paper or Counter())
    counted(pot, ballots)
    if paper is not None:  # as it is kept with the pot; where all are known one by one, the sums are not told again
        pot.result["paper"] = {"ballots": paper.total(), "blank": 0, "votes": {}, "points": {}}
    text = written(pot, box, paper)
    found = Checker().process_files([text])
    errors = next(one["results"] for one in found.values() if isinstance(one, dict) and "results" in one).get("errors", {})
    assert errors == {}, text
    result = count_election(election := read_election(text.encode(), keep_ballots=wants_ballots()))
    assert (result.options.rule, list(result.winners)) == (rule, pot.result["winners"]), text
    assert (result.voters, result.blank) == (pot.result["voters"], pot.result["blank"])
    assert {one: why.reason for one, why in result.why.items()} == {
        one: why["reason"] for one, why in pot.result["why"].items()
    }
    assert not set(result.winners) & set(pot.options.get("withdrawn", ()))
    assert election.head.meta.num_votes == sum(number for (choices, _), number in lay_out(pot, ballots).rows.items() if choices)
    assert ("voting_method" in text) == (paper is not None)
    if paper is not None:
        with_row = lay_out(pot, paper).rows if paper else Counter()
        assert text.count(";paper\n") == sum(number for (choices, _), number in with_row.items() if choices)
