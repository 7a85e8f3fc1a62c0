"""Figures about people leave only when enough people stand behind them. First version: a threshold.

A figure below the threshold is withheld, not rounded; nought is withheld too, so that nothing is learnt from the difference.
No margins (sums over areas or categories) of people are published: a single withheld cell could be computed from them.
"""

from app.kernel.automated import decides

FEWEST_PEOPLE = 10
STEP = 5


@decides("small_numbers")
def protected(people: int, fewest: int = FEWEST_PEOPLE) -> tuple[int | None, bool]:
    """(figure or None, suppressed?) for a number of distinct people."""
    return (people, False) if people >= fewest else (None, True)


@decides("small_numbers")
def in_steps(number: int) -> int:
    """A figure that is told roughly: a multiple of five that is less than five below it."""
    return number // STEP * STEP
