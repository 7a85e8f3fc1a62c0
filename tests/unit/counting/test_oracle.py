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

from app.features.counting.use_cases import Ballot, Project, Result, RuleOptions, Tally, TieRule, VoteType, count

TIES = (TieRule.LOWER_COST, TieRule.MORE_VOTERS, TieRule.LISTED_FIRST)


@dataclass
class Election:
    """The same election for both sides. Costs and budget are small, so that one smallest unit is a step worth a look."""

    projects: list[Project]
    budget: int
    vote_type: VoteType
    ballots: list[Ballot]
    max_length: int | None = None

    def ours(self, rule: str, **options) -> set[str]:
        return set(self.result(rule, **options).winners)

    def result(self, rule: str, **options) -> Result:
        options = {"tie_rules": TIES, "currency_unit": 1, **options}
        return count(self.tally(), self.projects, self.budget, RuleOptions(rule, **options))

    def tally(self) -> Tally:
        names = [one.id for one in self.projects]
        tally = Tally(self.vote_type, names, max_length=self.max_length, keep_ballots=True)
        return tally.add_all((ballot, 1) for ballot in self.ballots)

    def supported(self) -> set[str]:
        tally = self.tally()
        return {one for one in tally.project_ids if tally.votes(one) and tally.score(one) > 0}

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
        if self.vote_type is VoteType.SCORING:
            papers = [
                theirs.CardinalBallot(
                    {known[name]: points for name, points in zip(ballot.choices, ballot.points, strict=True) if name in known}
                )
                for ballot in self.ballots
            ]
            return instance, theirs.CardinalProfile(papers, instance=instance), known
        if self.vote_type is VoteType.ORDINAL:
            # what nobody's ballot is worth anything for may stand in a ranking: it keeps its place there
            ranked = known | {
                name: theirs.Project(name, 1) for ballot in self.ballots for name in ballot.choices if name not in known
            }
            papers = [theirs.OrdinalBallot(ranked[name] for name in ballot.choices) for ballot in self.ballots]
            return instance, theirs.OrdinalProfile(papers, instance=instance), known
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


def places_times_cost(max_length: int | None):
    """What a ranked project is worth: its place from below, as the highest place counts `max_length` or its ballot's length."""

    class PlacesTimesCost(AdditiveSatisfaction):
        def __init__(self, instance, profile, ballot):
            super().__init__(instance, profile, ballot, lambda *of: worth(list(of[2]), of[3]) * of[3].cost)

    def worth(ranked, project):
        best = len(ranked) if max_length is None else max_length
        return max(best - ranked.index(project), 0) if project in ranked else 0

    return PlacesTimesCost


def satisfaction(election: Election):
    if election.vote_type is VoteType.ORDINAL:
        return places_times_cost(election.max_length)
    return PointsTimesCost if election.vote_type.gives_points else theirs.Cost_Sat


def random_election(source: random.Random, vote_type: VoteType) -> Election:
    names = [f"p{place}" for place in range(source.randint(1, 6))]
    costs = [source.choice((1, 2, 3, 5, 10, 10, 20, source.randint(1, 40))) for _ in names]
    ballots = []
    for _ in range(source.randint(1, 8)):
        most = 1 if vote_type is VoteType.CHOOSE_ONE else len(names)
        choices = tuple(source.sample(names, source.randint(0, most)))
        least = -2 if vote_type is VoteType.SCORING else 0
        points = tuple(source.randint(least, 4) for _ in choices) if vote_type.gives_points else None
        ballots += [Ballot(choices, points)] * source.choice((1, 1, 1, 2, 4))
    projects = [Project(name, cost) for name, cost in zip(names, costs, strict=True)]
    max_length = source.choice((None, 2, 3)) if vote_type is VoteType.ORDINAL else None
    return Election(projects, source.randint(1, 60), vote_type, ballots, max_length)


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
            binary_sat=election.vote_type in (VoteType.APPROVAL, VoteType.CHOOSE_ONE),
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
                "binary_sat": election.vote_type in (VoteType.APPROVAL, VoteType.CHOOSE_ONE),
            },
            exhaustive_stop=False,
            budget_step=len(election.ballots),
            budget_bound=election.budget + len(election.ballots) * sum(project.cost for project in known.values()),
        )
    )


def compared(rule, election: Election) -> set[str]:
    """The better liked outcome by the number of winners one has named; the first one where as many like either."""
    instance, profile, known = election.theirs()
    outcomes = [
        rules.BudgetAllocation(known[name] for name in sorted(winners)) for winners in (rule(election), greedy(election))
    ]
    liked = rules.popularity_comparison(
        instance, profile, theirs.Cardinality_Sat, [lambda *_, one=one, **__: one for one in outcomes]
    )
    return names(liked[0])


def add1_compared(election: Election) -> set[str]:
    return compared(add1, election)


def equal_shares_compared(election: Election) -> set[str]:
    return compared(equal_shares, election)


def phragmen(election: Election) -> set[str]:
    instance, profile, _ = election.theirs()
    return names(rules.sequential_phragmen(instance, profile, tie_breaking=tie_rule(election)))


BOTH = {
    ("greedy", VoteType.APPROVAL): (greedy, {}, 1500),
    ("greedy", VoteType.CHOOSE_ONE): (greedy, {}, 500),
    ("greedy", VoteType.CUMULATIVE): (greedy, {}, 1000),
    ("greedy", VoteType.SCORING): (greedy, {}, 500),
    ("greedy", VoteType.ORDINAL): (greedy, {}, 1000),
    ("equalshares-comparison", VoteType.APPROVAL): (equal_shares_compared, {}, 1000),
    ("equalshares/add1-comparison", VoteType.APPROVAL): (add1_compared, {}, 200),
    ("equalshares", VoteType.CHOOSE_ONE): (equal_shares, {}, 300),
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


@pytest.mark.parametrize(("rule", "vote_type"), BOTH, ids=str)
def test_the_elections_that_both_count_hold_what_could_set_them_apart(rule, vote_type):
    """Ties that decide, blank ballots, money that does not suffice; and for the comparison, both of its answers."""
    _, options, number = BOTH[rule, vote_type]
    source = random.Random(f"{rule} {vote_type}")
    elections = [random_election(source, vote_type) for _ in range(min(number, 300))]
    results = [election.result(rule, **options) for election in elections]
    assert sum(result.blank > 0 for result in results) > 15
    ties = sum(any(tie.decisive for tie in result.ties) for result in results)
    assert sum(0 < len(result.winners) < len(result.why) for result in results) > 20
    if rule.endswith("comparison"):
        answers = [result.shares.comparison.greedy_preferred for result in results]
        assert {True, False} == set(answers)
    if rule == "equalshares" and vote_type is VoteType.CHOOSE_ONE:
        assert ties == 0  # no two projects share a supporter, so their order never matters
        return
    assert ties > 1
    reversed_ties = [election.ours(rule, tie_rules=(TieRule.HIGHER_COST, TieRule.LISTED_FIRST)) for election in elections]
    assert reversed_ties != [set(result.winners) for result in results]


@pytest.mark.slow
def test_both_programs_stop_at_the_same_exhaustive_outcome():
    source = random.Random("exhaustive")
    for _ in range(500):
        election = random_election(source, VoteType.APPROVAL)
        ours = election.ours("equalshares/add1", stop_when_exhaustive=True)
        assert ours == equal_shares(election, step=1), election
