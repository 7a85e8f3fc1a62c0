"""Add1 passes over steps that change nothing: the result, with its ties, is that of taking every single step."""

import random

import pytest

from app.features.counting.shares.run import Run
from app.features.counting.use_cases import Ballot, Ended, Project, Result, RuleOptions, Tally, TieRule, VoteType, count

TIES = (TieRule.LOWER_COST, TieRule.MORE_VOTERS, TieRule.LISTED_FIRST)
FIRST = "app.features.counting.shares.completion._Ahead.target"


class Election:
    """Up to a dozen projects, some dozen voters. Many costs are alike, so that ties are met, lasting ones and passing ones."""

    def __init__(self, source: random.Random, vote_type: VoteType, scale: int) -> None:
        names = [f"p{place}" for place in range(source.randint(2, 12))]
        common = source.choice(([1, 2, 3, 6, 6, 10], list(range(1, 30))))
        costs = [scale * source.choice(common) + source.choice((0, 0, 1)) for _ in names]
        self.projects = [Project(name, cost) for name, cost in zip(names, costs, strict=True)]
        self.budget = scale * source.randint(1, 80)
        self.tally = Tally(vote_type, names, keep_ballots=True)
        for _ in range(source.randint(2, 25)):
            choices = tuple(source.sample(names, source.randint(0, min(len(names), source.choice((2, 4, 8))))))
            points = tuple(source.randint(0, 5) for _ in choices) if vote_type.gives_points else None
            self.tally.add(Ballot(choices, points), source.choice((1, 1, 2, 5)))

    def count(self, **options) -> Result:
        settings = RuleOptions("equalshares/add1", TIES, currency_unit=1, **options)
        return count(self.tally, self.projects, self.budget, settings)


@pytest.mark.slow
@pytest.mark.parametrize("vote_type", [VoteType.APPROVAL, VoteType.CUMULATIVE])
@pytest.mark.parametrize("exhaustive", [False, True], ids=["to the end", "until exhaustive"])
def test_leaps_and_single_steps_have_one_result(vote_type, exhaustive, monkeypatch):
    source = random.Random(f"{vote_type} {exhaustive}")
    elections = [Election(source, vote_type, source.choice((1, 7, 30))) for _ in range(30)]
    results = [(one, one.count(stop_when_exhaustive=exhaustive)) for one in elections]
    followed = [(one, result) for one, result in results if result.shares.steps < 120]
    assert sum(result.shares.steps for _, result in followed) > 200
    assert sum(len(result.ties) for _, result in followed) > 3
    monkeypatch.setattr(FIRST, lambda self, steps: steps + 1)
    for one, result in followed:
        assert one.count(stop_when_exhaustive=exhaustive) == result


def test_a_currency_of_small_units_takes_few_runs_for_very_many_steps(monkeypatch):
    runs = []
    begin = Run.__init__
    monkeypatch.setattr(Run, "__init__", lambda self, *of: runs.append(1) or begin(self, *of))
    source = random.Random("forint")
    steps = 0
    for _ in range(2):
        result = Election(source, VoteType.APPROVAL, 1_000_000).count()
        assert result.shares.ended in (Ended.NEXT_TOO_DEAR, Ended.ALL_WON)
        steps += result.shares.steps
    assert steps > 100_000
    assert len(runs) < 5_000
