"""Our counts against pabutools, a program of others, on thousands of small random elections: for every rule both have.

pabutools is no dependency: its licence (GPL) is not ours, and it brings a solver along. In an environment into which
somebody has installed it these tests run; elsewhere they are skipped.
"""

import random
from dataclasses import dataclass

import pytest
from pabutools import election as theirs
from pabutools import rules, tiebreaking
from pabutools.election.satisfaction import AdditiveSatisfaction

from app.features.counting.use_cases import Ballot, Project, RuleOptions, Tally, TieRule, VoteType, count

TIES = (TieRule.LOWER_COST, TieRule.MORE_VOTERS, TieRule.LISTED_FIRST)


@dataclass
class Election:
    """The same election for both sides. Costs and budget are small, so that one smallest unit is a step worth a look."""

    projects: list[Project]
    budget: int
    vote_type: VoteType
    ballots: list[Ballot]

    def ours(self, rule: str, **options) -> set[str]:
        tally = Tally(self.vote_type, [one.id for one in self.projects], keep_ballots=True)
        tally.add_all((ballot, 1) for ballot in self.ballots)
        return set(count(tally, self.projects, self.budget, RuleOptions(rule, TIES, currency_unit=1, **options)).winners)

    def supported(self) -> set[str]:
        return {
            name
            for ballot in self.ballots
            for name, points in zip(ballot.choices, ballot.points or (1,) * len(ballot.choices), strict=True)
            if points
        }

    def theirs(self):
        """Their instance, without projects nobody wants: those never win here, whatever another program does with them."""
        known = {one.id: theirs.Project(one.id, one.cost) for one in self.projects if one.id in self.supported()}
        instance = theirs.Instance(known.values(), budget_limit=self.budget)
        if self.vote_type is VoteType.CUMULATIVE:
            papers = [
                theirs.CumulativeBallot(
                    {known[name]: points for name, points in zip(ballot.choices, ballot.points, strict=True) if points}
                )
                for ballot in self.ballots
            ]
            return instance, theirs.CumulativeProfile(papers, instance=instance), known
        papers = [theirs.ApprovalBallot(known[name] for name in ballot.choices) for ballot in self.ballots]
        return instance, theirs.ApprovalProfile(papers, instance=instance), known


def tie_rule(election: Election):
    """Our written order of tie rules, in their words."""
    listed = {one.id: place for place, one in enumerate(election.projects)}
    voters = {one.id: sum(one.id in ballot.choices for ballot in election.ballots) for one in election.projects}
    return tiebreaking.TieBreakingRule(lambda _, __, one: (one.cost, -voters[one.name], listed[one.name]))


class PointsTimesCost(AdditiveSatisfaction):
    """What a project is worth to somebody who gave it points."""

    def __init__(self, instance, profile, ballot):
        super().__init__(instance, profile, ballot, lambda *of: of[2].get(of[3], 0) * of[3].cost)


def satisfaction(election: Election):
    return PointsTimesCost if election.vote_type is VoteType.CUMULATIVE else theirs.Cost_Sat


def random_election(source: random.Random, vote_type: VoteType) -> Election:
    names = [f"p{place}" for place in range(source.randint(1, 6))]
    costs = [source.choice((1, 2, 3, 5, 10, 10, 20, source.randint(1, 40))) for _ in names]
    ballots = []
    for _ in range(source.randint(1, 8)):
        choices = tuple(source.sample(names, source.randint(0, len(names))))
        points = tuple(source.randint(0, 4) for _ in choices) if vote_type is VoteType.CUMULATIVE else None
        ballots += [Ballot(choices, points)] * source.choice((1, 1, 1, 2, 4))
    projects = [Project(name, cost) for name, cost in zip(names, costs, strict=True)]
    return Election(projects, source.randint(1, 60), vote_type, ballots)


def names(allocation) -> set[str]:
    return {project.name for project in allocation}


def greedy(election: Election) -> set[str]:
    instance, profile, _ = election.theirs()
    return names(
        rules.greedy_utilitarian_welfare(instance, profile, sat_class=satisfaction(election), tie_breaking=tie_rule(election))
    )


def equal_shares(election: Election, step: int | None = None) -> set[str]:
    instance, profile, _ = election.theirs()
    return names(
        rules.method_of_equal_shares(
            instance,
            profile,
            sat_class=satisfaction(election),
            tie_breaking=tie_rule(election),
            voter_budget_increment=step,
            binary_sat=election.vote_type is VoteType.APPROVAL,
        )
    )


def add1(election: Election) -> set[str]:
    instance, profile, known = election.theirs()
    return names(
        rules.exhaustion_by_budget_increase(
            instance,
            profile,
            rules.method_of_equal_shares,
            {
                "sat_class": satisfaction(election),
                "tie_breaking": tie_rule(election),
                "binary_sat": election.vote_type is VoteType.APPROVAL,
            },
            exhaustive_stop=False,
            budget_step=len(election.ballots),
            budget_bound=election.budget + len(election.ballots) * sum(project.cost for project in known.values()),
        )
    )


def phragmen(election: Election) -> set[str]:
    instance, profile, _ = election.theirs()
    return names(rules.sequential_phragmen(instance, profile, tie_breaking=tie_rule(election)))


BOTH = {
    ("greedy", VoteType.APPROVAL): (greedy, {}, 1500),
    ("equalshares", VoteType.APPROVAL): (equal_shares, {}, 1500),
    ("equalshares", VoteType.CUMULATIVE): (equal_shares, {}, 1000),
    ("phragmen", VoteType.APPROVAL): (phragmen, {}, 1500),
    ("equalshares/add1", VoteType.APPROVAL): (add1, {}, 300),
    ("equalshares/add1", VoteType.CUMULATIVE): (add1, {}, 150),
}


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "vote_type"), BOTH, ids=str)
def test_both_programs_elect_the_same(rule, vote_type):
    oracle, options, number = BOTH[rule, vote_type]
    source = random.Random(f"{rule} {vote_type}")
    for _ in range(number):
        election = random_election(source, vote_type)
        assert election.ours(rule, **options) == oracle(election), election


@pytest.mark.slow
def test_both_programs_stop_at_the_same_exhaustive_outcome():
    source = random.Random("exhaustive")
    for _ in range(500):
        election = random_election(source, VoteType.APPROVAL)
        ours = election.ours("equalshares/add1", stop_when_exhaustive=True)
        assert ours == equal_shares(election, step=1), election
