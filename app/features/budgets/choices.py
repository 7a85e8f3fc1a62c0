"""What stands on a ballot, and which ballots a pot takes. Pure."""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from app.features.budgets.models import Pot
from app.kernel.errors import Refused
from app.kernel.messages import msg


@dataclass(frozen=True)
class Choices:
    """A ballot: numbers of projects, in the voter's order for `ordinal`; beside them the points of `cumulative`."""

    numbers: tuple[str, ...]
    points: tuple[int, ...] | None = None

    @property
    def given(self) -> int:
        """The points in all."""
        return sum(self.points or ())


@dataclass(frozen=True)
class Listed:
    """What each project of a pot costs and where it stands, by number and in the order of the ballot."""

    costs: dict[str, int]
    places: dict[str, int]


def listed(pot: Pot) -> Listed:
    """The projects of a pot as casting asks for them: of a reading that many voters share, worked out once."""
    return _listed.get(pot) or _list(pot)


def keep_listed(pot: Pot) -> None:
    """Work it out for a reading that belongs to no session, and so never changes."""
    _listed[pot] = _list(pot)


def _list(pot: Pot) -> Listed:
    return Listed({one.number: one.cost for one in pot.projects}, {one.number: one.position for one in pot.projects})


_listed: "WeakKeyDictionary[Pot, Listed]" = WeakKeyDictionary()
NOTHING = Choices(())
"""A blank ballot: somebody took part and wants none of it."""


def gives_points(pot: Pot) -> bool:
    """Whether voters of this pot spread points."""
    return pot.vote_type == "cumulative"


def is_ranking(pot: Pot) -> bool:
    """Whether the order of a ballot of this pot means something."""
    return pot.vote_type == "ordinal"


WITHDRAWN = "withdrawn"
"""In the options of a fixed pot: the projects that the committee withdrew while people voted. Not part of what was fixed."""


def withdrawn_from(pot: Pot) -> dict[str, dict[str, Any]]:
    """The projects that were withdrawn while people voted, by number in the order of the ballot, with `at` and `reason`.

    They stay on the fixed ballot, and ballots that name them are valid. New ones cannot name them, and they win by no rule.
    """
    found = pot.options.get(WITHDRAWN) or {}
    return {one.number: found[one.number] for one in pot.projects if one.number in found} if found else {}


def least_projects(pot: Pot) -> int:
    """The least number of projects on a ballot that is not blank: never more than can still be chosen."""
    return min(pot.min_projects, most_projects(pot), max(len(pot.projects) - len(withdrawn_from(pot)), 1))


def most_projects(pot: Pot) -> int:
    """How many projects a valid ballot of this pot can name. Its projects must be loaded."""
    limits = [len(pot.projects)]
    if pot.vote_type == "choose-1":
        limits.append(1)
    if pot.max_projects is not None:
        limits.append(pot.max_projects)
    if gives_points(pot) and pot.max_points is not None:
        limits.append(pot.max_points)
    return min(limits)


def most_cost(pot: Pot) -> int | None:
    """How much the projects of a ballot may cost together: the announced sum, or all the money; None without such a limit."""
    return int(pot.options.get("max_sum_cost", pot.amount)) if pot.limit_by_cost else None


def most_points_each(pot: Pot) -> int | None:
    """The most points that one project may get; None where only the sum is limited, or nothing."""
    each = pot.options.get("max_points_per_project")
    limits = [int(limit) for limit in (each, pot.max_points) if limit is not None]
    return min(limits, default=None)


def check_new_choices(pot: Pot, choices: Choices) -> None:
    """Raise Refused for what cannot be cast now: an invalid ballot, or one that names a project that was withdrawn."""
    gone = withdrawn_from(pot)
    if found := next((number for number in choices.numbers if number in gone), None):
        raise Refused(
            msg(
                "Project %(number)s has been withdrawn and cannot be chosen any more. Take it out; your other choices stay.",
                number=found,
            )
        )
    check_choices(pot, choices)


def check_choices(pot: Pot, choices: Choices) -> None:
    """Raise Refused, with words for the voter, unless `choices` are a valid ballot of this pot, by its type and limits.

    Blank ballots are valid: they say that somebody took part and wants none of it. So are ballots with a project that was
    withdrawn: they were cast before that.
    """
    costs, numbers = listed(pot).costs, choices.numbers
    if len(set(numbers)) != len(numbers):
        raise Refused(msg("A project is on your ballot twice. Choose each once."))
    if strange := [number for number in numbers if number not in costs]:
        raise Refused(
            msg("Your ballot names a project that is not in this pot: %(number)s. Choose again.", number=strange[0][:20])
        )
    _check_number(pot, len(numbers))
    _check_points(pot, choices)
    cap = most_cost(pot)
    if cap is not None and sum(costs[number] for number in numbers) > cap:
        if cap < pot.amount:
            raise Refused(msg("What you have chosen costs more than a ballot may cost. Take something out."))
        raise Refused(msg("What you have chosen costs more than the pot holds. Take something out."))


def _check_number(pot: Pot, chosen: int) -> None:
    if pot.vote_type == "choose-1" and chosen > 1:
        raise Refused(msg("You can choose one project. Take the others out."))
    if pot.max_projects is not None and chosen > pot.max_projects:
        raise Refused(
            msg(
                "You have chosen %(chosen)s projects; you may choose %(most)s. Take some out.",
                chosen=chosen,
                most=pot.max_projects,
            )
        )
    if 0 < chosen < (least := least_projects(pot)):
        raise Refused(
            msg(
                "You have chosen %(chosen)s projects. Choose at least %(least)s, or none at all.",
                chosen=chosen,
                least=least,
            )
        )


def _check_points(pot: Pot, choices: Choices) -> None:
    if not gives_points(pot):
        if choices.points is not None:
            raise Refused(msg("There are no points in this vote. Name the projects alone."))
        return
    points = choices.points or ()
    if len(points) != len(choices.numbers):
        raise Refused(msg("Give every project that you choose its points."))
    if any(given < 1 for given in points):
        raise Refused(msg("Points are whole numbers from 1 up. Leave a project empty to give it none."))
    each = most_points_each(pot)
    too_many = next((number for number, given in zip(choices.numbers, points, strict=True) if given > (each or given)), None)
    if too_many is not None and each != pot.max_points:
        raise Refused(
            msg("One project may get %(most)s points at most; project %(number)s has more.", most=each, number=too_many)
        )
    if pot.max_points is not None and choices.given > pot.max_points:
        raise Refused(
            msg(
                "You have given %(given)s points; you have %(most)s. Take some away.",
                given=choices.given,
                most=pot.max_points,
            )
        )


def in_order(pot: Pot, choices: Choices) -> Choices:
    """The same ballot as it is kept: a ranking in the voter's order, any other in that of the list, so that no click shows."""
    if is_ranking(pot):
        return choices
    place = listed(pot).places
    numbers = tuple(sorted(choices.numbers, key=lambda number: place[number]))
    points = dict(zip(choices.numbers, choices.points or (), strict=gives_points(pot)))
    return Choices(numbers, tuple(points[number] for number in numbers) if gives_points(pot) else None)
