"""Funding projects in turn, from the first place to the last: the engine of the whole greedy family.

The rules differ in two questions only: does the count go on behind a project that does not fit, and do projects exclude
each other. Everything else, ties and reasons included, is the same for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.result import Reason, Result, Tie, Why
from app.features.counting.tally import Tally
from app.features.counting.ties import Candidate, DrawNeeded, deciding_rules, equal_scores, in_order, undecided


@dataclass(frozen=True, slots=True)
class Turn:
    """A candidate's turn: its place from 0, the money that was left, what became of it, and the rival that had won."""

    index: int
    candidate: Candidate
    left: int
    reason: Reason
    excluded_by: str | None


class InTurn:
    """One count. `stops` ends it at the first project that does not fit; from `withdrawn_from` a cost marks a withdrawal."""

    def __init__(
        self,
        tally: Tally,
        projects: Sequence[Project],
        budget: int,
        options: RuleOptions,
        *,
        stops: bool = False,
        withdrawn_from: int | None = None,
    ) -> None:
        self.tally, self.budget, self.options, self.stops = tally, budget, options, stops
        self.withdrawn_from = withdrawn_from
        self.order = in_order(tally, projects, options)
        self.conflicts = _neighbours(options)
        self.turns: list[Turn] = []
        self.left = budget
        self.stopped = False

    def result(self) -> Result:
        """Count. Raises DrawNeeded where a tie that decides is left to a draw not yet held."""
        for candidate in self.order:
            self._take(candidate)
        ties = self._ties()
        why = {turn.candidate.id: self._why(turn) for turn in self.turns}
        winners = tuple(turn.candidate.id for turn in self.turns if turn.reason is Reason.WON)
        cost = self.budget - self.left
        return Result(self.options, winners, cost, self.budget, ties, why, self.tally.voters, self.tally.blank)

    def _take(self, candidate: Candidate) -> None:
        rival = next((turn.candidate.id for turn in self._winners() if turn.candidate.id in self._rivals(candidate)), None)
        reason = self._barred(candidate) or self._in_competition(candidate, rival)
        self.turns.append(Turn(len(self.turns), candidate, self.left, reason, rival if reason is Reason.EXCLUDED else None))
        if reason is Reason.WON:
            self.left -= candidate.cost
        elif reason is Reason.DID_NOT_FIT and self.stops:
            self.stopped = True

    def _barred(self, candidate: Candidate) -> Reason | None:
        if candidate.id in self.options.withdrawn:
            return Reason.WITHDRAWN
        if self.withdrawn_from is not None and candidate.cost >= self.withdrawn_from > self.budget:
            return Reason.WITHDRAWN
        if candidate.votes == 0 or candidate.score <= 0:
            return Reason.NO_VOTES
        if self.options.min_score is not None and candidate.score < self.options.min_score:
            return Reason.BELOW_THRESHOLD
        return None

    def _in_competition(self, candidate: Candidate, rival: str | None) -> Reason:
        if self.stopped:
            return Reason.STOPPED
        if rival is not None:
            return Reason.EXCLUDED
        return Reason.WON if candidate.cost <= self.left else Reason.DID_NOT_FIT

    def _winners(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.reason is Reason.WON] if self.conflicts else []

    def _rivals(self, candidate: Candidate) -> frozenset[str]:
        return self.conflicts.get(candidate.id, frozenset())

    # Ties

    def _ties(self) -> tuple[Tie, ...]:
        competing = [turn.candidate for turn in self.turns if self._barred(turn.candidate) is None]
        turns = {turn.candidate.id: turn for turn in self.turns}
        ties, to_draw = [], []
        for group in equal_scores(competing):
            parts = undecided(group)
            to_draw += [tuple(one.id for one in part) for part in parts if self._decides([turns[one.id] for one in part])]
            decisive = self._decides([turns[one.id] for one in group])
            ties.append(Tie(tuple(one.id for one in group), group[0].score, deciding_rules(group, self.options), decisive))
        if to_draw:
            raise DrawNeeded(to_draw)
        return tuple(ties)

    def _decides(self, group: Sequence[Turn]) -> bool:
        """Whether the order inside a group of equals changes who wins."""
        left, taken = group[0].left, {turn.candidate.id for turn in self._before(group[0]) if turn.reason is Reason.WON}
        members = [turn.candidate for turn in group]
        if group[0].reason is Reason.STOPPED:
            return False
        open_to = [one for one in members if not self._rivals(one) & taken]
        fitting = [one for one in open_to if one.cost <= left]
        if any(self._rivals(one) & {other.id for other in fitting} for one in fitting):
            return True
        could_meet = open_to if self.stops else fitting
        return bool(fitting) and sum(one.cost for one in could_meet) > left

    def _before(self, turn: Turn) -> list[Turn]:
        return self.turns[: turn.index]

    # Reasons

    def _why(self, turn: Turn) -> Why:
        one, reason = turn.candidate, turn.reason
        needed, outranks = (None, None) if reason in (Reason.WON, Reason.WITHDRAWN) else self._needed(turn)
        return Why(
            project=one.id,
            place=turn.index + 1,
            score=one.score,
            votes=one.votes,
            cost=one.cost,
            left=turn.left,
            reason=reason,
            short_by=max(0, one.cost - turn.left),
            needed_score=needed,
            outranks=outranks,
            excluded_by=turn.excluded_by,
        )

    def _needed(self, loser: Turn) -> tuple[int | None, str | None]:
        """How much more score makes a loser win, all else unchanged, and whom it then passes.

        The others go their way without the loser up to the place where it is put in, so what was left at their turns tells
        where it would have fitted. The further up, the more money is left and the fewer rivals have won.
        """
        one = loser.candidate
        enough = self._to_compete(one)
        if self._barred(one) is not None and one.cost <= self.left and not self._closed_to(one):
            return enough, None
        for other in reversed(self._before(loser) if self._barred(one) is None else self.turns):
            if self._barred(other.candidate) is not None or other is loser:
                continue
            if one.cost <= other.left and other.reason is not Reason.STOPPED and not self._rival_before(one, other):
                return max(enough, _to_pass(one, other.candidate)), other.candidate.id
        return None, None

    def _to_compete(self, one: Candidate) -> int:
        least = 1 if one.votes == 0 or one.score <= 0 else 0
        lacking = ceil(-one.score) + (1 if one.score == int(one.score) else 0) if least else 0
        return max(least, lacking, ceil((self.options.min_score or 0) - one.score))

    def _closed_to(self, one: Candidate) -> bool:
        return self.stopped or any(turn.candidate.id in self._rivals(one) for turn in self._winners())

    def _rival_before(self, one: Candidate, other: Turn) -> bool:
        rivals = self._rivals(one)
        return bool(rivals) and any(turn.reason is Reason.WON and turn.candidate.id in rivals for turn in self._before(other))


def _to_pass(one: Candidate, other: Candidate) -> int:
    """The whole votes or points that bring `one` before `other`: as many are enough where the tie rules would favour it."""
    gap = other.score - one.score
    favoured = (one.tie_key, one.listed) < (other.tie_key, other.listed)
    return ceil(gap) if favoured or gap != int(gap) else int(gap) + 1


def _neighbours(options: RuleOptions) -> dict[str, frozenset[str]]:
    neighbours: dict[str, set[str]] = {}
    for pair in options.conflicts or ():
        for project in pair:
            neighbours.setdefault(project, set()).update(pair - {project})
    return {project: frozenset(others) for project, others in neighbours.items()}
