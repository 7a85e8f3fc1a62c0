"""Which ballots are read a second time, and whether that was enough. Pure: everybody can draw and work it out again.

Of N ballots n are drawn, k of them were typed wrongly. At most M of all are wrong with 95 % confidence: the largest M for
which finding k or fewer among n has a chance above 5 % (hypergeometric, as in risk-limiting audits). So many wrong ballots can
move two projects by `most_moved` points against each other; if another project could then win, all ballots are read.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from app.kernel.automated import decides

LEAST = 200
"""With no more ballots than these all are read; else at least so many are."""
SHARE = 50
"""One ballot in so many is drawn, if that is more."""
RISK = 0.05
SAMPLED_RULES = frozenset({"greedy", "greedy-no-skip"})
"""Where a rule looks at whole ballots, or at shares of all voters, every ballot is read twice."""


@decides("second_reading")
def size_of(rule: str, ballots: int) -> int:
    """How many of so many ballots are read a second time at first."""
    if rule not in SAMPLED_RULES or ballots <= LEAST:
        return ballots
    return max(LEAST, math.ceil(ballots / SHARE))


def committed(commitments: Iterable[str]) -> str:
    """One SHA-256 over the commitments of all batches of a pot."""
    return hashlib.sha256("\n".join(sorted(commitments)).encode()).hexdigest()


@decides("second_reading")
def drawn(seed: str, commitment: str, ballots: Iterable[tuple[UUID, int]], size: int) -> list[tuple[UUID, int]]:
    """The ballots (batch, number) that come first in the order of SHA-256 over seed, commitment, batch and number."""

    def place(ballot: tuple[UUID, int]) -> bytes:
        return hashlib.sha256(f"{seed}\n{commitment}\n{ballot[0]}\n{ballot[1]}".encode()).digest()

    return sorted(ballots, key=place)[:size]


@decides("second_reading")
def most_wrong(ballots: int, read: int, wrong: int) -> int:
    """The most ballots that can be wrong among all, with 95 % confidence, when `wrong` of `read` were."""
    low, high = wrong, ballots - (read - wrong)
    while low < high:
        middle = (low + high + 1) // 2
        if _chance(ballots, middle, read, wrong) > RISK:
            low = middle
        else:
            high = middle - 1
    return low


def _chance(ballots: int, bad: int, read: int, wrong: int) -> float:
    """The chance to find at most `wrong` bad ones among `read` of `ballots`."""
    whole = _log_choose(ballots, read)
    ways = (
        _log_choose(bad, found) + _log_choose(ballots - bad, read - found) - whole
        for found in range(max(0, read - (ballots - bad)), min(wrong, bad, read) + 1)
    )
    return math.fsum(math.exp(one) for one in ways)


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)


@decides("second_reading")
def could_change(
    rule: str, scores: Mapping[str, int], costs: Mapping[str, int], winners: Sequence[str], amount: int, moved: int
) -> bool:
    """Whether another set of projects could win if any two projects moved by up to `moved` against each other.

    Errs towards yes. Under `greedy` a project gets in only if enough of those above it fall behind it; under `greedy-no-skip`
    whatever crosses the place where the money ended can change the outcome.
    """
    won, lost = set(winners), [one for one in scores if one not in winners]
    if moved <= 0:
        return False
    if any(scores[one] <= moved for one in won):
        return True  # a project that nobody chose never wins
    if not lost:
        return False
    if rule == "greedy-no-skip":
        end = min((scores[one] for one in won), default=0)
        best = max(scores[one] for one in lost)
        room = amount - sum(costs[one] for one in won)
        # Who stands first among the rest and fits lost only because nobody chose it; who comes next may become the first.
        near = (one for one in lost if best - scores[one] <= moved)
        return end - best <= moved or any(costs[one] <= room for one in near)
    for one in lost:
        if not scores[one] + moved:
            continue
        ahead = sum(costs[other] for other in won if scores[other] - scores[one] > moved)
        if ahead + costs[one] <= amount:
            return True
    return False
