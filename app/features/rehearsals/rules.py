"""Test voters, and ballots drawn by lot. Pure."""

from collections.abc import Sequence
from random import Random

from app.kernel.texts import Texts

FIRST = "TEST-"


def test_number(place: int) -> str:
    """The card number of a test voter, such as TEST-0007. Real registers know no such number."""
    return f"{FIRST}{place:04d}"


def marked(texts: Texts, mark: Texts) -> Texts:
    """A name with the mark of the rehearsal before it, in every language that it has."""
    return {language: f"{mark.get(language) or mark.get('en') or 'Rehearsal'}: {text}" for language, text in texts.items()}


def draw_choices(
    costs: Sequence[tuple[str, int]], chance: Random, *, most: int | None, most_cost: int | None, fewest: int = 1
) -> tuple[str, ...]:
    """Projects drawn by lot that a ballot of the pot can name: at most `most` of them, together for at most `most_cost`."""
    wanted = chance.randint(min(fewest, len(costs)), min(most or len(costs), len(costs)))
    chosen: list[str] = []
    left = most_cost
    for number, cost in chance.sample(list(costs), len(costs)):
        if len(chosen) == wanted:
            break
        if left is None or cost <= left:
            chosen.append(number)
            left = None if left is None else left - cost
    return tuple(chosen)


def draw_points(chosen: int, chance: Random, *, most: int | None, each: int | None) -> tuple[int, ...]:
    """Points for so many projects: one each at least, at most `each`, and `most` together."""
    points = [1] * chosen
    for _ in range(chance.randint(0, (most or 3 * chosen) - chosen) if chosen else 0):
        place = chance.randrange(chosen)
        if each is None or points[place] < each:
            points[place] += 1
    return tuple(points)
