"""What a pot must have before people vote, and which steps follow each other. Pure."""

from collections.abc import Collection
from typing import Any

from app.features.budgets.ballots import ballot_digest
from app.features.budgets.choices import most_cost
from app.features.budgets.models import Pot, PotState
from app.features.counting.use_cases import supported
from app.kernel import small_numbers
from app.kernel.automated import decides
from app.kernel.errors import Conflict, Refused
from app.kernel.messages import Message, msg

__all__ = ["ballot_digest", "problems_before_freezing", "require_draft"]


def require_draft(pot: Pot) -> None:
    """Raise Conflict when the ballot is fixed already."""
    if pot.state is not PotState.DRAFT:
        raise Conflict(msg("The ballot is fixed, so nothing on it can be changed any more."))


ANNULLED = msg("The committee has annulled this vote. It is not counted; the reason stands among the committee's decisions.")


def require_valid(pot: Pot) -> None:
    """Raise Conflict when the committee has annulled the vote on this pot."""
    if pot.annulled_at is not None:
        raise Conflict(ANNULLED)


def require_two(people: Collection[object]) -> None:
    """Raise Refused unless two different people have signed."""
    if len(set(people)) < 2:
        raise Refused(msg("This needs the signatures of two different members of the committee."))


def problems_before_freezing(pot: Pot) -> list[Message]:
    """What still keeps people from voting on this pot."""
    problems = []
    if len(pot.projects) < 2:
        problems.append(msg("There must be at least two projects to choose from."))
    if pot.amount <= 0:
        problems.append(msg("The pot has no money."))
    if pot.vote_type == "approval" and not pot.limit_by_cost and pot.max_projects is None:
        problems.append(msg("Say how much a voter may choose: up to the pot's money, or a number of projects."))
    if not supported(pot.rule, pot.vote_type):
        problems.append(msg("This way of giving out the money does not go with this kind of ballot. Choose another one."))
    if pot.rule == "greedy-exclusive" and not pot.options.get("conflicts"):
        problems.append(msg("Say which projects exclude each other, or choose another way of giving out the money."))
    if pot.min_projects > max(len(pot.projects), 1):
        problems.append(msg("A voter would have to choose more projects than there are."))
    too_dear = [project.number for project in pot.projects if project.cost > pot.amount]
    if too_dear:
        problems.append(msg("These projects cost more than the pot holds: %(numbers)s.", numbers=", ".join(too_dear)))
    cap = most_cost(pot)
    if cap is not None and (dearer := [one.number for one in pot.projects if cap < one.cost <= pot.amount]):
        problems.append(
            msg("These projects cost more than a ballot may cost together: %(numbers)s.", numbers=", ".join(dearer))
        )
    return problems


FEW_BALLOTS = 30
"""Below so many ballots only winners and totals are published: everything finer could give somebody away."""


@decides("small_groups")
def few_ballots(pot: Pot) -> bool:
    """Whether a counted pot has too few ballots for more than winners and totals. Imported elections are public anyway."""
    from_the_box, on_paper = _ways(pot)
    return from_the_box is not None and too_few(from_the_box, on_paper)


@decides("small_groups")
def too_few(from_the_box: int, on_paper: int) -> bool:
    """Whether so few ballots came from the box, or are on paper, that only totals of all together are published.

    Ballots on paper hide nobody's from the box: of them only totals are known, which anybody can take off the sum. So few on
    paper would stand bare beside published ballots. None at all are not few.
    """
    return from_the_box < FEW_BALLOTS or 0 < on_paper < FEW_BALLOTS


def paper_apart(pot: Pot) -> bool:
    """Whether totals of paper can be published beside those of the box: neither is so small that it points at somebody."""
    from_the_box, on_paper = _ways(pot)
    return not from_the_box or not on_paper or not too_few(from_the_box, on_paper)


def votes_apart(pot: Pot, number: str) -> tuple[int, int] | None:
    """A project's votes from the box beside those on paper.

    None where none are on paper, or either are too few to stand apart.
    """
    result = pot.result or {}
    paper, why = result.get("paper") or {}, result.get("why", {}).get(number)
    if not paper.get("ballots") or why is None or not paper_apart(pot):
        return None
    on_paper = paper["votes"].get(number, 0)
    return why["votes"] - on_paper, on_paper


@decides("small_groups")
def joined(numbers: dict[str, int]) -> dict[str, int]:
    """Ballots by channel, small numbers as one under `joined`, with the next smallest until they are not small together.

    A single channel says no more than the sum, so it stays.
    """
    return small_numbers.joined(numbers, FEW_BALLOTS)


def _ways(pot: Pot) -> tuple[int | None, int]:
    """How many of the counted ballots came from the box, and how many are on paper; None where nothing is to be hidden."""
    result = pot.result or {}
    voters, on_paper = result.get("voters"), (result.get("paper") or {}).get("ballots", 0)
    return (None if voters is None or pot.options.get("imported") else voters - on_paper), on_paper


DRAWN_AGAIN = "drawn_again"
"""In the options of a certified pot: the draws that a correction will count with, and the ties that are still to be drawn."""


def draws_of(pot: Pot) -> dict[str, Any]:
    """The draws that the next count keeps to, as `draws`, `drawn_order` and `draw_notes`."""
    again: dict[str, Any] | None = pot.options.get(DRAWN_AGAIN)
    return pot.options if again is None else again


def ties_to_draw(pot: Pot) -> list[list[str]]:
    """The projects between which a draw is still to decide: for the count, or for the correction of a certified one."""
    record = pot.options.get(DRAWN_AGAIN) if pot.state is PotState.CERTIFIED else pot.result
    found: list[list[str]] = (record or {}).get("draw_among") or []
    return found


def require_finished_count(record: dict[str, Any] | None) -> None:
    """Raise Conflict for a count that names no winners: one that waits for a draw, or by a rule that is not supported.

    What others have counted and certified, an imported election, is not asked.
    """
    count = record or {}
    if count.get("imported"):
        return
    if count.get("draw_among"):
        raise Conflict(msg("A draw decides who wins and has not been held yet. Enter the draw first."))
    if not count.get("supported"):
        raise Conflict(msg("This count names no winners, because the rule of this pot cannot be counted here."))
