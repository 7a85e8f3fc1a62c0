"""Whether a file names its rule as everybody knows it: what the checker of the format makes of it is what was certified.

The format's names stand for what its collection counts: ties by the order of the rows, in whole units of money, projects
without a vote among the others, Equal Shares by rows alone. Where that gives other winners than the count, a file of ours
must not bear the name. The differences are small and rare, but a checker would call the file wrong, or never come to an end.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.features.counting.announced import Project
from app.features.counting.ballots import VoteType
from app.features.counting.numbers import Score, money_text
from app.features.counting.tally import Tally

GREEDY = ("greedy", "greedy-threshold", "greedy-no-skip")
SHARES = ("equalshares", "equalshares-comparison", "equalshares/add1", "equalshares/add1-comparison")
UNKNOWN = "unknown"
"""What the format calls every other rule."""
WITHDRAWN = "999999999"


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a file: money in the smallest unit, projects in the order of the rows, and the ballots of the rows."""

    rule: str
    budget: int
    decimals: int
    projects: Sequence[Project]
    tally: Tally
    selected: Collection[str]
    least: Score | None = None

    def units(self, amount: int) -> int:
        """A sum in whole units, as the checker cuts it off."""
        return amount // 10**self.decimals

    @property
    def fully_funded(self) -> bool:
        """Whether the budget holds all projects."""
        return self.units(self.budget) >= sum(self.units(one.cost) for one in self.projects)


def named_as_known(file: Written) -> bool:
    """Whether the name of its rule can stand in the file."""
    if file.rule in GREEDY:
        return _greedy(file) == set(file.selected) and not _something_fits(file)
    if file.rule == "greedy-exclusive":  # the checker knows no groups, so it only warns, but looks at the minimum
        return all(file.tally.score(one) >= (file.least or 0) for one in file.selected)
    if file.rule not in SHARES:
        return False
    return file.tally.vote_type is not VoteType.APPROVAL or _shares(file) == set(file.selected)


def needs_rows(rule: str, vote_type: VoteType | str) -> bool:
    """Whether `named_as_known` looks at whole ballots."""
    return rule in SHARES and vote_type == VoteType.APPROVAL


def _by_score(file: Written) -> list[Project]:
    return sorted(file.projects, key=lambda one: -file.tally.score(one.id))


def _greedy(file: Written) -> set[str]:
    left, won = float(money_text(file.budget, file.decimals)), set[str]()
    for one in _by_score(file):
        text = money_text(one.cost, file.decimals)
        if file.tally.score(one.id) < (file.least or 0) or (file.rule == "greedy-no-skip" and text == WITHDRAWN):
            continue
        if float(text) <= left:
            won.add(one.id)
            left -= float(text)
        elif file.rule == "greedy-no-skip":
            break
    return won


def _something_fits(file: Written) -> bool:
    """Whether a loser seems to fit into what is left when both are cut off to whole units."""
    if file.rule == "greedy-no-skip" or file.fully_funded:
        return False
    left = file.units(file.budget) - sum(file.units(one.cost) for one in file.projects if one.id in file.selected)
    lost = (one for one in file.projects if one.id not in file.selected)
    return any(file.units(one.cost) <= left for one in lost if not file.least or file.tally.score(one.id) > file.least)


def _shares(file: Written) -> set[str] | None:
    """The winners by whole units; None where the checker cannot decide a tie, or adds to the shares for ever."""
    if file.tally.voters == 0:
        return set()
    unit, add1 = 10**file.decimals, "/add1" in file.rule
    budget, costs = file.units(file.budget), {one.id: file.units(one.cost) for one in file.projects}
    supported = [one.id for one in file.projects if file.tally.votes(one.id) and costs[one.id]]
    if add1 and sum(costs[one] for one in supported) <= budget:
        return None
    from app.features.counting.shares.classes import Classes  # take NumPy along, which others do without
    from app.features.counting.shares.completion import Completion, complete

    classes, tied = Classes(file.tally), False
    ids = classes.project_ids
    place = {one: index for index, one in enumerate(ids)}

    def choose(equal: Sequence[int]) -> int:
        nonlocal tied
        order = sorted(equal, key=lambda index: (costs[ids[index]], -file.tally.votes(ids[index])))
        first, second = ((costs[ids[index]], file.tally.votes(ids[index])) for index in order[:2])
        tied = tied or first == second
        return order[0]

    def counted(first: int, step: int | None) -> tuple[set[str], int]:
        done = complete(
            classes,
            [costs[one] * unit for one in ids],
            sorted(place[one] for one in supported),
            budget * unit,
            Completion(step),
            choose,
            first=first * unit,
        )
        return {ids[index] for index in done.outcome.bought}, done.steps

    won, _ = counted(budget, None)
    if add1:
        voters = file.tally.voters
        more, steps = counted(budget // voters * voters, unit)
        won = more if steps else won
    if file.rule.endswith("-comparison"):
        greedy = _completed(file, costs, budget)
        gained = classes.with_a_winner(list(won)) - classes.with_a_winner(list(greedy))
        if classes.weights[gained < 0].sum() > classes.weights[gained > 0].sum():
            won = greedy
    return None if tied else won


def _completed(file: Written, costs: dict[str, int], budget: int) -> set[str]:
    won: list[str] = []
    for one in _by_score(file):
        if costs[one.id] <= budget - sum(costs[other] for other in won):
            won.append(one.id)
    return set(won)
