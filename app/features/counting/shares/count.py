"""One count by Equal Shares, from the ballots to who won and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.in_turn import InTurn
from app.features.counting.result import Comparison, Paid, Reason, Result, SharesOutcome, Tie, Why
from app.features.counting.shares.classes import Classes
from app.features.counting.shares.completion import Completed, Completion, complete
from app.features.counting.shares.run import Choose, Meeting
from app.features.counting.tally import Tally
from app.features.counting.ties import Candidate, DrawNeeded, deciding_rules, in_order, undecided


@dataclass(frozen=True, slots=True)
class Variant:
    """What tells the rules of this family apart: whether shares grow, and whether greedy's outcome may replace the result."""

    add1: bool
    comparison: bool


class SharesCount:
    """One count. Projects are known by their place in the published list."""

    def __init__(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions, variant: Variant) -> None:
        self.tally, self.projects, self.budget, self.options, self.variant = tally, projects, budget, options, variant
        self.classes = Classes(tally)
        place = {project: index for index, project in enumerate(self.classes.project_ids)}
        self.index = {project.id: place[project.id] for project in projects}
        self.order = in_order(tally, projects, options)
        self.candidates = {self.index[one.id]: one for one in self.order}
        self.costs = [self.candidates[index].cost for index in range(len(projects))]
        self.may_win = [self.index[one.id] for one in self.order if self._barred(one) is None]
        self.paid_for = sorted(index for index in self.may_win if self.costs[index] > 0)
        self.free = [index for index in self.may_win if self.costs[index] == 0]

    def result(self) -> Result:
        """Count. Raises DrawNeeded where a tie that decides is left to a draw not yet held."""
        completed = self._complete({})
        winners = self._winners(completed)
        greedy = InTurn(self.tally, self.projects, self.budget, self.options).result() if self.variant.comparison else None
        comparison = None if greedy is None else self._compare(winners, greedy.winners)
        ties = self._ties(completed.meetings, self._final(winners, greedy), greedy)
        shares = SharesOutcome(
            Fraction(self.budget, max(self.tally.voters, 1)),
            completed.share,
            completed.steps,
            completed.ended,
            completed.next_cost,
            comparison,
        )
        if greedy is not None and comparison is not None and comparison.greedy_preferred:
            cost, why, winners, ties = greedy.cost, greedy.why, greedy.winners, (*ties, *greedy.ties)
        else:
            ties = (*ties, *(tie for tie in greedy.ties if tie.decisive)) if greedy is not None else ties
            cost, why = completed.outcome.cost, self._why(completed)
        return Result(self.options, winners, cost, self.budget, ties, why, self.tally.voters, self.tally.blank, shares)

    def _barred(self, one: Candidate) -> Reason | None:
        if one.id in self.options.withdrawn:
            return Reason.WITHDRAWN
        if one.votes == 0 or one.score <= 0:
            return Reason.NO_VOTES
        if self.options.min_score is not None and one.score < self.options.min_score:
            return Reason.BELOW_THRESHOLD
        return None

    def _complete(self, first: Mapping[frozenset[int], int], choose: Choose | None = None) -> Completed:
        """`first` names groups of equals and who goes first in each, against the tie rules; `choose` says it of all groups."""

        def by_the_rules(projects: Sequence[int]) -> int:
            forced = first.get(frozenset(projects))
            return self._in_order(projects)[0] if forced is None else forced

        completion = Completion(self.options.currency_unit if self.variant.add1 else None, self.options.stop_when_exhaustive)
        return complete(self.classes, self.costs, self.paid_for, self.budget, completion, choose or by_the_rules)

    def _in_order(self, projects: Sequence[int]) -> list[int]:
        return sorted(projects, key=lambda one: (self.candidates[one].tie_key, self.candidates[one].listed))

    def _winners(self, completed: Completed) -> tuple[str, ...]:
        return tuple(self.candidates[one].id for one in (*self.free, *completed.outcome.bought))

    # The comparison with greedy

    def _compare(self, shares: Sequence[str], greedy: Sequence[str]) -> Comparison:
        gained = self.classes.with_a_winner(shares) - self.classes.with_a_winner(greedy)
        with_shares = int(self.classes.weights[gained > 0].sum())
        with_greedy = int(self.classes.weights[gained < 0].sum())
        indifferent = self.tally.voters - with_shares - with_greedy
        return Comparison(with_shares, with_greedy, indifferent, tuple(shares), tuple(greedy))

    def _final(self, winners: Sequence[str], greedy: Result | None) -> frozenset[str]:
        if greedy is not None and self._compare(winners, greedy.winners).greedy_preferred:
            return frozenset(greedy.winners)
        return frozenset(winners)

    # Ties

    def _ties(self, meetings: Sequence[Meeting], winners: frozenset[str], greedy: Result | None) -> tuple[Tie, ...]:
        found: dict[tuple[int, ...], Meeting] = {}
        apart: dict[tuple[int, ...], bool] = {}
        for meeting in meetings:
            found[meeting.projects] = meeting
            apart[meeting.projects] = apart.get(meeting.projects, True) and meeting.apart
        ties, to_draw = [], []
        together: list[tuple[Sequence[Candidate], int]] = []  # ties that may decide only with others, and their places
        for projects, meeting in found.items():
            order = self._in_order(projects)
            group = [self.candidates[one] for one in order]

            def decides(members: Sequence[Candidate], projects: tuple[int, ...] = projects) -> bool:
                return not apart[projects] and any(self._other(projects, one, greedy) != winners for one in members)

            open_parts = [part for part in undecided(group) if decides(part)]
            to_draw += [tuple(one.id for one in part) for part in open_parts]
            names = tuple(one.id for one in group)
            ties.append(Tie(names, self._support(meeting), deciding_rules(group, self.options), decides(group[1:])))
            if not apart[projects]:
                together.append((group, len(ties) - 1))
        if together and not to_draw and self._reversed(winners, greedy, within_rules=True):
            to_draw = [tuple(one.id for one in part) for group, _ in together for part in undecided(group)]
        if to_draw:
            raise DrawNeeded(to_draw)
        if together and not any(tie.decisive for tie in ties) and self._reversed(winners, greedy, within_rules=False):
            for _, place in together:
                ties[place] = replace(ties[place], decisive=True)
        return tuple(ties)

    def _reversed(self, winners: frozenset[str], greedy: Result | None, *, within_rules: bool) -> bool:
        """Whether others win with every order among equals turned round: two ties can decide where neither does alone.

        `within_rules`: only what no announced rule has put in an order.
        """

        def choose(projects: Sequence[int]) -> int:
            if not within_rules:
                return self._in_order(projects)[-1]
            return min(projects, key=lambda one: (self.candidates[one].tie_key, -self.candidates[one].listed))

        return self._final(self._winners(self._complete({}, choose)), greedy) != winners

    def _other(self, projects: tuple[int, ...], first: Candidate, greedy: Result | None) -> frozenset[str]:
        """Who would win if another project went first among equals."""
        other = self._winners(self._complete({frozenset(projects): self.index[first.id]}))
        return self._final(other, greedy)

    def _support(self, meeting: Meeting) -> Fraction:
        """The price as what it stands for: so many full supporters, or points, as if each paid the same."""
        return 1 / (meeting.price * self.classes.scale)

    # Reasons

    def _why(self, completed: Completed) -> dict[str, Why]:
        why: dict[str, Why] = {}
        left = self.budget
        for one in self.free:
            why[self.candidates[one].id] = self._won(one, len(why) + 1, left, Paid(Fraction(0)))
        for purchase in completed.outcome.purchases:
            in_full = purchase.payers - purchase.short
            each = purchase.price * self.classes.scale
            paid = Paid(purchase.money, purchase.payers, in_full, each)
            why[self.candidates[purchase.project].id] = self._won(purchase.project, len(why) + 1, left, paid)
            left -= self.costs[purchase.project]
        for one in self._losers(completed):
            why[self.candidates[one].id] = self._lost(one, len(why) + 1, left, completed)
        return why

    def _losers(self, completed: Completed) -> list[int]:
        """The nearest to success first: by the part of their cost that their supporters could have paid."""
        unspent = completed.outcome.unspent
        losers = [one for one in self._in_order(list(unspent)) if one not in set(completed.outcome.bought)]
        losers.sort(key=lambda one: unspent[one] / self.costs[one], reverse=True)
        return [*losers, *(self.index[one.id] for one in self.order if self._barred(one) is not None)]

    def _won(self, one: int, place: int, left: int, paid: Paid) -> Why:
        candidate = self.candidates[one]
        return Why(candidate.id, place, candidate.score, candidate.votes, candidate.cost, left, Reason.WON, paid=paid)

    def _lost(self, one: int, place: int, left: int, completed: Completed) -> Why:
        candidate = self.candidates[one]
        paid = None
        if one in completed.outcome.unspent:
            money = completed.outcome.unspent[one]
            lacking = candidate.cost - money
            further = ceil(lacking / completed.share) if completed.share and candidate.cost <= self.budget else None
            paid = Paid(money, lacking=lacking, further_supporters=further)
        return Why(
            project=candidate.id,
            place=place,
            score=candidate.score,
            votes=candidate.votes,
            cost=candidate.cost,
            left=left,
            reason=self._barred(candidate) or Reason.SUPPORTERS_SHORT,
            short_by=max(0, candidate.cost - left),
            paid=paid,
        )
