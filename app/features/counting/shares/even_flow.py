"""One count by Phragmén's sequential rule, in whole numbers throughout.

All voters have received the same sum at any moment, so a voter is described by the moment at which the last project was bought
with her money: at that moment she had nothing left. `spent[project]` keeps, for each such moment, how many supporters of
the project it holds for; the moments themselves are exact fractions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.result import Reason, Result, Tie, Why
from app.features.counting.shares.classes import Classes, Whole
from app.features.counting.tally import Tally
from app.features.counting.ties import Candidate, DrawNeeded, deciding_rules, in_order, undecided

First = Mapping[frozenset[int], int]
"""Groups of equals with the one that goes first among them, against the tie rules."""


@dataclass(slots=True)
class Flow:
    """What was bought in this order, the groups of equals met on the way, the last group, and who in it was too dear."""

    bought: list[int] = field(default_factory=list)
    met: dict[tuple[int, ...], Fraction] = field(default_factory=dict)
    last: tuple[int, ...] = ()
    too_dear: list[int] = field(default_factory=list)


class EvenFlow:
    """One count. Projects are known by their place in the tally."""

    def __init__(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> None:
        self.tally, self.budget, self.options = tally, budget, options
        self.classes = Classes(tally)
        place = {project: index for index, project in enumerate(self.classes.project_ids)}
        self.order = [(place[one.id], one) for one in in_order(tally, projects, options)]
        self.candidates = dict(self.order)
        self.taking_part = [index for index, one in self.order if self._barred(one) is None and one.cost <= budget]

    def result(self) -> Result:
        """Count. Raises DrawNeeded where a tie that decides is left to a draw not yet held."""
        flow = self._flow({})
        ties = self._ties(flow)
        why: dict[str, Why] = {}
        left = self.budget
        for index in flow.bought:
            why[self.candidates[index].id] = self._told(index, len(why) + 1, left, Reason.WON)
            left -= self.candidates[index].cost
        others = [index for index, _ in self.order if index not in set(flow.bought)]
        for index in sorted(others, key=lambda one: self._lost_late(one, flow)):
            why[self.candidates[index].id] = self._told(index, len(why) + 1, left, self._reason(index, flow))
        winners = tuple(self.candidates[index].id for index in flow.bought)
        cost = self.budget - left
        return Result(self.options, winners, cost, self.budget, ties, why, self.tally.voters, self.tally.blank)

    def _barred(self, one: Candidate) -> Reason | None:
        if one.id in self.options.withdrawn:
            return Reason.WITHDRAWN
        if one.votes == 0:
            return Reason.NO_VOTES
        if self.options.min_score is not None and one.score < self.options.min_score:
            return Reason.BELOW_THRESHOLD
        return None

    def _flow(self, first: First) -> Flow:
        flow, left = Flow(), self.budget
        last = np.full(self.classes.size, 0, dtype=np.int64)
        spent = np.zeros((len(self.candidates), len(self.taking_part) + 1), dtype=np.int64)
        for index in self.taking_part:
            spent[index, 0] = self.classes.supporters[index].number
        moments = [Fraction(0)]
        waiting = {index: self._moment(index, spent, moments) for index in self.taking_part}
        while waiting:
            moment, equal = self._earliest(waiting, spent, moments)
            if len(equal) > 1:
                flow.met[equal] = moment
            if too_dear := [index for index in equal if self.candidates[index].cost > left]:
                flow.last, flow.too_dear = equal, too_dear
                break
            taken = first.get(frozenset(equal), self._in_order(equal)[0])
            choices = self.classes.choices(self.classes.supporters[taken])
            before = last[self.classes.supporters[taken].rows][choices.place]
            people = choices.pull.astype(np.int64)
            np.subtract.at(spent, (choices.project, before), people)
            np.add.at(spent[:, len(moments)], choices.project, people)
            last[self.classes.supporters[taken].rows] = len(moments)
            moments.append(moment)
            flow.bought.append(taken)
            left -= self.candidates[taken].cost
            del waiting[taken]
        return flow

    def _moment(self, index: int, spent: Whole, moments: Sequence[Fraction]) -> Fraction:
        """What every voter has received by the time the supporters can pay."""
        parts = np.flatnonzero(spent[index]).tolist()
        paid = sum((int(spent[index, part]) * moments[part] for part in parts), Fraction(0))
        return (self.candidates[index].cost + paid) / self.classes.supporters[index].number

    def _earliest(
        self, waiting: dict[int, Fraction], spent: Whole, moments: Sequence[Fraction]
    ) -> tuple[Fraction, tuple[int, ...]]:
        """The next moment and who can be paid then. Moments only move back, so an old one is a lower bound."""
        fresh: set[int] = set()
        while True:
            index = min(waiting, key=waiting.__getitem__)
            moment = waiting[index]
            stale = [one for one, known in waiting.items() if known == moment and one not in fresh]
            if not stale:
                return moment, tuple(sorted(one for one, known in waiting.items() if known == moment))
            for one in stale:
                waiting[one] = self._moment(one, spent, moments)
                fresh.add(one)

    def _in_order(self, indexes: Sequence[int]) -> list[int]:
        return sorted(indexes, key=lambda one: (self.candidates[one].tie_key, self.candidates[one].listed))

    # Ties

    def _ties(self, flow: Flow) -> tuple[Tie, ...]:
        ties, to_draw = [], []
        for equal, moment in flow.met.items():
            group = [self.candidates[one] for one in self._in_order(equal)]
            names = tuple(one.id for one in group)
            score = moment / self.options.currency_unit
            if equal == flow.last:
                ties.append(Tie(names, score, (), decisive=False))
                continue
            open_parts = [part for part in undecided(group) if self._decides(equal, part, flow)]
            to_draw += [tuple(one.id for one in part) for part in open_parts]
            ties.append(Tie(names, score, deciding_rules(group, self.options), self._decides(equal, group[1:], flow)))
        if to_draw:
            raise DrawNeeded(to_draw)
        return tuple(ties)

    def _decides(self, equal: Sequence[int], members: Sequence[Candidate], flow: Flow) -> bool:
        """Whether other projects would win if another one went first among equals."""
        place = {one.id: index for index, one in self.candidates.items()}
        others = (self._flow({frozenset(equal): place[one.id]}) for one in members)
        return any(set(other.bought) != set(flow.bought) for other in others)

    # Reasons

    def _reason(self, index: int, flow: Flow) -> Reason:
        if barred := self._barred(self.candidates[index]):
            return barred
        return Reason.DID_NOT_FIT if index in flow.too_dear or index not in self.taking_part else Reason.STOPPED

    def _lost_late(self, index: int, flow: Flow) -> tuple[bool, bool]:
        return index not in self.taking_part, index not in flow.too_dear

    def _told(self, index: int, place: int, left: int, reason: Reason) -> Why:
        one = self.candidates[index]
        short_by = 0 if reason is Reason.WON else max(0, one.cost - left)
        return Why(one.id, place, one.score, one.votes, one.cost, left, reason, short_by)
