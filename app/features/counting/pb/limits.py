"""What META allows a ballot, and what becomes of a ballot that does not keep to it."""

from enum import StrEnum

from app.features.counting.ballots import Ballot, VoteType
from app.features.counting.messages import Message, msg
from app.features.counting.numbers import Score, score_text
from app.features.counting.pb.model import PbMeta


class Limits(StrEnum):
    """What to do with ballots that name more or fewer projects, or give more points, than META allows.

    `PUBLISHED` refuses numbers of projects and counts points with a notice: some cities published, and counted, such ballots.
    """

    REFUSE = "refuse"
    PUBLISHED = "published"
    WARN = "warn"

    def refuses(self, field: str) -> bool:
        """Whether a ballot beyond a limit is refused; `field` is the column at fault."""
        return self is Limits.REFUSE or (self is Limits.PUBLISHED and field != "points")


class Broken(Exception):
    """A ballot that cannot be counted. `field` is the column at fault."""

    def __init__(self, field: str, expected: Message) -> None:
        super().__init__(str(expected))
        self.field, self.expected = field, expected


def beyond_limits(ballot: Ballot, meta: PbMeta) -> tuple[str, Message] | None:
    """The announced limit that a ballot breaks, as the column at fault and what was expected there. A blank one breaks none."""
    number = len(ballot.choices)
    if number == 0:
        return None
    if meta.vote_type is VoteType.CHOOSE_ONE and number != 1:
        return "vote", msg("one project, found %(found)s", found=number)
    if meta.max_length is not None and number > meta.max_length:
        return "vote", msg("projects up to the max_length of %(most)s, found %(found)s", most=meta.max_length, found=number)
    if meta.min_length is not None and number < meta.min_length:
        return "vote", msg("projects from the min_length of %(least)s on, found %(found)s", least=meta.min_length, found=number)
    if meta.max_sum_points is not None and (total := _total(ballot)) > meta.max_sum_points:
        return "points", msg(
            "points up to the max_sum_points of %(most)s in all, found %(found)s",
            most=score_text(meta.max_sum_points),
            found=score_text(total),
        )
    return None


def oddities(ballot: Ballot, meta: PbMeta, costs: dict[str, int]) -> list[tuple[str, str, Message]]:
    """What is odd about a ballot that counts all the same, as code, column and words: published elections have all of it."""
    if not ballot.choices:
        return [("blank_ballot", "vote", msg("Blank ballots count as voters and support nothing."))]
    return [*_odd_points(ballot, meta), *_odd_cost(ballot, meta, costs)]


def _odd_points(ballot: Ballot, meta: PbMeta) -> list[tuple[str, str, Message]]:
    if ballot.points is None:
        return []
    if meta.vote_type is VoteType.ORDINAL:
        best = meta.max_length or len(ballot.choices)
        if ballot.points != tuple(range(best, best - len(ballot.choices), -1)):
            return [("points_not_rank", "points", msg("Points that do not follow the ranking; the ranking was counted."))]
        return []
    if not meta.vote_type.gives_points:
        return [("points_not_counted", "points", msg("The vote type has no points; the column was not counted."))]
    found = []
    if meta.min_sum_points is not None and _total(ballot) < meta.min_sum_points:
        found.append(("min_sum_points", "points", msg("Ballots give fewer points than min_sum_points; they were counted.")))
    if meta.min_points is not None and min(ballot.points) < meta.min_points:
        found.append(("min_points", "points", msg("Ballots give a project fewer points than min_points; they were counted.")))
    if meta.max_points is not None and max(ballot.points) > meta.max_points:
        found.append(("max_points", "points", msg("Ballots give a project more points than max_points; they were counted.")))
    return found


def _odd_cost(ballot: Ballot, meta: PbMeta, costs: dict[str, int]) -> list[tuple[str, str, Message]]:
    if meta.max_sum_cost is None and meta.min_sum_cost is None:
        return []
    total = sum(costs[project] for project in ballot.choices)
    if meta.max_sum_cost is not None and total > meta.max_sum_cost:
        return [("max_sum_cost", "vote", msg("Ballots choose more than max_sum_cost allows; they were counted."))]
    if meta.min_sum_cost is not None and total < meta.min_sum_cost:
        return [("min_sum_cost", "vote", msg("Ballots choose less than min_sum_cost asks for; they were counted."))]
    return []


def _total(ballot: Ballot) -> Score:
    return sum(ballot.points or ())
